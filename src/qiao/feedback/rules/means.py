"""What a mean of scores may claim: its interval, and when it stands on too few."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

FEW_SCORES: Final = 5
"""Below so many evaluations a mean says next to nothing about a person."""
# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom (Student, 1908).
_T: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_NORMAL: Final = 1.96


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of `n` scores between 0 and 100 with its 95 % interval; without one for n = 1."""

    n: int
    value: float
    low: float | None
    high: float | None

    @property
    def is_small(self) -> bool:
        """Whether it rests on few scores."""
        return self.n < FEW_SCORES


def student(freedom: int) -> float:
    """The quantile of Student's t for a two-sided interval of 95 %, the normal one above 30,
    widened by the first term of its expansion."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    return _NORMAL + (_NORMAL**3 + _NORMAL) / (4 * freedom)


def mean_of(scores: Sequence[float]) -> Mean | None:
    """The mean of scores; None of none."""
    if not scores:
        return None
    return mean_from(len(scores), sum(scores), sum(value * value for value in scores))


def mean_from(n: int, total: float, squares: float) -> Mean | None:
    """The same from the sums that a database gives: how many, their sum, that of squares."""
    if n < 1:
        return None
    value = total / n
    if n == 1:
        return Mean(1, value, None, None)
    variance = max(0.0, (squares - n * value * value) / (n - 1))
    half = student(n - 1) * sqrt(variance / n)
    return Mean(n, value, max(0.0, value - half), min(100.0, value + half))


@dataclass(frozen=True, slots=True)
class Difference:
    """The later mean less the earlier with its 95 % interval.

    `verdict`: ``better`` or ``worse`` where the interval leaves out 0, ``open`` else.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def verdict(self) -> str:
        """What may be said of it."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "open"
        return "better" if self.low > 0 else "worse"


def difference(before: Sequence[float], after: Sequence[float]) -> Difference | None:
    """How a score changed; None where one side is empty.

    Welch's interval for two means with unequal variances (B. L. Welch, The generalization of
    Student's problem, Biometrika 34 (1947) 28-35).
    """
    first, second = mean_of(before), mean_of(after)
    if first is None or second is None:
        return None
    value = second.value - first.value
    if first.n < 2 or second.n < 2:
        return Difference(value, None, None)
    one, two = _spread(before, first.value), _spread(after, second.value)
    error = one + two
    if not error:
        return Difference(value, value, value)
    freedom = error**2 / (one**2 / (first.n - 1) + two**2 / (second.n - 1))
    half = student(max(1, int(freedom))) * sqrt(error)
    return Difference(value, value - half, value + half)


def _spread(scores: Sequence[float], mean: float) -> float:
    n = len(scores)
    return sum((each - mean) ** 2 for each in scores) / (n - 1) / n
