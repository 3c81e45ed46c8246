"""Tells when the clock of the day was set, by the clock that nobody sets."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

SET_BY: Final = timedelta(seconds=2)
"""From so much on it is no drift: a time service slews 0.5 ms in a second, and sets what is more
than 0.13 s (ntpd) or 1 s (chrony) away; the switch's own ringing has five seconds of grace."""
UNHEARD: Final = 30.0
"""Seconds without a round in which nobody could be heard of: half of a lease."""


class ClockWatch:
    """Compares both clocks from one look to the next. Belongs to one thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None
        self._by = timedelta()
        self._round: float | None = None

    def look(self, now: datetime) -> timedelta:
        """By how much the clock was set since that was seen to last, to be now; zero for none."""
        steady = self._monotonic()
        if self._last is not None:
            by = now - self._last[0] - timedelta(seconds=steady - self._last[1])
            if abs(by) >= SET_BY:
                self._by += by
        self._last = (now, steady)
        return self._by

    def seen_to(self) -> None:
        """What was told last is seen to."""
        self._by = timedelta()

    def forget(self) -> None:
        """Begin anew: somebody else may have led meanwhile, and seen to it."""
        self._last, self._by = None, timedelta()

    @property
    def was_away(self) -> bool:
        """Whether the last round was so long ago that leases may have run out for that alone: the
        database was away, or this machine slept."""
        return self._round is not None and self._monotonic() - self._round > UNHEARD

    def round_done(self) -> None:
        """Time has passed for all who wait."""
        self._round = self._monotonic()
