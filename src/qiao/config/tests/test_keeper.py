"""The keeper: backups and tests through the table of runs, what is damaged, killed, too many."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from qiao.config.cli import archive, keeper, proving, runs
from qiao.config.cli.failure import CommandError
from qiao.core import parameters
from qiao.core.actor import Forbidden
from qiao.core.models import AuditEntry, Event
from qiao.core.transactions import acting
from qiao.desk import backup_parameters
from qiao.desk.models import BackupRun
from qiao.desk.operations import backups as operations
from qiao.desk.queries import backups as queries
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.usefixtures("own_database")
PLENTY = 10**15


@pytest.fixture
def place(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> Path:
    """A state folder with two attachments, and no backup by night."""
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        url = urlsplit(os.environ[name])._replace(path=f"/{own_database}")
        monkeypatch.setenv(name, urlunsplit(url))
    monkeypatch.setenv("QIAO_HOME", str(tmp_path))
    monkeypatch.setenv("QIAO_MEDIA", str(tmp_path / "media"))
    monkeypatch.setenv("QIAO_BACKUPS", str(tmp_path / "backups"))
    monkeypatch.setenv("QIAO_FIELD_KEY", "a key")
    settings.QIAO_BACKUPS = tmp_path / "backups"  # type: ignore[attr-defined]
    (tmp_path / "media" / "附件").mkdir(parents=True)
    (tmp_path / "media" / "附件" / "现场.jpg").write_bytes(os.urandom(50_000))
    (tmp_path / "media" / "note.txt").write_text("水表已更换")
    return tmp_path


@pytest.fixture
def company(place: Path) -> Company:
    with transaction.atomic():
        made = make_company()
        set_to(made, backup_parameters.HOUR, backup_parameters.NEVER)
    return made


def set_to(company: Company, key: str, value: object) -> None:
    change = parameters.Change(key, value, timezone.localdate(), "tested")
    parameters.write(change, actor=company.chief, now=timezone.now())


def ask(company: Company) -> BackupRun:
    with acting(company.chief):
        return operations.request_backup(
            actor=company.chief, now=timezone.now(), needed=0, free=PLENTY
        )


def made(company: Company) -> BackupRun:
    run = ask(company)
    keeper.once()
    run.refresh_from_db()
    return run


def proof_of(company: Company, backup: BackupRun) -> BackupRun:
    with acting(company.chief):
        run = operations.request_test(actor=company.chief, now=timezone.now(), backup_id=backup.pk)
    keeper.once()
    run.refresh_from_db()
    return run


_DATABASES = r"SELECT datname FROM pg_database WHERE datname !~ '^qiao_(test|empty)_[0-9a-f]+$'"


def databases() -> set[str]:
    """Those of this server, without the ones that other processes test on meanwhile."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        return {name for (name,) in owner.execute(_DATABASES)}


def flip(file: Path, at: int) -> None:
    with file.open("r+b") as raw:
        raw.seek(at)
        byte = raw.read(1)[0]
        raw.seek(at)
        raw.write(bytes([byte ^ 0xFF]))


def test_a_backup_through_the_queue_is_tested_equal_and_leaves_nothing_behind(
    company: Company, place: Path
) -> None:
    before = databases()
    backup = made(company)
    assert backup.state == "done", backup.reason
    assert (backup.file_count, backup.requested_by_id) == (2, company.chief.person_id)
    assert Path(backup.place).stat().st_size == backup.size_bytes
    assert Path(backup.place).stat().st_mode & 0o077 == 0
    test = proof_of(company, backup)
    assert test.state == "done", test.reason
    assert (test.row_count, test.table_count, test.file_count) == (
        backup.row_count, backup.table_count, 2
    )  # fmt: skip
    assert databases() == before
    assert [path.name for path in (place / "backups").iterdir()] == [Path(backup.place).name]
    names = list(
        Event.objects.filter(name__startswith="desk.backup").values_list("name", flat=True)
    )
    assert sorted(names) == ["desk.backup_ended"] * 2 + ["desk.backup_requested"] * 2
    asked = AuditEntry.objects.filter(table_name="desk_backuprun", row_id=backup.pk)
    assert asked.order_by("id").values_list("actor_id", flat=True)[0] == company.chief.person_id


@pytest.mark.parametrize("part", [b"PGDMP", "水表已更换".encode()])
def test_a_flipped_byte_in_the_dump_or_in_a_file_is_told(company: Company, part: bytes) -> None:
    backup = made(company)
    file = Path(backup.place)
    flip(file, file.read_bytes().index(part) + 3)
    test = proof_of(company, backup)
    assert (test.state, test.reason) == ("failed", "damaged")
    assert queries.last_good() is None
    assert f".test-{test.pk}" not in {path.name for path in file.parent.iterdir()}


def test_what_differs_when_it_is_read_back_is_named(company: Company, place: Path) -> None:
    backup = made(company)
    file = Path(backup.place)
    folder = place / "again"
    folder.mkdir()
    contents = archive.unpack(file, folder)
    contents["tables"]["public.staff_staff"][0] += 1
    with file.open("wb") as raw:
        archive._pack(raw, folder / "database.dump", contents, with_secrets=False)  # noqa: SLF001
    test = proof_of(company, backup)
    assert (test.reason, test.differing) == ("differs", ["public.staff_staff"])


def test_a_missing_file_and_another_key_are_told(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = made(company)
    monkeypatch.setenv("QIAO_FIELD_KEY", "another")
    assert proof_of(company, backup).reason == "other_key"
    Path(backup.place).unlink()
    assert proof_of(company, backup).reason == "missing"


def test_a_full_disk_is_told_before_the_beginning(
    company: Company, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(operations.DiskTooFull), acting(company.chief):
        operations.request_backup(actor=company.chief, now=timezone.now(), needed=2, free=1)
    monkeypatch.setattr(archive, "bytes_needed", lambda **_sizes: PLENTY)
    run = made(company)
    assert (run.state, run.reason, run.needed_bytes) == ("failed", "disk_full", PLENTY)
    assert list((place / "backups").iterdir()) == []


def wait_for(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_run_is_told_broken_off_and_cleaned(company: Company, place: Path) -> None:
    """SIGKILL in the middle of a test: the scratch database and folder go at the next run."""
    backup = made(company)
    with acting(company.chief):
        run = operations.request_test(actor=company.chief, now=timezone.now(), backup_id=backup.pk)
    environment = os.environ | {"QIAO_DEMO": "1", "QIAO_SECRET_KEY": "x" * 50}
    environment.pop("QIAO_EMBEDDED", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "qiao.config.cli", "keeper", "--once"], env=environment
    )
    scratch = proving.scratch_for(run.pk, place / "backups")
    try:
        wait_for(lambda: scratch.database in databases() or process.poll() is not None)
        assert process.poll() is None
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run.refresh_from_db()
    assert run.state == "running"
    wait_for(lambda: not queries.standing().is_alive)
    assert scratch.folder.is_dir()
    keeper.once()
    run.refresh_from_db()
    assert (run.state, run.reason) == ("failed", "broken_off")
    assert not scratch.folder.exists()
    assert scratch.database not in databases()
    assert proof_of(company, backup).state == "done"


def test_a_backup_that_was_broken_off_leaves_no_part_of_a_file(
    company: Company, place: Path
) -> None:
    run = ask(company)
    file = place / "backups" / "qiao-1.tar"
    with acting(None):
        operations.begin_run(run_id=run.pk, now=timezone.now(), place=str(file), is_ours=True)
    archive.scratch_of(file).mkdir(parents=True)
    (archive.scratch_of(file) / "database.dump").write_bytes(b"half")
    keeper.once()
    run.refresh_from_db()
    assert run.reason == "broken_off"
    assert list((place / "backups").iterdir()) == []


def test_only_one_at_a_time(company: Company, place: Path) -> None:
    ask(company)
    with pytest.raises(operations.AlreadyRunning):
        ask(company)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
        other.execute("SELECT pg_advisory_lock(7432, 1)")
        assert queries.standing().is_alive
        keeper.once()
        assert queries.waiting_run() is not None
        with pytest.raises(CommandError, match="runs already"):
            runs.by_command(place / "one.tar", with_secrets=False)
    keeper.once()
    assert queries.waiting_run() is None


def test_a_command_stands_in_the_list_and_its_file_is_never_deleted(
    company: Company, place: Path
) -> None:
    with transaction.atomic():
        set_to(company, backup_parameters.KEPT, 2)
    runs.by_command(place / "mine.tar", with_secrets=False)
    ours = [Path(made(company).place) for _each in range(3)]
    by_hand = BackupRun.objects.get(origin="command")
    assert (by_hand.state, by_hand.place) == ("done", str(place / "mine.tar"))
    assert (place / "mine.tar").is_file()
    assert [file.is_file() for file in ours] == [False, True, True]
    states = list(BackupRun.objects.order_by("id").values_list("state", flat=True))
    assert states == ["done", "removed", "done", "done"]
    assert len(queries.list_backups()) == 3


def test_a_restored_list_tells_of_the_backup_that_it_came_from(
    company: Company, place: Path
) -> None:
    """In the dump its own run still runs; after a restore it stands there as done."""
    run = ask(company)
    with acting(None):
        operations.begin_run(
            run_id=run.pk, now=timezone.now(), place=str(place / "one.tar"), is_ours=True
        )
    contents = archive.write(place / "one.tar")
    archive.read(place / "one.tar", force=True)
    # as `./qiao migrate` does after a restore: the plain role's rights are not in the dump
    subprocess.run(
        [sys.executable, "-m", "qiao.config.cli", "migrate", "--quiet"],
        env={k: v for k, v in os.environ.items() if k != "QIAO_EMBEDDED"},
        check=True,
    )
    runs.settle_restored(place / "one.tar", contents)
    run.refresh_from_db()
    assert (run.state, run.file_count, run.is_ours) == ("done", 2, False)


def test_backups_that_a_restore_took_off_the_list_come_back_to_it(
    company: Company, place: Path
) -> None:
    first, second = made(company), made(company)
    BackupRun.objects.filter(pk=second.pk).delete()
    (place / "backups" / "qiao-broken.tar").write_bytes(b"no tar")
    runs.adopt(timezone.now())
    runs.adopt(timezone.now())
    found = BackupRun.objects.exclude(pk=first.pk).get()
    assert (found.place, found.row_count) == (second.place, second.row_count)
    assert [one.run_id for one in queries.held_backups()] == [found.pk, first.pk]
    assert proof_of(company, found).state == "done"


def test_the_clock_asks_once_a_night_and_tests_once_a_week(company: Company) -> None:
    local = timezone.localtime()
    with transaction.atomic():
        set_to(company, backup_parameters.HOUR, f"{local:%H}")
    keeper.once()
    keeper.once()
    keeper.once()
    kinds = list(BackupRun.objects.order_by("id").values_list("kind", "origin", "state"))
    assert kinds == [("backup", "schedule", "done"), ("test", "schedule", "done")]
    BackupRun.objects.filter(kind="backup").update(requested_at=local - timedelta(days=1, hours=1))
    keeper.once()
    assert queries.waiting_run() is None
    assert BackupRun.objects.count() == 3


def test_only_who_operates_the_whole_company_may_ask(company: Company) -> None:
    now = timezone.now()
    with pytest.raises(Forbidden), acting(company.agent):
        operations.request_backup(actor=company.agent, now=now, needed=0, free=PLENTY)
    backup = made(company)
    with pytest.raises(Forbidden), acting(company.agent):
        operations.request_test(actor=company.agent, now=now, backup_id=backup.pk)
    with pytest.raises(operations.BackupMissing), acting(company.chief):
        operations.request_test(actor=company.chief, now=now, backup_id=backup.pk + 99)
    with pytest.raises(ObjectDoesNotExist), acting(None):
        operations.finish_run(run_id=backup.pk, now=now, counted=operations.Counted(1, 1, 1, 1))
