"""Before and after: two periods of days, and what a difference between them may claim."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from qiao.core.rules.spans import ONE_DAY, Span
from qiao.core.rules.statistics import Share

Verdict = Literal["better", "worse", "chance", "few", ""]
LONGEST_DAYS: Final = 366
HALF_A_YEAR: Final = 183


@dataclass(frozen=True, slots=True)
class Periods:
    """The days that are compared."""

    before: Span
    after: Span


def around(start: date, *, days: int, last: date) -> Periods | None:
    """As many days before `start` as from it on, which end on `last` at the latest.

    The span before is as long as the one after; None while there is no whole day after.
    """
    length = min(days, (last - start).days + 1, LONGEST_DAYS)
    if length < 1:
        return None
    after = Span(start, start + timedelta(days=length - 1))
    return Periods(Span(start - timedelta(days=length), start - ONE_DAY), after)


def verdict(before: Share, after: Share, better: str) -> Verdict:
    """What the change of a share may claim: more than chance only where the Wilson intervals of
    95 percent do not meet; ``few`` below the number that a share may stand on; empty where there
    is nothing, or no direction is the good one.
    """
    one, other = before.interval, after.interval
    if one is None or other is None or not better:
        return ""
    if before.is_small or after.is_small:
        return "few"
    if one.high < other.low:
        return "better" if better == "up" else "worse"
    if other.high < one.low:
        return "better" if better == "down" else "worse"
    return "chance"


def beyond(
    with_it: tuple[float | None, float | None], without: tuple[float | None, float | None]
) -> float | None:
    """By how much the change with a feature exceeds the change without it, in the unit of the
    values; None where one of the four is unknown.

    What changed everywhere (a season, a strike) is taken out. Source: D. Card, A. B. Krueger,
    Minimum wages and employment, American Economic Review 84 (1994) 772-793.
    """
    values = (*with_it, *without)
    if any(value is None for value in values):
        return None
    was, became, was_there, became_there = (float(value or 0) for value in values)
    return (became - was) - (became_there - was_there)
