"""Calls that we owe: promised by a voice menu, or because somebody gave up waiting."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.contact.operations import start_interaction
from qiao.contact.queries import is_offered
from qiao.core import events, parameters
from qiao.core.actor import Actor
from qiao.core.calendars import all_versions, on_day
from qiao.core.manifest import Answer
from qiao.core.numbering import next_number
from qiao.core.packs.qualify import qualify
from qiao.core.rules import phones
from qiao.core.rules.calendar import add_working_time
from qiao.core.rules.spelt import Spelt
from qiao.core.transactions import required
from qiao.staff.queries import chain_to, local_days, organisation
from qiao.telephony.events import CallOwed
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.operations.owed_places import OWED, let_wait, wait_no_more
from qiao.telephony.queries import owed_seen_by

PREFIX: Final = "HD"
RIGHT: Final = "interactions.work"
HOURS: Final = "service"  # the calendar of a pack in which calls are returned
PARAMETERS: Final[Mapping[str, str]] = {
    OwedCall.Kind.MESSAGE: "calls.answer_message_minutes",
    OwedCall.Kind.CALLBACK: "calls.callback_minutes",
    OwedCall.Kind.ABANDONED: "calls.abandoned_minutes",
}
RETRY: Final = timedelta(minutes=30)
MOST_ATTEMPTS: Final = 3


class NotOwed(Exception):  # noqa: N818 - a refusal, not a fault
    """Nothing is owed any more: a colleague has called, or they called again."""


def owe_call(
    *,
    call: Call,
    kind: str,
    phone: str,
    now: datetime,
    queue: str,
    language: str = "",
    recording: str = "",
    seconds: int = 0,
) -> OwedCall:
    """Owe somebody a call; who gave up and is owed one already keeps their place.

    `phone` may be written in any way; one that is no number is kept as it is.
    """
    required()
    stored = phones.try_normalise(phone) or phone
    if kind != OwedCall.Kind.MESSAGE:
        known = OwedCall.objects.open().exclude(kind=OwedCall.Kind.MESSAGE)
        found = known.select_for_update().filter(phone=stored).first()
        if found is not None:
            _wants_it(found, kind, now)
            return found
    owed = OwedCall.objects.create(
        number=next_number(prefix=PREFIX, day=_today(call.organisation_id, now)),
        kind=kind,
        organisation_id=call.organisation_id,
        call=call,
        phone=stored,
        customer_id=call.customer_id if stored == call.phone else None,
        queue=queue,
        language=language,
        recording=recording,
        seconds=seconds,
        since=call.queued_at or call.arrived_at,
        due_at=due_for(kind, queue, call.organisation_id, now),
    )
    let_wait(owed, now)
    _tell(owed, now)
    return owed


def _wants_it(owed: OwedCall, kind: str, now: datetime) -> None:
    """Whoever gave up before asks to be called back now: they wait since they first did."""
    if kind == OwedCall.Kind.CALLBACK and owed.kind == OwedCall.Kind.ABANDONED:
        owed.kind = kind
        owed.save(update_fields=["kind"])
        if not owed.is_taken:
            let_wait(owed, now)
        _tell(owed, now)


def promised(owed: OwedCall) -> Answer:
    """What a voice menu may say of it: its number, and the moment by which it is owed."""
    zone = ZoneInfo(organisation(owed.organisation_id).timezone)
    due = owed.due_at.astimezone(zone).replace(second=0, microsecond=0)
    digits = "".join(sign for sign in owed.number if sign.isdigit())
    return Answer("ok", {"number": Spelt(digits), "day": due.date(), "clock": due.time()})


def due_for(kind: str, queue: str, organisation_id: int, now: datetime) -> datetime:
    """By when a call is owed: so many minutes of the hours in which calls are returned."""
    day = _today(organisation_id, now)
    found = parameters.find(
        PARAMETERS[kind], day=day, organisation_ids=chain_to(organisation(organisation_id))
    )
    amount = timedelta(minutes=int(found.value))
    versions = all_versions().get(qualify(queue.partition(".")[0], HOURS))
    if not versions:
        return now + amount
    local = now.astimezone(ZoneInfo(versions[-1].calendar.timezone)).date()
    return add_working_time(on_day(versions, local), now, amount)


def begin_owed(*, owed_id: int, actor: Actor, now: datetime) -> OwedCall:
    """Call somebody who is owed one: a contact begins in the actor's hands. They see to it as long
    as they have that contact at hand.

    Raises `OwedCall.DoesNotExist`, `Forbidden`, `NotOwed`.
    """
    owed = _locked(owed_id, actor)
    if owed.taken_by_id == actor.person_id and owed.is_taken:
        return owed  # pressed twice
    if is_offered(subject_kind=OWED, subject_id=owed.pk):
        raise NotOwed(owed.number)  # it rings at a colleague's telephone
    wait_no_more(owed, "taken", now)
    made = start_interaction(
        channel="phone",
        direction="out",
        phone=owed.phone if phones.try_normalise(owed.phone) else "",
        caller_name="",
        actor=actor,
        now=now,
    )
    owed.taken_by_id, owed.interaction_id = actor.person_id, made.pk
    owed.attempts, owed.tried_at = owed.attempts + 1, now
    owed.save(update_fields=["taken_by", "interaction", "attempts", "tried_at"])
    _tell(owed, now)
    return owed


def end_owed(*, owed_id: int, reached: bool, actor: Actor, now: datetime) -> OwedCall:
    """Say whether they were reached. Who was not is tried again; after the third attempt it is
    given up. Raises as `begin_owed`."""
    owed = _locked(owed_id, actor)
    if reached:
        _end(owed, OwedCall.State.DONE, "reached", now)
    elif owed.attempts >= MOST_ATTEMPTS:
        _end(owed, OwedCall.State.DROPPED, "not_reached", now)
    else:
        owed.due_at, owed.taken_by_id = now + RETRY, None
        owed.save(update_fields=["due_at", "taken_by"])
        let_wait(owed, now, not_before=owed.due_at)
        _tell(owed, now)
    return owed


def give_back_owed(owed: OwedCall, now: datetime) -> None:
    """Nobody was called after all: it is owed as before, and that was no attempt."""
    owed.attempts, owed.taken_by_id = max(0, owed.attempts - 1), None
    owed.save(update_fields=["attempts", "taken_by"])
    let_wait(owed, now)
    _tell(owed, now)


def settle_by_call(*, phone: str, now: datetime) -> int:
    """Somebody who was owed a call has called again and was answered: how many were settled."""
    required()
    if not phone:
        return 0
    owed = OwedCall.objects.open().exclude(kind=OwedCall.Kind.MESSAGE)
    found = list(owed.select_for_update().filter(phone=phone))
    for each in found:
        _end(each, OwedCall.State.DONE, "called_again", now)
    return len(found)


def _end(owed: OwedCall, state: str, why: str, now: datetime) -> None:
    owed.state, owed.why, owed.ended_at = state, why, now
    owed.save(update_fields=["state", "why", "ended_at"])
    wait_no_more(owed, why, now)
    _tell(owed, now)


def _locked(owed_id: int, actor: Actor) -> OwedCall:
    required()
    actor.require(RIGHT, actor.organisation_id)
    owed = owed_seen_by(actor).select_for_update(of=("self",)).get(pk=owed_id)
    if owed.state != OwedCall.State.OPEN:
        raise NotOwed(owed.number)
    if owed.taken_by_id != actor.person_id and owed.is_taken:
        raise NotOwed(owed.number)
    return owed


def _tell(owed: OwedCall, now: datetime) -> None:
    events.publish(
        CallOwed(owed.pk, owed.kind, owed.state),
        organisation_id=owed.organisation_id,
        actor=None,
        now=now,
    )


def _today(organisation_id: int, now: datetime) -> date:
    return local_days(now)[organisation_id]
