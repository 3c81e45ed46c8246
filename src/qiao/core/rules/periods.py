"""Periods of dates: half open, [start, end), with an end that may be missing.

The first day belongs to the period, the last does not: a contract from 1 May to 1 June covers all
of May, and the next one starts on 1 June without gap or overlap. No end means: until further
notice. A period holds at least one day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


class BadPeriod(ValueError):  # noqa: N818 - a refusal, not a fault
    """The end does not lie after the start."""


@dataclass(frozen=True, slots=True, order=False)
class Period:
    """Dates from `start` to the day before `end`; `end=None` is open.

    Raises:
        BadPeriod: the end is not after the start.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise BadPeriod(f"{self.end} does not lie after {self.start}")

    def __contains__(self, day: date) -> bool:
        return contains(self, day)

    @property
    def days(self) -> int | None:
        """The number of days, None when open."""
        return None if self.end is None else (self.end - self.start).days


def contains(period: Period, day: date) -> bool:
    """Say whether a day lies in the period: the start does, the end does not."""
    return period.start <= day and (period.end is None or day < period.end)


def encloses(outer: Period, inner: Period) -> bool:
    """Say whether every day of `inner` lies in `outer`."""
    if inner.start < outer.start:
        return False
    return outer.end is None or (inner.end is not None and inner.end <= outer.end)


def overlaps(one: Period, other: Period) -> bool:
    """Say whether the periods share a day; periods that only touch do not."""
    starts_before_end = one.end is None or other.start < one.end
    return starts_before_end and (other.end is None or one.start < other.end)


def meets(one: Period, other: Period) -> bool:
    """Say whether `other` starts on the day `one` ends: neither gap nor overlap."""
    return one.end == other.start


def intersect(one: Period, other: Period) -> Period | None:
    """Return the days in both, None when there are none."""
    if not overlaps(one, other):
        return None
    return Period(max(one.start, other.start), _earlier(one.end, other.end))


def subtract(period: Period, other: Period) -> tuple[Period, ...]:
    """Return the days of `period` that are not in `other`: none, one or two periods, in order."""
    if not overlaps(period, other):
        return (period,)
    left = []
    if period.start < other.start:
        left.append(Period(period.start, other.start))
    if other.end is not None and (period.end is None or other.end < period.end):
        left.append(Period(other.end, period.end))
    return tuple(left)


def split(period: Period, cuts: Iterable[date]) -> tuple[Period, ...]:
    """Cut a period on days; each cut inside begins a new part, others change nothing.

    The parts are in order, meet each other and cover the period: price changes, a change of owner
    or a meter swap divide a billing period this way.
    """
    starts = sorted({period.start, *(cut for cut in cuts if cut in period)})
    ends: list[date | None] = [*starts[1:], period.end]
    return tuple(Period(start, end) for start, end in zip(starts, ends, strict=True))


def merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Join periods that overlap or meet into the fewest that cover the same days, in order."""
    merged: list[Period] = []
    for period in sorted(periods, key=lambda each: each.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < period.start):
            merged.append(period)
        else:
            merged[-1] = Period(last.start, _later(last.end, period.end))
    return tuple(merged)


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
