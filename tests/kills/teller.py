"""One worker of the kill test of tellings: dies by its own hand before a given statement.

``python -m tests.kills.teller STATEMENT``; statement 0 lets it live. It takes up what a worker
before it left behind, as `core.retry_stalled` does, then delivers until nothing waits.
"""

import json
import os
import sys
from typing import Any

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
BATCH = 8  # reports
NOTICE = "cases.alike_notice_written"
_RETRY = "UPDATE procrastinate_jobs SET status = 'todo' WHERE status = 'doing'"
_TAKE = """
UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (
    SELECT id FROM procrastinate_jobs
     WHERE status = 'todo' AND task_name = %s AND args ->> 'name' = %s ORDER BY id LIMIT 1)
RETURNING id, args::text
"""
_DONE = "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s"


def main(statement: int) -> None:
    """Deliver all that waits, as far as it comes."""
    from qiao.cases.operations import alike_running
    from qiao.core.events import DELIVER_TASK
    from qiao.core.tasks import deliver
    from tests.kills.importer import die_before

    alike_running.BATCH = BATCH  # type: ignore[misc] # many batches of few reports
    _run(_RETRY, [])
    if statement:
        die_before(statement)
    while job := _run(_TAKE, [DELIVER_TASK, NOTICE]):
        deliver.func(**json.loads(job[1]))
        _run(_DONE, [job[0]])


def _run(statement: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
