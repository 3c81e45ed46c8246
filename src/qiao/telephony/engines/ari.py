"""An Asterisk under our control, by its REST interface and the websocket of its events (ARI)."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp

from qiao.telephony.engines import ari_words as words
from qiao.telephony.engines.port import EngineDown
from qiao.telephony.rules.switch import (
    LineBack,
    LineLost,
    Order,
    Outcome,
    RecordingEnded,
    Replaced,
    Signal,
    View,
)

ANSWERS_WITHIN: Final = 5.0  # seconds; a switch that takes longer has failed
SOUND_WITHIN: Final = aiohttp.ClientTimeout(sock_connect=ANSWERS_WITHIN, sock_read=30.0)
BLOCK: Final = 1 << 16
RECORDINGS_KNOWN: Final = 256  # whose end was told last: it is told again at once, if at all
HEARTBEAT: Final = 10.0  # seconds between two signs of life on the websocket
BEGINS: Final = (0.05, 0.1, 0.2, 0.4)  # seconds in which a recording that was ordered begins
NO_ANSWER: Final = 0  # no status at all
WAITS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds before each attempt to get the line back
_HUMAN: Final = {401: "the user or its password is not that of ari.conf", 404: "no ARI there"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the interface is, and as whom it is spoken to."""

    url: str
    user: str
    password: str
    app: str = "qiao"


class AriEngine:
    """The engine of a real switch. Belongs to one event loop.

    A line that was lost is taken up again by itself; `signals` tells of both, and whoever listens
    then looks around. A line that another controller took is left to it.
    """

    def __init__(self, address: Address, now: Callable[[], datetime]) -> None:
        self._address = address
        self._now = now
        self._heard: asyncio.Queue[Signal | None] = asyncio.Queue()
        self._ended: deque[str] = deque(maxlen=RECORDINGS_KNOWN)
        self._session: aiohttp.ClientSession | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reach the switch and listen. Raises `EngineDown`."""
        self._heard = asyncio.Queue()
        await self.reach()
        assert self._session is not None
        try:
            socket = await self._connect()
        except EngineDown:
            await self._session.close()
            raise
        self._listening = asyncio.create_task(self._listen(socket))

    async def reach(self) -> None:
        """Be able to ask without listening: a second listener takes the first one's place."""
        address = self._address
        self._session = aiohttp.ClientSession(
            address.url.rstrip("/") + "/",
            headers={"Authorization": aiohttp.encode_basic_auth(address.user, address.password)},
            timeout=aiohttp.ClientTimeout(total=ANSWERS_WITHIN),
        )

    async def stop(self) -> None:
        """Let the switch go; calls stay as they are."""
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        if self._session:
            await self._session.close()
        self._heard.put_nowait(None)

    async def give(self, order: Order) -> Outcome:
        """Give an order and wait for what became of it.

        A recording begins a moment after it was ordered; what is to be left out of it is not
        recorded because of that.
        """
        for seconds in BEGINS:
            status, message = await self._answer_to(order)
            if not words.is_too_soon(order, status, message):
                break
            await asyncio.sleep(seconds)
        return words.outcome_of(order, status, message)

    async def _answer_to(self, order: Order) -> tuple[int, str]:
        try:
            status, answer = await self._ask(words.request_of(order, self._address.app))
        except EngineDown:
            return NO_ANSWER, ""
        return status, str(answer.get("message", "")) if isinstance(answer, dict) else ""

    async def signals(self) -> AsyncIterator[Signal]:
        """What happens, in the order in which it was heard; ends with `stop`."""
        while (signal := await self._heard.get()) is not None:
            yield signal

    async def look_around(self) -> View:
        """All that stands at the switch now. Raises `EngineDown`."""
        channels, app = await self._read(words.CHANNELS), self._address.app
        bridges = await self._read(words.BRIDGES)
        return words.view_of(channels, bridges, await self._read(words.application(app)), app)

    async def fetch_recording(self, recording: str) -> AsyncIterator[bytes]:
        """The sound of a recording that ended, as WAV, in blocks. Raises `EngineDown`,
        `KeyError`."""
        assert self._session is not None, "reach comes first"
        request = words.stored_sound(recording)
        try:
            async with self._session.request(
                request.method, f"ari{request.path}", timeout=SOUND_WITHIN
            ) as answer:
                if answer.status == 404:
                    raise KeyError(recording)
                _refuse(answer.status)
                async for block in answer.content.iter_chunked(BLOCK):
                    yield block
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineDown(f"no answer from the switch: {error}") from error

    async def drop_recording(self, recording: str) -> None:
        """Let the switch forget a recording. Raises `EngineDown`."""
        status, _answer = await self._ask(words.drop_sound(recording))
        if status != 404:
            _refuse(status)

    async def _read(self, request: words.Request) -> Any:
        status, answer = await self._ask(request)
        _refuse(status)
        return answer

    async def _ask(self, request: words.Request) -> tuple[int, Any]:
        assert self._session is not None, "reach comes first"
        try:
            async with self._session.request(
                request.method, f"ari{request.path}", params=request.query, json=request.body
            ) as answer:
                if answer.content_type == "application/json":
                    return answer.status, await answer.json()
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineDown(f"no answer from the switch: {error}") from error

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        assert self._session is not None, "reach comes first"
        address = self._address
        try:
            socket = await self._session.ws_connect(
                "ari/events",
                params={
                    "app": address.app,
                    "api_key": f"{address.user}:{address.password}",
                    "subscribeAll": "true",
                },
                heartbeat=HEARTBEAT,
            )
        except aiohttp.WSServerHandshakeError as error:
            why = _HUMAN.get(error.status, f"the switch answers {error.status}")
            raise EngineDown(why) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineDown(f"the switch cannot be reached: {error}") from error
        await self._ask(words.filtering(address.app))
        return socket

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            replaced = await self._hear(socket)
            self._heard.put_nowait(LineLost(self._now()))
            if replaced:
                return
            socket = await self._again()
            self._heard.put_nowait(LineBack(self._now()))

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Hear one websocket to its end; True where another controller took its place, though the
        switch leaves the old one open."""
        async with socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    for signal in words.signals_of(json.loads(message.data)):
                        if self._is_told_again(signal):
                            continue
                        self._heard.put_nowait(signal)
                        if isinstance(signal, Replaced):
                            return True
        return False

    def _is_told_again(self, signal: Signal) -> bool:
        """Who listens to everything is told twice that the recording of a bridge has ended."""
        if not isinstance(signal, RecordingEnded):
            return False
        is_known = signal.recording in self._ended
        self._ended.append(signal.recording)
        return is_known

    async def _again(self) -> aiohttp.ClientWebSocketResponse:
        attempt = 0
        while True:
            await asyncio.sleep(WAITS[min(attempt, len(WAITS) - 1)])
            with contextlib.suppress(EngineDown):
                return await self._connect()
            attempt += 1


def _refuse(status: int) -> None:
    if status not in (200, 204):
        raise EngineDown(_HUMAN.get(status, f"the switch answers {status}"))
