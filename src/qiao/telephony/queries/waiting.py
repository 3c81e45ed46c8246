"""Calls that wait for somebody, as the actor may see them."""

from collections.abc import Mapping, Sequence

from qiao.contact.queries import Offered, offered_to, standing_of
from qiao.core.actor import Actor
from qiao.core.once import once
from qiao.telephony.models import Call, CallQuerySet


def offer_at(actor: Actor) -> Offered | None:
    """What the actor is rung for: a call that waits, or somebody who is to be called back. Asked
    for only while they are rung, and once a page."""
    agent = standing_of(actor)
    if agent is None or agent.state != "reserved":
        return None
    key = ("telephony.offer", actor.person_id)
    return once(key, lambda: offered_to(staff_id=actor.person_id))


def ringing_call_id(*, actor: Actor) -> int | None:
    """The waiting call that rings at the actor's telephone, by its id."""
    offer = offer_at(actor)
    return offer.subject_id if offer and offer.subject_kind == "call" else None


def _waiting(actor: Actor, scope: str) -> CallQuerySet:
    """Mine rings at me, the team's wait in queues that I serve, all are those that I may see."""
    calls = Call.objects.filter(phase=Call.Phase.WAITING)
    if scope == "mine":
        return calls.filter(pk=ringing_call_id(actor=actor) or 0)
    if scope == "team":
        agent = standing_of(actor)
        return calls.filter(queue__in=agent.queues if agent else [])
    return calls.visible_to(actor)


def waiting_calls(*, actor: Actor, scope: str, limit: int) -> Sequence[Call]:
    """Calls that wait, the longest first."""
    found = _waiting(actor, scope).order_by("queued_at", "id")[:limit]
    return list(found)


def count_waiting(*, actor: Actor) -> Mapping[str, int]:
    """How many wait, by scope: few at any time."""
    return {scope: _waiting(actor, scope).count() for scope in ("mine", "team", "all")}


def waiting_call(*, actor: Actor, call_id: int) -> Call | None:
    """One that waits; None if it does not any more, or is not for the actor to see."""
    for scope in ("mine", "team", "all"):
        found = _waiting(actor, scope).filter(pk=call_id).select_related("line").first()
        if found is not None:
            return found
    return None
