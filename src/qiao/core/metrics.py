"""Figures for Prometheus: requests by route, jobs by state, live streams.

Where several web processes answer (`PROMETHEUS_MULTIPROC_DIR` is set), each keeps its figures in
files of that folder, and whichever is asked tells those of all.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as the library of Prometheus calls it

REQUESTS = Histogram(
    "qiao_request_seconds",
    "Time to answer a request, by route, method and status",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
STREAMS = Gauge("qiao_live_streams", "Open live streams", multiprocess_mode="livesum")
EVENTS_SENT = Counter("qiao_live_events_total", "Events sent to live streams")
JOBS = Gauge("qiao_jobs", "Jobs by state", ["status"], multiprocess_mode="mostrecent")


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


def figures() -> bytes:
    """All figures of all web processes, as Prometheus reads them."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """Streams of a process that is gone are gone; what it counted still counts."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)  # asks only whether it is there
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another process was asked at the same time
                mark_process_dead(pid)  # type: ignore[no-untyped-call]
