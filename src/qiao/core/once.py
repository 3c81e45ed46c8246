"""What the parts of one page ask for alike is read once.

Within `one_page` rights, calendars and counts are taken as they stood when they were first asked
for: its parts agree with each other. Only a request that changes nothing may be one page.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_once", default=None)


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


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives; within one page what it gave when this key was asked for first."""
    kept = _read.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found
