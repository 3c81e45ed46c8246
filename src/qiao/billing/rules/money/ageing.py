"""How late a debt is, in the ages by which utilities read their arrears."""

from datetime import date, timedelta
from typing import Final

from qiao.core.rules.spans import Span

_DAYS: Final = {"30": (1, 30), "90": (31, 90), "365": (91, 365)}
AGES: Final = ("due", "30", "90", "365", "old")
"""Not due yet, late by up to so many days, older."""


def age_of(due: date, today: date) -> str:
    """The age of what is to be paid by a day; on that day itself it is not late."""
    late = (today - due).days
    if late <= 0:
        return "due"
    return next((age for age, (_first, last) in _DAYS.items() if late <= last), "old")


def span_of(age: str, today: date) -> Span:
    """The due days of an age; ``late`` is all that is late, ``all`` every day. Raises
    `KeyError`."""
    if age == "due":
        return Span(today, date.max)
    if age == "all":
        return Span(date.min, date.max)
    first, last = {**_DAYS, "old": (366, (today - date.min).days),
                   "late": (1, (today - date.min).days)}[age]  # fmt: skip
    return Span(today - timedelta(days=last), today - timedelta(days=first))
