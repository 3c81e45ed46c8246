"""The time of a simulated switch: as it passes, or as fast as it can be counted."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and calls when it has come."""

    def now(self) -> datetime:
        """The moment."""

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Call after so many seconds; what is due at one moment, in the order of asking."""


class LoopClock:
    """The time as it passes, in the running event loop."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment."""
        return self._now()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Call after so many seconds."""
        asyncio.get_running_loop().call_later(seconds, act)


class CountedClock:
    """A time that stands still until it is told to pass: hours of calls in a second."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._passed = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    def now(self) -> datetime:
        """The moment."""
        return self._start + timedelta(seconds=self._passed)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Call after so many seconds."""
        due = self._passed + max(0.0, seconds)
        heapq.heappush(self._due, (due, next(self._order), act))

    def step(self) -> bool:
        """Let the time pass to what is due next; False if nothing is."""
        if not self._due:
            return False
        self._passed, _, act = heapq.heappop(self._due)
        act()
        return True

    def run(self, seconds: float) -> None:
        """Let so many seconds pass, with all that is due in them."""
        end = self._passed + seconds
        while self._due and self._due[0][0] <= end:
            self.step()
        self._passed = end
