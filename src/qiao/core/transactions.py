"""One transaction at the edge: opened by the unsafe view or the task, required by operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import close_old_connections, connection, connections, transaction

from qiao.core import correlation
from qiao.core.actor import Actor

_is_acting: ContextVar[bool] = ContextVar("is_acting", default=False)


@contextmanager
def acting(actor: Actor | None) -> Iterator[None]:
    """Open the request's or job's one transaction and name the actor to the audit triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('qiao.actor', %s, true), set_config('qiao.correlation', %s, true)",
            [str(actor.staff_id) if actor and actor.staff_id else "", correlation.current_id()],
        )
        before = _is_acting.set(True)
        try:
            yield
        finally:
            _is_acting.reset(before)


@contextmanager
def lent_connection() -> Iterator[None]:
    """The connection of a thread in which no request ends: given back afterwards, to whom the
    others take theirs from. One that broke meanwhile is not used again."""
    close_old_connections()
    try:
        yield
    finally:
        connections.close_all()


def outside() -> None:
    """Raises `RuntimeError` inside a request's or a job's transaction: what comes now takes long
    (a file is written, read, hashed) and may hold neither locks nor a transaction meanwhile."""
    if _is_acting.get():
        raise RuntimeError("this operation opens its own transaction, after what takes long")


def required() -> None:
    """Raises `RuntimeError` outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("this operation needs the caller's transaction")


@contextmanager
def constraints_at_once() -> Iterator[None]:
    """Check now, and with every statement within, what is otherwise checked at the end of the
    transaction: a table cannot be altered while rows of it wait for their checks.

    Raises `IntegrityError`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def check_constraints() -> None:
    """Check now what is otherwise checked at the end of the transaction. Raises
    `IntegrityError`."""
    with constraints_at_once():
        pass
