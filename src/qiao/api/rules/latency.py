"""Times of calls, kept as counts by class, so that a percentile needs no row per call."""

from collections.abc import Sequence
from typing import Final

# Upper ends of the classes in milliseconds; a last class takes what is slower.
BOUNDS_MS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
CLASSES: Final = len(BOUNDS_MS) + 1


def class_of(milliseconds: float) -> int:
    """The place, from 0, of the class that a time falls into."""
    return next((n for n, bound in enumerate(BOUNDS_MS) if milliseconds <= bound), CLASSES - 1)


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The time in milliseconds below which `share` (0 to 1) of the calls were answered.

    Read off within its class as if times lay evenly in it; of the last class its lower end. None
    without calls.
    """
    total = sum(counts)
    if not total:
        return None
    wanted, passed = share * total, 0
    for place, count in enumerate(counts):
        if count and passed + count >= wanted:
            low = BOUNDS_MS[place - 1] if place else 0
            high = BOUNDS_MS[place] if place < len(BOUNDS_MS) else low
            return low + (high - low) * (wanted - passed) / count
        passed += count
    return float(BOUNDS_MS[-1])
