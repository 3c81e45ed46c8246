"""Calendar months, as bills and readings name them."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, 1 to 12. Raises `ValueError` for any other."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return month_of(self.start + timedelta(days=31)).start

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


def month_of(day: date) -> Month:
    """The month in which a day lies."""
    return Month(day.year, day.month)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or earlier below 0; the last of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    found = Month(year, month + 1)
    return found.start.replace(day=min(day.day, found.last.day))


def month_from(text: str) -> Month:
    """A month as `str` writes it. Raises `ValueError` for other text."""
    year, dash, month = text.partition("-")
    if not dash:
        raise ValueError(text)
    return Month(int(year), int(month))


def months_between(start: date, end: date) -> tuple[Month, Month] | None:
    """The first and the last of the months that a period with an exclusive end covers whole; None
    for one that begins or ends within a month, or is empty."""
    last = end - timedelta(days=1)
    if start.day != 1 or end.day != 1 or last < start:
        return None
    return month_of(start), month_of(last)
