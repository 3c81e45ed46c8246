"""Use between the readings of a register: of late, and in the same season of last year."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from qiao.metering.rules.registers import EXACT, Register, wrapped

DAYS_OF_YEAR: Final = 365
RECENT_SPANS: Final = 12  # what is called usual of late
# What a reading is compared with of the same season last year: days before and after.
SEASON_DAYS: Final = 45


class Past(NamedTuple):
    """An earlier or later reading of the same register."""

    day: date
    value: Decimal
    is_estimated: bool = False
    is_rolled: bool = False


class Span(NamedTuple):
    """Use between two readings of a register, in its own units."""

    start: date
    end: date
    used: Decimal

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end - self.start).days

    @property
    def per_day(self) -> Decimal:
        """Use a day."""
        return EXACT.divide(self.used, Decimal(self.days))


def spans_of(past: Iterable[Past], register: Register) -> list[Span]:
    """Use between real readings, in order; where the register went back, only what rolled over."""
    real = sorted((each for each in past if not each.is_estimated), key=lambda each: each.day)
    found = []
    for one, two in pairwise(real):
        used = EXACT.subtract(two.value, one.value)
        if used < 0 and two.is_rolled:
            used = wrapped(one.value, two.value, register)
        if used >= 0 and two.day > one.day:
            found.append(Span(one.day, two.day, used))
    return found


def usual_per_day(spans: Sequence[Span], *, most: int = RECENT_SPANS) -> Decimal | None:
    """Use a day over the last spans; None without one."""
    last = spans[-most:]
    days = sum(span.days for span in last)
    if not days:
        return None
    return EXACT.divide(sum((span.used for span in last), Decimal(0)), Decimal(days))


def of_season(spans: Sequence[Span], start: date, end: date) -> Decimal | None:
    """Use a day in the same season a year before, by the days of spans that lie in it."""
    middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2 - DAYS_OF_YEAR)
    low = middle.toordinal() - SEASON_DAYS
    high = middle.toordinal() + SEASON_DAYS
    used, days = Decimal(0), 0
    for span in spans:
        shared = min(span.end.toordinal(), high) - max(span.start.toordinal(), low)
        if shared > 0:
            used = EXACT.add(used, EXACT.multiply(span.per_day, Decimal(shared)))
            days += shared
    return EXACT.divide(used, Decimal(days)) if days >= SEASON_DAYS // 2 else None
