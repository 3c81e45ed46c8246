"""The end of a call out, told to what it was made for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, transaction

from qiao.contact.operations import InteractionRefusal, abandon
from qiao.core import events
from qiao.core.actor import Forbidden
from qiao.telephony.models import Call, OutgoingCall, OwedCall
from qiao.telephony.operations.contacts import actor_of, end_contact
from qiao.telephony.operations.list_work import settle_entry
from qiao.telephony.operations.owing import end_owed, give_back_owed, owe_call
from qiao.telephony.rules.calls import NOBODY_CALLED, UNREACHED

log: Final = structlog.get_logger(__name__)


def settle_end(row: Call, now: datetime) -> None:
    """A call has ended: its contact does, and what it was made for hears of it; who gave up
    waiting is owed one."""
    end_contact(row, now)
    if row.direction == Call.Direction.OUT:
        _settle_outgoing(row, now)
    if row.end == "abandoned" and row.queued_at is not None and row.phone:
        owe_call(call=row, kind=OwedCall.Kind.ABANDONED, phone=row.phone, queue=row.queue, now=now)


def _settle_outgoing(row: Call, now: datetime) -> None:
    """A call out has ended: its contact goes where nobody was called, and what it was made for
    hears of it.

    The call has ended in any case: what cannot be settled is told in the log and stays as it was.
    """
    made = OutgoingCall.objects.filter(call_id=row.pk).first()
    if made is None:
        return
    if row.end in NOBODY_CALLED and row.interaction_id is not None:
        _take_back_contact(row, row.interaction_id, now)
    settle = _SETTLED.get(made.why)
    if settle is None:
        return
    try:
        with transaction.atomic(), events.together():
            settle(made.ref, row, now)
    except OperationalError:
        raise
    except Exception:  # whatever it was made for must not hold up the end of the call
        log.exception("call_out_not_settled", call=row.pk, why=made.why, ref=made.ref)


def _take_back_contact(row: Call, interaction_id: int, now: datetime) -> None:
    """Nobody was called: there was no contact."""
    assert row.staff_id is not None
    try:
        with transaction.atomic(), events.together():
            abandon(interaction_id=interaction_id, actor=actor_of(row.staff_id, now), now=now)
    except (InteractionRefusal, ObjectDoesNotExist, Forbidden) as refusal:
        # a case was written, it was closed before, or it is out of their sight by now
        log.info("contact_of_no_call_stays", call=row.pk, why=repr(refusal))


def _settle_owed(owed_id: int, row: Call, now: datetime) -> None:
    """Whoever has the call at its end, it is settled for whoever took the owed one up."""
    owed = OwedCall.objects.select_for_update().get(pk=owed_id)
    if owed.state != OwedCall.State.OPEN or owed.taken_by_id is None:
        return  # whoever called has said so themselves
    calls = OutgoingCall.objects.filter(why=OutgoingCall.Why.OWED, ref=owed_id)
    if calls.latest("call_id").call_id != row.pk:
        return  # somebody has taken it up again since
    if row.end in NOBODY_CALLED:
        give_back_owed(owed, now)
        return
    actor = actor_of(owed.taken_by_id, now)
    end_owed(owed_id=owed.pk, reached=row.end not in UNREACHED, actor=actor, now=now)


_SETTLED: Final[Mapping[str, Callable[[int, Call, datetime], None]]] = {
    OutgoingCall.Why.OWED: _settle_owed,
    OutgoingCall.Why.ENTRY: settle_entry,
}
