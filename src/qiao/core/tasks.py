"""Jobs of the house itself: delivery of events, retry of stalled jobs, partitions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from qiao.core import correlation, events
from qiao.core.idempotency import claim

log = structlog.get_logger(__name__)

# Five tries over about ten minutes; procrastinate counts the first run apart from the retries.
PATIENT = RetryStrategy(max_attempts=4, exponential_wait=5)
# What the clock starts comes again by itself; a database that went away in the midst of it is no
# fault that anybody should have to look at.
DATABASE_AWAY = RetryStrategy(
    max_attempts=3, wait=10, retry_exceptions=[OperationalError, InterfaceError]
)
STALLED_AFTER_SECONDS = 60
KEEP_FINISHED_JOBS = "core.keep_finished_jobs_hours"


@app.task(name=events.DELIVER_TASK, queue="events", retry=PATIENT)
def deliver(
    *,
    subscriber: str,
    name: str,
    payload: dict[str, Any],
    event_id: int,
    organisation_id: int,
    actor_id: int | None,
    occurred_at: str,
    correlation_id: str,
) -> None:
    """Run one subscriber for one event, exactly once, in one transaction."""
    with correlation.correlate(correlation_id), transaction.atomic():
        if not claim(scope=f"event:{subscriber}", key=str(event_id)):
            log.info("event_already_delivered", subscriber=subscriber, event_id=event_id)
            return
        events.handler_for(name, subscriber)(
            event=events.from_payload(name, payload),
            envelope=events.Envelope(
                event_id,
                organisation_id,
                actor_id,
                datetime.fromisoformat(occurred_at),
                correlation_id,
            ),
        )


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job run by the clock: `run(now)` once per minute-grained cron `schedule` (UTC)."""

    key: str
    schedule: str
    run: Callable[[datetime], None]
    demo_only: bool = False


def schedule(job: PeriodicJob) -> None:
    """Register a periodic job of a manifest with the worker."""

    @app.periodic(cron=job.schedule)
    @app.task(
        name=f"periodic.{job.key}", queue="clock", queueing_lock=job.key, pass_context=False,
        retry=DATABASE_AWAY,
    )  # fmt: skip
    def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes the planned time
        job.run(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="core.retry_stalled", queue="clock", queueing_lock="core.retry_stalled")
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Give jobs whose worker died back to the living ones."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        log.warning("stalled_job_retried", job_id=job.id, task=job.task_name)
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(
    name="core.housekeeping", queue="clock", queueing_lock="core.housekeeping", retry=DATABASE_AWAY
)
def housekeeping(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Keep partitions ahead of time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT qiao_ensure_partitions(3)")
