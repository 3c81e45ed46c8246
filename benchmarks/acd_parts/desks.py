"""The screens of people who take calls, in a process of their own: `python desks.py < orders`.

Each loads the page that it stands on, keeps the stream of it open and does what the page does:
when it is told that its person stands otherwise, it asks for all of its frame that follows them.
Reads one JSON object, `{"port", "seconds", "loads", "stands", "page", "people": [{"staff_id",
"cookie"}]}`, where `loads` may be false: then only the streams are opened; prints one with the
moments at which calls stood on screens, and how the streams fared.
"""

import asyncio
import json
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

RINGS = re.compile(rb'class="q-pop inframe" role="alertdialog" data-call="(\d+)"')
OPENING_AT_ONCE = 50


@dataclass
class Desk:
    """One screen."""

    staff_id: int
    cookie: str
    stands: str  # the page that it loads and stands on
    page: str  # what of it follows its person
    shown: list[tuple[int, float]] = field(default_factory=list)  # which call, and when
    beats: list[float] = field(default_factory=list)
    lost: int = 0
    answers: Counter[str] = field(default_factory=Counter)  # statuses, or what broke


class Web:
    """A kept-alive connection to the server, one question at a time."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._head = port, f"Host: localhost:{port}\r\nCookie: {cookie}\r\n"
        self._lock = asyncio.Lock()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, *, stands: str = "") -> tuple[int, bytes]:
        """The status and the body of a page, or of a part for the page that somebody stands on. A
        kept connection that the server has closed meanwhile is opened anew, as browsers do it."""
        async with self._lock:
            if self._writer is not None:
                try:
                    return await self._ask(path, stands)
                except (ConnectionError, asyncio.IncompleteReadError) as broken:
                    if getattr(broken, "partial", b""):
                        raise
                    self._writer.close()
            self._reader, self._writer = await asyncio.open_connection("localhost", self._port)
            return await self._ask(path, stands)

    async def _ask(self, path: str, stands: str) -> tuple[int, bytes]:
        assert self._reader is not None
        assert self._writer is not None
        whose = f"HX-Current-URL: http://localhost:{self._port}{stands}\r\n"
        more = f"HX-Request: true\r\n{whose}" if stands else ""
        self._writer.write(f"GET {path} HTTP/1.1\r\n{self._head}{more}\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, length = int(head.split(" ", 2)[1]), 0
        for line in head.lower().split("\r\n"):
            if line.startswith("content-length:"):
                length = int(line.partition(":")[2])
        return status, await self._reader.readexactly(length)


class Ear(asyncio.Protocol):
    """Hears a stream: by searching it for the words that concern its person, since what two
    hundred screens would read of it is not what is measured here."""

    def __init__(self, desk: Desk, cookie: str, port: int, look: Callable[[], None]) -> None:
        self._desk, self._look = desk, look
        self._mark = b'"staff_id": %d,' % desk.staff_id
        self._asks = (
            f"GET /live/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self._rest = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._asks)

    def data_received(self, data: bytes) -> None:
        """Whole frames."""
        whole, end, self._rest = (self._rest + data).rpartition(b"\n\n")
        if not end:
            return
        if b'data: {"now"' in whole:
            self._desk.beats.append(time.monotonic())
        if self._mark in whole and b'"agents"' in whole:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has closed it."""
        del exc
        if not self.ended.done():
            self.ended.set_result(None)


async def watch(
    desk: Desk, port: int, until: float, gate: asyncio.Semaphore, *, loads: bool
) -> None:
    """Load the page, hold its stream open; look whenever the person stands otherwise."""
    web = Web(port, desk.cookie)
    glance = Glance(desk, web)
    loop = asyncio.get_running_loop()
    if loads:
        async with gate:
            await ask(desk, web, desk.stands)
    while (left := until - time.monotonic()) > 0:
        async with gate:
            transport, ear = await loop.create_connection(
                lambda: Ear(desk, desk.cookie, port, glance.wanted), "localhost", port
            )
        try:
            await asyncio.wait_for(asyncio.shield(ear.ended), left)
            desk.lost += 1
        except TimeoutError:
            pass
        finally:
            transport.close()


class Glance:
    """What the page asks for when it is told something: one question at a time, and one more for
    all that is told meanwhile, as a browser does it."""

    def __init__(self, desk: Desk, web: Web) -> None:
        self._desk, self._web = desk, web
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def wanted(self) -> None:
        """Ask, now or after the answer that is awaited."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        while self._again:
            self._again = False
            await look(self._desk, self._web)


async def look(desk: Desk, web: Web) -> None:
    """Ask for what of the frame follows its person."""
    if rings := RINGS.search(await ask(desk, web, desk.page, stands=desk.stands)):
        desk.shown.append((int(rings[1]), time.monotonic()))


async def ask(desk: Desk, web: Web, path: str, *, stands: str = "") -> bytes:
    """A page, or a part for the page that the person stands on; nothing where it breaks."""
    try:
        status, body = await web.get(path, stands=stands)
    except (OSError, asyncio.IncompleteReadError) as broken:
        desk.answers[type(broken).__name__] += 1
        return b""
    desk.answers[str(status)] += 1
    return body


async def main() -> None:
    """Run all screens for so long."""
    orders = json.load(sys.stdin)
    pages = orders["stands"], orders["page"]
    desks = [Desk(each["staff_id"], each["cookie"], *pages) for each in orders["people"]]
    until, gate = time.monotonic() + orders["seconds"], asyncio.Semaphore(OPENING_AT_ONCE)
    watching = [
        asyncio.create_task(watch(each, orders["port"], until, gate, loads=orders["loads"]))
        for each in desks
    ]
    # Whoever knows that all is over says so.
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: [each.cancel() for each in watching]
    )
    await asyncio.gather(*watching, return_exceptions=True)
    answers = sum((d.answers for d in desks), Counter[str]())
    beats = [later - before for d in desks for before, later in pairwise(d.beats)]
    told = {
        "shown": [[d.staff_id, d.shown] for d in desks if d.shown],
        "beats": beats,
        "opened": sum(1 for d in desks if d.beats),
        "lost": sum(d.lost for d in desks),
        "answers": answers,
        "faults": answers.total() - answers["200"],
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
