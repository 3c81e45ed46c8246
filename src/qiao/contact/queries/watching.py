"""The desk as whoever watches over it sees it: what waits where, and how people stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.contact.rules.desk import CALL_BACK, too_long_after
from qiao.core.actor import Actor

PEOPLE: Final = "agents.watch"


@dataclass(frozen=True, slots=True)
class QueueNow:
    """What waits in a queue now, since when the longest, and who serves it. `to_call` are those
    who asked to be called back and keep their place without waiting on the line."""

    queue: str
    waiting: int
    since: datetime | None
    signed_on: int
    ready: int
    to_call: int = 0


@dataclass(frozen=True, slots=True)
class AgentNow:
    """How somebody who is signed on stands. `is_long` says that it has taken too long; `queues`
    are those that they serve."""

    staff_id: int
    name: str
    state: str
    reason: str
    since: datetime
    is_long: bool
    queues: Sequence[str] = ()


_WAITING: Final = """
SELECT w.queue, count(*) FILTER (WHERE w.channel <> %(back)s),
       min(w.since) FILTER (WHERE w.channel <> %(back)s),
       count(*) FILTER (WHERE w.channel = %(back)s)
  FROM contact_waiting w
 WHERE w.state IN ('waiting', 'offered') AND w.organisation_id = ANY(%(units)s::bigint[])
 GROUP BY 1
"""
_SERVED: Final = """
SELECT q.queue, count(*), count(*) FILTER (WHERE a.state = 'ready')
  FROM contact_agentstate a CROSS JOIN LATERAL unnest(a.queues) AS q (queue)
 WHERE a.state <> 'off' AND a.lease_until > %(now)s
 GROUP BY 1
"""
_PEOPLE: Final = """
SELECT a.staff_id, s.name, a.state, a.reason, a.since, a.queues
  FROM contact_agentstate a JOIN staff_staff s ON s.id = a.staff_id
 WHERE a.state <> 'off' AND a.lease_until > %(now)s
   AND a.organisation_id = ANY(%(units)s::bigint[])
 ORDER BY a.since, a.staff_id
"""


def queues_now(*, actor: Actor, permission: str, now: datetime) -> dict[str, QueueNow]:
    """Queues in which something waits or which somebody serves, in two statements; what waits is
    that of the units in which the actor holds `permission`."""
    values: dict[str, Any] = {"units": list(actor.organisations(permission)), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values | {"back": CALL_BACK})
        rows = cursor.fetchall()
        waiting = {queue: (int(n), since) for queue, n, since, _back in rows}
        to_call = {queue: int(back) for queue, _n, _since, back in rows}
        cursor.execute(_SERVED, {"now": now})
        served = {queue: (int(on), int(ready)) for queue, on, ready in cursor.fetchall()}
    return {
        queue: QueueNow(
            queue,
            *waiting.get(queue, (0, None)),
            *served.get(queue, (0, 0)),
            to_call=to_call.get(queue, 0),
        )
        for queue in waiting.keys() | served.keys()
    }


def agents_now(*, actor: Actor, now: datetime) -> Sequence[AgentNow]:
    """Who is signed on in the units that the actor watches over; who stands too long first."""
    values: dict[str, Any] = {"units": list(actor.organisations(PEOPLE)), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        rows = cursor.fetchall()
    found = [
        AgentNow(
            staff_id, name, state, reason, since, stands_long(state, reason, since, now), queues
        )
        for staff_id, name, state, reason, since, queues in rows
    ]
    return sorted(found, key=lambda each: not each.is_long)


def stands_long(state: str, reason: str, since: datetime, now: datetime) -> bool:
    """Whether somebody has stood so for longer than a supervisor leaves unlooked at."""
    most = too_long_after(state, reason)
    return most is not None and (now - since).total_seconds() > most
