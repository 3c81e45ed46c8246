"""How many of a population fit, told from a sample of whole pages of a table.

Rows of a page were written at about the same time and resemble each other, so that pages, not
rows, were drawn at random. The estimate is the ratio of sums over pages, its variance that of a
ratio of cluster totals (Cochran, Sampling Techniques, 1977, section 9A.1). The interval is
Wilson's for the number of independent rows that the sample is worth (its size divided by the
design effect), as it stays honest where few or none were found (Korn and Graubard, Survey
Methodology 24, 1998).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Final

SURE: Final = 1.96  # standard deviations: 19 times in 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """About `value`; 19 times in 20 the truth lies from `low` to `high`, both included."""

    value: int
    low: int
    high: int


def estimate(*, rows: Sequence[int], hits: Sequence[int], population: int) -> Estimate:
    """How many of `population` rows are hits, from the rows and hits of each page drawn."""
    seen, found = sum(rows), sum(hits)
    if not seen or not population:
        return Estimate(0, 0, population)
    share = found / seen
    left_out = max(1 - seen / population, 0.0)
    if not left_out:
        return Estimate(found, found, found)
    worth = seen / _design_effect(rows, hits) / left_out
    low, high = _wilson(share, worth)
    return Estimate(
        round(share * population),
        max(floor(low * population), found),
        min(ceil(high * population), population - (seen - found)),
    )


def _design_effect(rows: Sequence[int], hits: Sequence[int]) -> float:
    """How many rows of this sample are worth one that was drawn by itself; at least 1."""
    seen, pages = sum(rows), len(rows)
    share = sum(hits) / seen
    simple = share * (1 - share) / seen
    if pages < 2 or not simple:
        return 1.0
    spread = sum((hit - share * row) ** 2 for row, hit in zip(rows, hits, strict=True))
    return max(pages / (pages - 1) * spread / seen**2 / simple, 1.0)


def _wilson(share: float, size: float) -> tuple[float, float]:
    square = SURE**2
    middle = (share + square / (2 * size)) / (1 + square / size)
    half = SURE / (1 + square / size) * sqrt(share * (1 - share) / size + square / (4 * size**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
