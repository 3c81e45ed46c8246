"""Calls that are owed, as the actor may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from qiao.contact.queries import standing_of
from qiao.core.actor import Actor
from qiao.telephony.models import OwedCall, OwedCallQuerySet

PAGE = 40


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline of an owed call, as its mark takes it."""

    due_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class OwedPage:
    """Some of the calls that are owed, and the key of the next page, empty at the end."""

    rows: Sequence[OwedCall]
    following: str


def owed_seen_by(actor: Actor) -> OwedCallQuerySet:
    """What the actor may see, and what waits in the queues that they serve."""
    agent = standing_of(actor)
    queues = agent.queues if agent and actor.can("interactions.work") else []
    seen = actor.organisations("interactions.view")
    return OwedCall.objects.filter(
        Q(organisation_id__in=seen) | Q(taken_by_id=actor.person_id) | Q(queue__in=queues)
    )


def owed_calls(*, actor: Actor, scope: str, limit: int) -> Sequence[OwedCall]:
    """Calls that are owed, the one due first on top; mine are those I have begun to return, and
    those of my queues that nobody has at hand."""
    found = _owed(actor, scope)
    return list(found.select_related("customer").order_by("due_at", "id")[:limit])


def _owed(actor: Actor, scope: str) -> OwedCallQuerySet:
    found = owed_seen_by(actor).filter(state=OwedCall.State.OPEN)
    if scope == "mine":
        agent = standing_of(actor)
        queues = agent.queues if agent else []
        found = found.filter(
            Q(taken_by_id=actor.person_id)
            | Q(queue__in=queues, taken_by__isnull=True)
            | Q(queue__in=queues, interaction__closed_at__isnull=False)
        )
    return found


def count_owed(*, actor: Actor) -> Mapping[str, int]:
    """How many are owed, by scope: few at any time."""
    return {scope: _owed(actor, scope).count() for scope in ("mine", "all")}


def owed_call(*, actor: Actor, owed_id: int) -> OwedCall | None:
    """One, whatever its state; None where it is not for the actor to see."""
    found = owed_seen_by(actor).filter(pk=owed_id)
    return found.select_related("customer", "taken_by", "call").first()


def list_owed(*, actor: Actor, state: str, after: str) -> OwedPage:
    """A page of them by their deadline; `after` is the key of the last row before it."""
    found = owed_seen_by(actor).filter(state=state).select_related("customer", "taken_by")
    moment, _, number = after.partition("~")
    if number.isdecimal() and len(number) < 19:
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            found = found.filter(Q(due_at__gt=at) | Q(due_at=at, id__gt=int(number)))
    rows = list(found.order_by("due_at", "id")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return OwedPage(rows[:PAGE], f"{last.due_at.isoformat()}~{last.pk}" if last else "")


def load_owed_tool(
    *, actor: Actor, interaction_id: int, now: datetime
) -> Mapping[str, Any] | None:
    """The owed call that a contact returns, while it is not settled."""
    del now
    owed = OwedCall.objects.open().filter(
        interaction_id=interaction_id, taken_by_id=actor.person_id
    )
    found = owed.first()
    return {"owed": found} if found else None
