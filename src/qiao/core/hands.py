"""Several hands at one long piece of work: while one waits for the database, another counts."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Final, Generic, TypeVar

from django.db import connections

T = TypeVar("T")
HANDS: Final = min(2, os.cpu_count() or 1)  # one interpreter counts for one at a time


def share_out(pieces: Sequence[T], work: Callable[[T], bool], *, hands: int = HANDS) -> bool:
    """Work off pieces, begun in their order, some of them at the same time.

    Returns False as soon as `work` did so for a piece: no other is begun then. One hand is the
    caller, with its own connection, which is all for a single piece; every other is a thread with
    a connection of its own. So each piece needs its own transaction, and none may count on those
    before it. What `work` raises is raised here, when the other hands have ended their pieces.
    """
    pile = _Pile(pieces)
    others = min(hands, len(pieces)) - 1
    if others < 1:
        pile.work_off(work)
        return pile.is_whole
    with ThreadPoolExecutor(others, thread_name_prefix="hand") as threads:
        context = [copy_context() for _ in range(others)]
        running = [threads.submit(each.run, _elsewhere, pile, work) for each in context]
        pile.work_off(work)
    for each in running:
        each.result()
    return pile.is_whole


class _Pile(Generic[T]):
    """The pieces that no hand has taken yet."""

    def __init__(self, pieces: Iterable[T]) -> None:
        self.is_whole = True
        self._pieces = iter(pieces)
        self._lock = Lock()

    def work_off(self, work: Callable[[T], bool]) -> None:
        """Take pieces until there are none, or a hand stopped."""
        try:
            while self.is_whole and (taken := self._take()) is not None:
                if not work(taken[0]):
                    self.is_whole = False
        except BaseException:
            self.is_whole = False
            raise

    def _take(self) -> tuple[T] | None:
        with self._lock:
            return next(((piece,) for piece in self._pieces), None)


def _elsewhere(pile: _Pile[T], work: Callable[[T], bool]) -> None:
    try:
        pile.work_off(work)
    finally:
        connections.close_all()
