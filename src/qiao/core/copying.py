"""Rows by the thousand: ids taken in one round trip, and COPY within the running transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def copy_rows(cursor: Any, table: str, columns: str, lines: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY; nothing for none. Names are the caller's own, never anybody's input.

    Raises what Django raises of a statement that the database refuses.
    """
    rows = list(lines)
    if not rows:
        return
    with (
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for line in rows:
            copy.write_row(line)


def reserve_ids(table: str, count: int) -> int:
    """Take `count` ids in a row from the table's sequence; the first of them.

    Tries again if somebody else took one in between.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(v), max(v) FROM (SELECT nextval(own.name) AS v"
                " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0)"
                " AS own, generate_series(1, %s)) AS taken",
                [table, count],
            )
            first, last = cursor.fetchone()
        if last - first + 1 == count:
            return int(first)
