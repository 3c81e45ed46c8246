"""What a percentage may claim: its interval, and when it stands on too few answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final

FEW: Final = 30
"""Below so many answers a percentage is marked as resting on few."""

NORMAL_95: Final = 1.959963984540054
"""The quantile of the normal distribution for two-sided 95 percent."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Two percentages between which the true one lies with 95 percent confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`part` out of `whole`, both counts of records; `whole` may be 0."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} is no part of {self.whole}")

    @property
    def percent(self) -> float | None:
        """The percentage; None when there is nothing to divide by."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def is_small(self) -> bool:
        """Whether it rests on fewer than `FEW` records."""
        return self.whole < FEW

    @property
    def interval(self) -> Interval | None:
        """The Wilson interval; None when there is nothing to divide by."""
        return wilson(self.part, self.whole) if self.whole else None


def wilson(part: int, whole: int, quantile: float = NORMAL_95) -> Interval:
    """The score interval of a proportion, in percent.

    It keeps its promise for few records and for shares near 0 and 100, where the usual
    plus-minus leaves the scale. Source: E. B. Wilson, Probable inference, the law of succession,
    and statistical inference, JASA 22 (1927) 209-212.

    Raises `ValueError` if `part` is no part of `whole` or there is nothing to divide by.
    """
    if whole < 1 or not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    return score_interval(part / whole, whole, quantile)


def score_interval(share: float, size: float, quantile: float = NORMAL_95) -> Interval:
    """Wilson's interval of a share (0 to 1) that rests on so many answers, in percent.

    `size` need not be whole: weighted answers have an effective size. Raises `ValueError` for
    what is no share, or rests on nothing.
    """
    if size <= 0 or not 0 <= share <= 1:
        raise ValueError(f"{share} of {size} is no share")
    square = quantile * quantile
    centre = share + square / (2 * size)
    spread = quantile * sqrt(share * (1 - share) / size + square / (4 * size * size))
    scale = 100 / (1 + square / size)
    low = 0.0 if share == 0 else max(0.0, scale * (centre - spread))
    high = 100.0 if share == 1 else min(100.0, scale * (centre + spread))
    return Interval(low, high)


def cumulative_percents(values: Iterable[int]) -> list[float]:
    """For each value the percentage that it makes up together with those before it (Pareto).

    All zeros give zeros. Raises `ValueError` for a negative value.
    """
    counts = list(values)
    if any(n < 0 for n in counts):
        raise ValueError("counts are not negative")
    whole, reached, found = sum(counts), 0, []
    for n in counts:
        reached += n
        found.append(100 * reached / whole if whole else 0.0)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """How a value moved against the period before.

    `percent` is relative, None where the value before is 0.
    """

    before: float
    now: float

    @property
    def difference(self) -> float:
        """Now less before, in the values' own unit."""
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """The change in percent of the value before."""
        return 100 * self.difference / self.before if self.before else None
