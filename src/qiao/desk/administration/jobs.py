"""Jobs of the background: what waits, runs, failed; run again or given up, with the reason."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from qiao.core.events import publish
from qiao.core.http import StaffRequest, staff_view
from qiao.core.job_events import JobHandled
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText, clean
from qiao.desk.administration.frame import OPERATE, require_whole, show
from qiao.staff.queries import company_id, names_of

PAGE_SIZE: Final = 40
STATES: Final = ("failed", "doing", "todo", "succeeded", "cancelled", "aborted")
STALLED_SECONDS: Final = 60
REASON_LENGTH: Final = 300
PLAIN: Final = frozenset({"name", "subscriber", "event_id", "organisation_id", "timestamp"})

_PAGE: Final = """
SELECT j.id, j.queue_name, j.task_name, j.status::text, j.attempts, j.scheduled_at, j.args,
       j.abort_requested,
       j.status = 'doing' AND coalesce(w.last_heartbeat, 'epoch') < %(dead)s AS stalled,
       (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)
  FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
 WHERE (%(status)s = '' OR j.status::text = %(status)s)
   AND (%(queue)s = '' OR j.queue_name = %(queue)s)
   AND (%(after)s::bigint IS NULL OR j.id < %(after)s)
   AND (%(only)s::bigint IS NULL OR j.id = %(only)s)
 ORDER BY j.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the list shows it: its arguments masked but for ids and names of events."""

    job_id: int
    queue: str
    task: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    arguments: str
    is_aborting: bool
    is_stalled: bool
    at: datetime | None


def masked(arguments: Mapping[str, Any]) -> str:
    """The arguments of a job without personal data: ids and names of events, all else hidden."""
    shown = {
        key: value if key in PLAIN or key.endswith("_id") or isinstance(value, int) else "•••"
        for key, value in arguments.items()
    }
    return ", ".join(f"{key}={value}" for key, value in shown.items())


def read_jobs(
    *,
    now: datetime,
    status: str = "",
    queue: str = "",
    after: int | None = None,
    only: int | None = None,
) -> tuple[list[Job], int | None]:
    """A page of jobs, the newest first, and the id after which the next one begins."""
    dead = datetime.fromtimestamp(now.timestamp() - STALLED_SECONDS, UTC)
    values = {"status": status, "queue": queue, "after": after, "only": only, "dead": dead}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, values | {"limit": PAGE_SIZE + 1})
        rows = cursor.fetchall()
    jobs = [_job(row) for row in rows[:PAGE_SIZE]]
    return jobs, jobs[-1].job_id if len(rows) > PAGE_SIZE else None


def _job(row: tuple[Any, ...]) -> Job:
    job_id, queue, task, status, attempts, scheduled_at, arguments, aborting, stalled, at = row
    shown = masked(_object(arguments))
    return Job(
        job_id, queue, task, status, attempts, scheduled_at, shown, aborting, bool(stalled), at
    )


def _object(value: Any) -> Mapping[str, Any]:
    return json.loads(value) if isinstance(value, str) else value or {}


def queues() -> list[tuple[str, dict[str, int]]]:
    """Every queue with its jobs by state."""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2"
        )
        for queue, status, count in cursor.fetchall():
            found.setdefault(queue, {})[status] = count
    return sorted(found.items())


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job of the clock: when it ran last and when it is due next (both UTC)."""

    task: str
    schedule: str
    last_at: datetime | None
    next_at: datetime


def periodic(now: datetime) -> list[Periodic]:
    """All jobs of the clock, the next one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY 1"
        )
        last = dict(cursor.fetchall())
    found = [
        Periodic(
            each.task.name,
            each.cron,
            datetime.fromtimestamp(last[each.task.name], UTC) if each.task.name in last else None,
            datetime.fromtimestamp(each.croniter.get_next(start_time=now.timestamp()), UTC),
        )
        for each in app.periodic_registry.periodic_tasks.values()
    ]
    return sorted(found, key=lambda one: one.next_at)


@staff_view(OPERATE)
def job_list(request: StaffRequest) -> HttpResponse:
    """Queues, the jobs of a state and the jobs of the clock."""
    require_whole(request, OPERATE)
    status = request.GET.get("status", "failed")
    status = status if status in STATES else ""
    counts = queues()
    names = [name for name, _counts in counts]
    queue = request.GET.get("queue", "")
    queue = queue if queue in names else ""
    jobs, after = read_jobs(
        now=request.now, status=status, queue=queue, after=read_id(request.GET.get("after", ""))
    )
    context = {
        "jobs": jobs,
        "after": after,
        "status": status,
        "states": STATES,
        "queue": queue,
        "counts": [(name, [by.get(state, 0) for state in STATES]) for name, by in counts],
        "names": names,
        "periodic": periodic(request.now),
    }
    return show(request, "jobs.html", "jobs", context)


@staff_view(OPERATE, methods=("GET", "HEAD", "POST"))
def job_page(request: StaffRequest, job_id: int) -> HttpResponse:
    """One job with its history; run it again or give it up, with the reason."""
    require_whole(request, OPERATE)
    found, _after = read_jobs(now=request.now, only=job_id)
    if not found:
        raise Http404(job_id)
    job, refusal = found[0], ""
    if request.method == "POST":
        refusal = _act(request, job)
        if not refusal:
            messages.success(request, _("Done, and kept with your reason."))
            return HttpResponseRedirect(reverse("administration:jobs"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type::text, at FROM procrastinate_events WHERE job_id = %s ORDER BY at, id",
            [job_id],
        )
        history = cursor.fetchall()
        cursor.execute(
            "SELECT payload ->> 'verb', payload ->> 'reason', actor_id, occurred_at"
            "  FROM core_event WHERE name = 'desk.job_handled'"
            "   AND payload ->> 'job_id' = %s ORDER BY recorded_at",
            [str(job_id)],
        )
        handled = cursor.fetchall()
    people = names_of(row[2] for row in handled if row[2])
    words = [(verb, reason, people.get(who, ""), at) for verb, reason, who, at in handled]
    context = {"job": job, "history": history, "handled": words, "refusal": refusal}
    return show(request, "job.html", "jobs", context, status=422 if refusal else 200)


def _act(request: StaffRequest, job: Job) -> str:
    """Do what was asked; a refusal in words, or nothing."""
    verb = request.POST.get("verb", "")
    try:
        reason = clean(
            request.POST.get("reason", ""), field="reason", max_length=REASON_LENGTH, one_line=True
        )
    except BadText:
        return _("This text cannot be kept as it is.")
    if not reason:
        return _("Say why: it is kept with your name.")
    if verb == "again" and (job.status == "failed" or job.is_stalled):
        _run("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", job.job_id)
    elif verb == "give_up" and job.status in {"todo", "doing"}:
        _run("SELECT procrastinate_cancel_job_v1(%s, true, false)", job.job_id)
    elif verb == "give_up" and job.status == "failed":
        _run(
            "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = %s"
            " AND status = 'failed'",
            job.job_id,
        )
    else:
        return _("The job is in another state by now. Look again.")
    publish(
        JobHandled(job.job_id, job.task, verb, reason),
        organisation_id=company_id(),
        actor=request.actor,
        now=request.now,
    )
    return ""


def _run(statement: str, job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [job_id])
