"""The calls of a whole day ahead: a level that drifts, moved by what kind of day it is.

The logarithm of a day's calls is a sum of the weights of its features (`workdays.described`). The
level drifts from day to day as a random walk; the other weights are slow or fixed and are held
near 0 until the data say otherwise. The estimate is the Kalman filter (R. E. Kalman, "A New
Approach to Linear Filtering and Prediction Problems", Journal of Basic Engineering 82, 1960; for
such series: A. C. Harvey, *Forecasting, Structural Time Series Models and the Kalman Filter*,
1989). A day far outside its interval is believed less the farther it lies (P. Huber, 1964).

How fast the level drifts is not chosen by hand: several filters run side by side, and a day is
forecast by the one under which the days before it were likeliest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from qiao.workforce.rules.volume import Matrix
from qiao.workforce.rules.workdays import (
    FEATURES,
    LEVEL,
    WEEKDAY_FEATURES,
    YEARLY_FEATURES,
)

# Variances of logarithms: 4e-4 is a drift of two percent a day.
DRIFTS: Final = (5e-5, 2e-4, 4e-4, 8e-4, 1.6e-3)
NOISES: Final = (3e-4, 6e-4, 1.2e-3, 4e-3, 1.6e-2)
WEIGHT: Final = 1e-3  # about three percent either way
HOLIDAY_WEIGHT: Final = 4e-2
WEEKDAY_WEIGHT: Final = 1e-2
YEARLY_WEIGHT: Final = 4e-3
FIRST_LEVEL: Final = 1.0
OUTLIER: Final = 2.5  # standard deviations
SETTLING_DAYS: Final = 10  # of no say in which filter is believed
MEMORY: Final = 0.96  # by which a day's surprise counts less the day after
LARGEST_SURPRISE: Final = 16.0
FLOOR: Final = 0.5  # of a call: a day without calls has a logarithm too


@dataclass(frozen=True, slots=True)
class Level:
    """The calls of a day: the median, and the variance of their logarithm."""

    calls: float
    variance: float


class Levels:
    """Filters side by side over days in order. `knows_year` says whether there is enough
    history to tell the seasons apart."""

    def __init__(self, first: float, *, knows_year: bool) -> None:
        pairs = [(drift, noise) for drift in DRIFTS for noise in NOISES]
        count, size = len(pairs), len(FEATURES)
        self._drift = np.array([drift for drift, _ in pairs])
        self._noise = np.array([noise for _, noise in pairs])
        self._weights = np.zeros((count, size))
        self._weights[:, LEVEL] = np.log(max(first, FLOOR))
        self._spread = np.tile(np.diag(_spreads(knows_year=knows_year)), (count, 1, 1))
        self._likelihood = np.zeros(count)
        self._surprise = np.ones(count)
        self._seen = 0

    def ahead(self, features: Sequence[float], *, days: int = 1) -> Level:
        """The level of a day, so many days after the last one that was learnt."""
        best = int(np.argmax(self._likelihood))
        x = np.asarray(features)
        spread = self._spread[best].copy()
        spread[LEVEL, LEVEL] += days * self._drift[best]
        # Days that surprised more than the filter expects make it less sure of the next.
        variance = float(x @ spread @ x + self._noise[best]) * max(1.0, self._surprise[best])
        return Level(float(np.exp(x @ self._weights[best])), variance)

    def learn(self, features: Sequence[float], calls: float) -> None:
        """Take the calls of the next day in."""
        x, seen = np.asarray(features), np.log(max(calls, FLOOR))
        self._spread[:, LEVEL, LEVEL] += self._drift
        reach = self._spread @ x
        error = seen - self._weights @ x
        # Chance alone moves a day of n calls by 1/n (Poisson).
        variance = reach @ x + self._noise + 1 / max(calls, 1.0)
        beyond = np.abs(error) / (OUTLIER * np.sqrt(variance))
        if self._seen >= SETTLING_DAYS:
            tamed = np.minimum(error**2, (OUTLIER**2) * variance)
            self._likelihood -= 0.5 * (np.log(variance) + tamed / variance)
            surprise = np.minimum(error**2 / variance, LARGEST_SURPRISE)
            self._surprise = MEMORY * self._surprise + (1 - MEMORY) * surprise
        variance = variance * np.maximum(1.0, beyond)
        gain = reach / variance[:, None]
        self._weights += gain * error[:, None]
        spread = self._spread - gain[:, :, None] * reach[:, None, :]
        self._spread = (spread + spread.transpose(0, 2, 1)) / 2
        self._seen += 1


def _spreads(*, knows_year: bool) -> Matrix:
    found = np.full(len(FEATURES), WEIGHT)
    found[LEVEL] = FIRST_LEVEL
    found[WEEKDAY_FEATURES] = WEEKDAY_WEIGHT
    for name in ("holiday", "moved"):
        found[FEATURES.index(name)] = HOLIDAY_WEIGHT
    found[YEARLY_FEATURES] = YEARLY_WEIGHT if knows_year else 0.0
    return found
