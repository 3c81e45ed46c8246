"""The test of a backup: read back into a scratch database and a scratch folder, and compared."""

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from qiao.config.cli import archive, environment
from qiao.config.cli.backup_faults import Damaged, Differs, Missing, NotAllowed

_NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where a backup is tried: a database beside ours, and a folder."""

    database: str
    folder: Path


def scratch_for(run_id: int, folder: Path) -> Scratch:
    """The places of one run; no other installation on the same server has the same database."""
    own = urlsplit(os.environ["DATABASE_OWNER_URL"]).path.lstrip("/")
    tail = f"_test_{run_id}"
    return Scratch(f"{own[: _NAME_BYTES - len(tail)]}{tail}", folder / f".test-{run_id}")


def prove(file: Path, scratch: Scratch, *, told: archive.Told = archive.silent) -> dict[str, Any]:
    """Restore a backup beside everything, compare rows and files; return its contents list.

    Nothing of it stays, whatever happens.

    Raises:
        BackupFailed: it cannot be tested, or it is no good; `reason` says why.
    """
    if not file.is_file():
        message = f"there is no file {file}"
        raise Missing(message)
    clear(scratch)
    scratch.folder.mkdir(mode=0o700, parents=True)
    try:
        told("unpack")
        _require_room(file, scratch.folder)
        contents = archive.unpack(file, scratch.folder)
        if not (scratch.folder / "secrets.env").is_file():
            archive.require_key(contents["field_key"])
        told("load")
        with _database(scratch.database) as url:
            archive.load(url, scratch.folder / "database.dump")
            told("compare")
            with psycopg.connect(url) as connection:
                sums = archive.table_sums(connection)
    finally:
        clear(scratch)
    # The files were compared with the list when they were laid out.
    names = [name for _kind, name in archive.differing(contents, contents | {"tables": sums})]
    if names:
        message = f"{file} differs when it is read back: {', '.join(names[:5])}"
        raise Differs(message, names)
    return contents


def listing(file: Path) -> dict[str, Any]:
    """Read the list of a backup without laying it out.

    Raises:
        Damaged: it is no backup, or not whole.
    """
    try:
        with tarfile.open(file) as tar:
            source = tar.extractfile("contents.json")
            assert source is not None
            contents: dict[str, Any] = json.load(source)
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        message = f"{file} is not a backup of Qiao, or is damaged: {error}"
        raise Damaged(message) from error
    return contents


def clear(scratch: Scratch) -> None:
    """Drop what a test used, if it is there."""
    shutil.rmtree(scratch.folder, ignore_errors=True)
    with _server() as owner:
        owner.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(scratch.database)
            )
        )


def _require_room(file: Path, folder: Path) -> None:
    needed = file.stat().st_size
    if environment.own_server():  # its files stand on this machine
        with _server() as owner:
            row = owner.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        needed += row[0]
    archive.require_room(folder, needed)


def _server() -> "psycopg.Connection[Any]":
    return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)


@contextmanager
def _database(name: str) -> Iterator[str]:
    """Make an empty database that sorts and compares as ours does; give its address."""
    url = os.environ["DATABASE_OWNER_URL"]
    with _server() as owner:
        row = owner.execute(
            "SELECT to_jsonb(d) FROM pg_database d WHERE datname = current_database()"
        ).fetchone()
        assert row is not None
        try:
            owner.execute(_create(name, row[0]))
        except psycopg.errors.InsufficientPrivilege as error:
            message = (
                "the owner's role may not create a database, which a test needs:"
                " ALTER ROLE … CREATEDB"
            )
            raise NotAllowed(message) from error
    yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _create(name: str, like: dict[str, Any]) -> sql.Composed:
    """The statement for a database with the locale of another (a row of pg_database)."""
    words = {
        "TEMPLATE": "template0",
        "ENCODING": "UTF8",
        "LC_COLLATE": like["datcollate"],
        "LC_CTYPE": like["datctype"],
    }
    # PostgreSQL 17 knows a provider of its own and renamed the column.
    provider = {"i": "icu", "b": "builtin"}.get(like.get("datlocprovider", "c"))
    if provider:
        words["LOCALE_PROVIDER"] = provider
        words["BUILTIN_LOCALE" if provider == "builtin" else "ICU_LOCALE"] = like.get(
            "datlocale"
        ) or like.get("daticulocale")
    options = [sql.SQL("{} {}").format(sql.SQL(key), sql.Literal(value))
               for key, value in words.items()]  # fmt: skip
    return sql.SQL("CREATE DATABASE {} {}").format(
        sql.Identifier(name), sql.SQL(" ").join(options)
    )
