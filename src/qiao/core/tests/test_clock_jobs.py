"""Jobs that the clock starts: what they do about a database that went away."""

import pytest
from django.db import DatabaseError, OperationalError
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

CLOCKED = sorted(name for name in app.tasks if name.startswith("periodic."))


def decided(name: str, error: Exception, attempts: int) -> bool:
    """Whether the job is tried again."""
    task = app.tasks[name]
    job = Job(
        id=1, queue="clock", lock=None, queueing_lock=None, task_name=name, attempts=attempts
    )
    return task.get_retry_exception(exception=error, job=job) is not None


def test_the_clock_starts_jobs_of_many_modules() -> None:
    assert len({name.split(".")[1] for name in CLOCKED}) >= 5


@pytest.mark.parametrize("name", [*CLOCKED, "core.housekeeping"])
def test_a_lost_database_is_tried_again_and_a_fault_of_ours_is_not(name: str) -> None:
    assert decided(name, OperationalError("terminating connection"), 1)
    assert not decided(name, OperationalError("terminating connection"), 5)
    assert not decided(name, DatabaseError("no such column"), 1)
    assert not decided(name, ValueError("a fault"), 1)
