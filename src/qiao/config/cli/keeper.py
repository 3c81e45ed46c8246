"""`./qiao keeper`: makes and tests the backups that are asked for on the page or by the clock.

The only process besides commands that has the rights of the database's owner. It serves nothing
and takes no word from outside but rows of the table of runs.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from qiao.config.cli import environment, runs, supervise
from qiao.desk.rules.backups import KEEPER_LOCK, LOCK, TEST_EVERY, is_night_due, surplus

_PAUSE_SECONDS = 1.0
_CLOCK_SECONDS = 20.0
_AFTER_TROUBLE_SECONDS = 5.0
_NICE = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--once", action="store_true", help="do what waits or is due, then end")


def run(args: argparse.Namespace) -> int:
    """Keep until told to stop."""
    supervise.stop_on_signals()
    with environment.database():
        environment.set_up_django()
        from qiao.core.grants import assert_plain_role

        assert_plain_role()
        os.nice(_NICE)  # whoever speaks with a customer comes first
        with suppress(supervise.Stopped):
            if args.once:
                once()
            else:
                _keep()  # never returns
    return 0


def _keep() -> None:
    from django.db import Error, connection

    while True:
        try:
            with _presence() as only:
                _stand_by(only)
        except (Error, psycopg.Error) as trouble:
            print(f"qiao: keeper: {type(trouble).__name__}, trying again", file=sys.stderr)
            with suppress(Error):
                connection.close()
        time.sleep(_AFTER_TROUBLE_SECONDS)


def _stand_by(only: "psycopg.Connection[Any] | None") -> None:
    """As the only keeper, look for what waits each second, and at the clock now and then."""
    from django.utils import timezone

    clock_at = 0.0
    if only:
        runs.adopt(timezone.now())
    while only:
        if time.monotonic() >= clock_at:
            _ask_by_night(timezone.now())
            clock_at = time.monotonic() + _CLOCK_SECONDS
        _look()
        only.execute("SELECT 1")
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def _presence() -> Iterator["psycopg.Connection[Any] | None"]:
    """Let the page know that a keeper lives; a second one stands by until the first has gone."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK, KEEPER_LOCK]
        ).fetchone()
        yield connection if row and row[0] else None


def once() -> None:
    """Do what waits or is due. Raises `Stopped`."""
    from django.utils import timezone

    _ask_by_night(timezone.now())
    _look()


def _look() -> None:
    from django.utils import timezone

    from qiao.desk.queries.backups import running_runs, waiting_run

    if waiting_run() is None and not running_runs():
        return
    with runs.turn() as is_ours:
        if not is_ours:
            return  # a command is at work
        runs.sweep(timezone.now())
        _do_waiting(timezone.now())


def _do_waiting(now: datetime) -> None:
    from qiao.core.transactions import acting
    from qiao.desk.operations.backups import begin_run
    from qiao.desk.queries.backups import waiting_run

    waiting = waiting_run()
    if waiting is None:
        return
    place = waiting.backup.place if waiting.backup else str(_new_file(waiting.pk, now))
    with acting(None):
        begun = begin_run(run_id=waiting.pk, now=now, place=place, is_ours=waiting.backup is None)
    if runs.perform(begun) and not begun.backup_id:
        _remove_surplus(now)
        if begun.origin == "schedule":
            _ask_for_test(begun.pk, now)


def _new_file(run_id: int, now: datetime) -> Path:
    from django.conf import settings

    folder: Path = settings.QIAO_BACKUPS
    return folder.resolve() / f"qiao-{_local(now):%Y%m%d-%H%M%S}-{run_id}.tar"


def _local(now: datetime) -> datetime:
    from qiao.staff.queries import company_id, organisation

    return now.astimezone(ZoneInfo(organisation(company_id()).timezone))


def _ask_by_night(now: datetime) -> None:
    """Ask for the backup of the night once its hour has come."""
    from django.conf import settings

    from qiao.core.transactions import acting
    from qiao.desk.backup_parameters import night_hour
    from qiao.desk.operations.backups import AlreadyRunning, request_by_clock
    from qiao.desk.queries.backups import asked_by_clock_at
    from qiao.staff.queries import companies

    if not companies():
        return
    local = _local(now)
    # A demonstration that is started in the morning does not make up for its night.
    grace = timedelta(hours=1) if settings.DEMO else timedelta(days=1)
    hour, asked_at = night_hour(local.date()), asked_by_clock_at("backup")
    if is_night_due(now=local, hour=hour, asked_at=asked_at, grace=grace):
        with suppress(AlreadyRunning), acting(None):
            request_by_clock(now=now)


def _ask_for_test(backup_id: int, now: datetime) -> None:
    from qiao.core.transactions import acting
    from qiao.desk.backup_parameters import is_tested_weekly
    from qiao.desk.operations.backups import AlreadyRunning, request_by_clock
    from qiao.desk.queries.backups import tested_at

    last = tested_at()
    if is_tested_weekly(_local(now).date()) and (last is None or now - last >= TEST_EVERY):
        with suppress(AlreadyRunning), acting(None):
            request_by_clock(now=now, backup_id=backup_id)


def _remove_surplus(now: datetime) -> None:
    """Delete old backups of our own folder: the file first, for a row without its file can be
    marked again, a file without its row would stay for ever."""
    from qiao.core.transactions import acting
    from qiao.desk.backup_parameters import backups_kept
    from qiao.desk.models import BackupRun
    from qiao.desk.operations.backups import mark_removed
    from qiao.desk.queries.backups import held_backups

    for run_id in surplus(held_backups(), keep=backups_kept(_local(now).date())):
        file = Path(BackupRun.objects.get(pk=run_id).place)
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            print(f"qiao: keeper: {file} stays: {error.strerror}", file=sys.stderr)
            continue
        with acting(None):
            mark_removed(run_id=run_id, now=now)
