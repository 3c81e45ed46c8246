"""The job of a run of bills for the kill test: dies by its own hand before a given statement.

``python -m tests.kills.biller RUN STATEMENT``; statement 0 lets it live. Run again, it goes on
where the last one died.
"""

import os
import sys

import django
from django.utils import timezone

from tests.kills.importer import die_before

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
BATCH = 3  # accounts


def main(run_id: int, statement: int) -> None:
    """Reckon or issue the run, as far as it comes."""
    from qiao.billing.models import BillRun
    from qiao.billing.operations import run_jobs
    from qiao.staff.queries import actor_by_id

    run = BillRun.objects.get(pk=run_id)
    now = timezone.now()
    actor = actor_by_id(run.created_by_id, day=timezone.localdate(now))
    run_jobs.BATCH = run_jobs.JUDGED = BATCH
    if statement:
        die_before(statement)
    if run.state == BillRun.State.RECKONING:
        run_jobs.reckon_run(run_id=run_id, actor=actor)
    else:
        run_jobs.issue_run(run_id=run_id, actor=actor, now=now)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
