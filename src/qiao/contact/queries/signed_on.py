"""Who is signed on, as the router weighs them; and why what waits is offered to nobody yet."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from qiao.contact.models import Waiting
from qiao.contact.queries.queue_terms import DUE, contact_of, terms_of_queues
from qiao.contact.rules import routing
from qiao.contact.rules.desk import AT_WORK
from qiao.core.prepared import fetch_all
from qiao.core.rows import Reading

_AGENTS: Final = """
SELECT a.staff_id, a.queues, a.idle_since, a.endpoint,
       CASE a.state WHEN 'ready' THEN greatest(0, %(full)s - coalesce(p.takes, 0)) ELSE 0 END,
       least(1.0, a.busy_seconds / greatest(1.0, extract(epoch FROM %(now)s - a.signed_on_at))),
       coalesce(jsonb_object_agg(k.key, s.level) FILTER (WHERE k.key IS NOT NULL), '{}')
  FROM contact_agentstate a
  LEFT JOIN (SELECT o.staff_id, sum(o.takes)::int AS takes FROM contact_offer o
              WHERE (o.state = 'open' OR o.state = 'taken' AND o.released_at IS NULL)
                AND o.takes < %(full)s
              GROUP BY 1) p ON p.staff_id = a.staff_id
  LEFT JOIN staff_staffskill s ON s.staff_id = a.staff_id
  LEFT JOIN staff_skill k ON k.id = s.skill_id
 WHERE a.lease_until > %(now)s AND
"""
_IN_ORDER: Final = " GROUP BY a.staff_id, p.takes ORDER BY a.staff_id"
# With those who are at something else, where somebody waits for just them.
_READY: Final = f"""{_AGENTS}
   (a.state = 'ready' OR a.state = ANY(%(at_work)s) AND a.staff_id = ANY(%(last)s::bigint[]))
{_IN_ORDER}"""
_SIGNED_ON: Final = f"{_AGENTS} a.state <> 'off' {_IN_ORDER}"
_ALL: Final = Reading(Waiting, where=DUE, order="t.since, t.id")


def waited_for(
    queues: Mapping[str, routing.Queue], waiting: Iterable[Waiting], now: datetime
) -> list[int]:
    """Whom somebody spoke to last and still waits for."""
    return sorted(
        each.last_agent_id
        for each in waiting
        if each.last_agent_id is not None
        and (now - each.since).total_seconds() < queues[each.queue].last_agent_seconds
    )


def ready_agents(last: Sequence[int], now: datetime) -> tuple[list[routing.Agent], dict[int, str]]:
    """Those who are ready, and those among `last` who will be after what they are at; and their
    telephones."""
    values = {"now": now, "last": list(last), "at_work": list(AT_WORK), "full": routing.FULL}
    rows = fetch_all(_READY, values)
    return _agents(rows), {row[0]: row[3] for row in rows}


def why_waiting(*, subject_kind: str, now: datetime) -> Mapping[int, routing.Waits]:
    """Why what waits, by its id, is offered to nobody at this moment, as the router decides; what
    would be offered at once is not among it. Two statements."""
    waiting = _ALL.all(now=now)
    queues = terms_of_queues([each.queue for each in waiting], now)
    values = {"now": now, "full": routing.FULL}
    agents = _agents(fetch_all(_SIGNED_ON, values)) if waiting else []
    found = routing.route(queues, agents, [contact_of(each) for each in waiting], now).waiting
    return {
        each.subject_id: found[each.pk]
        for each in waiting
        if each.pk in found and each.subject_kind == subject_kind
    }


def _agents(rows: Iterable[Sequence[Any]]) -> list[routing.Agent]:
    return [
        routing.Agent(
            staff_id,
            frozenset(queues),
            idle_since,
            json.loads(skills),
            room=room,
            occupancy=float(occupancy),
        )
        for staff_id, queues, idle_since, _endpoint, room, occupancy, skills in rows
    ]
