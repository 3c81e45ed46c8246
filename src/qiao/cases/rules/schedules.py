"""When a report that comes by itself is due, and which days it is of.

A daily one comes every working day and is of the days since the working day before; a weekly one
on the first working day of a week, of the week before; a monthly one on the first working day of
a month, of the month before. All in the calendar and the hours of its unit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from qiao.core.rules.spans import ONE_DAY, Span, first_of

Every = Literal["day", "week", "month"]
EVERY: Final[tuple[Every, ...]] = ("day", "week", "month")
LONGEST_BREAK: Final = 31  # days; a calendar without a working day in a month is taken as it is
MOST_MISSED: Final = 400
Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day on which a report is due, and the days that it is of."""

    day: date
    span: Span


def latest(*, every: Every, hour: int, local: datetime, works: Works) -> Occasion:
    """The last occasion whose hour has come by `local`, the unit's own time."""
    day = local.date() if local.hour >= hour else local.date() - ONE_DAY
    return _by(every, day, works)


def missed(*, every: Every, since: date, found: Occasion, works: Works) -> int:
    """How many occasions lie between the one of `since` and the one found, both left out."""
    count, before = 0, _by(every, found.day - ONE_DAY, works)
    while before.day > since and count < MOST_MISSED:
        count, before = count + 1, _by(every, before.day - ONE_DAY, works)
    return count


def _by(every: Every, day: date, works: Works) -> Occasion:
    """The last occasion up to a day."""
    if every == "day":
        found = _working(day, works, -1)
        before = _working(found - ONE_DAY, works, -1)
        return Occasion(found, Span(before, found - ONE_DAY))
    first = first_of(day, every)
    found = _working(first, works, 1)
    if found > day:
        first = first_of(first - ONE_DAY, every)
        found = _working(first, works, 1)
    return Occasion(found, Span(first_of(first - ONE_DAY, every), first - ONE_DAY))


def _working(day: date, works: Works, step: int) -> date:
    for n in range(LONGEST_BREAK):
        found = day + timedelta(days=n * step)
        if works(found):
            return found
    return day
