"""What the clock does to cases every minute."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.cases import operations
from qiao.cases.operations import climbing, recounting
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT
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


@app.task(name=recounting.TASK, queue=QUEUE, retry=PATIENT)
def recount_cases(*, run_id: int) -> None:
    """Tell the open cases of a changed calendar."""
    recounting.carry_out_recount(run_id=run_id, now=timezone.now())


def continue_recounts(now: datetime) -> None:
    """Begin what nobody began, and go on with what a dead worker left."""
    with acting(None):
        recounting.begin_missing_recounts(now=now)
        for run_id in recounting.runs_to_continue(now=now):
            recounting.defer_recount(run_id)


def climb_ladders(now: datetime) -> None:
    """Tell whoever must know of cases that wait or are late, a batch at a time."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if not climbing.climb(now=now):
                return
