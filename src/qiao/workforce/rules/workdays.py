"""What kind of day it is, for a forecast: what people do on it follows the calendar, not only the
weekday.

A Saturday on which all work is no Saturday, a Monday without work is a Sunday, the first day after
a break has the calls of the whole break, and the turn of the month has its own.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi, sin
from typing import Final

ONE_DAY: Final = timedelta(days=1)
WEEK: Final = 7
SUNDAY: Final = 6
WORKDAYS: Final = 5
LONGEST_BREAK: Final = 15
YEAR: Final = 365.25

FEATURES: Final = (
    "level",
    *(f"weekday_{n}" for n in range(WEEK)),
    "holiday",
    "moved",
    "after_break",
    "second_after_break",
    *(f"left_{n}" for n in (1, 2, 3)),
    *(f"begun_{n}" for n in range(4)),
    "begun_4_5",
    "middle",
    "after_middle",
    "before_end",
    "first_at_turn",
    *(f"{wave}_{n}" for wave in ("sin", "cos") for n in (1, 2)),
)
"""What a day is described by, in the order of `described`."""
LEVEL: Final = 0
WEEKDAY_FEATURES: Final = slice(1, 1 + WEEK)
YEARLY_FEATURES: Final = slice(len(FEATURES) - 4, len(FEATURES))


@dataclass(frozen=True, slots=True)
class DayKind:
    """Whether people work on a day, and whether they do in an ordinary week of that weekday."""

    works: bool
    usual: bool


KindOf = Callable[[date], DayKind]


def ordinary_week(closed: Collection[date] = (), workdays: int = WORKDAYS) -> KindOf:
    """Days of plain weeks whose first days are worked, without a calendar; `closed` are days known
    not to be."""

    def kind(day: date) -> DayKind:
        usual = day.weekday() < workdays
        return DayKind(usual and day not in closed, usual)

    return kind


def with_days(holidays: Collection[date], moved: Collection[date]) -> KindOf:
    """Days of weeks from Monday to Friday with public holidays and days of work moved to a
    weekend."""

    def kind(day: date) -> DayKind:
        usual = day.weekday() < WORKDAYS
        return DayKind((usual and day not in holidays) or day in moved, usual)

    return kind


def likeness(day: date, kind_of: KindOf) -> tuple[float, ...]:
    """How much a day is like each weekday, Monday first; together 1.

    The first day after a break is a Monday, a holiday a Sunday, a moved day of work any workday.
    """
    kind = kind_of(day)
    found = [0.0] * WEEK
    if kind.works and not kind.usual:
        return tuple([1 / WORKDAYS] * WORKDAYS + [0.0] * (WEEK - WORKDAYS))
    if kind.usual and not kind.works:
        found[SUNDAY] = 1.0
    elif _after_break(day, kind_of):
        found[0] = 1.0
    else:
        found[day.weekday()] = 1.0
    return tuple(found)


def described(day: date, kind_of: KindOf) -> tuple[float, ...]:
    """The features of a day (see `FEATURES`), each 0 to 1 but the waves of the year."""
    kind = kind_of(day)
    like = likeness(day, kind_of)
    after = kind.works and _after_break(day, kind_of)
    before = _last_worked(day, kind_of)
    second = kind.works and not after and before is not None and _after_break(before, kind_of)
    turning = _turn_of_month(day, kind_of) if kind.works else (0.0,) * 11
    at_turn = float(like[0] == 1.0 and bool(turning[0] or turning[3]))
    angle = 2 * pi * day.timetuple().tm_yday / YEAR
    waves = (sin(angle), sin(2 * angle), cos(angle), cos(2 * angle))
    return (
        1.0,
        *like,
        float(kind.usual and not kind.works),
        float(kind.works and not kind.usual),
        float(after),
        float(second),
        *turning,
        at_turn,
        *waves,
    )


def _turn_of_month(day: date, kind_of: KindOf) -> tuple[float, ...]:
    """The place of a working day in its month, counted in working days from both ends."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    begun = sum(kind_of(first + timedelta(days=n)).works for n in range(day.day - 1))
    left = sum(kind_of(day + timedelta(days=n)).works for n in range((following - day).days))
    return (
        *(float(left == n) for n in (1, 2, 3)),
        *(float(begun == n) for n in range(4)),
        float(begun in (4, 5)),
        float(day.day in (14, 15, 16)),
        float(day.day in (17, 18, 19)),
        float(20 <= day.day <= 26),
    )


def _last_worked(day: date, kind_of: KindOf) -> date | None:
    for back in range(1, LONGEST_BREAK):
        before = day - back * ONE_DAY
        if kind_of(before).works:
            return before
    return None


def _after_break(day: date, kind_of: KindOf) -> bool:
    """Whether work rested longer before this day than it does in an ordinary week."""
    if not kind_of(day).works:
        return False
    last = _last_worked(day, kind_of)
    if last is None:
        return True
    return any(kind_of(last + n * ONE_DAY).usual for n in range(1, (day - last).days))
