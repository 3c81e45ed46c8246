"""Figures for Prometheus: requests by route, jobs by state, live streams."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "qiao_request_seconds",
    "Time to answer a request, by route, method and status",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
STREAMS = Gauge("qiao_live_streams", "Open live streams of this process")
EVENTS_SENT = Counter("qiao_live_events_total", "Events sent to live streams of this process")
JOBS = Gauge("qiao_jobs", "Jobs by state", ["status"])


@contextmanager
def observe_request(request: HttpRequest) -> Iterator[Callable[[HttpResponse], None]]:
    """Time the block; the callable it gives takes the response to label the figure with."""
    start = time.perf_counter()

    def seen(response: HttpResponse) -> None:
        match = request.resolver_match
        route = match.route if match else "unmatched"
        REQUESTS.labels(route, request.method or "", str(response.status_code)).observe(
            time.perf_counter() - start
        )

    yield seen


def count_jobs() -> None:
    """Read the job table into the gauge; called when the figures are fetched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
        )
        rows = dict(cursor.fetchall())
    for status in ("todo", "doing", "failed"):
        JOBS.labels(status).set(rows.get(status, 0))
