"""Business numbers, handed out without a lock: gaps are allowed, doubles are not."""

import threading
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db import connection

from qiao.core.rules import numbers

BLOCK = 64  # numbers a process takes at a time: one round trip in 64
FEW = 50  # so many rows at a time have numbers of their own day
A_DAY = 1_000_000
FIRST_BULK_DAY = date(2000, 1, 1)
_lock = threading.Lock()
_blocks: dict[str, Iterator[int]] = {}  # by database: each has a sequence of its own


def next_number(*, prefix: str, day: date) -> str:
    """A fresh number such as ``GD261122000123`` + check digit, unique within the company.

    Six digits come from one sequence that cycles after 999,936 numbers, far more than any
    company opens in a day.
    """
    return numbers.compose(kind=prefix, day=day, serial=_next_serial())


def numbers_for(days: Sequence[date], *, prefix: str) -> list[str]:
    """A fresh number for a row of each of these days, in their order: as `next_number` gives it
    for a few rows, as `bulk_numbers` for many."""
    if len(days) > FEW:
        return list(bulk_numbers(prefix=prefix, count=len(days)))
    return [next_number(prefix=prefix, day=day) for day in days]


def _next_serial() -> int:
    database = str(connection.settings_dict["NAME"])
    with _lock:
        serial = next(_blocks.get(database, iter(())), None)
        if serial is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('core_number_seq')")
                (block,) = cursor.fetchone()
            _blocks[database] = iter(range((block - 1) * BLOCK, block * BLOCK))
            serial = next(_blocks[database])
        return serial


def bulk_numbers(*, prefix: str, count: int) -> Iterator[str]:
    """`count` fresh numbers for rows that come in by the million, in one round trip.

    A day holds a million numbers of a kind, which one file may use up. So these carry days of
    their own, one after the other from 1 January 2000 on, before any that `next_number` gives.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('core_bulk_number_seq') FROM generate_series(1, %s)", [count]
        )
        serials = [serial for (serial,) in cursor.fetchall()]
    for serial in serials:
        days, rest = divmod(serial, A_DAY)
        day = FIRST_BULK_DAY + timedelta(days=days)
        yield numbers.compose(kind=prefix, day=day, serial=rest)
