"""Business numbers, handed out without a lock: gaps are allowed, doubles are not."""

import threading
from collections.abc import Iterator
from datetime import date

from django.db import connection

from qiao.core.rules import numbers

BLOCK = 64  # numbers a process takes at a time: one round trip in 64
_lock = threading.Lock()
_iterator: Iterator[int] = iter(())


def next_number(*, prefix: str, day: date) -> str:
    """A fresh number such as ``GD261122000123`` + check digit, unique within the company.

    Six digits come from one sequence that cycles after 999,936 numbers, far more than any
    company opens in a day.
    """
    return numbers.compose(kind=prefix, day=day, serial=_next_serial())


def _next_serial() -> int:
    global _iterator  # noqa: PLW0603 - the block belongs to the process
    with _lock:
        serial = next(_iterator, None)
        if serial is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('core_number_seq')")
                (block,) = cursor.fetchone()
            _iterator = iter(range((block - 1) * BLOCK, block * BLOCK))
            serial = next(_iterator)
        return serial
