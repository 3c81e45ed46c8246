"""The job that plans a week."""

from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core import parameters
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.workforce.models import RosterWeek
from qiao.workforce.operations.weeks import SOLVE_TASK, begin_solving, give_up, keep_solution
from qiao.workforce.parameters import SOLVING
from qiao.workforce.rules.solving import Unsolvable, solve

MOST_ROUNDS: Final = 3  # somebody may change the week while it is planned
log = structlog.get_logger(__name__)


@app.task(name=SOLVE_TASK, queue=QUEUE, retry=PATIENT)
def solve_week(week_id: int) -> None:
    """Plan a week; run again after a kill it begins from what is kept."""
    seconds = float(parameters.find(SOLVING, day=timezone.localdate()).value)
    plan_week(week_id, seconds=seconds)


def plan_week(week_id: int, *, seconds: float) -> None:
    """Plan a week within so many seconds. The solver runs outside of any transaction."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            found = begin_solving(week_id=week_id)
        if found is None:
            return
        try:
            solution = solve(found.rules, start=found.assigned, seconds=seconds)
        except Unsolvable as refusal:
            log.warning("week_unsolvable", week_id=week_id, reason=str(refusal))
            with acting(None):
                give_up(week_id=week_id)
            return
        with acting(None):
            kept = keep_solution(
                week_id=week_id,
                version=found.row.version,
                solution=solution,
                now=timezone.now(),
            )
        if kept:
            return
    with acting(None):
        RosterWeek.objects.filter(pk=week_id).update(solving=RosterWeek.Solving.FAILED)
