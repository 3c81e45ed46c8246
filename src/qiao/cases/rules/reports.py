"""What a table of figures may claim: limits of chance, and where a change comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from qiao.core.rules.statistics import Share

LIMIT_998: Final = 3.090232306167813
"""Quantile of the normal distribution for two-sided 99.8 percent."""

Standing = Literal["inside", "above", "below", "few"]


def funnel(share: Share, overall: Share) -> Standing:
    """Whether a group's share differs from that of all by more than chance explains.

    Limits of 99.8 percent around the share of all for the size of the group: of a thousand groups
    that are alike, two stand outside by chance. ``few`` below the number on which a share may
    stand. Source: D. J. Spiegelhalter, Funnel plots for comparing institutional performance,
    Statistics in Medicine 24 (2005) 1185-1202.
    """
    if share.is_small or not overall.whole:
        return "few"
    centre = overall.part / overall.whole
    spread = LIMIT_998 * sqrt(centre * (1 - centre) / share.whole)
    own = share.part / share.whole
    if own > centre + spread:
        return "above"
    return "below" if own < centre - spread else "inside"


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
