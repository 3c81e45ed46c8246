"""Long work over logs of cases that the worker does. Each job may run twice: what was done is
found done. A worker that dies leaves its job to another."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.cases.operations.intake_files import (
    CHECK_TASK,
    READ_TASK,
    read_log,
    run_check,
    sweep_logs,
)
from qiao.cases.operations.intake_runs import RUN_TASK, run_started
from qiao.cases.operations.intake_undoing import UNDO_TASK, undo_intake
from qiao.core.actor import Actor
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT, PeriodicJob
from qiao.staff.queries import actor_by_id


def _actor(staff_id: int) -> Actor:
    """Who asked, with the rights of today."""
    return actor_by_id(staff_id, day=timezone.localdate())


@app.task(name=READ_TASK, queue=QUEUE, retry=PATIENT)
def read_intake(*, intake_id: int, staff_id: int) -> None:
    """Find the columns of a large log."""
    read_log(actor=_actor(staff_id), intake_id=intake_id)


@app.task(name=CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_intake(*, intake_id: int, staff_id: int) -> None:
    """Read a whole log as it would be taken in."""
    run_check(actor=_actor(staff_id), intake_id=intake_id, now=timezone.now())


@app.task(name=RUN_TASK, queue=QUEUE, retry=PATIENT)
def run_intake(*, intake_id: int, staff_id: int) -> None:
    """Take in what is left of a log."""
    run_started(actor=_actor(staff_id), intake_id=intake_id, now=timezone.now())


@app.task(name=UNDO_TASK, queue=QUEUE, retry=PATIENT)
def undo(*, intake_id: int, staff_id: int) -> None:
    """Take back what is left of a log."""
    undo_intake(actor=_actor(staff_id), intake_id=intake_id, now=timezone.now())


def sweep(now: datetime) -> None:
    """Remove files that have long belonged to nothing."""
    sweep_logs(now)


PERIODIC = (PeriodicJob("cases.sweep_intake", "41 4 * * *", sweep),)
