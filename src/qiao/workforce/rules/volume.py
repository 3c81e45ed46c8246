"""How many calls came in each interval of each day: the history a forecast is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

DAY_MINUTES: Final = 1440
INTERVALS: Final = (5, 15, 30)

Matrix = NDArray[np.float64]


class BadHistory(ValueError):  # noqa: N818 - a refusal
    """The figures make no history; the message says which part."""


@dataclass(frozen=True, slots=True)
class History:
    """Calls by day (rows, in order) and interval (columns of `minutes` from `opens`, a minute of
    the local day). Days on which nobody takes calls are left out."""

    minutes: int
    opens: int
    days: tuple[date, ...]
    counts: Matrix

    def __post_init__(self) -> None:
        """Raises `BadHistory`."""
        if self.counts.ndim != 2 or self.counts.shape[0] != len(self.days):
            raise BadHistory("one row of counts for each day")
        if any(a >= b for a, b in zip(self.days, self.days[1:], strict=False)):
            raise BadHistory("days in order, each once")
        if not self.counts.size or self.counts.min() < 0 or not np.isfinite(self.counts).all():
            raise BadHistory("counts from 0 on, at least one day")
        if self.opens + self.minutes * self.counts.shape[1] > DAY_MINUTES:
            raise BadHistory("intervals within one day")

    @property
    def totals(self) -> Matrix:
        """Calls by day."""
        return np.asarray(self.counts.sum(axis=1))

    def until(self, length: int) -> "History":
        """The first so many days."""
        return History(self.minutes, self.opens, self.days[:length], self.counts[:length])


def coarser(counts: Matrix, factor: int) -> Matrix:
    """Sums of every `factor` neighbouring columns; the last may be of fewer."""
    starts = range(0, counts.shape[1], factor)
    return np.stack([counts[:, at : at + factor].sum(axis=1) for at in starts], axis=1)


def from_counts(
    found: Mapping[date, Mapping[int, float]], *, minutes: int, opens: int, closes: int,
    days: Sequence[date],
) -> History:  # fmt: skip
    """A history from counts by day and minute of the day; what is missing is no call.

    Raises `BadHistory`.
    """
    columns = max(0, (closes - opens) // minutes)
    counts = np.zeros((len(days), columns))
    for row, day in enumerate(days):
        for minute, count in found.get(day, {}).items():
            column = (minute - opens) // minutes
            if 0 <= column < columns:
                counts[row, column] += count
    return History(minutes, opens, tuple(days), counts)
