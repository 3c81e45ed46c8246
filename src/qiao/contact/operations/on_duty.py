"""Whoever is on duty is asked to take an emergency, though they are not signed on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations.agents import AT_WORK, LEASE, lock_agents, turn
from qiao.contact.operations.waiting import Asked
from qiao.contact.rules import routing
from qiao.core.prepared import execute
from qiao.core.transactions import required

State = AgentState.State
_ROW: Final = """
INSERT INTO contact_agentstate (staff_id, organisation_id, state, reason, since, idle_since,
    endpoint, queues, busy_seconds, wanted)
VALUES (%(staff)s, %(unit)s, 'off', '', %(now)s, %(now)s, '', '{}', 0, '')
    ON CONFLICT (staff_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is on duty in a unit, and the telephone at which they are reached."""

    staff_id: int
    organisation_id: int
    endpoint: str


def ask_on_duty(
    *,
    wish_of: tuple[str, int],
    person: OnDuty,
    seconds: int,
    now: datetime,
    confirm_seconds: int = 0,
) -> Asked | None:
    """Ask somebody on duty to take what waits: their own telephone is rung so many seconds, and
    once it was taken they have `confirm_seconds` more to say that they are there. Who is signed on
    is rung where they sit, who is not stands as signed off again once it is over. None where they
    are at work already, or somebody else is asked at this moment."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contact_route'))")
    values = {"staff": person.staff_id, "unit": person.organisation_id, "now": now}
    execute(_ROW, values)
    agent = lock_agents([person.staff_id])[person.staff_id]
    if agent.state in AT_WORK:
        return None
    kind, subject_id = wish_of
    known = Waiting.objects.select_for_update().filter(
        subject_kind=kind, subject_id=subject_id, state=Waiting.State.WAITING
    )
    waiting = known.first()
    if waiting is None:
        return None
    is_away = agent.state == State.OFF
    endpoint = person.endpoint if is_away else agent.endpoint
    whole = timedelta(seconds=seconds + (confirm_seconds if endpoint == person.endpoint else 0))
    offer = Offer.objects.create(
        waiting=waiting, staff_id=person.staff_id, made_at=now, takes=routing.FULL,
        expires_at=now + whole, reason={"rule": "duty"},
    )  # fmt: skip
    waiting.state = Waiting.State.OFFERED
    waiting.save(update_fields=["state"])
    if is_away:
        agent.organisation_id, agent.endpoint = person.organisation_id, person.endpoint
        agent.signed_on_at, agent.idle_since, agent.busy_seconds = now, now, 0
        agent.lease_until, agent.queues = now + LEASE, []
    turn(agent, State.RESERVED, now=now, offer=offer.pk)
    if is_away:
        agent.wanted = State.OFF
        agent.save(update_fields=["wanted"])
    return Asked(offer.pk, kind, subject_id, person.staff_id, endpoint, seconds)
