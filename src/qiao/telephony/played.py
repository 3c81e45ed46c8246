"""The switch that is played, in one process with the controller that conducts its calls.

What people do at telephones on the screen comes as rows and is done at the switch; in the demo
callers ring by themselves and colleagues take their calls.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

import psycopg
import structlog
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, connections, transaction

from qiao.core.live import connection_parameters
from qiao.telephony.engines.at_hand import played_shelf
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.models import PhoneDeed
from qiao.telephony.operations import mark_done
from qiao.telephony.operations.deeds import DEEDS_HEARD_ON
from qiao.telephony.queries import DeedAtHand, due_deeds, every_piece
from qiao.telephony.rules.conduct_confirm import CONFIRM_KEY
from qiao.telephony.rules.conduct_out import OWN
from qiao.telephony.rules.outside import played_manner

AGAIN_SECONDS: Final = 0.5
SHORT_SECONDS: Final = 0.8
ANSWERED_AFTER: Final = 3.0  # somebody outside takes their telephone so soon
NEVER_MISSED_SECONDS: Final = 20.0  # deeds are looked for so often, heard of or not
Kind = PhoneDeed.Kind
log: Final = structlog.get_logger(__name__)


class PlayedExchange:
    """The played switch with its telephones on the screen. Belongs to one event loop."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        # Another seed each time: a channel's name must not be that of an earlier life's.
        self.engine = SimEngine(LoopClock(now), seed=time.time_ns(), shelf=played_shelf())
        self.engine.switch.finds = self._phone
        self.engine.switch.sound_seconds = self._seconds
        self.engine.switch.on_state = self._at_phone
        self._lengths: dict[str, float] = {}
        self._missed: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None
        self.answering: Callable[[str], Phone | None] = lambda _endpoint: None
        """Telephones that are taken by themselves: those of colleagues who are played."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="deeds")

    def _phone(self, endpoint: str) -> Phone | None:
        """A telephone on the screen rings until its person takes it; one outside the house does
        what its number says."""
        number = _outside(endpoint)
        if number:
            return Phone(endpoint, played_manner(number), ANSWERED_AFTER, CONFIRM_KEY)
        return self.answering(endpoint) or Phone(endpoint, "silent")

    def _at_phone(self, channel: str, state: str) -> None:
        """Whoever asked to hear a call, or calls themselves, has their headset on: the key they
        pressed takes it."""
        if state == "ringing" and self.engine.switch.role_of(channel) in ("watcher", OWN):
            self.engine.switch.take(channel)

    def _seconds(self, sound: str) -> float:
        """How long a sound takes to be said. One that is not known is a short word, and looked
        for: a menu may have come into service since."""
        if sound not in self._lengths and self._loop is not None:
            self._missed.add(sound)
            if self._reading is None:
                self._reading = self._loop.create_task(self._read_lengths(self._loop))
        return self._lengths.get(sound, SHORT_SECONDS)

    async def _read_lengths(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read anew what menus say; what is not among it, such as a name, is not looked for
        again."""
        try:
            found = await loop.run_in_executor(self._thread, _lengths)
            if found is not None:
                self._lengths = dict.fromkeys(self._missed, SHORT_SECONDS) | found
                self._missed.clear()
        finally:
            self._reading = None

    async def run(self) -> None:
        """Do what people do at telephones, until cancelled."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        try:
            await self._read_lengths(loop)
            while True:
                with contextlib.suppress(psycopg.OperationalError):
                    async with await psycopg.AsyncConnection.connect(
                        autocommit=True, **connection_parameters()
                    ) as heard:
                        await heard.execute(f"LISTEN {DEEDS_HEARD_ON}")
                        await self._look(loop)
                        while True:
                            async for _notice in heard.notifies(
                                timeout=NEVER_MISSED_SECONDS, stop_after=1
                            ):
                                pass
                            await self._look(loop)
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._loop = None
            self._thread.submit(connections.close_all)
            self._thread.shutdown(wait=False)

    async def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        deeds = await loop.run_in_executor(self._thread, _due, self.now())
        done = [(deed.deed_id, self._do(deed)) for deed in deeds]
        if done:
            await loop.run_in_executor(self._thread, _put_away, done, self.now())

    def _do(self, deed: DeedAtHand) -> str:
        """Do it; the channel of a call that was dialled."""
        switch = self.engine.switch
        if deed.is_stale:
            return deed.channel
        match deed.kind:
            case Kind.DIAL:
                return switch.call(deed.phone, deed.dialled)
            case Kind.LIFT:
                switch.take(switch.at_endpoint(deed.phone, "ringing"))
            case Kind.REJECT:
                switch.reject(switch.at_endpoint(deed.phone, "ringing"))
            case Kind.PUT_DOWN:
                switch.put_down(deed.channel)
            case Kind.PRESS:
                for key in deed.keys:
                    switch.press(deed.channel, key)
        return deed.channel


def _outside(endpoint: str) -> str:
    """The number that an endpoint outside the house reaches; empty for any other."""
    before, _, after = settings.TRUNK.partition("{number}")
    if not endpoint.startswith(before) or not endpoint.endswith(after):
        return ""
    return endpoint.removeprefix(before).removesuffix(after)


def _lengths() -> dict[str, float] | None:
    """Seconds by the name of a sound; None while the database is away."""
    try:
        return {each.sound: each.seconds for each in every_piece()}
    except OperationalError:
        _let_go()
        return None


def _due(now: datetime) -> Sequence[DeedAtHand]:
    try:
        return due_deeds(now=now)
    except OperationalError:
        _let_go()
        return []


def _put_away(done: Sequence[tuple[int, str]], now: datetime) -> None:
    try:
        with transaction.atomic():
            for deed_id, channel in done:
                mark_done(deed_id=deed_id, channel=channel, now=now)
    except OperationalError:  # stale by the next time it is seen
        _let_go()


def _let_go() -> None:
    log.warning("database_away")
    close_old_connections()
    connection.close()
