"""Spans of days for statistics: the one looked at, the one before it, and its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Step = Literal["day", "week", "month"]

DAYS_BY_DAY: Final = 45
DAYS_BY_WEEK: Final = 200
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days from `since` to `until`, both included."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError(f"{self.until} lies before {self.since}")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def step(self) -> Step:
        """In which steps a curve over it is drawn."""
        if self.days <= DAYS_BY_DAY:
            return "day"
        return "week" if self.days <= DAYS_BY_WEEK else "month"

    def before(self) -> "Span":
        """The span of equal length that ends the day before."""
        return Span(self.since - timedelta(days=self.days), self.since - ONE_DAY)

    def year_before(self) -> "Span":
        """The same days a year earlier; 29 February becomes the 28th."""
        return Span(_year_before(self.since), _year_before(self.until))

    def parts(self, step: Step) -> Iterator["Span"]:
        """Its days, weeks (from Monday) or calendar months; the outer ones may be cut short."""
        since = self.since
        while since <= self.until:
            until = min(_last_of(since, step), self.until)
            yield Span(since, until)
            since = until + ONE_DAY

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


def first_of(day: date, step: Step) -> date:
    """The first day of the day's week or month, or the day itself."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _last_of(day: date, step: Step) -> date:
    if step == "day":
        return day
    if step == "week":
        return first_of(day, step) + timedelta(days=6)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        day -= ONE_DAY
    return day.replace(year=day.year - 1)


def last_days(today: date, days: int) -> Span:
    """The last `days` days, today included."""
    return Span(today - timedelta(days=days - 1), today)


def last_months(today: date, months: int) -> Span:
    """The last `months` calendar months, the present one included as far as it has come."""
    count = today.year * 12 + today.month - months
    return Span(date(count // 12, count % 12 + 1, 1), today)


def whole_months(span: Span) -> Span | None:
    """The calendar months that lie within `span` entirely, as one span; None without any."""
    whole = [
        m
        for m in span.parts("month")
        if m.since.day == 1 and _last_of(m.since, "month") == m.until
    ]
    return Span(whole[0].since, whole[-1].until) if whole else None


def outside(span: Span, inner: Span) -> list[Span]:
    """The days of `span` before and after `inner`, which lies within it."""
    found = []
    if span.since < inner.since:
        found.append(Span(span.since, inner.since - ONE_DAY))
    if inner.until < span.until:
        found.append(Span(inner.until + ONE_DAY, span.until))
    return found
