"""Periods of value, and the loyalty figure: plain calculation."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS_A_QUARTER: Final = 3
PARTS: Final = ("value", "tenure", "repeat", "satisfaction", "complaints")
LEAST_PARTS: Final = 3
FULL: Final = 100


def closed_quarters(today: date, count: int) -> list[date]:
    """The first days after the last `count` quarters that are over, the oldest first."""
    month = (today.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER
    months = today.year * 12 + month
    return [
        date((months - MONTHS_A_QUARTER * n) // 12, (months - MONTHS_A_QUARTER * n) % 12 + 1, 1)
        for n in reversed(range(count))
    ]


def twelve_months_before(day: date) -> date:
    """The same day a year earlier; of 29 February the 28th."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


@dataclass(frozen=True, slots=True)
class LoyaltyPart:
    """One part of the figure: 0 to 100, or None where nothing is known; `weight` in percent."""

    key: str
    score: int | None
    weight: int


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The figure, 0 to 100, the weighted mean of the parts that are known.

    None where fewer than three are: too little to say anything.
    """

    figure: int | None
    parts: tuple[LoyaltyPart, ...]

    @property
    def missing(self) -> list[str]:
        """Parts of which nothing is known."""
        return [part.key for part in self.parts if part.score is None]


def loyalty(
    *,
    percentile: int | None,
    tenure_years: int | None,
    years_with_value: int | None,
    satisfaction: int | None,
    complaints: int,
    weights: Mapping[str, int],
    full_years: int,
) -> Loyalty:
    """The loyalty figure of a customer.

    `percentile` of twelve months' value among all who have any (0 to 99), whole years as a
    customer (`full_years` give 100), in how many of the last three years there was value, mean
    satisfaction in hundredths (100 to 400), complaints of the last 24 months (each takes 25).
    """
    scores = {
        "value": percentile,
        "tenure": None if tenure_years is None else min(FULL, FULL * tenure_years // full_years),
        "repeat": None if years_with_value is None else FULL * years_with_value // 3,
        "satisfaction": None if satisfaction is None else (satisfaction - 100) // 3,
        "complaints": max(0, FULL - 25 * complaints),
    }
    parts = tuple(LoyaltyPart(key, scores[key], weights.get(key, 0)) for key in PARTS)
    return Loyalty(_mean(parts), parts)


def _mean(parts: Sequence[LoyaltyPart]) -> int | None:
    known = [(part.score, part.weight) for part in parts if part.score is not None]
    weight = sum(weight for _score, weight in known)
    if len(known) < LEAST_PARTS or not weight:
        return None
    total = sum(score * weight for score, weight in known)
    return (2 * total + weight) // (2 * weight)
