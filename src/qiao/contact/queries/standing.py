"""How people who take contacts stand: one's own bar, and who could help now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.contact.models import AgentState
from qiao.contact.rules.desk import BREAKS
from qiao.core.actor import Actor
from qiao.core.once import once
from qiao.core.rows import Reading

State = AgentState.State
_OWN: Final = Reading(AgentState, where="t.staff_id = %(staff)s", order="t.staff_id")
MAY_BE_READY: Final = frozenset({State.WRAP_UP, State.BREAK, State.NOT_READY})
MAY_REST: Final = frozenset({State.READY, State.BUSY, State.WRAP_UP, State.NOT_READY})


def standing_of(actor: Actor) -> AgentState | None:
    """How the actor stands; None for somebody who never took contacts. Read once a page: the
    frame asks for it more than once."""
    person = actor.person_id
    return once(("contact.standing", person), lambda: _OWN.first(staff=person))


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
        "agent": agent,
        "state": state,
        "is_on": state != AgentState.State.OFF,
        "breaks": BREAKS,
    }


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who is ready."""

    staff_id: int
    name: str
    number: str
    title: str


def ready_colleagues(*, actor: Actor, now: datetime) -> Sequence[Colleague]:
    """Who else is ready at this moment, by number."""
    agents = (
        AgentState.objects.filter(state=AgentState.State.READY, lease_until__gt=now)
        .exclude(staff_id=actor.person_id)
        .select_related("staff")
        .order_by("staff__number")
    )
    return [Colleague(a.staff_id, a.staff.name, a.staff.number, a.staff.title) for a in agents]
