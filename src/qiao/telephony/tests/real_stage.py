"""A stage on a real switch that calls itself (`real_files`): the other side is played by a second
application, of which the engine under trial knows nothing."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import pytest
from django.utils import timezone

from qiao.telephony.engines.ari import Address, AriEngine
from qiao.telephony.rules.switch_files import APP
from qiao.telephony.tests.performing import CALLER, DIALLED
from qiao.telephony.tests.real_files import SIGNED_ON, WORLD

NEEDED: Final = ("ARI_URL", "ARI_USER", "ARI_PASSWORD")
CAUSES: Final = {"busy": 17, "declines": 21, "off": 19}  # of Q.850, before it rings
LIFTED_AFTER: Final = 0.3  # seconds of ringing
KEYS_APART: Final = 200  # milliseconds
AWAY: Final = 0.6  # seconds without a line
SIGNS_ON: Final = 20.0  # seconds until the telephones are there, after the switch has begun


def address() -> Address:
    """Where the switch is, by the words that the controller is told it with."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.skip(f"no real Asterisk: {', '.join(missing)} not set")
    url, user, password = (os.environ[name] for name in NEEDED)
    return Address(url, user, password, APP)


class Line:
    """What the engine speaks through; it can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    async def start(self) -> str:
        """The address at which it begins here."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        for each in list(self._open):
            each.close()

    def cut(self, seconds: float) -> None:
        """Nothing gets through for a while."""
        self._is_cut = True
        for each in list(self._open):
            each.transport.abort()

        def mend() -> None:
            self._is_cut = False

        asyncio.get_running_loop().call_later(seconds, mend)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._there)
        self._open |= {writer, back}
        try:
            await asyncio.gather(_carry(reader, back), _carry(there, writer))
        finally:
            self._open -= {writer, back}


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(1 << 16):
            target.write(block)
            await target.drain()
    with contextlib.suppress(OSError, RuntimeError):
        target.close()


class World:
    """Telephones and callers of the other side, by an application of their own."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.manners: dict[str, tuple[str, float]] = {}  # by number
        self._ringing: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._acts: asyncio.Queue[Coroutine[Any, Any, None]] = asyncio.Queue()
        self.troubles: list[str] = []

    async def start(self) -> None:
        """Begin to be there."""
        one = self._address
        self._session = aiohttp.ClientSession(
            f"{one.url.rstrip('/')}/ari/",
            headers={"Authorization": aiohttp.encode_basic_auth(one.user, one.password)},
        )
        query = {"app": WORLD, "api_key": f"{one.user}:{one.password}"}
        self._socket = await self._session.ws_connect("events", params=query)
        self.does(self._hear())
        self.does(self._act())

    async def stop(self) -> None:
        """Leave nothing behind: what the two applications made is taken away."""
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):
            standing = [c for c in await self.get("channels") if _is_of_the_suite(c)]
            for each in standing:
                await self.ask("DELETE", f"channels/{each['id']}")
            if not standing:
                break
            await asyncio.sleep(0.2)
        for each in await self.get("bridges"):
            if each["creator"] == "Stasis":
                await self.ask("DELETE", f"bridges/{each['id']}")
        for each in await self.get("recordings/stored"):
            await self.ask("DELETE", f"recordings/stored/{each['name']}")
        await self._socket.close()
        await self._session.close()

    def does(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)

    def next(self, what: Coroutine[Any, Any, None]) -> None:
        """Somebody does something, after all that was done before."""
        self._acts.put_nowait(what)

    async def get(self, path: str) -> Any:
        async with self._session.get(path) as answer:
            return await answer.json() if answer.status == 200 else []

    async def ask(self, method: str, path: str, **query: str) -> int:
        async with self._session.request(method, path, params=query) as answer:
            return answer.status

    async def call(self) -> None:
        """Somebody dials the hotline."""
        status = await self.ask(
            "POST", "channels", endpoint=f"PJSIP/{DIALLED}@trunk", app=WORLD, appArgs="caller",
            callerId=CALLER,
        )  # fmt: skip
        assert status == 200, status

    async def put_down(self, channel: str) -> None:
        """Whoever is at the other end of a channel hangs up."""
        await self.ask("DELETE", f"channels/{await self.end_of(channel)}")

    async def press(self, channel: str, keys: str) -> None:
        await self.ask(
            "POST", f"channels/{await self.end_of(channel)}/dtmf", dtmf=keys,
            between=str(KEYS_APART),
        )  # fmt: skip

    async def hold(self, channel: str) -> None:
        end = await self.end_of(channel)
        await self.ask("POST", f"channels/{end}/hold")
        await asyncio.sleep(LIFTED_AFTER)
        await self.ask("DELETE", f"channels/{end}/hold")

    async def take_now(self) -> None:
        for each in self._ringing[-1:]:
            await self.ask("POST", f"channels/{each}/answer")

    async def end_of(self, channel: str) -> str:
        """The other end: both are one dialogue of SIP."""
        every = await self.get("channels")
        dialogue = next(each["protocol_id"] for each in every if each["id"] == channel)
        return next(
            str(each["id"])
            for each in every
            if each["protocol_id"] == dialogue and each["id"] != channel
        )

    async def _act(self) -> None:
        while True:
            what = await self._acts.get()
            try:
                await what
            except (aiohttp.ClientError, AssertionError, StopIteration) as error:
                self.troubles.append(repr(error))

    async def _hear(self) -> None:
        async for message in self._socket:
            event = message.json()
            if event["type"] == "StasisStart" and event["args"] != ["caller"]:
                self.does(self._rung(event["channel"]["id"], event["args"][0]))

    async def _rung(self, channel: str, number: str) -> None:
        manner, after = self.manners.get(number, ("answers", LIFTED_AFTER))
        if manner in CAUSES:
            await self.ask("DELETE", f"channels/{channel}", reason_code=str(CAUSES[manner]))
            return
        self._ringing.append(channel)
        await self.ask("POST", f"channels/{channel}/ring")
        if manner == "answers":
            await asyncio.sleep(after or LIFTED_AFTER)
            await self.ask("POST", f"channels/{channel}/answer")


def _is_of_the_suite(channel: dict[str, Any]) -> bool:
    where = channel["dialplan"]
    return where["app_name"] == "Stasis" and where["app_data"].split(",")[0] in (APP, WORLD)


@dataclass
class RealStage:
    """Who lifts receivers and presses keys, on a real switch."""

    engine: AriEngine
    world: World
    line: Line

    def dials(self) -> None:
        self.world.next(self.world.call())

    def puts_down(self, channel: str) -> None:
        self.world.next(self.world.put_down(channel))

    def presses(self, channel: str, keys: str) -> None:
        self.world.next(self.world.press(channel, keys))

    def phone(self, endpoint: str, manner: str = "answers", after_seconds: float = 0.0) -> None:
        if manner == "takes now":
            self.world.next(self.world.take_now())
            return
        number = endpoint.removeprefix("PJSIP/").partition("@")[0]
        self.world.manners[number] = (manner, after_seconds)

    def holds(self, channel: str) -> None:
        self.world.next(self.world.hold(channel))

    def loses_line(self) -> None:
        self.line.cut(AWAY)


@contextlib.asynccontextmanager
async def real_stage(address: Address) -> AsyncIterator[RealStage]:
    """The engine on the switch, and the other side beside it.

    A switch to which somebody listens already is left alone: it conducts calls of people.
    """
    world, line = World(address), Line(address.url)
    await world.start()
    try:
        assert not await world.get(f"applications/{APP}"), "a controller listens to this switch"
        await _signed_on(world)
        here = Address(await line.start(), address.user, address.password, APP)
        engine = AriEngine(here, timezone.now)
        await engine.start()
        try:
            yield RealStage(engine, world, line)
            assert world.troubles == []
        finally:
            await engine.stop()
            await line.stop()
    finally:
        await world.stop()


async def _signed_on(world: World) -> None:
    """Wait until the telephones are there."""
    async with asyncio.timeout(SIGNS_ON):
        while True:
            states = {each["resource"]: each["state"] for each in await world.get("endpoints")}
            if all(states.get(each) == "online" for each in SIGNED_ON):
                return
            await asyncio.sleep(0.2)
