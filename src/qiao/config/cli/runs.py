"""Backups and tests on the record: asked for in the table of runs, done here, ended there.

Only one at a time, over all processes: whoever does one holds a lock of PostgreSQL, which goes
with its process. What the table calls running while that lock is free was broken off.
Rows are written as the plain role, the work is done as the owner.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from qiao.config import postgres
from qiao.config.cli import archive, environment, proving, supervise
from qiao.config.cli.backup_faults import BackupFailed, Differs, DiskFull
from qiao.config.cli.failure import CommandError
from qiao.desk.rules.backups import LOCK, RUN_LOCK

if TYPE_CHECKING:
    from qiao.desk.models import BackupRun
    from qiao.desk.operations.backups import Counted

_FAULTS = (CommandError, OSError, psycopg.Error, postgres.PostgresError)


@contextmanager
def turn() -> Iterator[bool]:
    """Hold the lock of runs for a block, or learn that another process does."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK, RUN_LOCK]
        ).fetchone()
        yield bool(row and row[0])


def sweep(now: datetime) -> None:
    """Tell of runs whose process died, and remove what they left. Hold the lock of runs."""
    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import Reason, fail_run
    from qiao.desk.queries.backups import running_runs

    for run in running_runs():
        _remove_leftovers(run)
        with acting(None):
            fail_run(run_id=run.pk, now=now, reason=Reason.BROKEN_OFF)


def _remove_leftovers(run: "BackupRun") -> None:
    if run.backup_id:
        proving.clear(_scratch_for(run))
    elif run.place:
        shutil.rmtree(archive.scratch_of(Path(run.place)), ignore_errors=True)


def _scratch_for(run: "BackupRun") -> proving.Scratch:
    from django.conf import settings

    return proving.scratch_for(run.pk, settings.QIAO_BACKUPS)


def perform(run: "BackupRun") -> bool:
    """Do a run that was begun and keep its end; tell whether it was good. Hold the lock of runs.

    Raises:
        Stopped: somebody asked this process to end; the run is kept as broken off.
    """
    from django.utils import timezone

    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import Reason, fail_run, finish_run

    try:
        counted = _do(run)
    except supervise.Stopped:
        _remove_leftovers(run)
        with acting(None):
            fail_run(run_id=run.pk, now=timezone.now(), reason=Reason.BROKEN_OFF)
        raise
    except _FAULTS as fault:
        _say(run, fault)
        with acting(None):
            fail_run(run_id=run.pk, now=timezone.now(), **_words(fault))
        return False
    with acting(None):
        finish_run(run_id=run.pk, now=timezone.now(), counted=counted)
    return True


def _do(run: "BackupRun") -> "Counted":
    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import note_step

    def told(step: str) -> None:
        with acting(None):
            note_step(run_id=run.pk, step=step)

    file = Path(run.place)
    if run.backup_id:
        return counted(proving.prove(file, _scratch_for(run), told=told), file)
    return counted(archive.write(file, told=told), file)


def counted(contents: dict[str, Any], file: Path) -> "Counted":
    """The figures of a contents list."""
    from qiao.desk.operations.backups import Counted

    tables = contents["tables"]
    rows = sum(count for count, _sum in tables.values())
    return Counted(len(tables), rows, len(contents["media"]), file.stat().st_size)


def _words(fault: Exception) -> dict[str, Any]:
    """A fault as the table keeps it: words and numbers of ours, never a text of somebody else."""
    if isinstance(fault, DiskFull):
        return {"reason": fault.reason, "needed": fault.needed, "free": fault.free}
    if isinstance(fault, Differs):
        return {"reason": fault.reason, "differing": fault.differences}
    if isinstance(fault, BackupFailed):
        full = "No space left on device" in str(fault)
        return {"reason": "disk_full" if full else fault.reason}
    if isinstance(fault, OSError):
        return {"reason": "disk_full" if fault.errno == errno.ENOSPC else "file"}
    return {"reason": "database"}


def _say(run: "BackupRun", fault: Exception) -> None:
    """Tell the log; a text of PostgreSQL may quote a row, so its first line must do."""
    first = str(fault).strip().partition("\n")[0]
    print(f"qiao: {run.kind} {run.pk} failed: {first}", file=sys.stderr, flush=True)


def by_command(file: Path, *, with_secrets: bool) -> dict[str, Any]:
    """Write a backup to a file that somebody chose, on the record where there is one.

    Raises:
        CommandError: another run is at work, or it failed.
    """
    environment.set_up_django()
    with turn() as is_ours:
        if not is_ours:
            message = "a backup or a test runs already: wait for its end"
            raise CommandError(message)
        run = _open(file)
        if run is None:
            return archive.write(file, with_secrets=with_secrets)
        return _on_record(run, file, with_secrets=with_secrets)


def _on_record(run: "BackupRun", file: Path, *, with_secrets: bool) -> dict[str, Any]:
    from django.utils import timezone

    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import Reason, fail_run, finish_run

    try:
        contents = archive.write(file, with_secrets=with_secrets)
    except BaseException as fault:
        known = isinstance(fault, _FAULTS)
        words = _words(fault) if known else {"reason": Reason.BROKEN_OFF}  # type: ignore[arg-type]
        with acting(None):
            fail_run(run_id=run.pk, now=timezone.now(), **words)
        raise
    with acting(None):
        finish_run(run_id=run.pk, now=timezone.now(), counted=counted(contents, file))
    return contents


def _open(file: Path) -> "BackupRun | None":
    """Begin a run, or None: the tables of this database may be older than this version."""
    from django.db import ProgrammingError
    from django.utils import timezone

    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import begin_by_command

    now = timezone.now()
    try:
        sweep(now)
        with acting(None):
            return begin_by_command(now=now, place=str(file.resolve()))
    except ProgrammingError:
        print("qiao: not put on the list: its table is missing", file=sys.stderr)
        return None


def settle_restored(file: Path, contents: dict[str, Any]) -> None:
    """After a restore and a migration, let the backup that was read back stand as done."""
    environment.set_up_django()
    from django.utils import timezone

    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import settle_restored as settle

    place = str(file.resolve())
    with acting(None):
        settle(now=timezone.now(), place=place, counted=counted(contents, file))


def adopt(now: datetime) -> None:
    """Put backups of our folder on the list that it does not know: a restore took them off it."""
    from django.conf import settings

    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import adopt_backup
    from qiao.desk.queries.backups import known_places

    folder: Path = settings.QIAO_BACKUPS.resolve()
    known = known_places()
    for file in sorted(folder.glob("qiao-*.tar")):
        if str(file) in known:
            continue
        try:
            figures = counted(proving.listing(file), file)
        except BackupFailed as fault:
            print(f"qiao: not put on the list: {fault}", file=sys.stderr, flush=True)
            continue
        made_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        with acting(None):
            adopt_backup(now=now, place=str(file), made_at=made_at, counted=figures)
