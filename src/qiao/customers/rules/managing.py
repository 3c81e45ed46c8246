"""Visits of customer managers: when the next one is due, and which one was made."""

from datetime import date, timedelta
from typing import Final

from qiao.core.rules.months import months_after

# A visit made so many days before the planned one, or fewer, is that one.
EARLY_DAYS: Final = 14


def due_after(visited: date, every_months: int) -> date:
    """The day by which the next visit is due; a day that month does not have is its last.

    Raises `ValueError` unless a month or more.
    """
    if every_months < 1:
        raise ValueError(f"every {every_months} months")
    return months_after(visited, every_months)


def first_day_of(planned: date) -> date:
    """From when on a visit counts as the one that is planned for a day."""
    return planned - timedelta(days=EARLY_DAYS)


def is_planned_one(day: date, planned: date) -> bool:
    """Whether a visit made on `day` is the one that was planned: on that day, later, or a little
    before it."""
    return day >= first_day_of(planned)


def overdue_days(due: date | None, today: date) -> int:
    """How many days a visit is late; 0 while it is not, or if none is due."""
    return max(0, (today - due).days) if due else 0
