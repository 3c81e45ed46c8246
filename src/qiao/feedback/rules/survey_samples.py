"""How many are drawn of each stratum of a population."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def allocate(eligible: Mapping[Key, int], size: int) -> dict[Key, int]:
    """How many of `size` fall to each stratum: in proportion, at least one where it suffices.

    `eligible` holds how many there are of each. The sum is `size`, or all there are; no stratum
    gives more than it has. Every stratum that has somebody gives one first, so that weighting by
    stratum reaches all of them, the largest first where `size` is smaller than their number; the
    rest falls in proportion by largest remainders (A. Hamilton, 1792).
    """
    order = sorted(eligible, key=lambda key: (-eligible[key], repr(key)))
    filled = [key for key in order if eligible[key] > 0]
    total = min(size, sum(eligible[key] for key in filled))
    given = dict.fromkeys(eligible, 0)
    for key in filled[:total]:
        given[key] = 1
    left = total - sum(given.values())
    if left <= 0:
        return given
    spare = {key: eligible[key] - 1 for key in filled}
    whole = sum(spare.values())
    for key in filled:
        given[key] += left * spare[key] // whole
    remainders = sorted(filled, key=lambda key: (-(left * spare[key] % whole), repr(key)))
    for key in remainders[: total - sum(given.values())]:
        given[key] += 1
    return given
