"""What waits for somebody: who is asked to take it, and what they answered.

A call takes all of a person, who is reserved for it and at it then. What takes a part, such as a
written conversation, leaves them ready: they have as many as their room allows, and are rung for
no call meanwhile. What was a part is let go by itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.contact.events import QueueMoved
from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations.agents import lock_agents, turn
from qiao.contact.queries.queue_terms import DUE, contact_of, room_of, terms_of_queues
from qiao.contact.queries.signed_on import ready_agents, waited_for
from qiao.contact.rules import routing
from qiao.contact.rules.desk import CALL_BACK
from qiao.core import events
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.queues import RING_SECONDS, WRAP_UP_SECONDS
from qiao.core.prepared import fetch_all, fetch_one
from qiao.core.rows import Reading, write_changed, write_new
from qiao.core.transactions import required

__all__ = [
    "CALL_BACK", "Asked", "Wish", "leave_queue", "move_to_queue", "raise_in_queue", "refuse_offer",
    "release_agent", "release_part", "reserve", "route", "take_offer", "wait_for_agent",
]  # fmt: skip
State = AgentState.State
NOT_THEIR_FAULT: Final = frozenset({"caller_gone", "withdrawn"})
_FREE: Final = Reading(
    AgentState,
    where="t.staff_id = ANY(%(ids)s::bigint[]) AND t.state = 'ready' AND t.lease_until > %(now)s",
    order="t.staff_id",
    lock=True,
    skips=True,
)
_WAITS: Final = Reading(Waiting, where=DUE, order="t.since, t.id", lock=True, skips=True)
_WAITS_STILL: Final = Reading(
    Waiting,
    where="t.subject_kind = %(kind)s AND t.subject_id = %(subject)s"
    " AND t.state IN ('waiting', 'offered')",
    lock=True,
)
_OPEN_OFFER: Final = Reading(Offer, where="t.id = %(id)s AND t.state = 'open'", lock=True)
_RELEASE: Final = """
UPDATE contact_offer o SET released_at = %(now)s
  FROM contact_waiting w
 WHERE w.id = o.waiting_id AND o.staff_id = %(staff)s AND o.state = 'taken'
   AND o.released_at IS NULL AND o.takes = %(whole)s
RETURNING w.queue
"""
_RELEASE_PART: Final = """
UPDATE contact_offer o SET released_at = greatest(%(now)s, o.answered_at)
  FROM contact_waiting w
 WHERE w.id = o.waiting_id AND w.subject_kind = %(kind)s AND w.subject_id = %(subject)s
   AND o.state = 'taken' AND o.released_at IS NULL AND o.takes < %(whole)s
RETURNING o.id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What waits, and for whom: see `qiao.contact.models.Waiting`. Without `takes` it takes as
    much of a person as the pack's channel says."""

    queue: str
    channel: str
    subject_kind: str
    subject_id: int
    organisation_id: int
    since: datetime
    customer_id: int | None = None
    skills: Mapping[str, int] | None = None
    tier: str = ""
    is_emergency: bool = False
    last_agent_id: int | None = None
    takes: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody was asked to take what waits: ring them, or show it to them."""

    offer_id: int
    subject_kind: str
    subject_id: int
    staff_id: int
    endpoint: str
    seconds: int


_WISHED: Final = (
    "queue", "channel", "subject_kind", "subject_id", "organisation_id", "customer_id", "state",
    "since", "takes", "skills", "tier", "is_emergency", "last_agent_id", "why", "not_before",
)  # fmt: skip
_WAIT: Final = f"""
INSERT INTO contact_waiting ({", ".join(_WISHED)})
VALUES ({", ".join(f"%({name})s" for name in _WISHED)})
    ON CONFLICT (subject_kind, subject_id) WHERE state IN ('waiting', 'offered') DO NOTHING
RETURNING id
"""  # noqa: S608 - our own names


def wait_for_agent(*, wish: Wish, now: datetime) -> Waiting:
    """Let something wait in a queue; asked for twice it waits once.

    Raises `KeyError` for a queue that no pack brings.
    """
    required()
    if wish.queue not in catalogue().queues:
        raise KeyError(wish.queue)
    waiting = Waiting(
        queue=wish.queue,
        channel=wish.channel,
        subject_kind=wish.subject_kind,
        subject_id=wish.subject_id,
        organisation_id=wish.organisation_id,
        customer_id=wish.customer_id,
        since=min(wish.since, now),
        takes=wish.takes or room_of(wish.channel),
        skills=dict(wish.skills or {}),
        tier=wish.tier,
        is_emergency=wish.is_emergency,
        last_agent_id=wish.last_agent_id,
        not_before=wish.not_before,
    )
    values = {name: getattr(waiting, name) for name in _WISHED}
    plain = {"state": str(waiting.state), "skills": json.dumps(waiting.skills)}
    made = fetch_one(_WAIT, values | plain)
    if made is None:
        return Waiting.objects.get(
            subject_kind=wish.subject_kind,
            subject_id=wish.subject_id,
            state__in=[Waiting.State.WAITING, Waiting.State.OFFERED],
        )
    waiting.pk = made[0]
    _moved(waiting, now)
    return waiting


def move_to_queue(*, subject_kind: str, subject_id: int, queue: str, now: datetime) -> bool:
    """What waits does so in another queue, since when it did before. False if it did not wait.

    Raises `KeyError` for a queue that no pack brings.
    """
    required()
    if queue not in catalogue().queues:
        raise KeyError(queue)
    waiting = _waiting_of(subject_kind, subject_id)
    if waiting is None:
        return False
    left, waiting.queue = waiting.queue, queue
    waiting.save(update_fields=["queue"])
    for each in (left, queue):
        moved = QueueMoved(each, waiting.pk, waiting.state)
        events.publish(moved, organisation_id=waiting.organisation_id, actor=None, now=now)
    return True


def raise_in_queue(*, subject_kind: str, subject_id: int, on: bool, now: datetime) -> bool:
    """Put what waits before all that is no emergency, or back to its place. False if it did not
    wait."""
    required()
    waiting = _waiting_of(subject_kind, subject_id)
    if waiting is None:
        return False
    waiting.is_raised = on
    waiting.save(update_fields=["is_raised"])
    _moved(waiting, now)
    return True


def leave_queue(*, subject_kind: str, subject_id: int, why: str, now: datetime) -> bool:
    """What waited does not any more: it was taken, or gave up. False if it did not wait."""
    required()
    waiting = _waiting_of(subject_kind, subject_id)
    if waiting is None:
        return False
    waiting.state = Waiting.State.TAKEN if why == "taken" else Waiting.State.GONE
    waiting.ended_at, waiting.why = max(now, waiting.since), why
    write_changed(waiting)
    _moved(waiting, now)
    return True


def route(*, now: datetime) -> Sequence[Asked]:
    """Ask people to take what waits, as `qiao.contact.rules.routing` decides by the terms of the
    pack's queues.

    Each is reserved before anybody is rung: a person is locked, turned and asked in one
    transaction; who is asked to take what leaves room for more is locked and asked. Whoever is
    locked elsewhere, or not ready any more when it comes to them, is not waited for: it is decided
    anew without them.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contact_route'))")
    waiting = {each.pk: each for each in _WAITS.all(now=now)}
    if not waiting:
        return []
    queues = terms_of_queues([wish.queue for wish in waiting.values()], now)
    agents, endpoints = ready_agents(waited_for(queues, waiting.values(), now), now)
    if not any(each.room for each in agents):
        return []
    contacts = [contact_of(each) for each in waiting.values()]
    while True:
        offers = routing.route(queues, agents, contacts, now).offers
        wanted = sorted({offer.agent_id for offer in offers})
        people = {each.staff_id: each for each in _FREE.all(ids=wanted, now=now)} if wanted else {}
        if len(people) == len(wanted):
            break
        agents = [
            each for each in agents if each.agent_id not in wanted or each.agent_id in people
        ]
    asked = []
    for decision in offers:
        wish, agent = waiting[decision.contact_id], people[decision.agent_id]
        seconds = _ring_seconds(wish.queue)
        offer = _ask(wish, agent, asdict(decision.reason), now, now + timedelta(seconds=seconds))
        endpoint = endpoints[agent.staff_id]
        asked.append(
            Asked(
                offer.pk, wish.subject_kind, wish.subject_id, agent.staff_id, endpoint, seconds
            )
        )  # fmt: skip
    return asked


def reserve(*, wish_of: tuple[str, int], staff_id: int, now: datetime) -> Asked | None:
    """Ask a certain person who is ready, such as a third in a call, or whom somebody in charge
    names for what waits. None where they are not, or where somebody is asked already."""
    required()
    agent = lock_agents([staff_id]).get(staff_id)
    if agent is None or not agent.is_free(now):
        return None
    kind, subject_id = wish_of
    known = Waiting.objects.select_for_update().filter(subject_kind=kind, subject_id=subject_id)
    waiting = known.latest("id")
    if waiting.offers.filter(state=Offer.State.OPEN).exists():
        return None
    seconds = _ring_seconds(waiting.queue)
    offer = Offer.objects.create(
        waiting=waiting, staff_id=staff_id, made_at=now, takes=routing.FULL,
        expires_at=now + timedelta(seconds=seconds), reason={"rule": "asked"},
    )  # fmt: skip
    if waiting.state == Waiting.State.WAITING:
        waiting.state = Waiting.State.OFFERED
        waiting.save(update_fields=["state"])
    turn(agent, State.RESERVED, now=now, offer=offer.pk)
    return Asked(offer.pk, kind, subject_id, staff_id, agent.endpoint, seconds)


def take_offer(*, offer_id: int, now: datetime) -> bool:
    """The person has it now. False for an offer that was answered before: nothing changes."""
    required()
    offer = _open_offer(offer_id)
    if offer is None:
        return False
    offer.state, offer.answered_at = Offer.State.TAKEN, now
    write_changed(offer)
    agent = lock_agents([offer.staff_id])[offer.staff_id]
    if offer.takes == routing.FULL:
        turn(agent, State.BUSY, now=now, offer=offer.pk)
    else:  # among equals the next one goes to somebody else
        agent.idle_since = max(agent.idle_since, now)
        agent.save(update_fields=["idle_since"])
    return True


def refuse_offer(*, offer_id: int, why: str, now: datetime) -> bool:
    """Nobody took it: what waits keeps its place, and who let it ring is not ready any more,
    unless it was not their fault, and signed off if they have gone meanwhile. False for an offer
    that was answered before."""
    required()
    offer = _open_offer(offer_id)
    if offer is None:
        return False
    offer.state, offer.answered_at, offer.why = Offer.State.REFUSED, now, why
    write_changed(offer)
    waiting = Waiting.objects.select_for_update().get(pk=offer.waiting_id)
    if waiting.state == Waiting.State.OFFERED:
        waiting.state = Waiting.State.WAITING
        waiting.save(update_fields=["state"])
    agent = lock_agents([offer.staff_id])[offer.staff_id]
    fault = why not in NOT_THEIR_FAULT
    if offer.takes < routing.FULL:
        if fault and agent.state == State.READY:
            turn(agent, State.NOT_READY, now=now, reason=why, offer=offer.pk)
    elif agent.state == State.RESERVED and agent.wanted == State.OFF:
        turn(agent, State.OFF, now=now, offer=offer.pk)
    elif agent.state == State.RESERVED:
        turn(
            agent, State.NOT_READY if fault else State.READY, now=now, reason=why if fault else "",
            offer=offer.pk,
        )  # fmt: skip
    return True


def release_agent(*, staff_id: int, now: datetime) -> None:
    """The other side has gone: what is left is the work after it, for as long at most as the
    queue that it came from gives."""
    required()
    agent = lock_agents([staff_id]).get(staff_id)
    whole = {"staff": staff_id, "now": now, "whole": routing.FULL}
    queues = [queue for (queue,) in fetch_all(_RELEASE, whole)]
    if agent is not None and agent.state == State.BUSY:
        seconds = max(map(_wrap_up_seconds, queues), default=WRAP_UP_SECONDS)
        until = now + timedelta(seconds=seconds)
        turn(agent, State.WRAP_UP, now=now, reason=agent.reason, until=until)


def release_part(*, subject_kind: str, subject_id: int, now: datetime) -> bool:
    """What took a part of somebody is over: they have room for another. False where nobody has
    it."""
    required()
    values = {
        "kind": subject_kind, "subject": subject_id, "now": now, "whole": routing.FULL,
    }  # fmt: skip
    return bool(fetch_all(_RELEASE_PART, values))


def _ask(
    wish: Waiting, agent: AgentState, reason: dict[str, Any], now: datetime, expires_at: datetime
) -> Offer:
    offer = Offer(
        waiting=wish, staff_id=agent.staff_id, made_at=now, expires_at=expires_at, reason=reason,
        takes=wish.takes,
    )  # fmt: skip
    write_new(offer)
    wish.state = Waiting.State.OFFERED
    write_changed(wish)
    if wish.takes == routing.FULL:
        turn(agent, State.RESERVED, now=now, offer=offer.pk)
    else:
        _moved(wish, now)
    return offer


def _ring_seconds(queue: str) -> int:
    spec = catalogue().queues.get(queue)
    return spec.ring_seconds if spec else RING_SECONDS


def _wrap_up_seconds(queue: str) -> int:
    spec = catalogue().queues.get(queue)
    return spec.wrap_up_seconds if spec else WRAP_UP_SECONDS


def _open_offer(offer_id: int) -> Offer | None:
    return _OPEN_OFFER.first(id=offer_id)


def _waiting_of(subject_kind: str, subject_id: int) -> Waiting | None:
    return _WAITS_STILL.first(kind=subject_kind, subject=subject_id)


def _moved(waiting: Waiting, now: datetime) -> None:
    moved = QueueMoved(waiting.queue, waiting.pk, waiting.state)
    events.publish(moved, organisation_id=waiting.organisation_id, actor=None, now=now)
