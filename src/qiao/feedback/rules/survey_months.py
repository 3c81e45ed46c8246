"""The day on which the next wave of a survey is due."""

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
