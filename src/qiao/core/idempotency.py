"""Idempotency: a message from outside, or an event, takes effect once."""

import json
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb


def claim(*, scope: str, key: str) -> bool:
    """Claim `key` within `scope` for this transaction.

    True the first time; False if it was claimed before. Two that come at once: the second
    waits for the first to commit (then False) or roll back (then True).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (scope, key, created_at) "
            "VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
            [scope, key],
        )
        return bool(cursor.rowcount == 1)


def remember(*, scope: str, key: str, result: dict[str, Any]) -> None:
    """Keep what the first call answered, for `recall`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_idempotencykey SET result = %s WHERE scope = %s AND key = %s",
            [Jsonb(result), scope, key],
        )


def recall(*, scope: str, key: str) -> dict[str, Any] | None:
    """The remembered answer of an earlier call, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT result FROM core_idempotencykey WHERE scope = %s AND key = %s", [scope, key]
        )
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else None


def in_flight(*, scope: str, key: str) -> bool:
    """Whether another transaction that asked this of the same key is still under way.

    Ask before `claim` where waiting for the other one is not wanted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope} {key}"]
        )
        (busy,) = cursor.fetchone()
    return bool(busy)
