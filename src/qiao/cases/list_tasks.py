"""Work behind lists: every minute cases come back and shared views are counted; bulk changes."""

from datetime import datetime
from time import monotonic

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django import app

from qiao.cases.forms import read_filters, read_view
from qiao.cases.models import BulkRun
from qiao.cases.operations import bulk, setting_aside, views
from qiao.cases.queries import saved
from qiao.cases.showing.bulk_refusals import BULK_REFUSALS
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT, PeriodicJob
from qiao.core.transactions import acting
from qiao.staff.queries import actor_by_id

MOST_ROUNDS = 40
COUNTING_SECONDS = 20.0


def return_snoozed(now: datetime) -> None:
    """Bring back the cases that were set aside until now, a batch and a transaction at a time."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if not setting_aside.return_snoozed(now=now):
                return


def count_views(now: datetime) -> None:
    """Count the views that teams and units share, the longest uncounted first, as far as the
    minute's time goes; and forget those that were dropped a week ago."""
    started = monotonic()
    while monotonic() - started < COUNTING_SECONDS:
        with acting(None):
            view = views.next_to_count(now=now)
            if view is None:
                break
            query = QueryDict(view.query)
            counted = saved.shared_count_statement(
                view=read_view(query, "open"), filters=read_filters(query), now=now
            )
            views.keep_count(view=view, counted=counted, now=now)
    with acting(None):
        views.sweep_views(now=now)


@app.task(name=bulk.TASK, queue=QUEUE, retry=PATIENT)
def run_bulk(*, run_id: int, staff_id: int) -> None:
    """Foresee or make a change of many cases, with the rights of today of who asked for it."""
    run = BulkRun.objects.get(pk=run_id)
    with override(run.language):
        bulk.run_bulk(
            run_id=run_id,
            actor=actor_by_id(staff_id, day=timezone.localdate()),
            clock=timezone.now,
            refusals=BULK_REFUSALS,
        )


PERIODIC = (
    PeriodicJob("cases.return_snoozed", "* * * * *", return_snoozed),
    PeriodicJob("cases.count_views", "* * * * *", count_views),
)
