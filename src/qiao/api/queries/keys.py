"""Keys as the administrator's pages show them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from qiao.api.models import ApiKey
from qiao.api.models.keys import MANAGE
from qiao.api.queries.webhooks import NotVisible
from qiao.api.rules.latency import percentile
from qiao.core.actor import Actor

PAGE_ROWS = 30


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with the figures of its last seven days; `spark` are its calls by day."""

    key: ApiKey
    state: str
    last_at: datetime | None
    calls: int
    refused: int
    failed: int
    spark: list[int]


_FIGURES = """
SELECT k.id, (SELECT max(u.last_at) FROM api_usage u WHERE u.key_id = k.id),
       coalesce(sum(w.calls), 0), coalesce(sum(w.refused), 0), coalesce(sum(w.failed), 0),
       array_agg(coalesce(w.calls, 0) ORDER BY d.day)
  FROM unnest(%(ids)s::bigint[]) AS k (id)
 CROSS JOIN generate_series(%(since)s::date, %(today)s::date, interval '1 day') AS d (day)
  LEFT JOIN LATERAL (
       SELECT sum(u.calls)::bigint AS calls, sum(u.refused)::bigint AS refused,
              sum(u.failed)::bigint AS failed
         FROM api_usage u WHERE u.key_id = k.id AND u.day = d.day::date) w ON true
 GROUP BY k.id
"""
DAYS = 7


def list_keys(
    *, actor: Actor, now: datetime, today: date, after: int | None = None
) -> tuple[list[KeyLine], int | None]:
    """A page of the keys that the actor manages, the newest first, and where the next begins."""
    keys = ApiKey.objects.visible_to(actor).select_related("organisation", "steward")
    if after is not None:
        keys = keys.filter(pk__lt=after)
    rows = list(keys.order_by("-pk")[: PAGE_ROWS + 1])
    shown = rows[:PAGE_ROWS]
    figures = _figures([key.pk for key in shown], today)
    lines = [KeyLine(key, key.state(now), *figures[key.pk]) for key in shown]
    return lines, shown[-1].pk if len(rows) > PAGE_ROWS else None


def _figures(ids: list[int], today: date) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES, {"ids": ids, "today": today, "since": today - timedelta(days=DAYS - 1)}
        )
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def get_key_for(*, actor: Actor, key_id: int) -> ApiKey:
    """One key with its people and unit. Raises `NotVisible`."""
    found = (
        ApiKey.objects.filter(pk=key_id, organisation__in=list(actor.organisations(MANAGE)))
        .select_related("organisation", "steward", "created_by", "revoked_by")
        .first()
    )
    if found is None:
        raise NotVisible(f"key {key_id}")
    return found


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What a key called of one operation in a period; `p95_ms` in milliseconds."""

    operation: str
    calls: int
    refused: int
    failed: int
    p95_ms: float | None
    last_at: datetime


_USAGE = """
SELECT operation, sum(calls)::bigint, sum(refused)::bigint, sum(failed)::bigint,
       ARRAY(SELECT sum(t.n)::bigint FROM api_usage v,
                    unnest(v.times) WITH ORDINALITY AS t (n, place)
              WHERE v.key_id = %(key)s AND v.operation = u.operation AND v.day >= %(since)s
              GROUP BY t.place ORDER BY t.place),
       max(last_at)
  FROM api_usage u WHERE key_id = %(key)s AND day >= %(since)s
 GROUP BY operation ORDER BY 2 DESC, 1
"""


def usage_of(*, key_id: int, since: date) -> list[UsageLine]:
    """What a key that the caller may see called since a day, by operation, the busiest first."""
    with connection.cursor() as cursor:
        cursor.execute(_USAGE, {"key": key_id, "since": since})
        rows = cursor.fetchall()
    return [
        UsageLine(operation, calls, refused, failed, percentile(times, 0.95), last_at)
        for operation, calls, refused, failed, times, last_at in rows
    ]


def days_of(*, key_id: int, since: date, today: date) -> list[tuple[date, int]]:
    """Calls of a key on each day of a period."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.day::date, coalesce(sum(u.calls), 0)::bigint"
            " FROM generate_series(%s::date, %s::date, interval '1 day') AS d (day)"
            " LEFT JOIN api_usage u ON u.key_id = %s AND u.day = d.day::date"
            " GROUP BY d.day ORDER BY d.day",
            [since, today, key_id],
        )
        return [(day, int(calls)) for day, calls in cursor.fetchall()]
