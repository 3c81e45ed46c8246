"""Working time over calendars that change: an edit counts from its effective moment on.

A calendar is a list of versions that is only ever added to. A case knows versions up to a number
(its history says which), so that a later edit changes nothing until the case is told of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from qiao.core.rules.calendar import (
    Calendar,
    NoWorkingTime,
    add_working_seconds,
    working_seconds_between,
)


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One version of a calendar; numbers grow, and the highest one in effect counts."""

    number: int
    effective_from: datetime
    calendar: Calendar
    known_years: frozenset[int] | None = None  # years whose public days it knows; None: keeps none


Calendars = Mapping[str, Sequence[CalendarVersion]]
"""Calendar key to all its versions."""


class UnknownCalendar(LookupError):  # noqa: N818 - a refusal, not a fault
    """A promise counts in a calendar that is not given."""

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no calendar {key}")
        self.key = key


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The calendar `key` as a case knows it: its versions up to `known`."""

    versions: tuple[CalendarVersion, ...]
    changes: tuple[datetime, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        moments = sorted({version.effective_from for version in self.versions})
        object.__setattr__(self, "changes", tuple(moments))

    @classmethod
    def of(cls, calendars: Calendars, key: str, known: int) -> "WorkingTime":
        """The working time of a calendar with versions up to `known`.

        Raises:
            UnknownCalendar: no such calendar, or no version that low.
        """
        given = calendars.get(key, ())
        place = (id(given), known)
        kept = _MADE.get(place)
        if kept is not None and kept[0] is given:
            return kept[1]
        versions = sorted(
            (version for version in given if version.number <= known),
            key=lambda version: version.number,
        )
        if not versions:
            raise UnknownCalendar(key)
        made = cls(tuple(versions))
        if isinstance(given, tuple):  # a list may grow
            if len(_MADE) >= _MOST_MADE:
                _MADE.clear()
            _MADE[place] = (given, made)
        return made

    def calendar_at(self, moment: datetime) -> Calendar:
        """The calendar that counts at a moment; before the first version, the first."""
        return self._at(moment).calendar

    def version_at(self, moment: datetime) -> int:
        """The number of the version that counts at a moment."""
        return self._at(moment).number

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """Whole working seconds in [start, end); `start` must not be later than `end`."""
        first, last = bisect_right(self.changes, start), bisect_left(self.changes, end)
        edges = [start, *self.changes[first:last], end]
        return sum(
            working_seconds_between(self.calendar_at(left), left, right)
            for left, right in pairwise(edges)
        )

    def add_seconds(self, start: datetime, seconds: int) -> datetime | None:
        """The earliest moment by which so many working seconds have passed since `start`.

        None when the calendars hold no such moment.
        """
        left = start
        for change in self.changes[bisect_right(self.changes, start) :]:
            worked = working_seconds_between(self.calendar_at(left), left, change)
            if worked >= seconds:
                break
            seconds -= worked
            left = change
        try:
            return add_working_seconds(self.calendar_at(left), left, seconds)
        except NoWorkingTime:
            return None

    def _at(self, moment: datetime) -> CalendarVersion:
        for version in reversed(self.versions):
            if version.effective_from <= moment:
                return version
        return self.versions[0]


def newest_known(calendars: Calendars, key: str, moment: datetime) -> int:
    """The number of the newest version in effect at a moment, for a case told of none.

    Raises:
        UnknownCalendar: no such calendar.
    """
    versions = calendars.get(key, ())
    if not versions:
        raise UnknownCalendar(key)
    in_effect = [item.number for item in versions if item.effective_from <= moment]
    return max(in_effect, default=min(item.number for item in versions))


# What was put together before; a recount of many cases asks for the same few all the time.
_MADE: dict[tuple[int, int], tuple[Sequence[CalendarVersion], WorkingTime]] = {}
_MOST_MADE = 256
