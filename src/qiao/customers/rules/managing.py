"""Periods of customer managers, and when the next visit is due. Days; ends are exclusive."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qiao.core.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Change:
    """What a new manager from a day on does to the periods before.

    `kept` stay or are cut, in their order; `dropped` would have begun on that day or later.
    """

    kept: tuple[Period, ...]
    dropped: tuple[Period, ...]


def ended_on(periods: Iterable[Period], day: date) -> Change:
    """Periods as they stand when nothing of them may reach `day` or a later day."""
    kept: list[Period] = []
    dropped: list[Period] = []
    for period in periods:
        if period.start >= day:
            dropped.append(period)
        elif period.end is None or period.end > day:
            kept.append(Period(period.start, day))
        else:
            kept.append(period)
    return Change(tuple(kept), tuple(dropped))


def due_after(visited: date, every_months: int) -> date:
    """The day by which the next visit is due; a day that month does not have is its last.

    Raises `ValueError` unless a month or more.
    """
    if every_months < 1:
        raise ValueError(f"every {every_months} months")
    month = visited.year * 12 + visited.month - 1 + every_months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(visited.day, calendar.monthrange(year, month)[1]))


def overdue_days(due: date | None, today: date) -> int:
    """How many days a visit is late; 0 while it is not, or if none is due."""
    return max(0, (today - due).days) if due else 0
