"""Calls to come, by interval, one day to some weeks ahead, with how sure that is.

A day's calls (`levels`) times how they spread over the day (`profiles`). The variance of an
interval is that of the level and that of chance within the interval, which are apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from qiao.workforce.rules.levels import Level, Levels
from qiao.workforce.rules.profiles import profile, unevenness
from qiao.workforce.rules.volume import BadHistory, History, Matrix
from qiao.workforce.rules.workdays import WEEK, KindOf, described, likeness

FEWEST_DAYS: Final = 10
RECENT_DAYS: Final = 60
YEAR_DAYS: Final = 330
Z80: Final = 1.2816
Z95: Final = 1.9600


@dataclass(frozen=True, slots=True)
class DayForecast:
    """The calls of a day: `total` of the whole day, `calls` by interval, and the variance of each
    interval's count."""

    day: date
    total: float
    level_variance: float
    calls: Matrix
    variance: Matrix

    def interval(self, z: float = Z80) -> tuple[Matrix, Matrix]:
        """Bounds of the intervals' counts, from 0 on; `Z80` for eight cases of ten."""
        reach = z * np.sqrt(self.variance)
        return np.maximum(0.0, self.calls - reach), self.calls + reach

    def total_interval(self, z: float = Z80) -> tuple[float, float]:
        """Bounds of the whole day's calls."""
        reach = z * (self.level_variance + 1 / max(self.total, 1.0)) ** 0.5
        return self.total * float(np.exp(-reach)), self.total * float(np.exp(reach))


def forecast(history: History, days: Sequence[date], kind_of: KindOf) -> list[DayForecast]:
    """The calls of days after the history, in order.

    Raises `BadHistory`: fewer than `FEWEST_DAYS` days, or a day that is not after them.
    """
    learner = _Learner(history, kind_of)
    for _ in range(len(history.days)):
        learner.learn()
    if any(day <= history.days[-1] for day in days):
        raise BadHistory("days after the history")
    return [learner.ahead(day, steps=n + 1) for n, day in enumerate(days)]


def rolling(history: History, kind_of: KindOf, *, first: int) -> Iterator[DayForecast]:
    """Forecasts of each day from the one at place `first` on, each made at the end of the day
    before it from the days before it alone.

    Raises `BadHistory`.
    """
    learner = _Learner(history, kind_of)
    for place, day in enumerate(history.days):
        if place >= max(first, FEWEST_DAYS):
            yield learner.ahead(day, steps=1)
        learner.learn()


class _Learner:
    """Walks over a history; what it says rests on the days it has walked over."""

    def __init__(self, history: History, kind_of: KindOf) -> None:
        if len(history.days) < FEWEST_DAYS:
            raise BadHistory(f"at least {FEWEST_DAYS} days with calls")
        self._history, self._kind_of, self._known = history, kind_of, 0
        begins = history.totals[:FEWEST_DAYS]
        span = (history.days[-1] - history.days[0]).days
        self._levels = Levels(float(np.median(begins)), knows_year=span >= YEAR_DAYS)
        self._likenesses = np.array([likeness(day, kind_of) for day in history.days])

    def learn(self) -> None:
        day = self._history.days[self._known]
        calls = float(self._history.counts[self._known].sum())
        self._levels.learn(described(day, self._kind_of), calls)
        self._known += 1

    def ahead(self, day: date, *, steps: int) -> DayForecast:
        begin = max(0, self._known - 4 * RECENT_DAYS)
        counts = self._history.counts[begin : self._known]
        known = self._likenesses[begin : self._known]
        level: Level = self._levels.ahead(described(day, self._kind_of), days=steps)
        minutes = self._history.minutes
        shares = profile(counts, known, np.array(likeness(day, self._kind_of)), minutes=minutes)
        everyday = profile(counts, known, np.full(WEEK, 1 / WEEK), minutes=minutes)
        scatter = unevenness(counts[-RECENT_DAYS:], everyday)
        calls = level.calls * shares
        variance = scatter * calls + level.variance * calls**2
        return DayForecast(day, level.calls, level.variance, calls, variance)
