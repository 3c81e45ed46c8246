"""Calls out: asked for by whoever calls, settled by their end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings

from qiao.contact.operations import (
    InteractionRefusal,
    WrongState,
    abandon,
    begin_calling,
    identify_customer,
    start_interaction,
)
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.transactions import required
from qiao.customers.queries import number_to_call
from qiao.staff.queries import chain_to, local_days, organisation
from qiao.telephony.models import Call, CallAsk, OutgoingCall, OwedCall
from qiao.telephony.operations.asking import leave_ask
from qiao.telephony.operations.calls_at_hand import terms_of
from qiao.telephony.operations.contacts import actor_of
from qiao.telephony.operations.owing import begin_owed, end_owed, give_back_owed
from qiao.telephony.queries.dialling import (
    RECORDED,
    calling_now,
    line_shown,
    why_not_to_call,
)
from qiao.telephony.rights import DIAL
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import UNREACHED
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.outside import to_dial

DIALLED: Final = asks.Dial.__name__
OWN_SECONDS: Final = 20
RING_SECONDS: Final = 40  # networks give up after a minute; nobody waits so long to be reached
FRESH: Final = timedelta(seconds=20)  # what was asked longer ago nobody waits for any more
Why = OutgoingCall.Why


class DialRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It may not be dialled now. `reason` is one of `queries.dialling.MayNot`, or how the actor
    stands: ``off``, ``reserved``, ``busy``. `until` is when a quiet time ends."""

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.until = until


@dataclass(frozen=True, slots=True)
class CallFor:
    """What a call is made for: see `OutgoingCall`. `purpose` is one of consents; with a contact
    that is at hand the call goes with it, else its own begins once they talk."""

    why: str
    ref: int
    organisation_id: int
    customer_id: int | None = None
    interaction_id: int | None = None
    purpose: str = "service"
    was_asked_for: bool = False


def call_out(*, number: str, reason: CallFor, actor: Actor, now: datetime) -> Call:
    """Ring the actor's telephone, then a number, which may be written in any way. Asked for twice
    it is dialled once.

    Raises `DialRefused`, `Forbidden`.
    """
    required()
    actor.require(DIAL, actor.organisation_id)
    stored = phones.try_normalise(number) or ""
    under_way = calling_now(actor=actor)
    if under_way is not None and _is_for(under_way, reason):
        return under_way
    _check(stored, reason, now)
    try:
        agent = begin_calling(actor=actor, now=now)
    except WrongState as refusal:
        raise DialRefused(str(refusal)) from refusal
    line = line_shown(reason.organisation_id)
    digits = to_dial(stored)
    call = Call.objects.create(
        organisation_id=reason.organisation_id,
        line=line,
        direction=Call.Direction.OUT,
        channel=f"out-{uuid4().hex}",
        caller=digits,
        phone=stored,
        dialled=line.number if line else "",
        staff_id=actor.person_id,
        customer_id=reason.customer_id,
        interaction_id=reason.interaction_id,
        arrived_at=now,
    )
    OutgoingCall.objects.create(call=call, why=reason.why, ref=reason.ref)
    ask = asks.Dial(
        actor.person_id,
        agent.endpoint,
        OWN_SECONDS,
        digits,
        settings.TRUNK.format(number=digits),
        RING_SECONDS,
        line.number if line else "",
    )
    leave_ask(call.pk, ask, actor, now)
    return call


def call_owed(*, owed_id: int, actor: Actor, now: datetime) -> Call:
    """Call back who is owed a call, with their contact in the actor's hands. Its end settles what
    is owed, or counts the try.

    Raises `OwedCall.DoesNotExist`, `NotOwed`, `DialRefused`, `Forbidden`.
    """
    owed = begin_owed(owed_id=owed_id, actor=actor, now=now)
    reason = CallFor(
        Why.OWED,
        owed.pk,
        owed.organisation_id,
        owed.customer_id,
        owed.interaction_id,
        was_asked_for=owed.kind != OwedCall.Kind.ABANDONED,
    )
    return call_out(number=owed.phone, reason=reason, actor=actor, now=now)


def call_customer(*, customer_id: int, actor: Actor, now: datetime, number: str = "") -> Call:
    """Call a customer, on one of their numbers or on that which leads to them best; a contact with
    them begins in the actor's hands.

    Raises `NotVisible`, `DialRefused`, `Forbidden`.
    """
    required()
    actor.require(DIAL, actor.organisation_id)
    stored = number or number_to_call(customer_id=customer_id)
    reason = CallFor(Why.CUSTOMER, customer_id, actor.organisation_id, customer_id)
    under_way = calling_now(actor=actor)
    if under_way is not None and _is_for(under_way, reason):
        return under_way
    _check(phones.try_normalise(stored) or "", reason, now)
    contact = start_interaction(
        channel="phone", direction="out", phone=stored, actor=actor, now=now
    )
    identify_customer(interaction_id=contact.pk, customer_id=customer_id, actor=actor, now=now)
    with_contact = CallFor(reason.why, reason.ref, reason.organisation_id, customer_id, contact.pk)
    return call_out(number=stored, reason=with_contact, actor=actor, now=now)


def ask_to_dial(row: CallAsk, now: datetime) -> asks.Ask:
    """The call out that a row asks for; that it is not made where the row is an old one."""
    ask = asks.Dial(**row.data)
    return ask if now - row.asked_at <= FRESH else asks.NotDialled(ask.staff)


def terms_of_outgoing(row: Call, now: datetime) -> Terms:
    """How a call out is conducted: without menu and greeting, recorded where the company has it
    so; whoever is sent on waits in the queue of the line that was shown."""
    terms = terms_of(row.line)
    found = parameters.find(
        RECORDED,
        day=local_days(now)[row.organisation_id],
        organisation_ids=chain_to(organisation(row.organisation_id)),
    )
    return Terms(terms.queue, is_recorded=bool(found.value))


def settle_outgoing(row: Call, now: datetime) -> None:
    """A call out has ended: tell it to what it was made for, once."""
    made = OutgoingCall.objects.select_for_update().filter(call_id=row.pk).first()
    if made is None or made.is_settled:
        return
    made.is_settled = True
    made.save(update_fields=["is_settled"])
    if row.end in ("own_phone", "system") and row.interaction_id is not None:
        _take_back_contact(row, now)
    if made.why in _SETTLED:
        _SETTLED[made.why](made.ref, row, now)


def _take_back_contact(row: Call, now: datetime) -> None:
    """Nobody was called: there was no contact."""
    assert row.interaction_id is not None
    assert row.staff_id is not None
    try:
        abandon(interaction_id=row.interaction_id, actor=actor_of(row.staff_id, now), now=now)
    except InteractionRefusal:  # a case was written, or it was closed before
        return


def _settle_owed(owed_id: int, row: Call, now: datetime) -> None:
    owed = OwedCall.objects.select_for_update().get(pk=owed_id)
    if owed.state != OwedCall.State.OPEN or owed.taken_by_id != row.staff_id:
        return  # whoever called has said so themselves
    assert row.staff_id is not None
    if row.end in ("own_phone", "system"):
        give_back_owed(owed, now)
        return
    actor = actor_of(row.staff_id, now)
    end_owed(owed_id=owed.pk, reached=row.end not in UNREACHED, actor=actor, now=now)


Settle = Callable[[int, Call, datetime], None]
_SETTLED: Final[dict[str, Settle]] = {Why.OWED: _settle_owed}


def settles(why: str, settle: Settle) -> None:
    """Who is told of the end of calls that were made for a reason."""
    _SETTLED[why] = settle


def _check(stored: str, reason: CallFor, now: datetime) -> None:
    refused = why_not_to_call(
        number=stored,
        customer_id=reason.customer_id,
        organisation_id=reason.organisation_id,
        purpose=reason.purpose,
        was_asked_for=reason.was_asked_for,
        at=now,
    )
    if refused is not None:
        raise DialRefused(refused.reason, refused.until)


def _is_for(call: Call, reason: CallFor) -> bool:
    made = call.outgoing
    return (made.why, made.ref) == (reason.why, reason.ref)
