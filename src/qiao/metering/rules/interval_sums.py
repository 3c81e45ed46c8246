"""What registers used between readings by their intervals, as far as whole days tell."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
FEWEST: Final = 2
"""So many days lie between two readings at least: the use of fewer is lost in that of the ends."""
_DAYS: Final = 1 << 22  # more than any ordinal of a day


class Bounds(NamedTuple):
    """Of each span whether its intervals are known, and between what its use must lie."""

    is_known: Column
    low: Column
    high: Column


@dataclass(frozen=True, slots=True)
class IntervalDays:
    """Use by days out of intervals, by register and day; columns of one length.

    `day` is an ordinal, `used` counts ten-thousandths of the register's unit, `is_whole` says
    whether all intervals of the day were told.
    """

    register: Column
    day: Column
    used: Column
    is_whole: Column

    def between(self, register: Column, since: Column, until: Column) -> Bounds:
        """What registers used from a reading of one day to that of another.

        A reading was taken at some hour of its day: the days between were used up wholly, those of
        the readings themselves in part. An end that was not told whole counts as the greatest of
        the days between.
        """
        places = self.register * _DAYS + self.day
        first = np.searchsorted(places, register * _DAYS + since + 1)
        stop = np.searchsorted(places, register * _DAYS + until)
        days = until - since - 1
        whole = _sums(self.is_whole)
        is_known = (days >= FEWEST) & (whole[stop] - whole[first] == days) & (stop - first == days)
        low = np.zeros(len(register), dtype=np.int64)
        high = np.zeros(len(register), dtype=np.int64)
        rows = np.flatnonzero(is_known)
        if len(rows):
            used = _sums(self.used)
            first, stop = first[rows], stop[rows]
            low[rows] = used[stop] - used[first]
            most = _greatest(self.used, first, stop)
            ends = [(first - 1, since[rows]), (stop, until[rows])]
            high[rows] = low[rows] + sum(self._end(register[rows], *end, most) for end in ends)
        return Bounds(is_known, low, high)

    def _end(self, register: Column, place: Column, day: Column, most: Column) -> Column:
        """What was used on a day that stands at a place, if it is there and whole; else `most`."""
        if not len(self.day):
            return most
        at = np.clip(place, 0, len(self.day) - 1)
        is_there = (self.register[at] == register) & (self.day[at] == day) & self.is_whole[at]
        found: Column = np.where(is_there, self.used[at], most)
        return found


def _sums(column: Column) -> Column:
    """How much of a column lies before each place of it, and of all behind it."""
    return np.concatenate(([0], np.cumsum(column, dtype=np.int64)))


def _greatest(column: Column, first: Column, stop: Column) -> Column:
    """The greatest from each place up to another one, which lies behind it."""
    ends = np.column_stack((first, stop)).ravel()
    found: Column = np.maximum.reduceat(np.append(column, 0), ends)[::2]
    return found


NOTHING: Final = IntervalDays(*(np.zeros(0, dtype=np.int64),) * 3, np.zeros(0, dtype=bool))
"""Where no intervals are told."""
