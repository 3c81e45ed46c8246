"""What the clock does to lists every minute: cases come back, shared views are counted."""

from datetime import datetime
from time import monotonic

from django.http import QueryDict

from qiao.cases.forms import read_filters, read_view
from qiao.cases.operations import setting_aside, views
from qiao.cases.queries import saved
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting

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


PERIODIC = (
    PeriodicJob("cases.return_snoozed", "* * * * *", return_snoozed),
    PeriodicJob("cases.count_views", "* * * * *", count_views),
)
