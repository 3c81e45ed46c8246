"""What the parts of one page, or of one change, ask for alike is read once.

Within `one_page` rights, calendars and counts are taken as they stood when they were first asked
for: its parts agree with each other. Only a request that changes nothing may be one page. One that
changes something reads once, within `settled`, what it does not change: rights and calendars.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
Kept = dict[Hashable, Any]
_read: ContextVar[Kept | None] = ContextVar("read_once", default=None)
_settled: ContextVar[Kept | None] = ContextVar("settled", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Keep what is read by `once` for a block."""
    before = _read.set({})
    try:
        yield
    finally:
        _read.reset(before)


def already(key: Hashable) -> Any:
    """What was read before within one page by `once` under this key, None if nothing was."""
    kept = _read.get()
    return kept.get(key) if kept is not None else None


@contextmanager
def settled() -> Iterator[None]:
    """Keep what is read by `once` as `steady` for a block, or a function, that changes none of
    it; within another such block what that one read."""
    before = _settled.get()
    token = _settled.set({} if before is None else before)
    try:
        yield
    finally:
        _settled.reset(token)


def unsettle() -> None:
    """Say that something steady changed within a `settled` block after all: it is read anew."""
    kept = _settled.get()
    if kept is not None:
        kept.clear()


def once(key: Hashable, read: Callable[[], T], *, steady: bool = False) -> T:
    """What `read` gives; within one page what it gave when this key was asked for first.

    The units with who may do what, and the calendars, are `steady`: cases change, they do not.
    """
    kept = _read.get()
    if kept is None and steady:
        kept = _settled.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found
