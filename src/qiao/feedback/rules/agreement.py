"""How far two evaluators of the same work agree, beyond what chance alone would bring."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from qiao.core.rules.statistics import NORMAL_95

FEW_PAIRS: Final = 50
"""With fewer pairs of answers the interval of kappa is too wide to judge anybody by."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `pairs` answers `same` were equal; `kappa` with its 95 % interval, None where both gave
    one answer only and chance cannot be told from agreement."""

    pairs: int
    same: int
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> float | None:
        """Equal answers in percent."""
        return 100 * self.same / self.pairs if self.pairs else None

    @property
    def is_small(self) -> bool:
        """Whether it rests on few answers."""
        return self.pairs < FEW_PAIRS


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Agreement of pairs of answers.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20 (1960) 37-46, with his large-sample standard error.
    """
    count = len(pairs)
    same = sum(first == second for first, second in pairs)
    if not count:
        return Agreement(0, 0, None, None, None)
    firsts = Counter(first for first, _second in pairs)
    seconds = Counter(second for _first, second in pairs)
    chance = sum(firsts[key] * seconds[key] for key in firsts) / count**2
    if chance >= 1:
        return Agreement(count, same, None, None, None)
    observed = same / count
    kappa = (observed - chance) / (1 - chance)
    error = sqrt(observed * (1 - observed) / (count * (1 - chance) ** 2))
    low, high = kappa - NORMAL_95 * error, kappa + NORMAL_95 * error
    return Agreement(count, same, kappa, max(-1.0, low), min(1.0, high))
