"""Working a list: the next to be called is given to one person alone, called, and told of."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction

from qiao.contact.operations import (
    InteractionRefusal,
    be_ready,
    finish,
)
from qiao.contact.queries import get_interaction_for, outcomes, standings
from qiao.contact.queries.choices import pack_of
from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.operations import note_call
from qiao.customers.queries import number_to_call
from qiao.customers.queries.care import may_contact
from qiao.staff.queries import organisation
from qiao.telephony.models import Call, CallList, CallListEntry, CallListTry, OutgoingCall
from qiao.telephony.operations.contacts import actor_of
from qiao.telephony.operations.dialling import CallFor, call_out, settles
from qiao.telephony.queries.lists import last_called_elsewhere, terms_of_list
from qiao.telephony.rights import DIAL
from qiao.telephony.rules.call_lists import (
    Code,
    after_result,
    code_of_end,
    is_quiet,
    may_call_at,
    read_codes,
    within_hours,
)

log: Final = structlog.get_logger(__name__)
State = CallListEntry.State
Skip = CallListEntry.Skip
NOTE_LENGTH: Final = 500
FORGOTTEN: Final = timedelta(minutes=30)  # whoever took somebody and left gives them back
MOST_SKIPPED: Final = 200  # at one press
LATEST: Final = timedelta(days=60)
OUTCOMES: Final = {"reached": "answered", "refused": "broken_off", "wrong_number": "wrong_number"}
# Who was promised a time comes first; who is locked is being given to somebody else.
_NEXT: Final = """
UPDATE telephony_calllistentry e
   SET state = 'taken', taken_by_id = %(staff)s, taken_at = %(now)s, call_id = NULL
 WHERE e.id = (
    SELECT n.id FROM telephony_calllistentry n
     WHERE n.call_list_id = %(list)s AND n.next_at <= %(now)s
       AND (n.state = 'waiting' OR n.state = 'taken' AND n.taken_at < %(forgotten)s)
       AND (n.state = 'waiting' OR NOT EXISTS (
            SELECT FROM telephony_call c WHERE c.id = n.call_id AND c.phase <> 'ended'))
     ORDER BY n.is_promised DESC, n.next_at, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
RETURNING e.id
"""


class ListWorkRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``stopped`` (the list does not run), ``hours``, ``none``
    (nobody is to be called at this moment), ``elsewhere`` (somebody of another list is at hand),
    ``not_yours``, ``calling``, ``code``, ``moment``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def next_entry(*, list_id: int, actor: Actor, now: datetime) -> CallListEntry:
    """Give the actor the next to be called; asked for twice it is the same one. Whom another list
    has called meanwhile, and who does not want it any more, is skipped.

    Raises `CallList.DoesNotExist`, `ListWorkRefused`, `Forbidden`.
    """
    required()
    found = _running(list_id, actor, now)
    own = CallListEntry.objects.filter(state=State.TAKEN, taken_by_id=actor.person_id)
    at_hand = own.select_for_update().first()
    if at_hand is not None:
        if at_hand.call_list_id != found.pk:
            raise ListWorkRefused("elsewhere")
        return at_hand
    for _ in range(MOST_SKIPPED):
        entry = _taken(found, actor, now)
        if entry is None:
            raise ListWorkRefused("none")
        why = _why_skipped(found, entry, now)
        if not why:
            return entry
        _leave(entry, State.SKIPPED, why, now)
    raise ListWorkRefused("none")


def call_entry(*, entry_id: int, actor: Actor, now: datetime) -> Call:
    """Call whom the actor has at hand. Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`,
    `DialRefused`, `Forbidden`."""
    entry = _own(entry_id, actor)
    found = _running(entry.call_list_id, actor, now)
    if entry.call_id is not None and not _has_ended(entry.call_id):
        return Call.objects.get(pk=entry.call_id)
    number = number_to_call(customer_id=entry.customer_id)
    reason = CallFor(
        OutgoingCall.Why.ENTRY, entry.pk, found.organisation_id, entry.customer_id,
        purpose=found.purpose,
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
    call = Call.objects.filter(pk=entry.call_id or 0).first()
    if call is not None and call.ended_at is None:
        raise ListWorkRefused("calling")
    _tell(entry, found, result, call, words, actor, now)
    _end_work(found, result, call, words, actor, now)
    return entry


def call_entry_later(
    *, entry_id: int, at: datetime, actor: Actor, now: datetime, note: str = ""
) -> CallListEntry:
    """Call them again at a time that was agreed; it counts as no attempt in vain.

    Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`, `BadText`, `Forbidden`.
    """
    entry = _own(entry_id, actor)
    if not now < at <= now + LATEST:
        raise ListWorkRefused("moment")
    local = at.astimezone(_zone(entry.call_list))
    if not may_call_at(local, terms_of_list(entry.call_list)):
        raise ListWorkRefused("hours")
    call = Call.objects.filter(pk=entry.call_id or 0).first()
    if call is not None and call.ended_at is None:
        raise ListWorkRefused("calling")
    words = clean(note, field="note", max_length=NOTE_LENGTH)
    entry.next_at, entry.is_promised = at, True
    entry.state, entry.taken_by_id, entry.taken_at = State.WAITING, None, None
    entry.why = "later"
    entry.save()
    later = Code("later", {}, "reached")
    _end_work(entry.call_list, later, call, words, actor, now)
    return entry


def give_back_entry(*, entry_id: int, actor: Actor, now: datetime) -> CallListEntry:
    """Let somebody else call them. Raises `CallListEntry.DoesNotExist`, `ListWorkRefused`."""
    del now
    entry = _own(entry_id, actor)
    if entry.call_id is not None and not _has_ended(entry.call_id):
        raise ListWorkRefused("calling")
    entry.state, entry.taken_by_id, entry.taken_at = State.WAITING, None, None
    entry.save(update_fields=["state", "taken_by", "taken_at"])
    return entry


def settle_entry(entry_id: int, row: Call, now: datetime) -> None:
    """A call to somebody in a list has ended: where its end says by itself what came of it, that
    is told; whoever talked says it themselves."""
    entry = CallListEntry.objects.select_for_update().get(pk=entry_id)
    if entry.call_id != row.pk or entry.state != State.TAKEN:
        return
    if row.end in ("own_phone", "system"):
        entry.call_id = None
        entry.save(update_fields=["call"])
        return
    code = code_of_end(read_codes(entry.call_list.codes), row.end)
    if code is None or row.staff_id is None:
        return
    actor = actor_of(row.staff_id, now)
    _tell(entry, entry.call_list, code, row, "", actor, now, is_by_end=True)


settles(OutgoingCall.Why.ENTRY, settle_entry)


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
    made = CallListTry.objects.create(
        entry=entry, call_list=found, customer_id=entry.customer_id, call=call,
        staff_id=actor.person_id, at=now, result=code.key, kind=code.kind, note=note,
        is_by_end=is_by_end,
    )  # fmt: skip
    if not found.source:  # a source notes what came of its own calls
        _note_number(entry, made, call, now)
    then = after_result(
        code.kind,
        is_busy="busy" in code.ends,
        tries=entry.tries,
        terms=terms_of_list(found),
        now=now.astimezone(_zone(found)),
    )
    entry.next_at = then.at or entry.next_at
    entry.is_promised = False
    _leave(entry, then.state, code.key, now)
    source = registry.call_sources().get(found.source)
    if source is not None and entry.ref is not None:
        end = code.ends[0] if code.ends else call.end if call else ""
        source.told(ref=entry.ref, kind=code.kind, end=end, note=note, actor=actor, now=now)


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


def _leave(entry: CallListEntry, state: str, why: str, now: datetime) -> None:
    """Somebody is at nobody's hand any more."""
    entry.state, entry.why = state, why
    entry.taken_by_id = entry.taken_at = None
    entry.ended_at = now if state in (State.DONE, State.SKIPPED) else None
    entry.save()


def _end_work(
    found: CallList, code: Code, call: Call | None, note: str, actor: Actor, now: datetime
) -> None:
    """Close the contact of the talk, and be ready for the next call."""
    if call is not None and call.interaction_id is not None:
        _close_contact(found, code, call.interaction_id, note, actor, now)
    standing = standings(staff_ids=[actor.person_id]).get(actor.person_id)
    if standing is not None and standing.state == "wrap_up":
        be_ready(actor=actor, now=now)


def _close_contact(
    found: CallList, code: Code, interaction_id: int, note: str, actor: Actor, now: datetime
) -> None:
    """A contact that needs more than the list knows stays with whoever called."""
    try:
        with transaction.atomic(), events.together():
            contact = get_interaction_for(actor=actor, interaction_id=interaction_id)
            outcome = f"{pack_of(contact)}.{OUTCOMES.get(code.kind, 'answered')}"
            if contact.is_at_hand and outcome in outcomes():
                finish(
                    interaction_id=interaction_id,
                    subject=found.name,
                    outcome=outcome,
                    note=contact.summary or note,
                    actor=actor,
                    now=now,
                )
    except (InteractionRefusal, Forbidden) as refusal:
        log.info("contact_of_list_stays_open", contact=interaction_id, why=repr(refusal))


def _taken(found: CallList, actor: Actor, now: datetime) -> CallListEntry | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _NEXT,
            {
                "staff": actor.person_id,
                "list": found.pk,
                "now": now,
                "forgotten": now - FORGOTTEN,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return CallListEntry.objects.select_related("call_list").get(pk=row[0])


def _why_skipped(found: CallList, entry: CallListEntry, now: datetime) -> str:
    """Why somebody is not called after all; empty where they are."""
    customer = entry.customer_id
    if not number_to_call(customer_id=customer):
        return Skip.NO_PHONE
    if not may_contact(customer_id=customer, purpose=found.purpose, channel="phone", at=now):
        return Skip.NO_CALLS
    last = last_called_elsewhere(customer_id=customer, list_id=found.pk)
    if entry.tries == 0 and is_quiet(last, quiet_days=found.quiet_days, now=now):
        return Skip.QUIET
    source = registry.call_sources().get(found.source)
    if source is not None and entry.ref is not None and not source.still(entry.ref):
        return Skip.GONE
    return ""


def _running(list_id: int, actor: Actor, now: datetime) -> CallList:
    required()
    found = CallList.objects.visible_to(actor).get(pk=list_id)
    actor.require(DIAL, found.organisation_id)
    if found.state != CallList.State.RUNNING:
        raise ListWorkRefused("stopped")
    local = now.astimezone(_zone(found))
    if within_hours(local, terms_of_list(found)) != local:
        raise ListWorkRefused("hours")
    return found


def _own(entry_id: int, actor: Actor) -> CallListEntry:
    required()
    lists = CallList.objects.visible_to(actor)
    found = CallListEntry.objects.select_for_update(of=("self",)).select_related("call_list")
    entry = found.get(pk=entry_id, call_list__in=lists)
    actor.require(DIAL, entry.call_list.organisation_id)
    if entry.state != State.TAKEN or entry.taken_by_id != actor.person_id:
        raise ListWorkRefused("not_yours")
    return entry


def _has_ended(call_id: int) -> bool:
    return Call.objects.filter(pk=call_id, ended_at__isnull=False).exists()


def _zone(found: CallList) -> ZoneInfo:
    return ZoneInfo(organisation(found.organisation_id).timezone)
