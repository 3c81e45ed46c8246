"""What the clock does to cases every minute."""

from datetime import datetime

from qiao.cases import operations
from qiao.core.transactions import acting

MOST_ROUNDS = 40


def turn_levels(now: datetime) -> None:
    """Turn the levels of all cases whose moment has come, a batch and a transaction at a time."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if not operations.refresh_levels(now=now):
                return


def fold_counts(now: datetime) -> None:  # noqa: ARG001 - the form of a periodic job
    """Fold the changes of kept counts into the counts."""
    with acting(None):
        operations.fold_counts()
