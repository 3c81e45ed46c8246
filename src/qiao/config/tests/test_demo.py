"""`./qiao demo` from outside: it survives kills, keeps its data, and leaves nothing running."""

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from qiao.config import postgres
from qiao.config.cli.environment import PROJECT

pytestmark = pytest.mark.slow


class Demo:
    """A running demo: what it has said so far, and its processes."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.said = home, port, ""
        ours = ("QIAO_HOME", "QIAO_EMBEDDED", "QIAO_ASSETS", "QIAO_MEDIA", "DATABASE_")
        plain = {name: v for name, v in os.environ.items() if not name.startswith(ours)}
        self.process = subprocess.Popen(
            [PROJECT / "qiao", "demo", "--no-browser", "--customers=200", f"--port={port}"],
            env=plain | {"QIAO_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, words: str, *, seconds: float = 600) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < deadline, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.05)

    def children(self, word: str) -> list[int]:
        """Return the direct children whose command line holds a word."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
                line = (path.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == self.process.pid and word.encode() in line.split(b"\0"):
                found.append(int(path.parent.name))
        return found

    def healthy(self, *, seconds: float = 60) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                address = f"http://localhost:{self.port}/healthz"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return bool(answer.status == 200)
            except OSError:
                time.sleep(0.2)
        return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def running_demo(home: Path) -> Iterator[Demo]:
    """A demo with few customers that is ready; it is stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = Demo(home, port)
    try:
        demo.wait_for("Qiao is ready")
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop()


def _processes_of(home: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            line = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
        except OSError:
            continue
        if str(home).encode() in line and path.name != str(os.getpid()):
            found.append(path.name)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which a demo was ready once."""
    folder = tmp_path_factory.mktemp("demo")
    with running_demo(folder) as demo:
        assert "tables and world" in demo.said
    return folder


def _tables(home: Path) -> int:
    with psycopg.connect(postgres.owner_url(home)) as owner:
        row = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert row is not None
    return int(row[0])


def test_each_killed_process_comes_back_and_the_data_are_kept(home: Path) -> None:
    with running_demo(home) as demo:
        before = _tables(home)
        [web] = demo.children("serve")
        os.kill(web, signal.SIGKILL)
        demo.wait_for("web stopped (signal SIGKILL)", seconds=10)
        assert demo.healthy()
        [worker] = demo.children("worker")
        os.kill(worker, signal.SIGKILL)
        demo.wait_for("worker stopped (signal SIGKILL)", seconds=10)
        database = postgres.process_id(home)
        assert database is not None
        os.kill(database, signal.SIGKILL)
        # The demo starts it again, or a process that is itself just starting does so first.
        deadline = time.monotonic() + 300
        while not _is_another(home, database) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _is_another(home, database)
        assert demo.healthy()
        assert _tables(home) == before
        assert demo.stop() == 0
        assert "the data is kept" in demo.said
    assert _processes_of(home) == []


def _is_another(home: Path, database: int) -> bool:
    """Whether another server than that one answers; it reads its log first."""
    return postgres.process_id(home) not in (None, database) and postgres.running(home)


def test_a_second_start_builds_nothing_and_ctrl_c_leaves_nothing_running(home: Path) -> None:
    with running_demo(home) as demo:
        assert "tables and world" not in demo.said
        demo.stop(signal.SIGINT)
    assert _processes_of(home) == []


def test_a_killed_supervisor_takes_its_processes_with_it(home: Path) -> None:
    with running_demo(home) as demo:
        demo.process.kill()
        demo.process.wait()
    deadline = time.monotonic() + 30
    while _processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _processes_of(home) == []
