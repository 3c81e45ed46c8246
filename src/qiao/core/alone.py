"""One at a time: what no two workers may do at once, told by a lock of the database's session."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

_HOLD: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LET_GO: Final = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


@contextmanager
def alone(what: str) -> Iterator[bool]:
    """Whether nobody else does `what` now; if so, nobody does until this ends.

    No transaction is held meanwhile. The lock goes with its connection: a worker that is killed
    holds it no longer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [what])
        (is_free,) = cursor.fetchone()
    try:
        yield is_free
    finally:
        if is_free and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_LET_GO, [what])
