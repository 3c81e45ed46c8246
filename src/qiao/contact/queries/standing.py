"""How people who take contacts stand: one's own bar, and who could help now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count

from qiao.contact.models import AgentState, Waiting
from qiao.contact.rules.desk import BREAKS
from qiao.core.actor import Actor
from qiao.core.once import once

State = AgentState.State
MAY_BE_READY: Final = frozenset({State.WRAP_UP, State.BREAK, State.NOT_READY})
MAY_REST: Final = frozenset({State.READY, State.BUSY, State.WRAP_UP, State.NOT_READY})


def standing_of(actor: Actor) -> AgentState | None:
    """How the actor stands; None for somebody who never took contacts. Read once a page: the
    frame asks for it more than once."""
    mine = AgentState.objects.filter(staff_id=actor.person_id)
    return once(("contact.standing", actor.person_id), mine.first)


def standings(*, staff_ids: Collection[int]) -> Mapping[int, AgentState]:
    """How people stand, by id; those who never took contacts are left out."""
    found = AgentState.objects.filter(staff_id__in=staff_ids)
    return {each.staff_id: each for each in found}


def load_bar(*, actor: Actor, now: datetime, path: str) -> Mapping[str, Any]:
    """What the bar draws: how the actor stands, what they may turn to, which breaks there are."""
    del now, path
    agent = standing_of(actor)
    state = agent.state if agent else AgentState.State.OFF
    return {
        "may_be_ready": state in MAY_BE_READY,
        "may_rest": state in MAY_REST,
        "staff_id": actor.person_id,
        "agent": agent,
        "state": state,
        "is_on": state != AgentState.State.OFF,
        "breaks": BREAKS,
    }


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who is ready, with what they serve."""

    staff_id: int
    name: str
    number: str
    title: str
    queues: Sequence[str]


@dataclass(frozen=True, slots=True)
class DeskNow:
    """How many wait and how many are ready, by queue; and the colleagues who are ready."""

    waiting: Mapping[str, int]
    ready: Mapping[str, int]
    colleagues: Sequence[Colleague]


def desk_now(*, actor: Actor, now: datetime) -> DeskNow:
    """Who could take something over at this moment, in two statements."""
    agents = (
        AgentState.objects.filter(state=AgentState.State.READY, lease_until__gt=now)
        .exclude(staff_id=actor.person_id)
        .select_related("staff")
        .order_by("staff__number")
    )
    colleagues = [
        Colleague(a.staff_id, a.staff.name, a.staff.number, a.staff.title, a.queues)
        for a in agents
    ]
    ready: dict[str, int] = {}
    for each in colleagues:
        for queue in each.queues:
            ready[queue] = ready.get(queue, 0) + 1
    waits = Waiting.objects.filter(state__in=[Waiting.State.WAITING, Waiting.State.OFFERED])
    counts = waits.values_list("queue").annotate(n=Count("id")).order_by("queue")
    return DeskNow(dict(counts), ready, colleagues)
