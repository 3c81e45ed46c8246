"""How the installation is: measured figures, and what is wrong first, with what to do."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.core import parameters
from qiao.core.metrics import STREAMS
from qiao.core.ui.moments import when_words
from qiao.desk.queries.backups import has_backups, last_good, standing
from qiao.messaging.queries import cause_to_do, cause_words, channel_health

STAMP: Final = "last_backup.json"
BACKUP_AGE: Final = "desk.backup_age_hours"
WAITING_LIMIT: Final = timedelta(minutes=5)
CLOCK_LIMIT_SECONDS: Final = 2.0
LEAST_FREE_GB: Final = 5
GB: Final = 1_000_000_000

_FIGURES: Final = """
SELECT pg_database_size(current_database()), current_setting('server_version'),
       (SELECT count(*) FROM core_event WHERE recorded_at >= %(midnight)s),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'
           AND coalesce(scheduled_at, now()) <= now()),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),
       (SELECT min(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
         WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()
           AND e.type IN ('deferred', 'scheduled')),
       (SELECT max(last_heartbeat) FROM procrastinate_workers),
       (SELECT count(*) FROM core_approval WHERE state = 'pending'),
       clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `tone`: ok, warn or bad; `todo` says what to do when not ok."""

    tone: str
    title: str
    found: str
    todo: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Findings, the worst first, and the figures of the strip."""

    findings: list[Finding]
    figures: dict[str, Any]


def look(now: datetime) -> Health:
    """Measure everything, in one statement and a few looks at the disk."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"midnight": midnight})
        row = cursor.fetchone()
    size, version, events, waiting, doing, failed, oldest, beat, pending, clock = row
    findings = [
        _jobs(failed, waiting, oldest, now),
        _worker(beat, now),
        _backup(now),
        _keeper(),
        _mail(now),
        _disk(),
        _migrations(),
        _clock(clock, now),
    ]
    findings.sort(key=lambda one: ("bad", "warn", "ok").index(one.tone))
    figures = {
        "size_gb": size / GB,
        "version": version.split(" ")[0],
        "events": events,
        "waiting": waiting,
        "doing": doing,
        "failed": failed,
        "pending": pending,
        "streams": int(STREAMS._value.get()),  # noqa: SLF001 - the gauge has no other reader
    }
    return Health(findings, figures)


def _jobs(failed: int, waiting: int, oldest: datetime | None, now: datetime) -> Finding:
    title = _("Background work")
    if failed:
        words = ngettext("%(n)s job has failed", "%(n)s jobs have failed", failed) % {"n": failed}
        todo = _("Read the error, mend its cause, then let the job run again or give it up.")
        return Finding("bad", title, words, todo, reverse("administration:jobs"))
    if oldest is not None and now - oldest > WAITING_LIMIT:
        words = ngettext("%(n)s job waits", "%(n)s jobs wait", waiting) % {"n": waiting}
        since = _("the oldest since %(when)s") % {"when": when_words(oldest, now)}
        todo = _("Start another worker: `./qiao worker`")
        return Finding("warn", title, f"{words}, {since}", todo)
    return Finding("ok", title, _("Nothing is stuck"))


def _worker(beat: datetime | None, now: datetime) -> Finding:
    title = _("Worker")
    if beat is None or now - beat > timedelta(minutes=1):
        when = when_words(beat, now) if beat else _("never")
        todo = _("Start one: `./qiao worker`. Until then notices and counts stand still.")
        return Finding(
            "bad", title, _("No worker runs; last seen %(when)s") % {"when": when}, todo
        )
    return Finding("ok", title, _("Works"))


def last_backup() -> datetime | None:
    """When the last backup was finished that no test found damaged.

    By the list of runs; one made before there was a list left a stamp in the state folder.
    """
    if has_backups():
        good = last_good()
        return good.finished_at if good else None
    try:
        kept = json.loads((Path(settings.HOME) / STAMP).read_text())
        return datetime.fromisoformat(kept["at"])
    except (OSError, ValueError, KeyError):
        return None


def _backup(now: datetime) -> Finding:
    title, at = _("Backup"), last_backup()
    todo = _("Make one, test it, and keep a copy on another machine.")
    url = reverse("administration:backups")
    if at is None:
        return Finding("bad", title, _("There is none that is good"), todo, url)
    hours = parameters.find(BACKUP_AGE, day=timezone.localdate(now)).value
    words = _("The last one: %(when)s") % {"when": when_words(at, now, long=True)}
    if now - at > timedelta(hours=hours):
        return Finding("warn", title, words, todo, url)
    return Finding("ok", title, words)


def _keeper() -> Finding:
    title = pgettext("health", "Keeper of backups")
    if standing().has_keeper:
        return Finding("ok", title, _("Works"))
    todo = _("Start it: `./qiao keeper`. Until then nothing is backed up by night.")
    return Finding("warn", title, _("No `keeper` runs."), todo, reverse("administration:backups"))


def _mail(now: datetime) -> Finding:
    title, found = pgettext("health", "Email"), channel_health(now=now)
    if not found.cause:
        return Finding("ok", title, _("Works"))
    waiting = ngettext("%(n)s email waits", "%(n)s emails wait", found.waiting) % {
        "n": found.waiting
    }
    since = when_words(found.since, now) if found.since else ""
    words = f"{cause_words(found.cause)} {waiting}, {_('since %(when)s') % {'when': since}}"
    tone = "warn" if found.cause == "unset" else "bad"
    return Finding(tone, title, words, cause_to_do(found.cause), reverse("messaging:outbox"))


def _disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free / GB
    words = _("%(n)s GB free") % {"n": f"{free:,.0f}"}
    if free >= LEAST_FREE_GB:
        return Finding("ok", _("Disk"), words)
    todo = _("Make room, or move the state folder (`QIAO_HOME`) to a larger disk.")
    return Finding("bad" if free < 1 else "warn", _("Disk"), words, todo)


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return Finding("ok", _("Tables"), _("As this version needs them"))
    words = ngettext("%(n)s step is missing", "%(n)s steps are missing", len(missing))
    return Finding(
        "bad", _("Tables"), words % {"n": len(missing)}, _("Bring them up: `./qiao migrate`")
    )


def _clock(clock: datetime, now: datetime) -> Finding:
    off = abs((clock - now).total_seconds())
    words = _("Database and server differ by %(n)s s") % {"n": f"{off:.1f}"}
    if off <= CLOCK_LIMIT_SECONDS:
        return Finding("ok", _("Clock"), words)
    todo = _("Set both machines by the same time server (NTP): deadlines depend on it.")
    return Finding("bad", _("Clock"), words, todo)
