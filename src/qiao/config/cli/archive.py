"""A backup file: a tar of `database.dump` (pg_dump), `media/…` and `contents.json`."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qiao.config import postgres
from qiao.config.cli import environment, supervise
from qiao.config.cli.backup_faults import BackupFailed, Damaged, Differs, DiskFull, OtherKey
from qiao.config.cli.failure import CommandError
from qiao.desk.rules.backups import TABLE_BYTES, bytes_needed

FORMAT = 1
_CHUNK = 1024 * 1024
_CLEAR = b"""SET lock_timeout = '5s';
DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


Told = Callable[[str], None]


def silent(_step: str) -> None:
    """Tell nobody of the steps."""


def write(file: Path, *, with_secrets: bool = False, told: Told = silent) -> dict[str, Any]:
    """Write the backup; return its contents list. `told` hears of each step.

    Rows and their checksums come from one snapshot. Files are read after it: what was added
    meanwhile is in the backup too, and harmless; what was erased meanwhile is left out.

    Raises:
        BackupFailed: the disk has too little room, or a program of PostgreSQL failed.
    """
    url = os.environ["DATABASE_OWNER_URL"]
    file = file.resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    require_room(file.parent, _needed(url))
    folder = scratch_of(file)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        dump, draft = folder / "database.dump", folder / "draft.tar"
        told("dump")
        contents = {"format": FORMAT, "tables": _dump(url, dump), "field_key": _key_print()}
        contents["dump"] = _hash(dump)
        told("files")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as raw:
            _pack(raw, dump, contents, with_secrets=with_secrets)
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _stamp(file)
    return contents


def scratch_of(file: Path) -> Path:
    """The folder beside a backup in which it is put together; a killed run leaves it behind."""
    return file.with_name(f".{file.name}.part")


def require_room(folder: Path, needed: int) -> None:
    """Raises `DiskFull` if less than `needed` bytes are free there."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(folder, needed=needed, free=free)


def _needed(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(TABLE_BYTES).fetchone()
    assert row is not None
    media = sum(path.stat().st_size for path in _files(media_folder()))
    return bytes_needed(table_bytes=row[0], media_bytes=media)


def _stamp(file: Path) -> None:
    """Leave word of the last backup in the state folder, for the page that warns of its age."""
    found = file.stat()
    at = datetime.fromtimestamp(found.st_mtime, UTC).isoformat()
    kept = {"at": at, "file": str(file), "size": found.st_size}
    draft = environment.home() / f"last_backup.{os.getpid()}"
    draft.write_text(json.dumps(kept))
    draft.replace(environment.home() / "last_backup.json")


def read(file: Path, *, force: bool = False) -> dict[str, Any]:
    """Restore a backup and compare it with the list inside; return the list.

    Raises:
        CommandError: not a backup, damaged, or the place is not empty (and no `force`).
    """
    url = os.environ["DATABASE_OWNER_URL"]
    _require_empty(url, force=force)
    with tempfile.TemporaryDirectory(dir=environment.home()) as folder:
        contents = unpack(file, Path(folder))
        _install_secrets(Path(folder) / "secrets.env", contents["field_key"])
        load(url, Path(folder) / "database.dump")
        _swap_media(Path(folder) / "media")
    with psycopg.connect(url) as connection:
        found = {"tables": table_sums(connection), "media": media_hashes(media_folder())}
    differences = compare(contents, found)
    if differences:
        message = "the restored data differ from the backup:\n" + "\n".join(differences)
        raise Differs(message, [name for _kind, name in differing(contents, found)])
    return contents


def compare(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return how two contents lists differ: tables by rows and sum, files by hash."""
    return [
        f"{kind} {name}: {wanted[kind].get(name)} became {found[kind].get(name)}"
        for kind, name in differing(wanted, found)
    ]


def differing(wanted: dict[str, Any], found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what differs: `tables` or `media`, and the name."""
    return [
        (kind, name)
        for kind in ("tables", "media")
        for name in sorted(wanted[kind].keys() | found[kind].keys())
        if wanted[kind].get(name) != found[kind].get(name)
    ]


def table_sums(connection: "psycopg.Connection[Any]") -> dict[str, list[Any]]:
    """Return table → [rows, sum over all rows of a hash of the row]; leaves of partitions too."""
    tables = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend d"
        "   WHERE d.objid = c.oid AND d.deptype = 'e')"
    ).fetchall()
    sums = {}
    for schema, name in sorted(tables):
        query = sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"
        ).format(sql.Identifier(schema, name))
        row = connection.execute(query).fetchone()
        assert row is not None
        sums[f"{schema}.{name}"] = list(row)
    return sums


def media_folder() -> Path:
    """Return the folder of the attachments."""
    return Path(os.environ.get("QIAO_MEDIA") or environment.home() / "media")


def media_hashes(folder: Path) -> dict[str, str]:
    """Return path below the folder → SHA-256, in hexadecimal."""
    return {path.relative_to(folder).as_posix(): _hash(path) for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _dump(url: str, dump: Path) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        words = ["--format=custom", "--compress=gzip:3", f"--snapshot={row[0]}", f"--file={dump}"]
        _tool("pg_dump", words, url)
        return table_sums(connection)


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address and an environment with its password: every user sees arguments of programs."""
    words = conninfo_to_dict(url)
    password = words.pop("password", None)
    given = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    return make_conninfo("", **words), given


def _tool(name: str, words: list[str], url: str) -> None:
    target, given = _without_password(url)
    done = subprocess.run(
        [postgres.binary(name), *words, f"--dbname={target}"],
        env=given,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=supervise.BOUND,
    )
    if done.returncode:
        message = f"{name} failed:\n{done.stderr.strip()}"
        raise BackupFailed(message)


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sum.update(data)
        return data


def _pack(raw: Any, dump: Path, contents: dict[str, Any], *, with_secrets: bool) -> None:
    """Fill the tar; the list of the files in it is complete only at its end, and stands there."""
    media = media_folder()
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=raw, mode="w") as tar:
        tar.add(dump, "database.dump")
        if with_secrets:
            tar.add(environment.home() / "secrets.env", "secrets.env")
        for path in _files(media):
            name = path.relative_to(media).as_posix()
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue  # erased meanwhile
            with file:
                reader = _Hashing(file)
                tar.addfile(tar.gettarinfo(arcname=f"media/{name}", fileobj=file), reader)
                hashes[name] = reader.sum.hexdigest()
        contents["media"] = hashes
        listing = dump.with_name("contents.json")
        listing.write_text(json.dumps(contents))
        tar.add(listing, "contents.json")


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Lay the parts of a backup out in a folder, compared with its list; return the list.

    Raises:
        Damaged: it is no backup, or not as it was written.
        CommandError: it has a format that this version does not read.
    """
    try:
        with tarfile.open(file) as tar:
            for member in _safe_members(tar):
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source is not None
                with target.open("wb") as out:
                    shutil.copyfileobj(source, out, _CHUNK)
        contents: dict[str, Any] = json.loads((folder / "contents.json").read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        message = f"{file} is not a backup of Qiao, or is damaged: {error}"
        raise _disk_or(Damaged(message), error, folder, file) from error
    if contents.get("format") != FORMAT:
        message = f"{file} has format {contents.get('format')}, this version reads {FORMAT}"
        raise CommandError(message)
    dump = folder / "database.dump"
    whole = dump.is_file() and _hash(dump) == contents["dump"]
    if not whole or media_hashes(folder / "media") != contents["media"]:
        message = f"{file} is damaged: its parts do not match its list"
        raise Damaged(message)
    return contents


def _disk_or(damaged: Damaged, error: Exception, folder: Path, file: Path) -> BackupFailed:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        free = shutil.disk_usage(folder).free
        return DiskFull(folder, needed=file.stat().st_size, free=free)
    return damaged


def _safe_members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        path = PurePosixPath(member.name)
        if not member.isreg() or path.is_absolute() or ".." in path.parts:
            message = f"unexpected entry {member.name!r}"
            raise tarfile.TarError(message)
        yield member


def _require_empty(url: str, *, force: bool) -> None:
    if force:
        return
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").rowcount
    if tables or media_hashes(media_folder()):
        message = "this place already holds data: restore elsewhere (QIAO_HOME), or give --force"
        raise CommandError(message)


def load(url: str, dump: Path) -> None:
    """Replace everything by the dump, in one transaction: a failure leaves the old rows.

    Raises:
        BackupFailed: PostgreSQL refused it.
    """
    words = ["--no-owner", "--no-privileges", "--file=-", str(dump)]
    address, given = _without_password(url)
    into = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [postgres.binary("pg_restore"), *words],
            stdout=subprocess.PIPE,
            stderr=said,
            preexec_fn=supervise.BOUND,  # noqa: PLW1509
        ) as source,
        subprocess.Popen(
            [postgres.binary("psql"), *into, f"--dbname={address}", "--output=/dev/null"],
            env=given,
            stdin=subprocess.PIPE,
            stderr=said,
            preexec_fn=supervise.BOUND,  # noqa: PLW1509
        ) as target,
    ):
        assert source.stdout is not None
        assert target.stdin is not None
        try:
            target.stdin.write(_CLEAR)
            for line in source.stdout:
                if line.startswith(b"SET transaction_timeout"):  # unknown before PostgreSQL 17
                    break
                target.stdin.write(line)
            shutil.copyfileobj(source.stdout, target.stdin, _CHUNK)
            if source.wait():
                target.kill()  # the end of its input would make it commit half of the data
            target.stdin.close()
        except BrokenPipeError:
            source.kill()
        except BaseException:  # Ctrl-C: the end of its input would make psql commit half
            target.kill()
            source.kill()
            raise
        if target.wait() or source.wait():
            said.seek(0)
            text = said.read().decode(errors="replace").strip()
            hint = "stop web and worker first: " if "lock timeout" in text else ""
            message = f"the database was not restored, nothing changed: {hint}{text}"
            raise BackupFailed(message)


def _swap_media(restored: Path) -> None:
    media = media_folder()
    if media.is_dir():
        shutil.rmtree(media)
    media.parent.mkdir(parents=True, exist_ok=True)
    if restored.is_dir():
        shutil.move(restored, media)
    else:
        media.mkdir()


def _install_secrets(found: Path, wanted: str) -> None:
    """Take the keys of the backup, if it carries them; else ours must be the same."""
    if found.is_file():
        own = environment.home() / "secrets.env"
        shutil.copyfile(found, own)
        own.chmod(0o600)
        return
    require_key(wanted)


def require_key(wanted: str) -> None:
    """Raises `OtherKey` unless our field key has this print."""
    if wanted != _key_print():
        message = (
            "the backup was made with another field key, without which its encrypted numbers"
            " stay closed: put its secrets.env into the state folder first"
        )
        raise OtherKey(message)


def _key_print() -> str:
    key = os.environ.get("QIAO_FIELD_KEY", "")
    return hashlib.sha256(f"qiao backup {key}".encode()).hexdigest()[:16]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
