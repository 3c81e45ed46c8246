"""What a table of figures may claim: limits of chance, and where a change comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qiao.core.rules.statistics import Share


def differs(before: Share, now: Share) -> bool:
    """Whether two shares differ by more than chance: their Wilson intervals do not meet."""
    one, other = before.interval, now.interval
    if one is None or other is None:
        return False
    return one.high < other.low or other.high < one.low


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one group adds to the change of a share, in percentage points."""

    key: tuple[str, ...]
    points: float
    before: Share
    now: Share


def contributions(
    before: Mapping[tuple[str, ...], Share], now: Mapping[tuple[str, ...], Share]
) -> list[Contribution]:
    """Where a change of a share comes from, the largest first; the points add up to the change.

    Each group counts with what it has above or below the mean of both periods' shares, so a group
    that only grew adds nothing unless it is better or worse than the rest. Source: E. M.
    Kitagawa, Components of a difference between two rates, JASA 50 (1955) 1168-1194.
    """
    whole_before = _total(before.values())
    whole_now = _total(now.values())
    if not whole_before.whole or not whole_now.whole:
        return []
    middle = (whole_before.part / whole_before.whole + whole_now.part / whole_now.whole) / 2
    nothing = Share(0, 0)
    found = []
    for key in sorted({*before, *now}):
        was, held = before.get(key, nothing), now.get(key, nothing)
        points = 100 * (
            (held.part - middle * held.whole) / whole_now.whole
            - (was.part - middle * was.whole) / whole_before.whole
        )
        found.append(Contribution(key, points, was, held))
    return sorted(found, key=lambda each: (-abs(each.points), each.key))


def _total(shares: Iterable[Share]) -> Share:
    held = list(shares)
    return Share(sum(s.part for s in held), sum(s.whole for s in held))
