"""Whoever asked to be called back keeps their place in the queue while it is owed."""

from datetime import datetime
from typing import Final

from qiao.contact.operations import CALL_BACK, Wish, leave_queue, wait_for_agent
from qiao.core.packs.enabled import catalogue
from qiao.telephony.models import OwedCall
from qiao.telephony.operations.callers import caller_of

OWED: Final = "owed_call"


def let_wait(owed: OwedCall, now: datetime, *, not_before: datetime | None = None) -> None:
    """Let an owed call wait for whoever is free, as if the customer still held the line; those
    that people see to from their list alone, messages and callers who gave up, do not. Asked for
    twice it waits once."""
    if owed.kind != OwedCall.Kind.CALLBACK or owed.queue not in catalogue().queues:
        return
    caller = caller_of(phone=owed.phone, organisation_id=owed.organisation_id, now=now)
    wish = Wish(
        owed.queue,
        CALL_BACK,
        OWED,
        owed.pk,
        owed.organisation_id,
        owed.since,
        customer_id=owed.customer_id or caller.customer_id,
        tier=caller.tier,
        last_agent_id=caller.last_agent_id,
        not_before=not_before,
    )
    wait_for_agent(wish=wish, now=now)


def wait_no_more(owed: OwedCall, why: str, now: datetime) -> None:
    """Nobody else is to be asked for it."""
    leave_queue(subject_kind=OWED, subject_id=owed.pk, why=why, now=now)
