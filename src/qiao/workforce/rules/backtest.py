"""How good a forecast is, by days it did not know: one day ahead, from the days before alone.

WAPE is the sum of absolute errors over the sum of calls, over all intervals of all days that are
scored. It is compared with the seasonal naive forecast: the last day of the same weekday again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np

from qiao.workforce.rules.forecast import FEWEST_DAYS, Z80, Z95, DayForecast, rolling
from qiao.workforce.rules.volume import INTERVALS, BadHistory, History, Matrix, coarser
from qiao.workforce.rules.workdays import KindOf


@dataclass(frozen=True, slots=True)
class Score:
    """What the days that were scored say. `wape` and `naive` by interval length in minutes;
    `day_wape` of whole days; `chance` is the WAPE of one who knew the mean of each interval and
    nothing of chance; `within_80`, `within_95` are shares of intervals inside their bounds."""

    days: int
    calls: float
    wape: dict[int, float]
    naive: dict[int, float]
    day_wape: float
    day_naive: float
    chance: float
    within_80: float
    within_95: float
    days_within_80: float


def wape(forecast: Matrix, actual: Matrix) -> float:
    """The sum of absolute errors over the sum of what came. Raises `BadHistory` without calls."""
    came = float(actual.sum())
    if came <= 0:
        raise BadHistory("no calls on the days that are scored")
    return float(np.abs(forecast - actual).sum()) / came


def score(history: History, kind_of: KindOf, *, last: int) -> Score:
    """Forecast each of the last days from those before it, and compare.

    Raises `BadHistory`: too few days before them.
    """
    first = len(history.days) - last
    if last < 1 or first < FEWEST_DAYS:
        raise BadHistory(f"at least {FEWEST_DAYS} days before those that are scored")
    made = list(rolling(history, kind_of, first=first))
    actual = history.counts[first:]
    foretold = np.stack([each.calls for each in made])
    before = np.stack([_same_weekday(history, place) for place in range(first, first + last)])
    factors = {
        minutes: minutes // history.minutes
        for minutes in sorted({history.minutes, *INTERVALS})
        if minutes % history.minutes == 0
    }
    low80, high80 = _bounds(made, Z80)
    low95, high95 = _bounds(made, Z95)
    totals = actual.sum(axis=1)
    reach = [each.total_interval() for each in made]
    return Score(
        days=last,
        calls=float(actual.sum()),
        wape={m: wape(coarser(foretold, f), coarser(actual, f)) for m, f in factors.items()},
        naive={m: wape(coarser(before, f), coarser(actual, f)) for m, f in factors.items()},
        day_wape=wape(foretold.sum(axis=1), totals),
        day_naive=wape(before.sum(axis=1), totals),
        chance=_chance(foretold),
        within_80=float(np.mean((actual >= low80) & (actual <= high80))),
        within_95=float(np.mean((actual >= low95) & (actual <= high95))),
        days_within_80=float(
            np.mean([low <= n <= high for (low, high), n in zip(reach, totals, strict=True)])
        ),
    )


def _chance(means: Matrix) -> float:
    """The WAPE that is left where each count is Poisson of a known mean m: its mean absolute
    deviation is 2 m^(k+1) e^(-m) / k! with k the whole part of m (E. L. Crow, "The mean deviation
    of the Poisson distribution", Biometrika 45, 1958)."""
    whole = float(means.sum())
    if whole <= 0:
        return 0.0
    error = sum(
        2 * exp((int(m) + 1) * log(m) - m - lgamma(int(m) + 1)) for m in means.flat if m > 0
    )
    return error / whole


def _bounds(made: Sequence[DayForecast], z: float) -> tuple[Matrix, Matrix]:
    pairs = [each.interval(z) for each in made]
    return np.stack([low for low, _ in pairs]), np.stack([high for _, high in pairs])


def _same_weekday(history: History, place: int) -> Matrix:
    """The last day before with the same weekday, else the day before."""
    weekday = history.days[place].weekday()
    for before in range(place - 1, -1, -1):
        if history.days[before].weekday() == weekday:
            return np.asarray(history.counts[before])
    return np.asarray(history.counts[place - 1])
