"""How people who take contacts stand: signed on, ready, on a break, at work, or gone."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import OperationalError, connection, transaction

from qiao.contact.events import AgentTurned
from qiao.contact.models import AgentState
from qiao.contact.operations.journal import RIGHT
from qiao.contact.operations.refusals import UnknownChoice, WrongState
from qiao.contact.rules import desk
from qiao.contact.rules.desk import BREAKS, LEASE_SECONDS, serving
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.prepared import execute
from qiao.core.rows import Reading
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import queues_of, skills_of

State = AgentState.State
AT_WORK: Final = frozenset(desk.AT_WORK)
AT_CONTACT: Final = frozenset({State.BUSY, State.WRAP_UP})
LEASE: Final = timedelta(seconds=LEASE_SECONDS)
ENDPOINT_LENGTH: Final = 80
log = structlog.get_logger(__name__)
_not_turned: dict[int, tuple[str, datetime, str]] = {}  # how they stood, since when, and why

_LOCKED: Final = Reading(
    AgentState, where="t.staff_id = ANY(%(ids)s::bigint[])", order="t.staff_id", lock=True
)
_KEPT: Final = (
    "organisation_id", "state", "reason", "since", "until", "signed_on_at", "idle_since",
    "lease_until", "endpoint", "queues", "busy_seconds", "wanted",
)  # fmt: skip
_TURN: Final = f"""
WITH kept AS (
    INSERT INTO contact_agentstatechange (staff_id, at, state, reason, offer, by_id)
    VALUES (%(staff_id)s, %(at)s, %(state)s, %(reason)s, %(offer)s, %(by_id)s))
UPDATE contact_agentstate SET {", ".join(f"{name} = %({name})s" for name in _KEPT)}
 WHERE staff_id = %(staff_id)s
"""  # noqa: S608 - our own names


def sign_on(*, actor: Actor, endpoint: str, now: datetime) -> AgentState:
    """Begin to take contacts, with a telephone: ready at once, for all queues whose skill the
    person holds. Signed on already, only the telephone changes.

    Raises `Forbidden`, `BadText`.
    """
    required()
    actor.require(RIGHT, actor.organisation_id)
    person = actor.person_id
    phone = clean(endpoint, field="endpoint", max_length=ENDPOINT_LENGTH, one_line=True)
    queues = serving(queues_of(actor.organisation_id).values(), skills_of(person))
    agent = _locked(actor, now)
    agent.organisation_id = actor.organisation_id
    agent.endpoint, agent.queues, agent.lease_until = phone, list(queues), now + LEASE
    if agent.state == State.OFF:
        agent.signed_on_at, agent.idle_since, agent.busy_seconds = now, now, 0
        turn(agent, State.READY, now=now, actor=actor)
    else:
        agent.save(update_fields=["organisation", "endpoint", "queues", "lease_until"])
    return agent


def sign_off(*, actor: Actor, now: datetime) -> AgentState:
    """End the shift; after the contact at hand, if any. Raises `WrongState` while rung."""
    agent = _own(actor, now)
    return _rest(agent, State.OFF, "", actor, now)


def be_ready(*, actor: Actor, now: datetime) -> AgentState:
    """Take contacts again: after a break, after work on the last one, after not answering. A break
    that was wished meanwhile is wished no more.

    Raises `WrongState` in the middle of a contact.
    """
    agent = _own(actor, now)
    if agent.state in (State.OFF, State.BUSY, State.RESERVED):
        raise WrongState(agent.state)
    if agent.state != State.READY:
        if agent.state != State.WRAP_UP:
            agent.idle_since = now  # whoever rested stands behind those who waited
        turn(agent, State.READY, now=now, actor=actor)
    return agent


def take_break(*, actor: Actor, reason: str, now: datetime) -> AgentState:
    """Rest, with a reason of `BREAKS`; after the contact at hand, if there is one.

    Raises `UnknownChoice`, `WrongState`.
    """
    if reason not in BREAKS:
        raise UnknownChoice("reason")
    agent = _own(actor, now)
    return _rest(agent, State.BREAK, reason, actor, now)


def end_shifts(*, people: Collection[int], actor: Actor | None, now: datetime) -> None:
    """These people are gone, signed out of Qiao or suspended: their shifts end, after the contact
    at hand, if any. Whoever is rung at this moment may still take it."""
    required()
    for agent in lock_agents(people).values():
        if agent.state in (State.BUSY, State.RESERVED):
            agent.wanted = State.OFF
            agent.save(update_fields=["wanted"])
        elif agent.state != State.OFF:
            turn(agent, State.OFF, now=now, actor=actor)


def renew_leases(*, people: Collection[int], now: datetime) -> None:
    """The browsers of these people are still there."""
    required()
    signed_on = AgentState.objects.filter(staff_id__in=people).exclude(state=State.OFF)
    signed_on.update(lease_until=now + LEASE)


def end_work_after(*, actor: Actor, now: datetime) -> None:
    """The actor has closed a contact: was it the last one of a call, they are ready again."""
    required()
    agent = lock_agents([actor.person_id]).get(actor.person_id)
    if agent is not None and agent.state == State.WRAP_UP:
        end_wrap_up(agent, now=now)


def take_directly(*, actor: Actor, endpoint: str, now: datetime) -> AgentState:
    """The person has a contact that nobody asked them to take, such as a call that they took
    over. The work after it ends where they stood before: signed off, on their break, or not
    ready; or where they wished to be after the contact before it. Whoever is being rung meanwhile
    does not take that one: nobody is at fault."""
    required()
    agent = _locked(actor, now)
    if agent.state == State.BUSY:
        return agent
    after = _after_next(agent, State.OFF, State.BREAK, State.NOT_READY)
    if agent.state == State.OFF:
        agent.organisation_id, agent.endpoint = actor.organisation_id, endpoint
        served = queues_of(actor.organisation_id).values()
        agent.queues = list(serving(served, skills_of(actor.person_id)))
        agent.signed_on_at, agent.idle_since, agent.busy_seconds = now, now, 0
    agent.wanted, agent.lease_until = after, now + LEASE
    turn(agent, State.BUSY, now=now, reason=_break_reason(agent), actor=actor)
    return agent


def begin_calling(*, actor: Actor, now: datetime) -> AgentState:
    """The person calls somebody: nothing is offered to them until the work after it is over. Who
    was on a break goes back to it then.

    Raises `WrongState` for whoever is signed off, rung or talks, `Forbidden`.
    """
    agent = _own(actor, now)
    if agent.state in (State.RESERVED, State.BUSY):
        raise WrongState(agent.state)
    agent.wanted = _after_next(agent, State.BREAK)
    turn(agent, State.BUSY, now=now, reason=_break_reason(agent), actor=actor)
    return agent


def stop_calling(*, staff_id: int, why: str, now: datetime) -> None:
    """The person has called nobody: `why` is ``withdrawn`` where they did not want to any more,
    else why their own telephone was not taken. Harmless for whoever does not call."""
    required()
    agent = lock_agents([staff_id]).get(staff_id)
    if agent is None or agent.state != State.BUSY:
        return
    if agent.wanted:
        end_wrap_up(agent, now=now)
    elif why == "withdrawn":
        turn(agent, State.READY, now=now)
    else:
        turn(agent, State.NOT_READY, now=now, reason=why)


def let_time_pass(*, now: datetime) -> Sequence[int]:
    """End what ends by itself: work after a contact whose limit has passed, and the shift of whom
    nothing was heard. Whoever is with a customer stays, and so does, with a word in the log, who
    cannot be turned: the others do not wait for them. Returns who turned."""
    required()
    on = AgentState.objects.select_for_update(skip_locked=True).exclude(state=State.OFF)
    over = on.filter(until__lte=now, state=State.WRAP_UP).order_by("staff_id")
    turned = [each.staff_id for each in over if _turns(each, end_wrap_up, now=now)]
    gone = on.filter(lease_until__lte=now).exclude(state__in=AT_WORK).order_by("staff_id")
    lost = {"state": State.OFF, "reason": "lost"}
    return turned + [each.staff_id for each in gone if _turns(each, turn, now=now, **lost)]


def end_wrap_up(agent: AgentState, *, now: datetime) -> None:
    """The work after a contact is done: ready, or what the person wanted meanwhile."""
    turn(agent, agent.wanted or State.READY, now=now, reason=_break_reason(agent))


def turn(
    agent: AgentState,
    state: str,
    *,
    now: datetime,
    reason: str = "",
    until: datetime | None = None,
    offer: int | None = None,
    actor: Actor | None = None,
) -> None:
    """Let a locked person stand otherwise, and keep that they do. What they wanted after a contact
    is forgotten with it."""
    if agent.state in AT_CONTACT:
        agent.busy_seconds += max(0, int((now - agent.since).total_seconds()))
        agent.idle_since = now
    agent.state, agent.reason, agent.since, agent.until = state, reason, now, until
    if state not in AT_CONTACT:
        agent.wanted = ""
    values = {name: getattr(agent, name) for name in _KEPT}
    plain = {"state": str(agent.state), "wanted": str(agent.wanted)}
    by_id = actor.staff_id if actor else None
    told = {"staff_id": agent.staff_id, "at": now, "offer": offer, "by_id": by_id}
    execute(_TURN, values | plain | told)
    events.publish(
        AgentTurned(agent.staff_id, state),
        organisation_id=agent.organisation_id,
        actor=actor,
        now=now,
    )


def lock_agents(staff_ids: Collection[int]) -> dict[int, AgentState]:
    """People by id, locked in the order of their ids."""
    return {each.staff_id: each for each in _LOCKED.all(ids=sorted(set(staff_ids)))}


def _turns(agent: AgentState, act: Callable[..., None], *, now: datetime, **given: str) -> bool:
    """Whether somebody could be turned; the transaction goes on either way. It is tried again each
    time, and told once for as long as they stand so and the reason is the same."""
    stood = (str(agent.state), agent.since)
    try:
        with transaction.atomic():
            act(agent, now=now, **given)
    except OperationalError:
        raise
    except Exception as error:  # whatever hinders this one: the others are turned all the same
        found = (*stood, repr(error))
        if _not_turned.get(agent.staff_id) != found:
            _not_turned[agent.staff_id] = found
            log.exception("agent_not_turned", staff=agent.staff_id)
        return False
    _not_turned.pop(agent.staff_id, None)
    return True


def _after_next(agent: AgentState, *resting: str) -> str:
    """What follows on a contact that begins now: where somebody rested, else what they wanted
    after the one whose work they are still at."""
    if agent.state in resting:
        return agent.state
    return agent.wanted if agent.state == State.WRAP_UP else ""


def _break_reason(agent: AgentState) -> str:
    return agent.reason if agent.wanted == State.BREAK else ""


def _rest(agent: AgentState, state: str, reason: str, actor: Actor, now: datetime) -> AgentState:
    if agent.state == State.RESERVED:
        raise WrongState(agent.state)
    if agent.state in AT_CONTACT and state == State.BREAK:
        agent.wanted, agent.reason = state, reason
        agent.save(update_fields=["wanted", "reason"])
    elif agent.state == State.BUSY:
        agent.wanted = state
        agent.save(update_fields=["wanted"])
    elif agent.state != state or agent.reason != reason:
        turn(agent, state, now=now, reason=reason, actor=actor)
    return agent


def _own(actor: Actor, now: datetime) -> AgentState:
    required()
    actor.require(RIGHT, actor.organisation_id)
    agent = _locked(actor, now)
    if agent.state == State.OFF:
        raise WrongState(agent.state)
    agent.lease_until = now + LEASE
    return agent


def _locked(actor: Actor, now: datetime) -> AgentState:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact_agentstate (staff_id, organisation_id, state, reason, since,"
            " idle_since, endpoint, queues, busy_seconds, wanted)"
            " VALUES (%s, %s, 'off', '', %s, %s, '', '{}', 0, '')"
            " ON CONFLICT (staff_id) DO NOTHING",
            [actor.person_id, actor.organisation_id, now, now],
        )
    return lock_agents([actor.person_id])[actor.person_id]
