"""How the calls of a day spread over its intervals, by what weekday the day is like.

The shape of all days carries the detail; by how much a weekday differs from it is smooth. Recent
days count more. Shares sum to 1.
"""

from typing import Final

import numpy as np

from qiao.workforce.rules.volume import Matrix

HALF_LIFE_DAYS: Final = 30.0
DETAIL_MINUTES: Final = 3.5
DIFFERENCE_MINUTES: Final = 25.0
# Few calls show chance, not shape: below so many an interval neighbours are drawn in.
PLENTY: Final = 50.0
WIDEST_MINUTES: Final = 45.0
PRIOR_CALLS: Final = 3.0  # an interval of a weekday begins like all days, with so many calls


def profile(counts: Matrix, likenesses: Matrix, like: Matrix, *, minutes: int) -> Matrix:
    """The shares of the intervals on a day that is like the weekdays by the weights `like`.

    `counts` are the days before (days, intervals), `likenesses` how much each is like the
    weekdays (days, 7).
    """
    ages = np.arange(len(counts) - 1, -1, -1.0)
    weight = 0.5 ** (ages / HALF_LIFE_DAYS)
    every = weight @ counts
    if every.sum() <= 0:
        return np.full(counts.shape[1], 1 / counts.shape[1])
    everyday = every / every.sum()
    usual = float(every.mean() / weight.sum())
    wider = max(1.0, float(np.sqrt(PLENTY / max(usual, 1e-3))))
    detail = min(DETAIL_MINUTES * wider, WIDEST_MINUTES) / minutes
    difference = min(DIFFERENCE_MINUTES * wider, 4 * WIDEST_MINUTES) / minutes
    alike = weight * (likenesses @ like)
    own = alike @ counts + PRIOR_CALLS * counts.shape[1] * everyday
    wide = smooth(everyday, difference)
    # Far from any call there is nothing that a weekday could differ from.
    ratio = np.ones_like(wide)
    np.divide(smooth(own / own.sum(), difference), wide, out=ratio, where=wide > 0)
    shares = smooth(everyday, detail) * ratio
    return np.asarray(shares / shares.sum())


def smooth(values: Matrix, width: float) -> Matrix:
    """Weighted means of neighbours under a bell of so many places; ends keep their height."""
    reach = min(int(3 * width) + 1, len(values) - 1)
    if width < 0.2 or reach < 1:
        return values
    places = np.arange(-reach, reach + 1)
    bell = np.exp(-(places**2) / (2 * width * width))
    full = np.convolve(values, bell)[reach:-reach]
    return np.asarray(full / np.convolve(np.ones_like(values), bell)[reach:-reach])


def unevenness(counts: Matrix, everyday: Matrix) -> float:
    """By what factor intervals scatter more than chance (Poisson) explains, at least 1.

    The shape of each day is compared with `everyday` at the day's own height.
    """
    expected = counts.sum(axis=1)[:, None] * everyday[None, :]
    filled = expected > 0.5
    if not filled.any():
        return 1.0
    scatter = (counts[filled] - expected[filled]) ** 2 / expected[filled]
    return float(max(1.0, np.mean(np.minimum(scatter, 25.0))))
