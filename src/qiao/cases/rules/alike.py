"""Reports of one cause: when so many of a kind come from an area that chance does not explain it.

Reports of a kind in an area come by themselves at a usual rate. That k or more come within a
while has the chance of the upper tail of a Poisson distribution of mean rate × time. Several
spans that end now are looked at, and the one that is least likely tells.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SPANS_MINUTES: Final = (15, 30, 60, 120)
LEAST_PER_HOUR: Final = 0.05  # where nothing ever came, one a day is taken to be usual
QUEUED: Final = "queued"
SENT: Final = "sent"
GOOD: Final = frozenset({QUEUED, SENT})
LOST: Final = frozenset({"failed", "unknown", "cancelled"})
_BY_STATE: Final = {
    "held": QUEUED, "queued": QUEUED, "sending": QUEUED, "printed": QUEUED, "sent": SENT,
    "delivered": SENT, "bounced": "failed", "failed": "failed", "unknown": "unknown",
    "cancelled": "cancelled",
}  # fmt: skip


def told_by(state: str) -> str:
    """What the state of a message makes of the telling: ``queued``, ``sent`` or why not."""
    return _BY_STATE.get(state, "failed")


def count_of(told: str) -> str:
    """The count of a notice in which a telling stands."""
    if told in LOST:
        return "failed_count"
    return {QUEUED: "waiting_count", SENT: "told_count"}.get(told, "missed_count")


@dataclass(frozen=True, slots=True)
class Burst:
    """`count` reports within `minutes` where `expected` would be usual; `chance` is 0 to 1."""

    count: int
    minutes: int
    since: datetime
    usual_per_hour: float
    expected: float
    chance: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many reports on, and below which chance (in millionths), a burst is told."""

    least: int
    chance_ppm: int


def poisson_tail(count: int, mean: float) -> float:
    """The chance that a Poisson variable of this mean is `count` or more.

    The terms are summed on the side on which they fall, so that small chances keep their digits.

    Raises `ValueError` for a negative mean.
    """
    if mean < 0:
        raise ValueError("a mean is not negative")
    if count <= 0:
        return 1.0
    if mean == 0:
        return 0.0
    if count <= mean:
        return 1.0 - math.fsum(_term(k, mean) for k in range(count))
    total, k = 0.0, count
    while True:
        term = _term(k, mean)
        total += term
        if term <= total * 1e-16:
            return min(total, 1.0)
        k += 1


def _term(k: int, mean: float) -> float:
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))


def find_burst(
    moments: Sequence[datetime], *, usual_per_hour: float, now: datetime, threshold: Threshold
) -> Burst | None:
    """The least likely span ending now, if it is unlikely enough; None otherwise.

    `moments` are those of the reports, in any order; later ones than `now` count for nothing.
    """
    rate = max(usual_per_hour, LEAST_PER_HOUR)
    found: list[Burst] = []
    for minutes in SPANS_MINUTES:
        since = now - timedelta(minutes=minutes)
        inside = [moment for moment in moments if since < moment <= now]
        if len(inside) < threshold.least:
            continue
        expected = rate * minutes / 60
        chance = poisson_tail(len(inside), expected)
        found.append(Burst(len(inside), minutes, min(inside), usual_per_hour, expected, chance))
    best = min(found, key=lambda burst: burst.chance, default=None)
    if best is None or best.chance * 1_000_000 > threshold.chance_ppm:
        return None
    return best


def over_time(
    moments: Sequence[datetime], *, since: datetime, until: datetime, bars: int
) -> tuple[int, ...]:
    """How many came in each of `bars` equal spans from `since` to `until`.

    Those outside count in the first or the last. Raises `ValueError` for less than one bar.
    """
    if bars < 1:
        raise ValueError("at least one bar")
    length = max((until - since).total_seconds(), 1.0)
    counts = [0] * bars
    for moment in moments:
        place = int((moment - since).total_seconds() * bars / length)
        counts[min(max(place, 0), bars - 1)] += 1
    return tuple(counts)
