"""Calls out: asked for by whoever calls, settled by their end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings

from qiao.contact.operations import (
    WrongState,
    begin_calling,
    identify_customer,
    link_case,
    start_interaction,
)
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.transactions import required
from qiao.staff.queries import chain_to, local_days, organisation
from qiao.telephony.models import Call, CallAsk, OutgoingCall, OwedCall
from qiao.telephony.operations.asking import leave_ask
from qiao.telephony.operations.calls_at_hand import terms_of
from qiao.telephony.operations.owing import begin_owed
from qiao.telephony.queries.dialling import (
    RECORDED,
    calling_now,
    is_switch_led,
    line_shown,
    why_not_to_call,
)
from qiao.telephony.rights import DIAL
from qiao.telephony.rules import asks
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
    asked_at: datetime | None = None


def require_switch() -> None:
    """Raises `DialRefused` where no switch is conducted: what is asked for then nobody dials."""
    if not is_switch_led():
        raise DialRefused("no_switch")


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
    call, ask = prepare_call(
        stored=stored,
        reason=reason,
        staff_id=actor.person_id,
        endpoint=agent.endpoint,
        seconds=OWN_SECONDS,
        now=now,
    )
    leave_ask(call.pk, ask, actor, now)
    return call


def prepare_call(
    *,
    stored: str,
    reason: CallFor,
    staff_id: int,
    endpoint: str,
    seconds: int,
    now: datetime,
    offer: int | None = None,
) -> tuple[Call, asks.Dial]:
    """A call out that begins with somebody's own telephone, and what rings it so many seconds;
    whoever calls this has looked whether the number, in the stored form, may be called."""
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
        staff_id=staff_id,
        customer_id=reason.customer_id,
        interaction_id=reason.interaction_id,
        arrived_at=now,
    )
    OutgoingCall.objects.create(call=call, why=reason.why, ref=reason.ref)
    trunk = settings.TRUNK.format(number=digits)
    shown = line.number if line else ""
    ask = asks.Dial(staff_id, endpoint, seconds, digits, trunk, RING_SECONDS, shown, offer)
    return call, ask


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
        asked_at=None if owed.kind == OwedCall.Kind.ABANDONED else owed.since,
    )
    return call_out(number=owed.phone, reason=reason, actor=actor, now=now)


def call_customer(
    *, customer_id: int, number: str, actor: Actor, now: datetime, case_id: int | None = None
) -> Call:
    """Call a customer on one of their numbers; a contact with them begins in the actor's hands,
    which goes on with a case if one is given.

    Raises `NotVisible` for a customer or a case, `DialRefused`, `Forbidden`.
    """
    required()
    actor.require(DIAL, actor.organisation_id)
    reason = CallFor(Why.CUSTOMER, customer_id, actor.organisation_id, customer_id)
    under_way = calling_now(actor=actor)
    if under_way is not None and _is_for(under_way, reason):
        return under_way
    _check(phones.try_normalise(number) or "", reason, now)
    contact = start_interaction(
        channel="phone", direction="out", phone=number, actor=actor, now=now
    )
    identify_customer(interaction_id=contact.pk, customer_id=customer_id, actor=actor, now=now)
    if case_id is not None:
        link_case(
            interaction_id=contact.pk, case_id=case_id, kind="continued", actor=actor, now=now
        )
    with_contact = CallFor(reason.why, reason.ref, reason.organisation_id, customer_id, contact.pk)
    return call_out(number=number, reason=with_contact, actor=actor, now=now)


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


def _check(stored: str, reason: CallFor, now: datetime) -> None:
    refused = why_not_to_call(
        number=stored,
        customer_id=reason.customer_id,
        organisation_id=reason.organisation_id,
        purpose=reason.purpose,
        asked_at=reason.asked_at,
        at=now,
    )
    if refused is not None:
        raise DialRefused(refused.reason, refused.until)


def _is_for(call: Call, reason: CallFor) -> bool:
    made = call.outgoing
    return (made.why, made.ref) == (reason.why, reason.ref)
