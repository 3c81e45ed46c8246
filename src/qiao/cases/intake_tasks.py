"""Long work over logs of cases that the worker does. Each job may run twice: what was done is
found done. A worker that dies leaves its job to another."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.cases.operations.intake_files import (
    CHECK_TASK,
    LOGS,
    READ_TASK,
    RUN_TASK,
    UNDO_TASK,
)
from qiao.cases.operations.intake_undoing import undo_intake
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
    LOGS.run_reading(actor=_actor(staff_id), file_id=intake_id)


@app.task(name=CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_intake(*, intake_id: int, staff_id: int) -> None:
    """Read a whole log as it would be taken in."""
    LOGS.run_check(actor=_actor(staff_id), file_id=intake_id, now=timezone.now())


@app.task(name=RUN_TASK, queue=QUEUE, retry=PATIENT)
def run_intake(*, intake_id: int, staff_id: int) -> None:
    """Take in what is left of a log."""
    LOGS.run(actor=_actor(staff_id), file_id=intake_id, now=timezone.now())


@app.task(name=UNDO_TASK, queue=QUEUE, retry=PATIENT)
def undo(*, intake_id: int, staff_id: int) -> None:
    """Take back what is left of a log."""
    undo_intake(actor=_actor(staff_id), intake_id=intake_id, now=timezone.now())


def sweep(now: datetime) -> None:
    """Remove files that have long belonged to nothing."""
    LOGS.sweep(now)


PERIODIC = (PeriodicJob("cases.sweep_intake", "41 4 * * *", sweep),)
