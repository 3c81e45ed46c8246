"""Figures of the service catalogue: what was called and sent in the last days."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from qiao.api.models.keys import MANAGE
from qiao.api.rules.latency import percentile
from qiao.core.actor import Actor


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """Calls of one operation by all keys that one may see; `keys` are the names of the callers."""

    calls: int
    refused: int
    failed: int
    p95_ms: float | None
    keys: tuple[str, ...]


_CALLED = """
WITH mine AS (
    SELECT u.* , k.name FROM api_usage u JOIN api_apikey k ON k.id = u.key_id
     WHERE u.day >= %(since)s AND k.organisation_id = ANY(%(organisations)s))
SELECT m.operation, sum(m.calls)::bigint, sum(m.refused)::bigint, sum(m.failed)::bigint,
       (array_agg(DISTINCT m.name))[:5],
       ARRAY(SELECT sum(t.n)::bigint FROM mine v, unnest(v.times) WITH ORDINALITY AS t (n, place)
              WHERE v.operation = m.operation GROUP BY t.place ORDER BY t.place)
  FROM mine m GROUP BY m.operation
"""


def service_figures(*, actor: Actor, since: date) -> dict[str, ServiceFigures]:
    """Figures by operation since a day, of the keys that the actor manages."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CALLED, {"since": since, "organisations": list(actor.organisations(MANAGE))}
        )
        return {
            operation: ServiceFigures(
                calls, refused, failed, percentile(times, 0.95), tuple(names)
            )
            for operation, calls, refused, failed, names, times in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class WebhookFigures:
    """Messages of one event class: delivered, failed for good, and still waiting."""

    delivered: int
    failed: int
    waiting: int


def webhook_figures(*, actor: Actor, since: datetime) -> dict[str, WebhookFigures]:
    """Figures by event class since a moment, of the endpoints that the actor manages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.event_name, count(*) FILTER (WHERE d.state = 'delivered'),"
            " count(*) FILTER (WHERE d.state = 'failed'),"
            " count(*) FILTER (WHERE d.state = 'waiting')"
            " FROM api_delivery d JOIN api_endpoint e ON e.id = d.endpoint_id"
            " WHERE d.created_at >= %s AND e.organisation_id = ANY(%s) GROUP BY 1",
            [since, list(actor.organisations(MANAGE))],
        )
        return {name: WebhookFigures(*counts) for name, *counts in cursor.fetchall()}
