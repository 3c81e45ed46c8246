"""Backups and their tests: asked for by people, the clock or a command; told on by the keeper.

The work itself is done by a process with the rights of the database's owner, outside of this
module; what is kept here is asked for, watched and answered for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.core.version import VERSION
from qiao.desk.events import BackupEnded, BackupRequested
from qiao.desk.models import BackupRun
from qiao.staff.queries import companies, company_id, system_actor

OPERATE = "desk.operate"
MOST_DIFFERING = 5
State, Reason = BackupRun.State, BackupRun.Reason


class AlreadyRunning(Exception):  # noqa: N818 - a refusal, not a fault
    """A backup or a test waits or runs: only one at a time."""


class BackupMissing(Exception):  # noqa: N818 - names the finding
    """There is no such backup, or it is not whole."""


class DiskTooFull(Exception):  # noqa: N818 - names the finding
    """There is less room than a backup needs; both in bytes."""

    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes are needed, {free} are free")
        self.needed, self.free = needed, free


@dataclass(frozen=True, slots=True)
class Counted:
    """What a backup holds, or what a test compared."""

    tables: int
    rows: int
    files: int
    size_bytes: int | None = None


def request_backup(*, actor: Actor, now: datetime, needed: int, free: int | None) -> BackupRun:
    """Ask for a backup. `free` is None where this process cannot see the disk.

    Raises `Forbidden`, `AlreadyRunning`, `DiskTooFull`.
    """
    required()
    actor.require(OPERATE, company_id())
    if free is not None and free < needed:
        raise DiskTooFull(needed=needed, free=free)
    return _ask(BackupRun.Kind.BACKUP, actor=actor, now=now)


def request_test(*, actor: Actor, now: datetime, backup_id: int) -> BackupRun:
    """Ask for the test of a backup. Raises `Forbidden`, `BackupMissing`, `AlreadyRunning`."""
    required()
    actor.require(OPERATE, company_id())
    return _ask(BackupRun.Kind.TEST, actor=actor, now=now, backup_id=_whole(backup_id))


def request_by_clock(*, now: datetime, backup_id: int | None = None) -> BackupRun:
    """The clock asks for a backup, or for the test of one.

    Raises `BackupMissing`, `AlreadyRunning`.
    """
    required()
    if backup_id is None:
        return _ask(BackupRun.Kind.BACKUP, actor=None, now=now)
    return _ask(BackupRun.Kind.TEST, actor=None, now=now, backup_id=_whole(backup_id))


def _whole(backup_id: int) -> int:
    found = BackupRun.objects.filter(pk=backup_id, kind="backup", state=State.DONE)
    if not found.exists():
        raise BackupMissing(str(backup_id))
    return backup_id


def _ask(
    kind: BackupRun.Kind, *, actor: Actor | None, now: datetime, backup_id: int | None = None
) -> BackupRun:
    if BackupRun.objects.filter(state__in=[State.WAITING, State.RUNNING]).exists():
        raise AlreadyRunning
    origin = BackupRun.Origin.PERSON if actor else BackupRun.Origin.SCHEDULE
    try:
        with transaction.atomic():
            run = BackupRun.objects.create(
                kind=kind,
                origin=origin,
                backup_id=backup_id,
                requested_by_id=actor.person_id if actor else None,
                requested_at=now,
            )
    except IntegrityError as two:  # somebody else pressed in the same moment
        raise AlreadyRunning from two
    publish(
        BackupRequested(run.pk, kind, origin, backup_id),
        organisation_id=company_id(),
        actor=actor or system_actor(organisation_id=company_id()),
        now=now,
    )
    return run


def begin_run(*, run_id: int, now: datetime, place: str, is_ours: bool) -> BackupRun:
    """The keeper takes what waits in hand. Raises `BackupRun.DoesNotExist`, `AlreadyRunning`."""
    required()
    run = BackupRun.objects.select_for_update().get(pk=run_id, state=State.WAITING)
    run.place, run.is_ours = place, is_ours
    return _begin(run, now)


def begin_by_command(*, now: datetime, place: str) -> BackupRun:
    """A command writes a backup to a file of its own choice. Raises `AlreadyRunning`."""
    required()
    run = BackupRun(kind="backup", origin="command", requested_at=now, place=place)
    return _begin(run, now)


def _begin(run: BackupRun, now: datetime) -> BackupRun:
    run.state, run.started_at, run.release = State.RUNNING, now, VERSION
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as two:
        raise AlreadyRunning from two
    return run


def note_step(*, run_id: int, step: str) -> None:
    """Where a run stands."""
    required()
    BackupRun.objects.filter(pk=run_id, state=State.RUNNING).update(step=step)


def finish_run(*, run_id: int, now: datetime, counted: Counted) -> None:
    """A run has come to its good end. Raises `BackupRun.DoesNotExist` if it no longer runs."""
    required()
    _end(
        run_id,
        now,
        state=State.DONE,
        table_count=counted.tables,
        row_count=counted.rows,
        file_count=counted.files,
        size_bytes=counted.size_bytes,
    )


def fail_run(
    *,
    run_id: int,
    now: datetime,
    reason: str,
    needed: int | None = None,
    free: int | None = None,
    differing: Sequence[str] = (),
) -> None:
    """A run has failed. `differing` names tables and files. Raises `BackupRun.DoesNotExist`."""
    required()
    _end(
        run_id,
        now,
        state=State.FAILED,
        reason=reason,
        needed_bytes=needed,
        free_bytes=free,
        differing=list(differing[:MOST_DIFFERING]),
    )


def _end(run_id: int, now: datetime, **values: Any) -> None:
    run = BackupRun.objects.select_for_update().get(pk=run_id, state=State.RUNNING)
    for name, value in values.items():
        setattr(run, name, value)
    run.finished_at = max(now, run.started_at or now)
    run.step = ""
    run.save()
    _tell(run, now)


def mark_removed(*, run_id: int, now: datetime) -> None:
    """The file of a backup was deleted, for newer ones stand in its place."""
    required()
    run = BackupRun.objects.select_for_update().get(pk=run_id, state=State.DONE, is_ours=True)
    run.state = State.REMOVED
    run.save(update_fields=["state"])
    _tell(run, now)


def settle_restored(*, now: datetime, place: str, counted: Counted) -> None:
    """After a restore: the run that the data call running is the backup they come from."""
    required()
    for run in BackupRun.objects.filter(state=State.RUNNING, kind="backup"):
        run.place, run.is_ours = place, False
        run.save(update_fields=["place", "is_ours"])
        finish_run(run_id=run.pk, now=now, counted=counted)


def adopt_backup(*, now: datetime, place: str, made_at: datetime, counted: Counted) -> BackupRun:
    """A backup of our own folder that the list does not know: it was restored to a day before."""
    required()
    run = BackupRun.objects.create(
        kind="backup",
        origin="command",
        state=State.DONE,
        requested_at=made_at,
        started_at=made_at,
        finished_at=made_at,
        place=place,
        is_ours=True,
        size_bytes=counted.size_bytes,
        table_count=counted.tables,
        row_count=counted.rows,
        file_count=counted.files,
    )
    _tell(run, now)
    return run


def _tell(run: BackupRun, now: datetime) -> None:
    if not companies():
        return  # a database without a company yet has no screens that wait
    publish(
        BackupEnded(run.pk, run.kind, run.state, run.reason),
        organisation_id=company_id(),
        actor=system_actor(organisation_id=company_id()),
        now=now,
    )
