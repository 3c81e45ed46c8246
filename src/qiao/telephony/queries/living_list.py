"""Calls that wait, ring outside and are talked, as whoever watches over them sees them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from qiao.contact.queries import stands_long, why_waiting
from qiao.core.actor import Actor
from qiao.customers.queries import CustomerLine, lines_for
from qiao.telephony.models import Call
from qiao.telephony.queries.at_hand import number_words, queue_name
from qiao.telephony.queries.levels import terms_of
from qiao.telephony.rights import WATCH
from qiao.telephony.rules.calls import WITH_A_PERSON

MOST: Final = 300
VIEW: Final = "interactions.view"
_LIVING: Final = """
SELECT c.id, c.phase, c.queue, c.caller, c.phone, coalesce(l.name, c.dialled),
       coalesce(i.customer_id, c.customer_id), coalesce(w.since, c.queued_at),
       coalesce(e.had_at, c.connected_at, CASE WHEN c.direction = 'out' THEN c.arrived_at END),
       e.held_at, e.last IS NOT DISTINCT FROM 'joined',
       coalesce(w.is_emergency, l.is_emergency, false), c.staff_id, coalesce(s.name, ''),
       CASE WHEN c.phase = 'waiting' THEN o.staff_id ELSE e.third_id END,
       CASE WHEN c.phase = 'waiting' THEN r.name ELSE t.name END, e.keys,
       v.staff_id, coalesce(x.name, ''), coalesce(v.mode, ''), v.heard_at IS NOT NULL,
       coalesce(w.is_raised, false), c.organisation_id, c.direction = 'out'
  FROM telephony_call c
  LEFT JOIN telephony_line l ON l.id = c.line_id
  LEFT JOIN contact_interaction i ON i.id = c.interaction_id
  LEFT JOIN contact_waiting w ON w.subject_kind = 'call' AND w.subject_id = c.id
        AND w.state IN ('waiting', 'offered') AND c.phase = 'waiting'
  LEFT JOIN contact_offer o ON o.waiting_id = w.id AND o.state = 'open'
  LEFT JOIN LATERAL (
       SELECT max(e.by_now) FILTER (WHERE e.kind IN ('connected', 'handed_over', 'taken_over'))
                  AS had_at,
              max(e.by_now) FILTER (WHERE e.kind IN ('held', 'consulted')) AS held_at,
              (array_agg((e.data ->> 'staff')::bigint ORDER BY e.seq DESC)
                  FILTER (WHERE e.kind = 'consulted'))[1] AS third_id,
              (array_agg(e.kind ORDER BY e.seq DESC) FILTER (WHERE e.kind IN
                  ('connected', 'joined', 'handed_over', 'party_left', 'queued')))[1] AS last,
              (array_agg(jsonb_path_query_array(e.data, '$.visit.trail[*].keys')
                  ORDER BY e.seq DESC)
                  FILTER (WHERE e.kind IN ('menu_began', 'menu_moved')))[1]::text AS keys
         FROM (SELECT n.seq, n.kind, n.data, n.at + make_interval(secs => coalesce(sum(
                          CASE n.kind WHEN 'clock_stepped' THEN (n.data ->> 'seconds')::float8 END)
                          OVER (ORDER BY n.seq DESC ROWS BETWEEN UNBOUNDED PRECEDING
                                AND 1 PRECEDING), 0)) AS by_now
                 FROM telephony_callentry n WHERE n.call_id = c.id) e) e ON true
  LEFT JOIN staff_staff s ON s.id = c.staff_id
  LEFT JOIN staff_staff r ON r.id = o.staff_id
  LEFT JOIN staff_staff t ON t.id = e.third_id
  LEFT JOIN telephony_callwatch v ON v.call_id = c.id AND v.ended_at IS NULL
  LEFT JOIN staff_staff x ON x.id = v.staff_id
 WHERE c.phase <> 'ended'
   AND c.phase IN ('waiting', 'own_phone', 'dialling', 'talking', 'held', 'consulting')
   AND (c.organisation_id = ANY(%(units)s::bigint[])
        OR c.phase <> 'waiting' AND EXISTS (
           SELECT FROM contact_agentstate h
            WHERE h.staff_id = c.staff_id AND h.organisation_id = ANY(%(units)s::bigint[])))
   AND (%(queue)s = '' OR c.queue = %(queue)s)
   AND (%(team)s::bigint IS NULL OR EXISTS (
        SELECT FROM staff_membership m LEFT JOIN contact_agentstate a ON a.staff_id = m.staff_id
         WHERE m.team_id = %(team)s
           AND CASE WHEN c.phase = 'waiting' THEN a.state <> 'off' AND c.queue = ANY(a.queues)
                    ELSE m.staff_id = c.staff_id END))
 ORDER BY 8, c.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody in charge hears a call: `mode` ``listen``, ``whisper``, ``talk``; `is_heard` once
    their telephone was taken."""

    staff_id: int
    name: str
    mode: str
    is_heard: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class LivingCall:
    """A call that waits or is talked.

    `state`: ``waiting``, ``rings`` (at `other`), ``talking``, ``held``, ``consulting`` (with
    `other`), ``conference``; of one that is made ``own_phone`` while its caller's telephone rings
    and ``dialling`` while the other side's does. `since` is when the wait, the call out, or the
    talk with `staff_name`, began; `state_since` when the caller was put on hold. `is_late` says
    that it waits longer than its queue's terms allow, or is talked longer than a talk should take;
    `is_raised` that somebody in charge put it first; `is_readable` that the page of the call is
    the reader's to see, which those of another unit's hotline are not. `why` is that of the
    router, where nobody is asked to take one that waits.
    """

    call_id: int
    state: str
    queue: str
    queue_name: str
    number: str
    line: str
    customer: CustomerLine | None
    is_emergency: bool
    since: datetime
    state_since: datetime | None
    is_late: bool
    staff_id: int | None
    staff_name: str
    other: str
    keys: tuple[str, ...]
    is_raised: bool
    watch: Watched | None
    is_readable: bool
    is_outgoing: bool
    why: str

    @property
    def is_made(self) -> bool:
        """Whether nobody talks yet, since the call is being made."""
        return self.state in ("own_phone", "dialling")


@dataclass(frozen=True, slots=True)
class LivingCalls:
    """Those that wait, the longest first, and those that are talked or made; `is_cut` where there
    are more than a page shows."""

    waiting: Sequence[LivingCall]
    talked: Sequence[LivingCall]
    is_cut: bool


def living_list(
    *, actor: Actor, now: datetime, queue: str = "", team_id: int | None = None
) -> LivingCalls:
    """Live calls of the units that the actor watches over, and those that their people have; why
    those who wait are offered to nobody is asked of the router's rule.

    With a team those that its people have, and those that wait where they are signed on.
    """
    values: dict[str, Any] = {
        "units": list(actor.organisations(WATCH)), "queue": queue, "team": team_id,
        "most": MOST + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LIVING, values)
        rows = cursor.fetchall()
    known = lines_for(actor=actor, customer_ids=[row[6] for row in rows if row[6]])
    waits = any(row[1] == "waiting" for row in rows)
    reasons = why_waiting(subject_kind="call", now=now) if waits else {}
    calls = [_call(row, known, reasons, actor, now) for row in rows[:MOST]]
    return LivingCalls(
        [each for each in calls if each.state in ("waiting", "rings")],
        [each for each in calls if each.state not in ("waiting", "rings")],
        len(rows) > MOST,
    )


def watched_call(*, actor: Actor, call_id: int) -> Call | None:
    """A call that the actor watches over: of their units, or talked by people of these; None for
    any other."""
    units = actor.organisations(WATCH)
    theirs = Q(phase__in=WITH_A_PERSON, staff__agent_state__organisation_id__in=units)
    return Call.objects.filter(Q(organisation_id__in=units) | theirs, pk=call_id).first()


def _call(
    row: Sequence[Any],
    known: Mapping[int, CustomerLine],
    reasons: Mapping[int, str],
    actor: Actor,
    now: datetime,
) -> LivingCall:
    call_id, phase, queue, caller, phone, line, customer, queued_at, had_at, held_at, *rest = row
    is_conference, is_emergency, staff_id, staff_name, other_id, other, keys, *rest = rest
    *watch, is_raised, unit, is_outgoing = rest
    waits = phase == "waiting"
    if waits:
        state = "rings" if other_id and other else "waiting"
    else:
        state = "conference" if phase == "talking" and is_conference else phase
    since = (queued_at if waits else had_at) or now
    return LivingCall(
        call_id=call_id,
        state=state,
        queue=queue,
        queue_name=queue_name(queue) if queue else "",
        number=number_words(phone, caller, actor),
        line=line,
        customer=known.get(customer) if customer else None,
        is_emergency=is_emergency,
        since=since,
        state_since=held_at if state in ("held", "consulting") else None,
        is_late=_waits_long(queue, since, now)
        if waits
        else phase in WITH_A_PERSON and stands_long("busy", "", since, now),
        staff_id=None if waits else staff_id,
        staff_name="" if waits else staff_name,
        other=other if state in ("rings", "consulting", "conference") else "",
        keys=_keys(keys),
        is_raised=is_raised,
        watch=_watched(watch, actor),
        is_readable=unit in actor.organisations(VIEW) or staff_id == actor.person_id,
        is_outgoing=is_outgoing,
        why=reasons.get(call_id, "") if state == "waiting" else "",
    )


def _watched(row: Sequence[Any], actor: Actor) -> Watched | None:
    staff_id, name, mode, is_heard = row
    if staff_id is None:
        return None
    return Watched(staff_id, name, mode, is_heard, staff_id == actor.person_id)


def _waits_long(queue: str, since: datetime, now: datetime) -> bool:
    terms = terms_of(queue)
    return terms is not None and (now - since).total_seconds() > terms.answer_seconds


def _keys(text: str | None) -> tuple[str, ...]:
    """What was pressed, place by place, out of a list of texts in JSON."""
    return tuple(each for each in json.loads(text or "[]") if each)
