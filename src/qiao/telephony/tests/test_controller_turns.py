"""What a controller does at sight, and in which turn, without a database."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone

from qiao.telephony.controller import MOST_AT_ONCE, Controller
from qiao.telephony.rules import switch
from qiao.telephony.tests.test_controller import LONG

GONE = [f"gone-{number}" for number in range(5 * MOST_AT_ONCE)]


class SlowBoard:
    """Writes slowly; notes in which order what is heard is done."""

    living = 0

    def __init__(self) -> None:
        self.done: list[str] = []

    def at_once(self, works: Any, *, now: Any) -> list[Any]:
        for work in works:
            work(now)
        time.sleep(0.1)
        return []

    def hear(self, signal: Any, **_given: Any) -> list[Any]:
        self.done.append(signal.channel)
        return []

    def at_sight(self, signal: Any) -> list[Any]:
        self.done.append(signal.channel)
        return []

    def take_up(self, _view: Any, **_given: Any) -> list[Any]:
        self.done.append("taken up")
        return []

    def __getattr__(self, _name: str) -> Callable[..., list[Any]]:
        return lambda *_given, **_named: []


class TalkingSwitch:
    """A switch of which much is heard at once, and a moment later something else."""

    def __init__(self, *later: switch.Signal) -> None:
        self._later = later

    async def signals(self) -> AsyncIterator[switch.Signal]:
        for channel in GONE:
            yield switch.Gone(timezone.now(), channel, 16)
        await asyncio.sleep(0.05)
        for each in self._later:
            yield each
        await asyncio.sleep(LONG)

    async def look_around(self) -> switch.View:
        return switch.View((), ())

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def done_of(*later: switch.Signal) -> list[str]:
    """In which order a controller has done what was heard, after it took the calls up first."""

    async def story() -> list[str]:
        engine: Any = TalkingSwitch(*later)
        conducting = Controller(engine, timezone.now)
        board: Any = SlowBoard()
        conducting.board = board
        running = asyncio.create_task(conducting.run())
        end = time.monotonic() + LONG
        while len(board.done) <= len(GONE) + len(later):
            assert time.monotonic() < end, board.done
            await asyncio.sleep(0.02)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        return list(board.done)

    first, *done = asyncio.run(story())
    assert first == "taken up"
    assert [each for each in done if each.startswith("gone")] == GONE
    return done


@pytest.mark.usefixtures("own_database")
def test_a_telephone_that_may_be_dialled_waits_for_nothing_that_is_written() -> None:
    done = done_of(switch.Ready(timezone.now(), "ready", "agent", ""))
    assert done.index("ready") <= MOST_AT_ONCE  # while the first of them are written


@pytest.mark.usefixtures("own_database")
def test_what_was_heard_before_calls_are_taken_up_again_is_done_before() -> None:
    now = timezone.now()
    done = done_of(switch.LineBack(now), switch.Ready(now, "ready", "agent", ""))
    assert done == [*GONE, "taken up", "ready"]
