"""Work goes on in another child where it is killed, and ends with whoever carries it on."""

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

WORK = """
import os, signal, sys, time
from pathlib import Path
from qiao.config.cli import succession

log, dies, code = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

def work():
    with log.open("a") as file:
        file.write(f"{os.getpid()} {time.time()}\\n")
    lives = len(log.read_text().splitlines())
    if lives <= dies:
        os.kill(os.getpid(), signal.SIGKILL)
    if code >= 0:
        return code
    time.sleep(60)

sys.exit(succession.carry_on(work))
"""


def begun(log: Path, *, dies: int, code: int = -1) -> "subprocess.Popen[bytes]":
    """A process whose work is killed so many times, then ends with a code, or lasts."""
    command = [sys.executable, "-c", WORK, str(log), str(dies), str(code)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def lives(log: Path) -> list[int]:
    return [int(line.split()[0]) for line in log.read_text().splitlines()] if log.exists() else []


def until_lives(log: Path, count: int) -> list[int]:
    end = time.monotonic() + 20
    while len(lives(log)) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return lives(log)


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_was_killed_is_gone_on_with_by_another_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = begun(log, dies=2, code=3)
    assert process.wait(20) == 3
    assert len(set(lives(log))) == 3
    times = [float(line.split()[1]) for line in log.read_text().splitlines()]
    assert max(b - a for a, b in pairwise(times)) < 1.0


def test_what_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert begun(log, dies=99).wait(30) == 1
    assert len(lives(log)) == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_asked_to_stop_asks_the_child_and_begins_no_other(
    tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "log"
    process = begun(log, dies=0)
    (child,) = until_lives(log, 1)
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not is_there(child)
    assert len(lives(log)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_does_not_outlive_whoever_carries_it_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = begun(log, dies=0)
    (child,) = until_lives(log, 1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    end = time.monotonic() + 10
    while is_there(child):
        assert time.monotonic() < end
        time.sleep(0.02)
