"""Backup and restore: what comes back is what went in."""

import os
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from qiao.config.cli import archive
from qiao.config.cli.failure import CommandError


def _url(database: str) -> str:
    url = os.environ["DATABASE_OWNER_URL"]
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[str]:
    name = f"qiao_empty_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(_url("postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in `first` with attachments; `_move_to` moves to another place."""
    monkeypatch.setenv("QIAO_FIELD_KEY", "a key")
    media = tmp_path / "first" / "media"
    (media / "2026" / "附件").mkdir(parents=True)
    (media / "2026" / "附件" / "现场照片.jpg").write_bytes(os.urandom(100_000))
    (media / "note.txt").write_text("水表已更换")
    return tmp_path


def _move_to(monkeypatch: pytest.MonkeyPatch, home: Path, database: str) -> None:
    monkeypatch.setenv("QIAO_HOME", str(home))
    monkeypatch.setenv("QIAO_MEDIA", str(home / "media"))
    monkeypatch.setenv("DATABASE_OWNER_URL", _url(database))


def _fill(database: str) -> None:
    with psycopg.connect(_url(database)) as owner:
        owner.execute("CREATE TABLE extra (n bigint PRIMARY KEY, name text, at timestamptz)")
        owner.execute(
            "INSERT INTO extra SELECT n, '客户' || n, now() FROM generate_series(1, 500) n"
        )


def test_a_backup_restored_into_an_empty_place_compares_equal(
    own_database: str, empty_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(own_database)
    _move_to(monkeypatch, place / "first", own_database)
    contents = archive.write(place / "backup.tar")
    _move_to(monkeypatch, place / "second", empty_database)
    archive.read(place / "backup.tar")
    with psycopg.connect(_url(empty_database)) as restored:
        assert archive.table_sums(restored) == contents["tables"]
    assert contents["tables"]["public.extra"][0] == 500
    assert archive.media_hashes(place / "second" / "media") == contents["media"]
    assert len(contents["media"]) == 2


def test_a_changed_row_and_a_changed_file_are_told_apart(
    own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(own_database)
    _move_to(monkeypatch, place / "first", own_database)
    before = archive.write(place / "one.tar")
    with psycopg.connect(_url(own_database)) as owner:
        owner.execute("UPDATE extra SET name = '客户' WHERE n = 7")
    (place / "first" / "media" / "note.txt").write_text("水表未更换")
    after = archive.write(place / "two.tar")
    words = archive.compare(before, after)
    assert [line.split(":")[0] for line in words] == ["tables public.extra", "media note.txt"]


def test_a_place_with_data_is_not_overwritten_without_force(
    own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move_to(monkeypatch, place / "first", own_database)
    contents = archive.write(place / "backup.tar")
    _fill(own_database)
    with pytest.raises(CommandError, match="already holds data"):
        archive.read(place / "backup.tar")
    archive.read(place / "backup.tar", force=True)
    with psycopg.connect(_url(own_database)) as owner:
        assert archive.table_sums(owner) == contents["tables"]


def test_a_damaged_backup_changes_nothing(
    own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move_to(monkeypatch, place / "first", own_database)
    archive.write(place / "backup.tar")
    content = bytearray((place / "backup.tar").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (place / "backup.tar").write_bytes(content)
    with psycopg.connect(_url(own_database)) as owner:
        before = archive.table_sums(owner)
    with pytest.raises(CommandError, match="damaged"):
        archive.read(place / "backup.tar", force=True)
    with psycopg.connect(_url(own_database)) as owner:
        assert archive.table_sums(owner) == before


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "media/../../outside"])  # noqa: S108
def test_a_backup_cannot_write_outside_its_place(
    name: str, own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move_to(monkeypatch, place / "first", own_database)
    with tarfile.open(place / "evil.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(CommandError, match="unexpected entry"):
        archive.read(place / "evil.tar", force=True)


def test_a_backup_of_another_field_key_is_refused(
    own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move_to(monkeypatch, place / "first", own_database)
    archive.write(place / "backup.tar")
    monkeypatch.setenv("QIAO_FIELD_KEY", "another key")
    with pytest.raises(CommandError, match="another field key"):
        archive.read(place / "backup.tar", force=True)


def test_the_backup_file_is_private(
    own_database: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move_to(monkeypatch, place / "first", own_database)
    archive.write(place / "backup.tar")
    assert (place / "backup.tar").stat().st_mode & 0o077 == 0
