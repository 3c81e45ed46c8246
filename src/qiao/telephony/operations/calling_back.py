"""Calls back in their turn: whoever the router reserves is rung, then the customer."""

from datetime import datetime
from typing import Final

import structlog

from qiao.contact.operations import Asked, refuse_offer
from qiao.telephony.models import Call, OutgoingCall, OwedCall
from qiao.telephony.operations.contacts import begin_contact
from qiao.telephony.operations.dialling import CallFor, prepare_call
from qiao.telephony.operations.owed_places import wait_no_more
from qiao.telephony.queries.dialling import why_not_to_call
from qiao.telephony.rules import asks

log: Final = structlog.get_logger(__name__)


def call_back(asked: Asked, now: datetime) -> tuple[Call, asks.Dial] | None:
    """The call out to a customer whose turn it is, and what rings whoever was reserved; None where
    it is not to be made: the reservation is given back then.

    A colleague who takes it up by hand at this moment holds its row and is not waited for.
    """
    open_ones = OwedCall.objects.open().select_for_update(of=("self",), skip_locked=True)
    owed = open_ones.filter(pk=asked.subject_id).first()
    if owed is None:
        refuse_offer(offer_id=asked.offer_id, why="withdrawn", now=now)
        return None
    refused = why_not_to_call(
        number=owed.phone,
        customer_id=owed.customer_id,
        organisation_id=owed.organisation_id,
        purpose="service",
        asked_at=owed.since,
        at=now,
    )
    if refused is not None:
        refuse_offer(offer_id=asked.offer_id, why="withdrawn", now=now)
        wait_no_more(owed, refused.reason, now)
        log.info("owed_call_may_not_be_made", owed=owed.number, why=refused.reason)
        return None
    reason = CallFor(
        OutgoingCall.Why.OWED, owed.pk, owed.organisation_id, owed.customer_id, asked_at=owed.since
    )
    return prepare_call(
        stored=owed.phone,
        reason=reason,
        staff_id=asked.staff_id,
        endpoint=asked.endpoint,
        seconds=asked.seconds,
        offer=asked.offer_id,
        now=now,
    )


def take_up(row: Call, staff_id: int, now: datetime) -> None:
    """Whoever was rung for a call back has lifted the receiver: they see to it."""
    made = OutgoingCall.objects.get(call_id=row.pk)
    owed = OwedCall.objects.select_for_update().get(pk=made.ref)
    begin_contact(row, staff_id, now)
    if owed.state == OwedCall.State.OPEN:
        owed.taken_by_id, owed.interaction_id = staff_id, row.interaction_id
        owed.attempts, owed.tried_at = owed.attempts + 1, now
        owed.save(update_fields=["taken_by", "interaction", "attempts", "tried_at"])
    wait_no_more(owed, "taken", now)
