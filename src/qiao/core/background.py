"""Long work that somebody started and waits for: deferred under a lock, and asked after by it."""

from typing import Any

from django.db import connection
from procrastinate.contrib.django import app

QUEUE = "bulk"
_STATE = """
SELECT status FROM procrastinate_jobs
 WHERE status IN ('todo', 'doing') AND lock = %s ORDER BY status LIMIT 1
"""


def defer(task: str, *, lock: str, **args: Any) -> None:
    """Have a task run with these arguments once the running transaction is through.

    Jobs of one `lock` run one after another, also when one of them was given back by a worker
    that died.
    """
    app.configure_task(task, queue=QUEUE, lock=lock).defer(**args)


def state_of(lock: str) -> str:
    """``doing``, ``todo`` (waits for a worker), or empty where no such job is left."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [lock])
        row = cursor.fetchone()
    return str(row[0]) if row else ""
