"""One id that follows a request through operations, events, jobs and log lines."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("qiao_correlation", default="")


def current_id() -> str:
    """The id of the request or job at hand; a new one outside both."""
    value = _current.get()
    if not value:
        value = uuid.uuid4().hex
        _current.set(value)
    return value


@contextmanager
def correlate(correlation_id: str) -> Iterator[None]:
    """Carry `correlation_id` through the block."""
    token = _current.set(correlation_id)
    try:
        yield
    finally:
        _current.reset(token)
