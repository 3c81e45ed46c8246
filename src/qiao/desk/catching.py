"""Faults that the product sees itself join the problem log: pages at once, jobs by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

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


# Those that were joined before are left out here, or many failures would hide the later ones.
_FAILED = """
SELECT e.id, e.at, j.task_name, coalesce(j.args ->> 'subscriber', '')
  FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id
 WHERE e.type = 'failed' AND e.at >= %(since)s AND j.status = 'failed'
   AND NOT EXISTS (SELECT FROM core_idempotencykey k
                    WHERE k.scope = %(scope)s AND k.key = e.id::text)
 ORDER BY e.id LIMIT %(most)s
"""
MOST_AT_ONCE = 500
SCOPE = "desk.problem"


def collect_failed_jobs(now: datetime) -> None:
    """Join jobs that failed for good to their groups, each failure once."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "since": now - LOOK_BACK, "scope": SCOPE, "most": MOST_AT_ONCE
        }  # fmt: skip
        cursor.execute(_FAILED, values)
        rows = cursor.fetchall()
    company = company_id() if rows else 0
    for event_id, at, task, subscriber in rows:
        with transaction.atomic():
            if not claim(scope=SCOPE, key=str(event_id)):
                continue
            name = f"{task} {subscriber}".strip()
            found = Sighting("job", fingerprint_of("job", name, ()), name)
            note_sighting(sighting=found, organisation_id=company, now=at)
