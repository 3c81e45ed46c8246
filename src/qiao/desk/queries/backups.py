"""Reads of backups: what there is, who is at work, how much room there is."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q

from qiao.desk.models import BackupRun
from qiao.desk.rules.backups import (
    KEEPER_LOCK,
    LOCK,
    RUN_LOCK,
    TABLE_BYTES,
    Held,
    bytes_needed,
)

PAGE_SIZE = 30
BROKEN = (BackupRun.Reason.DAMAGED, BackupRun.Reason.DIFFERS, BackupRun.Reason.MISSING)
_FINDING = Q(state="done") | Q(reason__in=BROKEN)
_MEDIA = "SELECT coalesce(sum(size), 0)::bigint FROM (SELECT max(size_bytes) AS size" \
    " FROM core_attachment GROUP BY sha256) each"  # fmt: skip
_LOCKS = (
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2"
    " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What goes on: the run that waits or runs, whether its process lives, and the keeper's."""

    run: BackupRun | None
    is_alive: bool
    has_keeper: bool


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that a backup needs and that are free; `free` is None where it cannot be seen."""

    needed: int
    free: int | None


def standing() -> Standing:
    """What goes on at this moment."""
    run = (
        BackupRun.objects.filter(state__in=["waiting", "running"])
        .select_related("requested_by", "backup")
        .order_by("state")
        .first()
    )
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS, [LOCK])
        held = {objid for (objid,) in cursor.fetchall()}
    return Standing(run, RUN_LOCK in held, KEEPER_LOCK in held)


def room() -> Room:
    """How much room a backup of today needs, by the database, and what the disk has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({TABLE_BYTES}), ({_MEDIA})")
        tables, media = cursor.fetchone()
    return Room(bytes_needed(table_bytes=tables, media_bytes=media), _free(settings.QIAO_BACKUPS))


def _free(folder: Path) -> int | None:
    for place in (folder, *folder.parents):
        if place.is_dir():
            return shutil.disk_usage(place).free
    return None


def list_backups(*, after: int | None = None, limit: int = PAGE_SIZE) -> list[BackupRun]:
    """Backups that are there or failed, the newest first, one more than `limit` if there are."""
    rows = BackupRun.objects.filter(kind="backup", state__in=["done", "failed"])
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows.select_related("requested_by").order_by("-id")[: limit + 1])


def last_tests(backup_ids: list[int]) -> dict[int, BackupRun]:
    """The last test of each of these backups that came to a finding: equal, or no good."""
    return _newest(backup_ids, _FINDING)


def last_attempts(backup_ids: list[int]) -> dict[int, BackupRun]:
    """The last ended test of each of these backups, also one that could not be finished."""
    return _newest(backup_ids, Q(state__in=["done", "failed"]))


def _newest(backup_ids: list[int], which: Q) -> dict[int, BackupRun]:
    rows = (
        BackupRun.objects.filter(which, backup_id__in=backup_ids)
        .order_by("backup_id", "-id")
        .distinct("backup_id")
        .select_related("requested_by")
    )
    return {row.backup_id: row for row in rows if row.backup_id}


def has_backups() -> bool:
    """Whether the list knows of a backup that was finished, whatever became of it."""
    return BackupRun.objects.filter(kind="backup", state__in=["done", "removed"]).exists()


def last_good() -> BackupRun | None:
    """The newest backup that no test found damaged."""
    done = list(BackupRun.objects.filter(kind="backup", state="done").order_by("-id"))
    tests = last_tests([run.pk for run in done])
    return next((run for run in done if not is_damaged(tests.get(run.pk))), None)


def last_tested() -> BackupRun | None:
    """The test that was done last, with its backup."""
    rows = BackupRun.objects.filter(kind="test", state="done").select_related("backup")
    return rows.order_by("-id").first()


def is_damaged(test: BackupRun | None) -> bool:
    """Whether the finding of a test is that the file is no good."""
    return test is not None and test.reason in BROKEN


def held_backups() -> list[Held]:
    """The backups in our own folder, the newest first, with what their last tests found."""
    ids = list(
        BackupRun.objects.filter(kind="backup", state="done", is_ours=True)
        .order_by("-id")
        .values_list("pk", flat=True)
    )
    tests = last_tests(ids)
    return [
        Held(
            run_id,
            is_damaged=is_damaged(tests.get(run_id)),
            is_proved=run_id in tests and tests[run_id].state == "done",
        )
        for run_id in ids
    ]


def waiting_run() -> BackupRun | None:
    """What waits for the keeper."""
    return BackupRun.objects.filter(state="waiting").select_related("backup").first()


def running_runs() -> list[BackupRun]:
    """What the table calls running: broken off, if nobody holds the lock of runs."""
    return list(BackupRun.objects.filter(state="running").select_related("backup"))


def known_places() -> set[str]:
    """The files of all backups that the list knows."""
    rows = BackupRun.objects.filter(kind="backup").exclude(place="")
    return set(rows.values_list("place", flat=True))


def asked_by_clock_at(kind: str) -> datetime | None:
    """When the clock asked last for a backup or a test."""
    rows = BackupRun.objects.filter(kind=kind, origin="schedule").order_by("-id")
    return rows.values_list("requested_at", flat=True).first()


def tested_at() -> datetime | None:
    """When a test came to a finding last, good or not."""
    rows = BackupRun.objects.filter(_FINDING, kind="test").order_by("-id")
    return rows.values_list("finished_at", flat=True).first()
