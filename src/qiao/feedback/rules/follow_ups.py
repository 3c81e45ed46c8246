"""When a follow-up is complete: TK-04, the trade's rule that no case is archived before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

RATINGS: Final = ("very_satisfied", "satisfied", "fairly_satisfied", "not_satisfied")
WORST: Final = "not_satisfied"
GLAD: Final = tuple(rating for rating in RATINGS if rating != WORST)
"""Who counts as satisfied, everywhere: the trade counts everybody who is not dissatisfied."""
REACHED: Final = "reached"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to hear from the customer, and how it ended."""

    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How often one tries: so many attempts, each at least `gap` after the one before."""

    needed: int
    gap: timedelta


def counted(attempts: Sequence[Attempt], patience: Patience) -> tuple[Attempt, ...]:
    """The attempts without a talk that count: the first, and each that lies `gap` after the last
    that counted. Calling three times in a row is one attempt.
    """
    found: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda item: item.at):
        if attempt.outcome == REACHED:
            continue
        if not found or attempt.at - found[-1].at >= patience.gap:
            found.append(attempt)
    return tuple(found)


def verdict(attempts: Sequence[Attempt], patience: Patience, *, confirmed: bool) -> str:
    """``reached`` when the customer confirmed a result, ``unreached`` when enough attempts are on
    record, else ``open``.
    """
    if confirmed:
        return "reached"
    return "unreached" if len(counted(attempts, patience)) >= patience.needed else "open"


def next_attempt_at(attempts: Sequence[Attempt], patience: Patience) -> datetime | None:
    """From when on another attempt counts; None when it counts at once."""
    found = counted(attempts, patience)
    return found[-1].at + patience.gap if found else None


def is_unhappy(*, rating: str, resolved: bool) -> bool:
    """Whether the matter must go back: the customer is not satisfied, or it is not solved."""
    return rating == WORST or not resolved
