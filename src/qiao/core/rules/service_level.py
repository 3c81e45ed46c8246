"""The service level: which share of calls is answered soon enough, and what counts as a call.

There is no single definition in the trade; they differ in what becomes of callers who gave up
(B. Cleveland, *Call Center Management on Fast Forward*, names them all). So each queue says which
one holds for it, and a figure is shown with its definition:

``all``            of all who came: whoever gave up was not answered in time
``without_short``  the same, without those who gave up at once (a wrong number, a second thought)
``answered``       of those who were answered: whoever gave up does not count

Callers who wait for nobody in time because they hang up are thus a miss under the first two.
"""

from dataclasses import dataclass
from typing import Final

COUNTS: Final = ("all", "without_short", "answered")


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """`share_percent` of the calls that count are to be answered within `answer_seconds`; who gave
    up within `short_abandon_seconds` gave up at once; `counts` is one of `COUNTS`."""

    answer_seconds: int
    share_percent: int
    short_abandon_seconds: int
    counts: str


def counted(counts: str, *, offered: int, answered: int, abandoned_short: int) -> int:
    """How many calls the level is counted of. Raises `KeyError` for an unknown definition."""
    return {
        "all": offered,
        "without_short": offered - abandoned_short,
        "answered": answered,
    }[counts]


def level(in_time: int, of: int) -> float | None:
    """The share in percent, 0 to 100; None where no call counts."""
    return None if of <= 0 else 100.0 * in_time / of
