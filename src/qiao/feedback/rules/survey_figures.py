"""What the answers of a sample say of everybody: weighted by stratum, with what it may claim.

Post-stratification: each stratum counts by its part of the population as it was when the sample
was drawn, not by how many of it happened to answer. Variance given the answers that came: D. Holt
and T. M. F. Smith, Post Stratification, JRSS A 142 (1979) 33-46. The interval of a share is
Wilson's with the effective size of L. Kish, Survey Sampling (1965): it keeps within the scale and
never says that nobody differs. Strata without an answer cannot speak; `coverage` says how much of
the population the others stand for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from qiao.core.rules.statistics import score_interval
from qiao.feedback.rules.means import Difference, student

FEWEST: Final = 5
"""Figures of fewer answers are not shown: they would tell what somebody said."""


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one stratum: how many customers it has, how many answered, the sum of their
    numbers and of the squares."""

    population: int
    n: int
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, resting on `n` answers; `coverage` is the part of the
    population (0 to 1) whose strata answered. A share is in percent."""

    n: int
    value: float
    low: float | None
    high: float | None
    coverage: float = 1.0

    @property
    def is_hidden(self) -> bool:
        """Whether it rests on too few to be shown."""
        return self.n < FEWEST


def weighted_mean(parts: Sequence[Part], scale: tuple[float, float]) -> Estimate | None:
    """The mean of a population; None without an answer. `scale` is the least and the most."""
    told = [part for part in parts if part.n > 0]
    n, everybody = sum(part.n for part in told), sum(part.population for part in told)
    if not n or not everybody:
        return None
    value = sum(part.population / everybody * part.total / part.n for part in told)
    coverage = everybody / sum(part.population for part in parts)
    if n == 1:
        return Estimate(n, value, None, None, coverage)
    freedom, pooled = _pooled(told, n)
    variance = sum(
        (part.population / everybody) ** 2
        * (_own_variance(part) if part.n > 1 else pooled)
        / part.n
        * max(0.0, 1 - part.n / part.population)
        for part in told
        if part.population
    )
    half = student(freedom) * sqrt(variance)
    return Estimate(n, value, max(scale[0], value - half), min(scale[1], value + half), coverage)


def _own_variance(part: Part) -> float:
    return max(0.0, (part.squares - part.total**2 / part.n) / (part.n - 1))


def _pooled(told: Sequence[Part], n: int) -> tuple[int, float]:
    """Degrees of freedom, and the variance that stands in where one alone answered: within the
    strata, or of all answers where every stratum has only one."""
    within = n - len(told)
    if within:
        inside = sum(max(0.0, part.squares - part.total**2 / part.n) for part in told)
        return within, inside / within
    total, squares = sum(part.total for part in told), sum(part.squares for part in told)
    return n - 1, max(0.0, (squares - total**2 / n) / (n - 1))


def plain_mean(parts: Sequence[Part], scale: tuple[float, float]) -> Estimate | None:
    """The same without weights: every answer counts alike."""
    n = sum(part.n for part in parts)
    if not n:
        return None
    one = Part(10**9, n, sum(p.total for p in parts), sum(p.squares for p in parts))
    return weighted_mean([one], scale)


def weighted_share(parts: Sequence[Part]) -> Estimate | None:
    """The percentage of a population; `total` of each part counts those who do. None without an
    answer."""
    told = [part for part in parts if part.n > 0]
    n, everybody = sum(part.n for part in told), sum(part.population for part in told)
    if not n or not everybody:
        return None
    share = sum(part.population / everybody * part.total / part.n for part in told)
    share = min(1.0, max(0.0, share))
    size = everybody**2 / sum(part.population**2 / part.n for part in told)
    coverage = everybody / sum(part.population for part in parts)
    found = score_interval(share, size)
    return Estimate(n, 100 * share, found.low, found.high, coverage)


def plain_share(parts: Sequence[Part]) -> Estimate | None:
    """The same without weights."""
    n = sum(part.n for part in parts)
    if not n:
        return None
    return weighted_share([Part(1, n, sum(p.total for p in parts), 0.0)])


def change(before: Estimate | None, after: Estimate | None) -> Difference | None:
    """The later figure less the earlier; None where one is missing or rests on too few.

    The interval is put together from both intervals: R. G. Newcombe, Statistics in Medicine 17
    (1998) 873-890, method 10; for means G. Y. Zou and A. Donner, ibid. 27 (2008) 1693-1702.
    """
    if before is None or after is None or before.is_hidden or after.is_hidden:
        return None
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return None
    value = after.value - before.value
    down = sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    up = sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return Difference(value, value - down, value + up)


def shown_counts(counts: Sequence[int]) -> list[int | None]:
    """Counts that add up to a known number, those of one to four hidden.

    Where only one would be hidden it follows from the rest, so the next smallest goes with it.
    """
    hidden = {place for place, n in enumerate(counts) if 0 < n < FEWEST}
    if len(hidden) == 1:
        others = [(n, place) for place, n in enumerate(counts) if n >= FEWEST]
        hidden.update(place for _n, place in sorted(others)[:1])
    return [None if place in hidden else n for place, n in enumerate(counts)]


IMPROVE: Final = "improve"
KEEP: Final = "keep"
LATER: Final = "later"
ENOUGH: Final = "enough"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attribute stands: how much it matters, how well it is done, 1 to 5 each; the field
    of the map; its part of all importance in percent."""

    key: str
    importance: float
    satisfaction: float
    field: str
    share: float


def priority_map(means: Mapping[str, tuple[float, float]]) -> list[Place]:
    """Attributes by importance and satisfaction, those to be improved first in front.

    `means` holds both by key. The map is cut at the mean of all attributes: what matters more and
    satisfies less than that is ``improve``, what matters more and satisfies is ``keep``, what
    matters less ``later`` or ``enough``. Source: J. A. Martilla and J. C. James,
    Importance-Performance Analysis, Journal of Marketing 41 (1977) 77-79.
    """
    if not means:
        return []
    middle, level = centre(means)
    whole = sum(importance for importance, _satisfaction in means.values())
    places = []
    for key, (importance, satisfaction) in means.items():
        matters, satisfies = importance >= middle, satisfaction >= level
        found = (KEEP if satisfies else IMPROVE) if matters else (ENOUGH if satisfies else LATER)
        places.append(Place(key, importance, satisfaction, found, 100 * importance / whole))
    order = (IMPROVE, KEEP, LATER, ENOUGH)
    return sorted(places, key=lambda p: (order.index(p.field), p.satisfaction - p.importance))


def centre(means: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """Where the map is cut: mean importance and mean satisfaction of all attributes."""
    n = len(means)
    return (
        sum(importance for importance, _s in means.values()) / n,
        sum(satisfaction for _i, satisfaction in means.values()) / n,
    )
