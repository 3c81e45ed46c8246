"""Faults that the product sees itself join the problem log: pages at once, jobs by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from qiao.core import correlation
from qiao.core.idempotency import claim
from qiao.desk.operations.problems import Sighting, note_sighting
from qiao.desk.rules.problems import fingerprint_of, frames_of, title_of
from qiao.staff.queries import company_id

log = structlog.get_logger(__name__)
ANSWERED = (Http404, PermissionDenied, SuspiciousOperation)
LOOK_BACK = timedelta(hours=2)


class ProblemMiddleware:
    """Keep a fault of a page by kind and place; the answer stays the usual 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Called by Django when a view raised; never raises itself."""
        if isinstance(exception, ANSWERED):
            return
        route = request.resolver_match.route if request.resolver_match else ""
        try:
            with transaction.atomic():
                keep_fault(exception, source="page", path=f"/{route}", now=timezone.now())
        except (DatabaseError, ObjectDoesNotExist):
            log.warning("problem_not_kept", exc_info=True)


def keep_fault(exception: Exception, *, source: str, path: str, now: datetime) -> None:
    """Join a fault to its group. `path` is a route with its placeholders, never an address."""
    kind, frames = type(exception).__qualname__, frames_of(exception.__traceback__)
    note_sighting(
        sighting=Sighting(
            source,
            fingerprint_of(source, kind, frames),
            title_of(kind, frames),
            "\n".join(frames),
            path,
            correlation.current_id(),
        ),
        organisation_id=company_id(),
        now=now,
    )


_FAILED = """
SELECT e.id, e.at, j.task_name, coalesce(j.args ->> 'subscriber', '')
  FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id
 WHERE e.type = 'failed' AND e.at >= %s AND j.status = 'failed' ORDER BY e.id LIMIT 500
"""


def collect_failed_jobs(now: datetime) -> None:
    """Join jobs that failed for good to their groups, each failure once."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [now - LOOK_BACK])
        rows = cursor.fetchall()
    for event_id, at, task, subscriber in rows:
        with transaction.atomic():
            if not claim(scope="desk.problem", key=str(event_id)):
                continue
            name = f"{task} {subscriber}".strip()
            found = Sighting("job", fingerprint_of("job", name, ()), name)
            note_sighting(sighting=found, organisation_id=company_id(), now=at)
