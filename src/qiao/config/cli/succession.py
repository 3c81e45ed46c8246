"""Work that is begun again at once where it is killed: by a child of who has loaded all of it.

Loading takes seconds, a fork of what is loaded a few milliseconds.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

from qiao.config.cli import supervise

_ASKED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_MOST_DEATHS: Final = 5  # within a minute: somebody should look at it
_MINUTE: Final = 60.0


def carry_on(work: Callable[[], int]) -> int:
    """Do `work` in a child, and again in another as soon as it was killed; the code with which it
    ended by itself. Whoever asks us to stop asks the child; it never outlives us.

    Call it with what `work` needs loaded, without threads and open connections.
    """
    deaths: list[float] = []
    while True:
        code, is_asked = _once(work)
        if code >= 0 or is_asked:
            return max(code, 0)
        now = time.monotonic()
        deaths = [each for each in deaths if now - each < _MINUTE] + [now]
        name = signal.Signals(-code).name
        print(f"qiao: killed ({name}), going on", file=sys.stderr, flush=True)
        if len(deaths) >= _MOST_DEATHS:
            return 1


def _once(work: Callable[[], int]) -> tuple[int, bool]:
    """The code of a child, negative for what killed it, and whether somebody asked it to stop."""
    parent, asked = os.getpid(), []
    child = multiprocessing.get_context("fork").Process(target=_begin, args=(work, parent))

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if child.pid is not None:
            child.terminate()

    signal.pthread_sigmask(signal.SIG_BLOCK, _ASKED)
    before = {number: signal.signal(number, ask) for number in _ASKED}
    child.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKED)
    try:
        child.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return child.exitcode or 0, bool(asked)


def _begin(work: Callable[[], int], parent: int) -> None:
    if supervise.BOUND is not None:
        supervise.die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            return
    for number in _ASKED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKED)
    sys.exit(work())
