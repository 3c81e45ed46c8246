"""What processes took of the processors, by the kernel's own count."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PROC: Final = Path("/proc")


def seconds_of(pid: int) -> float:
    """Processor seconds of a process with all that it ever started; 0 where it is gone."""
    taken = 0.0
    for each in (pid, *_below(pid)):
        fields = _fields(each)
        # Its own time, in the user's and the kernel's name, and that of children that have ended.
        taken += sum(int(field) for field in fields[11:15]) / _TICKS
    return taken


def server_of(data: Path) -> int:
    """The process of a database server, by its directory."""
    return int((data / "postmaster.pid").read_text().split("\n", 1)[0])


def children_of(pid: int) -> list[int]:
    """The processes that its first thread started and that live."""
    try:
        return [*map(int, (_PROC / f"{pid}/task/{pid}/children").read_text().split())]
    except OSError:
        return []


def _below(pid: int) -> Iterator[int]:
    for each in children_of(pid):
        yield each
        yield from _below(each)


def _fields(pid: int) -> list[str]:
    """What follows the name of a process in its ``stat``."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
