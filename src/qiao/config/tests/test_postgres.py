"""The life of the embedded server: start, crash, share, stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from qiao.config import postgres


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("a state, folder")
    yield place
    postgres.stop(place)


@pytest.fixture
def server(home: Path) -> Iterator[Path]:
    with postgres.server(home):
        yield home


def _owner(home: Path) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(postgres.owner_url(home), autocommit=True)


def test_rows_survive_kill_9_and_a_new_start(server: Path) -> None:
    with _owner(server) as owner:
        owner.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = postgres.process_id(server)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    postgres.start(server)
    with _owner(server) as owner:
        assert owner.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    assert postgres.process_id(server) != pid


def test_the_server_listens_on_no_port_and_its_socket_folder_is_private(server: Path) -> None:
    with _owner(server) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
    assert postgres.socket_folder(server).stat().st_mode & 0o077 == 0


def test_the_role_of_web_and_worker_is_plain(server: Path) -> None:
    with psycopg.connect(postgres.app_url(server)) as app:
        row = app.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication,"
            " pg_has_role(current_user, 'qiao_owner', 'MEMBER')"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False,) * 6
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (n int)")


def test_writes_are_durable_and_pages_are_checked(server: Path) -> None:
    with _owner(server) as owner:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert owner.execute(f"SHOW {name}").fetchone() == ("on",), name


def test_chinese_text_has_trigrams(server: Path) -> None:
    with _owner(server) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        found = owner.execute("SELECT show_trgm('中文')").fetchone()
    assert found is not None
    assert found[0]
    assert postgres.check_server(postgres.app_url(server)).startswith("18")


def test_a_database_that_cannot_search_chinese_is_refused(server: Path) -> None:
    with _owner(server) as owner:
        owner.execute("CREATE DATABASE plain_c TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc")
    with pytest.raises(postgres.PostgresError, match="cannot search Chinese"):
        postgres.check_server(postgres.owner_url(server, "plain_c"))


def test_an_absent_server_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(postgres.PostgresError, match="does not answer"):
        postgres.check_server(postgres.app_url(tmp_path))


def test_the_last_command_to_leave_stops_the_server(server: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from qiao.config import postgres\n"
        "with postgres.server(Path(sys.argv[1])): print('up', flush=True); sys.stdin.readline()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "up\n"
    postgres.stop(server)
    assert postgres.running(server)
    other.communicate("\n", timeout=30)
    assert not postgres.running(server)
    assert postgres.process_id(server) is None
    postgres.start(server)


def test_a_reference_dies_with_a_killed_command(server: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from qiao.config import postgres\n"
        "postgres.start(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(server)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "up\n"
        other.kill()
    postgres.stop(server)
    assert not postgres.running(server)
    postgres.start(server)


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(home: Path) -> None:
    with postgres.server(home):
        pass
    stale = (home / "pg" / "postmaster.pid").open("w")
    stale.write(f"{os.getpid()}\n{home / 'pg'}\n0\n5432\n\n\n0 0\n")
    stale.close()
    with postgres.server(home):
        assert postgres.running(home)


def test_a_socket_path_too_long_for_the_system_moves_to_a_short_private_folder(
    tmp_path: Path,
) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    folder = postgres.socket_folder(deep)
    assert len(str(folder / ".s.PGSQL.5432")) <= 107
    assert folder != postgres.socket_folder(deep / "other")
    with postgres.server(deep):
        assert postgres.running(deep)
        assert folder.stat().st_mode & 0o077 == 0


def test_a_socket_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "run").symlink_to(elsewhere)
    with pytest.raises(postgres.PostgresError, match="belongs to somebody else"):
        postgres.start(tmp_path)
    postgres.stop(tmp_path)


def test_a_failed_start_shows_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.server(tmp_path):
        pass
    (tmp_path / "pg" / "postgresql.conf").write_text("no_such_setting = 1\n")
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(postgres.PostgresError, match="no_such_setting"):
        postgres.start(tmp_path)
    postgres.stop(tmp_path)
