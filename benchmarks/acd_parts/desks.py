"""The screens of people who take calls, in a process of their own: `python desks.py < orders`.

Each keeps its stream open and does what the page does: when it is told that its person stands
otherwise, it asks for what stands over the page and for the bar. Reads one JSON object, `{"port",
"seconds", "pages", "people": [{"staff_id", "cookie"}]}`; prints one with the moments at which
calls stood on screens, and how the streams fared.
"""

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

RINGS = b'class="q-pop inframe" role="alertdialog"'
OPENING_AT_ONCE = 50


@dataclass
class Desk:
    """One screen."""

    staff_id: int
    cookie: str
    pages: tuple[str, str]
    shown: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    lost: int = 0
    looks: int = 0
    faults: int = 0


class Web:
    """A kept-alive connection to the server, one question at a time."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._head = port, f"Host: localhost:{port}\r\nCookie: {cookie}\r\n"
        self._lock = asyncio.Lock()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """The status and the body."""
        async with self._lock:
            if self._writer is None:
                self._reader, self._writer = await asyncio.open_connection("localhost", self._port)
            assert self._reader is not None
            more = f"HX-Request: true\r\nHX-Current-URL: http://localhost:{self._port}/cases/\r\n"
            self._writer.write(f"GET {path} HTTP/1.1\r\n{self._head}{more}\r\n".encode())
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, length = int(head.split(" ", 2)[1]), 0
            for line in head.lower().split("\r\n"):
                if line.startswith("content-length:"):
                    length = int(line.partition(":")[2])
            return status, await self._reader.readexactly(length)


async def watch(desk: Desk, port: int, until: float, gate: asyncio.Semaphore) -> None:
    """Hold the stream open; look whenever the person stands otherwise."""
    web, looks = Web(port, desk.cookie), set()
    while time.monotonic() < until:
        async with gate:
            reader, writer = await asyncio.open_connection("localhost", port)
            writer.write(
                f"GET /live/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {desk.cookie}\r\n"
                "Accept: text/event-stream\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
        try:
            while (left := until - time.monotonic()) > 0:
                line = await asyncio.wait_for(reader.readline(), left)
                if not line:
                    desk.lost += 1
                    break
                if line.startswith(b'data: {"now"'):
                    desk.beats.append(time.monotonic())
                elif line.startswith(b"data: ") and desk.staff_id in _turned(line):
                    desk.looks += 1
                    looks.add(asyncio.create_task(look(desk, web)))
        except TimeoutError:
            pass
        except OSError:
            desk.lost += 1
        finally:
            writer.close()
    await asyncio.gather(*looks, return_exceptions=True)


def _turned(line: bytes) -> tuple[Any, ...]:
    if b'"agents"' not in line:
        return ()
    told = json.loads(line[6:])
    return (told.get("data", {}).get("staff_id"),)


async def look(desk: Desk, web: Web) -> None:
    """Ask for what stands over the page, and for the bar."""
    pop, bar = desk.pages
    try:
        status, body = await web.get(pop)
        if RINGS in body:
            desk.shown.append(time.monotonic())
        desk.faults += status != 200
        status, _body = await web.get(bar)
        desk.faults += status != 200
    except (OSError, asyncio.IncompleteReadError):
        desk.faults += 1


async def main() -> None:
    """Run all screens for so long."""
    orders = json.load(sys.stdin)
    desks = [
        Desk(each["staff_id"], each["cookie"], tuple(orders["pages"])) for each in orders["people"]
    ]
    until, gate = time.monotonic() + orders["seconds"], asyncio.Semaphore(OPENING_AT_ONCE)
    watching = [asyncio.create_task(watch(each, orders["port"], until, gate)) for each in desks]
    # Whoever knows that all is over says so.
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: [each.cancel() for each in watching]
    )
    await asyncio.gather(*watching, return_exceptions=True)
    beats = [later - before for d in desks for before, later in pairwise(d.beats)]
    told = {
        "shown": [[d.staff_id, d.shown] for d in desks if d.shown],
        "beats": beats,
        "opened": sum(1 for d in desks if d.beats),
        "lost": sum(d.lost for d in desks),
        "faults": sum(d.faults for d in desks),
        "looks": sum(d.looks for d in desks),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
