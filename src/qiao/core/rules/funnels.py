"""Funnels: which groups differ from all others by more than chance explains.

Two rules stand here. `funnel` holds one group's share against that of all, for tables of many
sizes. `judge` looks at all groups of one table together: what good groups differ by among each
other anyway (overdispersion) is allowed for, and so is how many are looked at. Sources:
D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine
24 (2005) 1185-1202; the same, Handling over-dispersion of performance indicators, Quality and
Safety in Health Care 14 (2005) 347-351; S. Holm, A simple sequentially rejective multiple test
procedure, Scandinavian Journal of Statistics 6 (1979) 65-70.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, lgamma, log, sqrt
from statistics import NormalDist
from typing import Final, Literal, TypeVar

from qiao.core.rules.statistics import Share

LIMIT_998: Final = 3.090232306167813
"""Quantile of the normal distribution for two-sided 99.8 percent."""

INNER, OUTER = 0.025, 0.001
"""What lies beyond the two limits of a chart on each side: 95 and 99.8 percent lie between."""

TOGETHER: Final = 0.05
"""How likely it is that any alike group of a table is called above or below."""

FEWEST: Final = 5
"""With fewer groups what they differ by among each other cannot be told; chance alone counts."""

# A tenth of the groups on each side is pulled in, so that a bad one does not widen the limits for
# itself; what that takes from the variance of normal scores is given back.
_PULLED: Final = 0.1
_KEPT: Final = 0.678_663
_NORMAL: Final = NormalDist()
_TINY: Final = 1e-18

Standing = Literal["inside", "above", "below", "few"]
Key = TypeVar("Key")


def funnel(share: Share, overall: Share) -> Standing:
    """Whether a group's share differs from that of all by more than chance explains.

    Limits of 99.8 percent around the share of all for the size of the group: of a thousand groups
    that are alike, two stand outside by chance. ``few`` below the number on which a share may
    stand.
    """
    if share.is_small or not overall.whole:
        return "few"
    centre = overall.part / overall.whole
    spread = LIMIT_998 * sqrt(centre * (1 - centre) / share.whole)
    own = share.part / share.whole
    if own > centre + spread:
        return "above"
    return "below" if own < centre - spread else "inside"


@dataclass(frozen=True, slots=True)
class Spread:
    """How groups of one kind differ: `centre` is the share of all (0 to 1), `rho` how much alike
    the records of one group are (0: chance alone)."""

    centre: float
    rho: float

    def at_least(self, part: int, whole: int) -> float:
        """The chance of `part` or more out of `whole` in a group that is like the others."""
        return min(1.0, fsum(chance for k, chance in self.chances(whole) if k >= part))

    def at_most(self, part: int, whole: int) -> float:
        """The chance of `part` or fewer."""
        return min(1.0, fsum(chance for k, chance in self.chances(whole) if k <= part))

    def limits(self, whole: int) -> tuple[float, float, float, float]:
        """The shares (0 to 1) at the outer and inner limits below and above, in that order:
        beyond each lies as much of the alike groups of this size as `OUTER` and `INNER` say."""
        reached = 0.0
        found: list[float] = []
        bounds = [OUTER, INNER, 1 - INNER, 1 - OUTER]
        for k, chance in self.chances(whole):
            reached += chance
            while len(found) < len(bounds) and reached > bounds[len(found)]:
                found.append(k / whole)
        found += [1.0] * (len(bounds) - len(found))
        return found[0], found[1], found[2], found[3]

    def chances(self, whole: int) -> list[tuple[int, float]]:
        """How likely each number out of `whole` is, in order; what is next to impossible is left
        out. From the middle each follows from the one beside it."""
        if self.centre in (0.0, 1.0):
            return [(round(self.centre) * whole, 1.0)]
        middle = round(self.centre * whole)
        at_middle = self._chance(middle, whole)
        above, chance = [], at_middle
        for k in range(middle, whole):
            chance *= self._next(k, whole)
            if chance < _TINY:
                break
            above.append((k + 1, chance))
        below, chance = [], at_middle
        for k in range(middle - 1, -1, -1):
            chance /= self._next(k, whole)
            if chance < _TINY:
                break
            below.append((k, chance))
        return [*reversed(below), (middle, at_middle), *above]

    def _next(self, k: int, whole: int) -> float:
        """How the chance of `k` + 1 stands to that of `k`."""
        if self.rho < _TINY:
            odds = self.centre / (1 - self.centre)
        else:
            a, b = self._shapes()
            odds = (k + a) / (whole - k - 1 + b)
        return (whole - k) / (k + 1) * odds

    def _shapes(self) -> tuple[float, float]:
        alike = (1 - self.rho) / self.rho
        return self.centre * alike, (1 - self.centre) * alike

    def _chance(self, part: int, whole: int) -> float:
        choose = _log_choose(whole, part)
        if self.rho < _TINY:
            inside = part * log(self.centre) + (whole - part) * log(1 - self.centre)
            return exp(choose + inside)
        a, b = self._shapes()
        return exp(choose + _log_beta(part + a, whole - part + b) - _log_beta(a, b))


def _log_choose(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def spread_of(shares: Sequence[Share]) -> Spread | None:
    """How these groups differ among each other; None where there is nothing to divide by.

    Every share becomes a normal score by the binomial distribution, a tenth on each side is pulled
    in to the next (Winsor), and what the scores vary by beyond chance is `Spread.rho` for the
    groups' mean size. It is itself only an estimate: one standard error of it is added, without
    which good groups are called out more often than `TOGETHER` promises.
    """
    held = [each for each in shares if each.whole]
    whole = sum(each.whole for each in held)
    if not whole:
        return None
    plain = Spread(sum(each.part for each in held) / whole, 0.0)
    large = [each for each in held if not each.is_small]
    if len(large) < FEWEST or plain.centre in (0.0, 1.0):
        return plain
    scores = _pulled_in(sorted(_score(plain, each) for each in large))
    ratio = fsum(score * score for score in scores) / len(scores) / _KEPT
    if ratio <= 1:
        return plain
    ratio *= 1 + sqrt(2 / len(scores))
    size = fsum(each.whole for each in large) / len(large)
    return Spread(plain.centre, min(0.99, (ratio - 1) / (size - 1)))


def _score(spread: Spread, share: Share) -> float:
    """Half of the chance of the very figure counts to either side (mid-p), so that the scores of
    rare events have their middle at nought."""
    low = spread.at_most(share.part, share.whole)
    own = low - spread.at_most(share.part - 1, share.whole)
    return _NORMAL.inv_cdf(min(1 - 1e-12, max(1e-12, low - own / 2)))


def _pulled_in(scores: list[float]) -> list[float]:
    most = int(len(scores) * _PULLED)
    low, high = scores[most], scores[-1 - most]
    return [min(high, max(low, score)) for score in scores]


@dataclass(frozen=True, slots=True)
class Judged:
    """A group in a table: `chance` is how likely a share so far out is in an alike group, `among`
    the same when all groups of the table are looked at together (Holm)."""

    share: Share
    standing: Standing
    chance: float
    among: float


def judge(shares: Mapping[Key, Share]) -> tuple[dict[Key, Judged], Spread | None]:
    """Every group against all of them together, and how they differ among each other.

    A group is ``above`` or ``below`` where its chance, held against the number of groups (both
    sides, by Holm), is under `TOGETHER`: in a table of alike groups somebody is blamed at most one
    time in twenty, however many there are. ``few`` below the number on which a share may stand;
    those count neither way.
    """
    spread = spread_of(list(shares.values()))
    judged = {key: Judged(share, "few", 1.0, 1.0) for key, share in shares.items()}
    if spread is None:
        return judged, None
    large = {key: share for key, share in shares.items() if not share.is_small}
    sides = {key: _side(spread, share) for key, share in large.items()}
    ranked = sorted(large, key=lambda key: sides[key][1])
    reached = 0.0
    for place, key in enumerate(ranked):
        side, chance = sides[key]
        both = min(1.0, 2 * chance)
        reached = max(reached, min(1.0, (len(ranked) - place) * both))
        standing: Standing = side if reached <= TOGETHER else "inside"
        judged[key] = Judged(large[key], standing, both, reached)
    return judged, spread


def _side(spread: Spread, share: Share) -> tuple[Literal["above", "below"], float]:
    high = spread.at_least(share.part, share.whole)
    low = spread.at_most(share.part, share.whole)
    return ("above", high) if high <= low else ("below", low)
