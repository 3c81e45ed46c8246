"""Runs the jobs that published events deferred, in this very transaction, as a worker would."""

import json
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app

from qiao.core.background import QUEUE
from qiao.core.events import DELIVER_TASK
from qiao.core.tasks import deliver


def run_deliveries(*, most: int = 500) -> int:
    """Deliver waiting events until none is left, also those that deliveries cause.

    Returns how many ran. Raises `AssertionError` after `most`, which means a loop.
    """
    count = 0
    while (job := _take()) is not None:
        count += 1
        assert count <= most, "events cause events without end"
        deliver.func(**job)
    return count


def _take() -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = ("
            " SELECT id FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'"
            " ORDER BY id LIMIT 1) RETURNING args::text",
            [DELIVER_TASK],
        )
        row = cursor.fetchone()
    return dict(json.loads(row[0])) if row else None


def run_background(*, most: int = 20) -> int:
    """Run the waiting jobs of long work as a worker would, in this very process.

    Returns how many ran.
    """
    count = 0
    while (job := _take_long()) is not None:
        count += 1
        assert count <= most, "long work causes long work without end"
        job_id, name, args = job
        task: Any = app.tasks[name]
        task.func(**args)
        _end_long(job_id)
    return count


def _take_long() -> tuple[int, str, dict[str, Any]] | None:
    """The next one; it is under way from now on, as pages that ask after it see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ("
            " SELECT id FROM procrastinate_jobs WHERE queue_name = %s AND status = 'todo'"
            " ORDER BY id LIMIT 1) RETURNING id, task_name, args::text",
            [QUEUE],
        )
        row = cursor.fetchone()
    return (row[0], row[1], dict(json.loads(row[2]))) if row else None


def _end_long(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id]
        )
