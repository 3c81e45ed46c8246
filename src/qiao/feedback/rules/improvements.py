"""Whether a cause is above its threshold, and whether an action helped: counts and chance alone.

A count of complaints is taken as Poisson distributed. Intervals are exact (Garwood, 1936); two
periods are compared by the conditional test of Przyborowski and Wilenski (1940): given the sum of
both counts, the later one is binomial with its share of the exposure.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

PER: Final = 1_000
DAYS: Final = 30
CHANCE_LIMIT: Final = 0.05
SMALL_SUM: Final = 12
"""With fewer cases in both periods together the test could hardly prove anything."""
USUAL_DAYS: Final = 365
_TAIL: Final = 0.025
_STEPS: Final = 80


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both inclusive."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def following(self, start: date) -> "Period":
        """A period of the same length from another day on."""
        return Period(start, start + timedelta(days=self.days - 1))


@dataclass(frozen=True, slots=True)
class Rate:
    """Cases per 1,000 accounts in 30 days, with the limits of its 95 % interval."""

    value: float
    low: float
    high: float


def rate_of(count: int, *, base: int, days: int) -> Rate | None:
    """The rate of a count; None without accounts."""
    exposure = base * days
    if exposure <= 0:
        return None
    factor = PER * DAYS / exposure
    low, high = poisson_interval(count)
    return Rate(count * factor, low * factor, high * factor)


def poisson_interval(count: int) -> tuple[float, float]:
    """The exact 95 % limits of the mean of a Poisson count."""
    low = _mean_where(lambda mean: 1 - poisson_below(count - 1, mean), _TAIL, count)
    high = _mean_where(lambda mean: 1 - poisson_below(count, mean), 1 - _TAIL, count)
    return low if count else 0.0, high


def _mean_where(tail: Callable[[float], float], wanted: float, count: int) -> float:
    """The mean at which the upper tail has the probability wanted; the tail grows with it."""
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 10
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if tail(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def poisson_below(count: int, mean: float) -> float:
    """The probability of `count` or fewer under a mean."""
    if count < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    return min(1.0, math.fsum(map(math.exp, logs)))


def binomial_below(count: int, total: int, share: float) -> float:
    """The probability of `count` or fewer out of `total`."""
    if count < 0:
        return 0.0
    if count >= total:
        return 1.0
    logs = [
        math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
        + k * math.log(share) + (total - k) * math.log1p(-share)
        for k in range(count + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the two counts say: ``proved``, ``not_proved`` or ``worse``; the chance of so large a
    difference without any effect; whether there are too few cases to prove much."""

    verdict: str
    chance: float
    is_small: bool


def judge(*, before: int, before_exposure: int, after: int, after_exposure: int) -> Judgement:
    """Compare two counts over their exposures (accounts times days).

    Raises `ValueError` without exposure in both periods.
    """
    if before_exposure <= 0 or after_exposure <= 0:
        raise ValueError("nothing to compare: a period without accounts or days")
    total = before + after
    is_small = total < SMALL_SUM
    share = after_exposure / (before_exposure + after_exposure)
    fewer = binomial_below(after, total, share)
    more = max(0.0, 1 - binomial_below(after - 1, total, share))
    if total and fewer < CHANCE_LIMIT:
        return Judgement("proved", fewer, is_small)
    if total and more < CHANCE_LIMIT:
        return Judgement("worse", more, is_small)
    return Judgement("not_proved", min(fewer, more), is_small)


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a cause is too frequent; see `ImprovementRule`."""

    kind: str
    days: int
    least: int
    false_alarm: int | None = None


def is_crossed(threshold: Threshold, *, count: int, usual: int, usual_days: int) -> bool:
    """Whether a count within the threshold's days is above it.

    `usual` is the count of the `usual_days` before them. Where nothing is usual yet, one case in
    those days is assumed, so that a first year does not cry wolf.
    """
    if count < threshold.least:
        return False
    if threshold.kind == "count":
        return True
    expected = max(usual, 1) * threshold.days / max(usual_days, 1)
    chance = 1 - poisson_below(count - 1, expected)
    return chance < 1 / (threshold.false_alarm or 1)
