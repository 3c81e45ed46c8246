"""Working a list: whoever is at hand is called, and what came of it told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from qiao.contact.operations import InteractionRefusal, end_work_after, finish
from qiao.contact.queries import NotVisible, get_interaction_for, outcomes, standings
from qiao.contact.queries.choices import pack_of
from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.operations import note_call
from qiao.customers.queries import number_to_call
from qiao.telephony.models import Call, CallList, CallListEntry, CallListTry, OutgoingCall
from qiao.telephony.operations.contacts import actor_of
from qiao.telephony.operations.dialling import CallFor, call_out
from qiao.telephony.operations.list_next import (
    ListWorkRefused,
    leave_entry,
    running_list,
    zone_of,
)
from qiao.telephony.queries.lists import asked_at, terms_of_list
from qiao.telephony.rights import DIAL, LISTS
from qiao.telephony.rules.call_lists import (
    LATER,
    Code,
    after_result,
    code_of_end,
    may_call_at,
    read_codes,
)
from qiao.telephony.rules.calls import NOBODY_CALLED, UNREACHED

log: Final = structlog.get_logger(__name__)
State = CallListEntry.State
NOTE_LENGTH: Final = 500
LATEST: Final = timedelta(days=60)
# What is said of the contact of a talk; a time that was agreed is a promise, not an answer.
OUTCOMES: Final = {
    "reached": "answered", "not_reached": "broken_off", "refused": "broken_off",
    "wrong_number": "wrong_number",
}  # fmt: skip
PROMISED: Final = "call_later"


def call_entry(*, entry_id: int, actor: Actor, now: datetime) -> Call:
    """Call whom the actor has at hand, once. Raises `CallListEntry.DoesNotExist`,
    `ListWorkRefused`, `DialRefused`, `Forbidden`."""
    entry = _own(entry_id, actor)
    found = running_list(entry.call_list_id, actor, now)
    if entry.call_id is not None:
        if _has_ended(entry.call_id):
            raise ListWorkRefused("result")
        return Call.objects.get(pk=entry.call_id)
    number = number_to_call(customer_id=entry.customer_id)
    reason = CallFor(
        OutgoingCall.Why.ENTRY, entry.pk, found.organisation_id, entry.customer_id,
        purpose=found.purpose, asked_at=asked_at(entry),
    )  # fmt: skip
    call = call_out(number=number, reason=reason, actor=actor, now=now)
    entry.call_id = call.pk
    entry.save(update_fields=["call"])
    return call


def code_entry(
    *, entry_id: int, code: str, actor: Actor, now: datetime, note: str = ""
) -> CallListEntry:
    """Say what came of the call. The contact that went with it is closed with it, and whoever
    called is ready again.

    Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`, `BadText`, `Forbidden`.
    """
    entry = _own(entry_id, actor)
    found = entry.call_list
    result = next((each for each in read_codes(found.codes) if each.key == code), None)
    if result is None:
        raise ListWorkRefused("code")
    words = clean(note, field="note", max_length=NOTE_LENGTH)
    call = _ended_call(entry)
    _tell(entry, found, result, call, words, actor, now)
    _end_work(found, result, call, words, actor, now)
    return entry


def call_entry_later(
    *, entry_id: int, at: datetime, actor: Actor, now: datetime, note: str = ""
) -> CallListEntry:
    """Call them again at a time that was agreed; the call is kept, and counts as no attempt in
    vain.

    Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`, `BadText`, `Forbidden`.
    """
    entry = _own(entry_id, actor)
    found = entry.call_list
    if not now < at <= now + LATEST:
        raise ListWorkRefused("moment")
    if not may_call_at(at.astimezone(zone_of(found)), terms_of_list(found)):
        raise ListWorkRefused("hours")
    words = clean(note, field="note", max_length=NOTE_LENGTH)
    call = _ended_call(entry)
    was_reached = call is None or call.end not in UNREACHED
    result = LATER if was_reached else replace(LATER, kind="not_reached")
    _keep(entry, result, call, words, actor, now)
    entry.next_at, entry.is_promised = at, True
    leave_entry(entry, State.WAITING, result.key, now)
    _tell_source(entry, result, call, words, actor, now)
    _end_work(found, result, call, words, actor, now)
    return entry


def give_back_entry(*, entry_id: int, actor: Actor, now: datetime) -> CallListEntry:
    """Let somebody else call them: whoever has them at hand says so, or whoever leads the list.

    Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`.
    """
    entry = _locked(entry_id, actor)
    leads = actor.can_in(LISTS, entry.call_list.organisation_id)
    if entry.state != State.TAKEN or (entry.taken_by_id != actor.person_id and not leads):
        raise ListWorkRefused("not_yours")
    if entry.call_id is not None and not _has_ended(entry.call_id):
        raise ListWorkRefused("calling")
    leave_entry(entry, State.WAITING, entry.why, now)
    return entry


def settle_entry(entry_id: int, row: Call, now: datetime) -> None:
    """A call to somebody in a list has ended: where its end says by itself what came of it, that
    is told; whoever talked says it themselves."""
    entry = CallListEntry.objects.select_for_update().get(pk=entry_id)
    if entry.call_id != row.pk or entry.state != State.TAKEN:
        return
    if row.end in NOBODY_CALLED:
        entry.call_id = None
        goes_on = entry.call_list.state == CallList.State.RUNNING
        if goes_on:
            entry.save(update_fields=["call"])
        else:
            leave_entry(entry, State.WAITING, entry.why, now)
        return
    code = code_of_end(read_codes(entry.call_list.codes), row.end)
    if code is None or row.staff_id is None:
        return
    actor = actor_of(row.staff_id, now)
    _tell(entry, entry.call_list, code, row, "", actor, now, is_by_end=True)
    agent = standings(staff_ids=[row.staff_id]).get(row.staff_id)
    if agent is not None and agent.wanted:  # nothing is left to be written before their break
        end_work_after(actor=actor, now=now)


def _tell(
    entry: CallListEntry,
    found: CallList,
    code: Code,
    call: Call | None,
    note: str,
    actor: Actor,
    now: datetime,
    *,
    is_by_end: bool = False,
) -> None:
    """Keep a result, and what it leads to."""
    entry.tries += 1
    _keep(entry, code, call, note, actor, now, is_by_end=is_by_end)
    then = after_result(
        code.kind,
        is_busy="busy" in code.ends,
        tries=entry.tries,
        terms=terms_of_list(found),
        now=now.astimezone(zone_of(found)),
    )
    entry.next_at = then.at or entry.next_at
    entry.is_promised = False
    leave_entry(entry, then.state, code.key, now)
    _tell_source(entry, code, call, note, actor, now)


def _keep(
    entry: CallListEntry,
    code: Code,
    call: Call | None,
    note: str,
    actor: Actor,
    now: datetime,
    *,
    is_by_end: bool = False,
) -> None:
    """Put a call and its result on record."""
    made = CallListTry.objects.create(
        entry=entry, call_list=entry.call_list, customer_id=entry.customer_id, call=call,
        staff_id=actor.person_id, at=now, result=code.key, kind=code.kind, note=note,
        is_by_end=is_by_end,
    )  # fmt: skip
    if not entry.call_list.source:  # a source notes what came of its own calls
        _note_number(entry, made, call, now)


def _tell_source(
    entry: CallListEntry, code: Code, call: Call | None, note: str, actor: Actor, now: datetime
) -> None:
    """Whoever wanted them called hears what came of it."""
    source = registry.call_sources().get(entry.call_list.source)
    if source is None or entry.ref is None:
        return
    end = code.ends[0] if code.ends else call.end if call else ""
    number = call.phone if call else ""
    source.told(
        ref=entry.ref, kind=code.kind, end=end, number=number, note=note, actor=actor, now=now
    )


def _note_number(
    entry: CallListEntry, made: CallListTry, call: Call | None, now: datetime
) -> None:
    """Whether the number leads to the customer is known below, for whoever calls next."""
    if call is None or not call.phone:
        return
    outcome = {
        "reached": "reached", "refused": "refused",
        "wrong_number": "not_in_service" if call.end == "no_number" else "wrong_person",
    }.get(made.kind, "busy" if call.end == "busy" else "no_answer")  # fmt: skip
    note_call(
        customer_id=entry.customer_id, number=call.phone, outcome=outcome, source="telephony",
        ref=str(made.pk), at=now, now=now, staff_id=made.staff_id,
    )  # fmt: skip


def _end_work(
    found: CallList, code: Code, call: Call | None, note: str, actor: Actor, now: datetime
) -> None:
    """Close the contact of the talk; whoever called is ready for the next call, or rests now where
    they wished to."""
    if call is not None and call.interaction_id is not None:
        _close_contact(found, code, call.interaction_id, note, actor, now)
    end_work_after(actor=actor, now=now)


def _close_contact(
    found: CallList, code: Code, interaction_id: int, note: str, actor: Actor, now: datetime
) -> None:
    """A contact that needs more than the list knows stays with whoever called."""
    try:
        with transaction.atomic(), events.together():
            contact = get_interaction_for(actor=actor, interaction_id=interaction_id)
            said = PROMISED if code.key == LATER.key else OUTCOMES[code.kind]
            outcome = f"{pack_of(contact)}.{said}"
            if contact.is_at_hand and outcome in outcomes():
                finish(
                    interaction_id=interaction_id,
                    subject=found.name,
                    outcome=outcome,
                    note=contact.summary or note,
                    actor=actor,
                    now=now,
                )
    except (InteractionRefusal, NotVisible, Forbidden) as refusal:
        log.info("contact_of_list_stays_open", contact=interaction_id, why=repr(refusal))


def _own(entry_id: int, actor: Actor) -> CallListEntry:
    entry = _locked(entry_id, actor)
    actor.require(DIAL, entry.call_list.organisation_id)
    if entry.state != State.TAKEN or entry.taken_by_id != actor.person_id:
        raise ListWorkRefused("not_yours")
    return entry


def _locked(entry_id: int, actor: Actor) -> CallListEntry:
    required()
    lists = CallList.objects.visible_to(actor)
    found = CallListEntry.objects.select_for_update(of=("self",)).select_related("call_list")
    return found.get(pk=entry_id, call_list__in=lists)


def _ended_call(entry: CallListEntry) -> Call | None:
    """The call that was made to somebody; None where none was, or one by hand."""
    call = Call.objects.filter(pk=entry.call_id or 0).first()
    if call is not None and call.ended_at is None:
        raise ListWorkRefused("calling")
    return call


def _has_ended(call_id: int) -> bool:
    return Call.objects.filter(pk=call_id, ended_at__isnull=False).exists()
