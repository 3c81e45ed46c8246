"""Keep processes alive: start, watch, restart with patience, stop all of them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

_LONGEST_PAUSE = 30.0  # seconds
_HEALTHY_AFTER = 60.0  # seconds alive, after which earlier crashes are forgiven
STOP_SECONDS = 12.0
_LOG_BYTES = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process that must live: its command, its log, and how it has fared."""

    name: str
    command: list[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    crashes: int = 0
    started: float = 0.0
    due: float = 0.0
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches us alone, and we stop it in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=BOUND,  # noqa: PLW1509
            )
        self.started = time.monotonic()

    def look(self) -> None:
        """Notice a death, report it, and start again after a pause that doubles each time."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
                self.restarts.append(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self._signal(signal.SIGKILL)
        self.crashes = 1 if now - self.started > _HEALTHY_AFTER else self.crashes + 1
        pause = min(0.25 * 2**self.crashes, _LONGEST_PAUSE)
        print(
            f"qiao: {self.name} stopped ({_reason(code)}), starting again in {pause:.1f} s"
            f" (log: {self.log})",
            file=sys.stderr,
            flush=True,
        )
        self.process, self.due = None, now + pause

    def ask_to_stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, *, deadline: float) -> None:
        """Wait until it has ended; after the deadline (monotonic seconds) kill its whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


class Stopped(BaseException):
    """A person or the system asks us to stop."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, TERM and a closed terminal into `Stopped`, once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def watch(children: list[Child], *, every: Callable[[], None]) -> None:
    """Look after the children (and call `every` once a second) until `Stopped` is raised."""
    last = 0.0
    while True:
        for child in children:
            child.look()
        if time.monotonic() - last >= 1:
            every()
            last = time.monotonic()
        time.sleep(0.1)


def stop_all(children: list[Child]) -> None:
    """Stop every child, politely first."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.end(deadline=deadline)


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel end this process with the one that started it; for `preexec_fn`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


# Only Linux knows how; elsewhere an orphan goes on to its end.
BOUND = die_with_parent if sys.platform == "linux" else None


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
