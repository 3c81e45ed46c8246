"""Secrets, icons, lock files, supervision, the launcher script."""

import argparse
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest

from qiao.config.cli import __main__ as command_line
from qiao.config.cli import assets, check, environment, supervise
from qiao.config.cli import test as test_command
from qiao.core.registry import registry


def test_secrets_are_made_once_and_are_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for _ in range(2):
        monkeypatch.setenv("QIAO_HOME", str(tmp_path / "home"))
        monkeypatch.delenv("QIAO_SECRET_KEY", raising=False)
        monkeypatch.delenv("QIAO_FIELD_KEY", raising=False)
        environment.load_secrets()
        seen.append((os.environ["QIAO_SECRET_KEY"], os.environ["QIAO_FIELD_KEY"]))
    assert seen[0] == seen[1]
    assert stat.S_IMODE((tmp_path / "home" / "secrets.env").stat().st_mode) == 0o600


def test_a_secret_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIAO_HOME", str(tmp_path))
    monkeypatch.setenv("QIAO_SECRET_KEY", "given")
    environment.load_secrets()
    assert os.environ["QIAO_SECRET_KEY"] == "given"


def test_icons_are_found_in_templates_manifests_packs_and_the_list(tmp_path: Path) -> None:
    module = tmp_path / "src" / "qiao" / "desk"
    (module / "templates").mkdir(parents=True)
    (module / "tests").mkdir()
    (tmp_path / "frontend").mkdir()
    (module / "templates" / "a.html").write_text('{% icon "phone" %}{% icon name %}')
    (module / "templates" / "b.html").write_text('{% include "x" with icon="map-pin" only %}')
    (module / "module.py").write_text('Entry(icon="users"); {"icon": "bolt"}')
    (module / "pack.toml").write_text('icon = "droplet"\n')
    (module / "tests" / "test_x.py").write_text('icon="never"')
    (tmp_path / "frontend" / "icons.txt").write_text("# computed\nclock\n\n")
    found = assets.icon_names(tmp_path)
    assert found == ["bolt", "clock", "droplet", "map-pin", "phone", "users"]


def test_every_icon_that_a_manifest_names_is_drawn() -> None:
    drawn = set(assets.icon_names(environment.PROJECT))
    named = {
        (module.key, icon)
        for module in registry
        for field in fields(module)
        if isinstance(entries := getattr(module, field.name), tuple)
        for entry in entries
        if isinstance(icon := getattr(entry, "icon", ""), str) and icon
    }
    assert len(named) > 50
    assert [each for each in sorted(named) if each[1] not in drawn] == []


def test_lock_files_with_addresses_are_found(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "runtime.lock").write_text(
        "--index-url https://pypi.example/simple\ndjango==5.2 \\\n    --hash=sha256:00\n"
    )
    (tmp_path / "package-lock.json").write_text('{\n  "resolved": "https://npm.example/x.tgz"\n}')
    assert [line.rsplit(":", 3)[0].split(":")[0] for line in check.addresses(tmp_path)]
    assert len(check.addresses(tmp_path)) == 2


def test_our_lock_files_hold_no_address() -> None:
    assert check.addresses(environment.PROJECT) == []


def _child(tmp_path: Path, code: str) -> supervise.Child:
    return supervise.Child("work", [sys.executable, "-c", code], tmp_path / "work.log")


def _look_until(child: supervise.Child, crashes: int, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while child.crashes < crashes and time.monotonic() < deadline:
        child.look()
        time.sleep(0.02)


def test_a_crashed_child_is_started_again_ever_more_patiently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = _child(tmp_path, "raise SystemExit(3)")
    child.start()
    _look_until(child, 3)
    supervise.stop_all([child])
    said = capsys.readouterr().err
    assert [f"in {pause} s" in said for pause in ("0.5", "1.0", "2.0")] == [True] * 3
    assert "code 3" in said


def test_a_killed_child_leaves_no_grandchildren(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "print(p.pid, flush=True); time.sleep(300)"
    )
    child = _child(tmp_path, code)
    child.start()
    deadline = time.monotonic() + 20
    while not (tmp_path / "work.log").read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.02)
    grandchild = int((tmp_path / "work.log").read_text())
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    _look_until(child, 1)
    supervise.stop_all([child])
    while _alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(grandchild)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_deaf_child_is_killed_when_we_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.5)
    child = _child(
        tmp_path,
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True)\n"
        "time.sleep(300)",
    )
    child.start()
    while "deaf" not in (tmp_path / "work.log").read_text():
        time.sleep(0.02)
    assert child.process is not None
    pid = child.process.pid
    supervise.stop_all([child])
    assert not _alive(pid)


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["dmeo"]) == 2
    assert "'dmeo'" in capsys.readouterr().err


def test_every_command_listed_can_be_asked_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in command_line.COMMANDS:
        with pytest.raises(SystemExit) as ended:
            command_line.main([name, "--help"])
        assert ended.value.code == 0
        assert f"./qiao {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("slow", "rest", "expected"),
    [
        (False, ["-k", "money"], ["-m", "not slow", "-k", "money"]),
        (True, ["-k", "money"], ["-k", "money"]),
        (False, ["-m", "browser"], ["-m", "browser"]),
    ],
)
def test_slow_tests_run_only_when_asked_for(
    slow: bool, rest: list[str], expected: list[str]
) -> None:
    assert test_command.pytest_words(argparse.Namespace(slow=slow, rest=rest)) == expected


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """A project in a path with spaces whose virtual environment only tells what it was given."""
    root = tmp_path / "my project"
    bin_folder = root / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (root / "requirements").mkdir()
    shutil.copy(environment.PROJECT / "qiao", root / "qiao")
    for name in ("runtime", "test"):
        (root / "requirements" / f"{name}.lock").write_text(f"{name} 1")
        (root / ".venv" / f"{name}.lock").write_text(f"{name} 1")
    (root / ".venv" / "site").write_text("x")
    python = bin_folder / "python"
    python.write_text('#!/bin/sh\nfor word in "$@"; do printf "[%s]" "$word"; done; echo\n')
    python.chmod(0o755)
    return root


def _launch(root: Path, *words: str, cwd: str = "/") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(root / "qiao"), *words], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_launcher_hands_over_all_words_from_any_folder(launcher: Path) -> None:
    done = _launch(launcher, "manage", "shell", "-c", "print(1, 2)")
    assert done.stdout == "[-m][qiao.config.cli][manage][shell][-c][print(1, 2)]\n"
    assert done.stderr == ""


def test_the_launcher_installs_again_when_a_lock_changes(launcher: Path) -> None:
    (launcher / "requirements" / "runtime.lock").write_text("runtime 2")
    first = _launch(launcher, "serve")
    lock = launcher / "requirements" / "runtime.lock"
    assert f"[install][--quiet][--require-hashes][-r][{lock}]" in first.stdout
    assert (launcher / ".venv" / "runtime.lock").read_text() == "runtime 2"
    assert "install" not in _launch(launcher, "serve").stdout


def test_only_the_commands_of_developers_need_the_test_lock(launcher: Path) -> None:
    (launcher / ".venv" / "test.lock").unlink()
    assert "install" not in _launch(launcher, "demo").stdout
    assert "test.lock" in _launch(launcher, "test").stdout


def test_the_launcher_works_through_a_link(launcher: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(launcher / "qiao")
    done = subprocess.run(
        [tmp_path / "link", "doctor"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[-m][qiao.config.cli][doctor]\n"
