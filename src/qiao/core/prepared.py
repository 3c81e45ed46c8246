"""Hot reads as prepared statements: planned once a connection, not once a call.

Django binds parameters in the client, so that PostgreSQL plans every statement anew. For a search
or for all panels of a page that costs more than running it (2.5 ms of 3). Statements read through
here are bound and prepared on the server, under ``plan_cache_mode=force_generic_plan`` of the
settings: they must be few and constant, their values apart, and their plan right for every value.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.numeric import Int8


def fetch_all(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT with ``%(name)s`` parameters.

    Runs on Django's own connection, within its transaction. Where queries are being recorded or
    watched (in tests), it goes through Django's cursor, so that it is counted.
    """
    with _cursor(sql, values) as cursor:
        return list(cursor.fetchall())


def execute(sql: str, values: Mapping[str, Any]) -> None:
    """Run a statement that changes rows, with ``%(name)s`` parameters; see `fetch_all`."""
    with _cursor(sql, values):
        pass


@contextmanager
def _cursor(sql: str, values: Mapping[str, Any]) -> Iterator[Any]:
    connection.ensure_connection()
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as counted:
            counted.execute(sql, dict(values))
            yield counted
        return
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    if raw.prepare_threshold is None:  # Django's own cursors never prepare, whatever it says
        raw.prepare_threshold = 5
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        typed = {name: _typed(value) for name, value in values.items()}
        cursor.execute(sql, typed, prepare=True)
        yield cursor


def _typed(value: Any) -> Any:
    """Numbers as bigint whatever their size, since each set of types is a statement of its own.

    Lists of numbers are written as PostgreSQL reads them: psycopg asks every item for its type.
    """
    kind = type(value)
    if kind is int:
        return Int8(value)
    if kind is list and value and type(value[0]) is int:
        return f"{{{','.join(map(str, value))}}}"
    return value


def fetch_one(sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row, None for none; see `fetch_all`."""
    rows = fetch_all(sql, values)
    return rows[0] if rows else None
