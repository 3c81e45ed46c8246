"""The controller: hears a switch, keeps what happens, gives the orders that follow.

One at a time: an advisory lock of PostgreSQL chooses the leader, the others wait to take its
place. What is heard is worked off in its order by one thread; orders of one call follow each
other, those of several calls go side by side. While the database is away, what is heard waits.
A telephone that is ready to be dialled waits for nothing that is written: it is dialled at sight.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

import psycopg
import structlog
from django.db import OperationalError, close_old_connections, connection, connections

from qiao.core.leading import AGAIN_SECONDS, Leader, lead_lost, leading
from qiao.core.live import connection_parameters
from qiao.telephony.clock_watch import ClockWatch
from qiao.telephony.engines.port import EngineDown, TelephonyEngine
from qiao.telephony.operations import Given, Switchboard, Work
from qiao.telephony.operations.asking import HEARD_ON
from qiao.telephony.rules.switch import (
    LineBack,
    LineLost,
    Outcome,
    Ready,
    Replaced,
    Signal,
    View,
)

TICK_SECONDS: Final = 1.0
AWAY_SECONDS: Final = 3.0  # without a database until the switch is left to its dial plan
log: Final = structlog.get_logger(__name__)
MOST_AT_ONCE: Final = 8  # works of one transaction: the first of them waits for the last


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done by the board; whether it may be one transaction with others, whether it
    goes before what waits, and whether nothing goes past it."""

    do: Work
    joins: bool = False
    is_first: bool = False
    is_barrier: bool = False


class _Works:
    """What waits for the board: first what goes first, else in its order; a barrier stays behind
    all that came before it and ahead of all that comes after."""

    def __init__(self) -> None:
        self._waiting: asyncio.PriorityQueue[tuple[int, bool, int, _Work]]
        self._waiting = asyncio.PriorityQueue()
        self._numbers = count()
        self._barriers = 0
        self._passed = 0

    @property
    def is_barred(self) -> bool:
        """Whether a barrier waits or is at work: nothing is done out of its turn."""
        return self._passed < self._barriers

    def put(self, work: _Work) -> None:
        """One more."""
        goes_first = work.is_first or work.is_barrier
        self._barriers += work.is_barrier
        self._waiting.put_nowait((self._barriers, not goes_first, next(self._numbers), work))

    async def next(self) -> _Work:
        """The next, as soon as there is one."""
        return (await self._waiting.get())[-1]

    def done(self, works: Sequence[_Work]) -> None:
        """They are worked off."""
        self._passed += sum(each.is_barrier for each in works)

    def at_once(self) -> _Work | None:
        """The next that is there already."""
        return None if self._waiting.empty() else self._waiting.get_nowait()[-1]


class Controller:
    """Runs one switch until it is told to stop, or another controller takes its place."""

    def __init__(
        self,
        engine: TelephonyEngine,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.board = Switchboard()
        self._engine = engine
        self._now = now
        self._watch = ClockWatch(monotonic)
        self._works = _Works()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="switchboard")
        self._orders: dict[int, asyncio.Queue[Given]] = defaultdict(asyncio.Queue)
        self._givers: dict[int, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()
        self._is_listening = False
        self._is_leaving = False  # it is being left, which is done before it is listened to again

    async def run(self) -> None:
        """Lead until stopped. Raises `EngineDown` where the switch cannot be reached at all.

        A lead that was lost with its connection is waited for again, like a first one; calls are
        then taken up from their logs, since another controller may have led meanwhile. While
        nobody leads for longer than a moment the switch is left to itself: its dial plan takes
        the calls that come.
        """
        try:
            while not self._stop.is_set():
                leaving = asyncio.create_task(self._leave_alone())
                async with leading("telephony_controller") as leader:
                    if not self._is_leaving:
                        leaving.cancel()
                    await asyncio.gather(leaving, return_exceptions=True)
                    self._is_leaving = False
                    if not self._is_listening:
                        await self._engine.start()
                        self._is_listening = True
                    await self._lead(leader)
        finally:
            if self._is_listening:
                await self._engine.stop()
            self._thread.submit(connections.close_all)
            self._thread.shutdown()

    async def _leave_alone(self) -> None:
        await asyncio.sleep(AWAY_SECONDS)
        if self._is_listening:
            log.warning("switch_left_to_itself")
            self._is_listening, self._is_leaving = False, True
            await self._engine.stop()

    async def _lead(self, leader: Leader) -> None:
        """Work until the lead is lost, or we are stopped.

        First of all comes what stands now: what is heard and asked is about calls that are known.
        """
        self._works = _Works()
        self._orders.clear()
        self._watch.forget()
        await self._look_around()
        parts = (
            self._listen(), self._tick(), self._hear_asks(), self._work(), lead_lost(leader),
            self._stopped(),
        )  # fmt: skip
        tasks = [asyncio.create_task(each) for each in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            every = [*tasks, *self._givers.values()]
            for each in every:
                each.cancel()
            await asyncio.gather(*every, return_exceptions=True)
            self._givers.clear()

    async def _stopped(self) -> None:
        await self._stop.wait()

    def stop(self) -> None:
        """End soon; calls go on, and are taken up by whoever leads next."""
        self._stop.set()

    async def _listen(self) -> None:
        async for signal in self._engine.signals():
            if isinstance(signal, Replaced):
                log.warning("controller_replaced")
                self.stop()
            elif isinstance(signal, LineLost):
                log.warning("line_to_switch_lost")
            elif isinstance(signal, LineBack):
                await self._look_around()
            elif isinstance(signal, Ready) and (given := self._at_sight(signal)) is not None:
                self._hand_out(given)
            else:
                self._works.put(self._heard(signal))

    def _at_sight(self, signal: Signal) -> Sequence[Given] | None:
        if self._works.is_barred:
            return None
        try:
            return self.board.at_sight(signal)
        except Exception:  # whatever rule raised: it is heard again in its turn
            log.exception("not_done_at_sight")
            return None

    def _heard(self, signal: Signal) -> _Work:
        is_ready = isinstance(signal, Ready)  # nothing is written of it
        return _Work(
            lambda now: self.board.hear(signal, now=now), joins=not is_ready, is_first=is_ready
        )

    def _taken_up(self, view: View) -> _Work:
        # What was heard before is of calls that the view may miss, what comes after of those that
        # are known only by it.
        return _Work(lambda now: self.board.take_up(view, now=now), is_barrier=True)

    def _brought(self, given: Given, outcome: Outcome) -> _Work:
        return _Work(lambda now: self.board.bring(given, outcome, now=now), joins=True)

    async def _look_around(self) -> None:
        """Take up what stands at the switch, as soon as that can be seen."""
        while not self._stop.is_set():
            try:
                view = await self._engine.look_around()
            except EngineDown as error:
                log.warning("switch_not_seen", why=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self._works.put(self._taken_up(view))
                return

    async def _tick(self) -> None:
        """Let the time pass for the calls: again when the last time was worked off."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            passed = asyncio.Event()
            self._works.put(self._time_passes(passed))
            await passed.wait()

    def _time_passes(self, passed: asyncio.Event) -> _Work:
        loop = asyncio.get_running_loop()

        def work(now: datetime) -> Sequence[Given]:
            try:
                if self._watch.was_away:
                    self.board.follow_clock(timedelta(), now=now)
                given = self.board.pass_time(now=now)
                self._watch.round_done()
                return given
            finally:
                loop.call_soon_threadsafe(passed.set)

        return _Work(work)

    async def _hear_asks(self) -> None:
        """Look at what people ask when they ask it, and once at every new beginning."""
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(
                    autocommit=True, **connection_parameters()
                ) as heard:
                    await heard.execute(f"LISTEN {HEARD_ON}")
                    self._works.put(_Work(self._carry_out))
                    async for _notice in heard.notifies():
                        self._works.put(_Work(self._carry_out))
            await asyncio.sleep(AGAIN_SECONDS)

    def _carry_out(self, now: datetime) -> Sequence[Given]:
        return self.board.carry_out_asks(now=now)

    async def _work(self) -> None:
        """Work off what is heard, in its order; what fails for want of a database is tried again
        until there is one."""
        loop = asyncio.get_running_loop()
        waits: _Work | None = None  # what came after some that were done together
        while True:
            works = [waits or await self._works.next()]
            waits = None
            while works[-1].joins and len(works) < MOST_AT_ONCE:
                waits = self._works.at_once()
                if waits is None or not waits.joins:
                    break
                works.append(waits)
                waits = None
            orders = [each.do for each in works]
            given = await loop.run_in_executor(self._thread, self._done, orders)
            self._works.done(works)
            self._hand_out(given)

    def _hand_out(self, given: Sequence[Given]) -> None:
        """Let orders be given, those of one call in their order."""
        for each in given:
            self._orders[each.call_id].put_nowait(each)
            if each.call_id not in self._givers:
                self._givers[each.call_id] = asyncio.create_task(self._give(each.call_id))

    def _done(self, works: Sequence[Work]) -> Sequence[Given]:
        """Do it, in the board's own thread: together, or where that fails each for itself."""
        if len(works) > 1:
            try:
                return self.board.at_once(works, now=self._moment())
            except Exception:  # whichever of them it was is found when each is done alone
                log.exception("not_done_at_once", works=len(works))
        return [each for work in works for each in _tried(work, self._moment)]

    def _moment(self) -> datetime:
        """Now, in the board's own thread. Was the clock set since, all that runs by it goes along
        before anything else is done."""
        now = self._now()
        by = self._watch.look(now)
        if by:
            log.warning("clock_set", seconds=by.total_seconds())
            try:
                self.board.follow_clock(by, now=now)
            except OperationalError:
                raise
            except Exception:  # whatever rule raised: nothing of it was kept, calls go on
                log.exception("clock_not_followed")
            self._watch.seen_to()
        return now

    async def _give(self, call_id: int) -> None:
        """Give the orders of one call, one after the other."""
        orders = self._orders[call_id]
        while not orders.empty():
            given = orders.get_nowait()
            try:
                outcome = await self._engine.give(given.order)
            except Exception:  # an engine never raises; a faulty one must not silence a call
                log.exception("order_not_given", order=repr(given.order))
                outcome = Outcome.FAILED
            self._works.put(self._brought(given, outcome))
        self._givers.pop(call_id, None)
        if orders.empty():
            self._orders.pop(call_id, None)


def _tried(work: Work, clock: Callable[[], datetime]) -> Sequence[Given]:
    """Do it, in the board's own thread; wait where the database is away.

    A fault of ours in one call must not end all others: it is told, and nothing was kept of it.
    """
    while True:
        try:
            return work(clock())
        except OperationalError:
            log.warning("database_away")
            close_old_connections()
            connection.close()
            time.sleep(AGAIN_SECONDS)
        except Exception:  # whatever rule raised: nothing of it was kept, the others go on
            log.exception("call_not_carried_on")
            return []
