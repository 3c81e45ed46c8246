"""Who lived where, when: periods laid out on a common scale, and what held on a day.

Periods are half open; a beginning or an end that is missing reaches beyond the scale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

AHEAD = timedelta(days=60)
SHORTEST = timedelta(days=365)
MOST_TICKS = 12


class Held(Protocol):
    """Anything with a beginning and an end."""

    @property
    def since(self) -> date | None:
        """The first day; None for always."""

    @property
    def until(self) -> date | None:
        """The first day on which it no longer holds; None for open."""


H = TypeVar("H", bound=Held)


@dataclass(frozen=True, slots=True)
class Scale:
    """The days that a picture shows, `until` excluded."""

    since: date
    until: date

    def place(self, day: date) -> float:
        """Where a day stands, in percent of the width; days outside stand at the edge."""
        whole = (self.until - self.since).days
        passed = (min(max(day, self.since), self.until) - self.since).days
        return round(100 * passed / whole, 2)

    def bar(self, held: Held) -> tuple[float, float]:
        """Start and width of a period in percent."""
        start = self.place(held.since or self.since)
        return start, round(self.place(held.until or self.until) - start, 2)

    def ticks(self) -> list[tuple[int, float]]:
        """Beginnings of years with their places, as many as a picture has room for."""
        years = range(self.since.year + 1, self.until.year + 1)
        step = max(1, -(-len(years) // MOST_TICKS))
        marks = ((year, date(year, 1, 1)) for year in years if not (year - years[0]) % step)
        return [(year, self.place(day)) for year, day in marks if day < self.until]


def scale_of(periods: Iterable[Held], today: date) -> Scale:
    """From the first day known, a year at least, to some weeks ahead of today or the last day."""
    days = [day for held in periods for day in (held.since, held.until) if day is not None]
    first = min([*days, today - SHORTEST])
    return Scale(first, max([*days, today]) + AHEAD)


def holds(held: Held, day: date) -> bool:
    """Whether the day lies in the period: its first day does, its end does not."""
    return (held.since is None or held.since <= day) and (held.until is None or day < held.until)


def on_day(rows: Sequence[H], day: date) -> list[H]:
    """Those that held on that day, in their order."""
    return [row for row in rows if holds(row, day)]
