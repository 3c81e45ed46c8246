"""What a call tells the queues, the people and its voice menu, carried out."""

from datetime import datetime
from typing import Any

from qiao.contact.operations import (
    leave_queue,
    move_to_queue,
    raise_in_queue,
    refuse_offer,
    release_agent,
    stop_calling,
    take_offer,
    wait_for_agent,
)
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.operations.calls_at_hand import KIND, Known, wish_of
from qiao.telephony.operations.calling_back import take_up
from qiao.telephony.operations.contacts import begin_contact
from qiao.telephony.operations.owing import owe_call, promised, settle_by_call
from qiao.telephony.operations.questions import answer_question
from qiao.telephony.operations.watching import has_taken_over
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import CALLING
from qiao.telephony.rules.menu_visits import Context


def tell_queues(known: Known, word: asks.Word, now: datetime) -> bool:
    """Tell what became of who waits; whether somebody may be asked now because of it."""
    row = known.row
    match word:
        case asks.Waits():
            wait_for_agent(wish=wish_of(known, word), now=now)
        case asks.WaitsElsewhere(queue):
            move_to_queue(subject_kind=KIND, subject_id=row.pk, queue=queue, now=now)
        case asks.WaitsRaised(on):
            raise_in_queue(subject_kind=KIND, subject_id=row.pk, on=on, now=now)
        case asks.WaitsNoMore(why):
            leave_queue(subject_kind=KIND, subject_id=row.pk, why=why, now=now)
            return False
        case asks.Refused(offer, _staff, why):
            refuse_offer(offer_id=offer, why=why, now=now)
        case _:
            return False
    return True


def tell_people(known: Known, word: asks.Word, now: datetime) -> bool:
    """Tell what became of whoever has the call; False for a word that is not about them."""
    row = known.row
    match word:
        case asks.Taken(offer, staff) if offer is not None:
            take_offer(offer_id=offer, now=now)
            if row.direction == Call.Direction.IN:
                settle_by_call(phone=row.phone, now=now)
            elif known.call.phase in CALLING and staff is not None:
                take_up(row, staff, now)
        case asks.Taken(None, staff) if staff is not None:
            has_taken_over(staff_id=staff, now=now)
        case asks.Released(staff):
            release_agent(staff_id=staff, now=now)
        case asks.NotCalled(staff, why):
            stop_calling(staff_id=staff, why=why, now=now)
        case asks.Reached(staff) if staff is not None:
            if row.interaction_id is None:
                begin_contact(row, staff, now)
        case _:
            return False
    return True


def answer_menu(known: Known, word: asks.Word, now: datetime) -> asks.MenuAnswered | None:
    """Answer what a voice menu asks, or promises and keeps; None for a word of another kind."""
    match word:
        case asks.Asks(question):
            unit = known.row.organisation_id
            found = answer_question(ask=question, organisation_id=unit, now=now)
            return asks.MenuAnswered(question.id, found.outcome, found.values)
        case asks.WantsCallback(number, phone, context):
            owed = _owe(known, OwedCall.Kind.CALLBACK, phone, context, now)
        case asks.LeftMessage(number, recording, seconds, context):
            owed = _owe(
                known, OwedCall.Kind.MESSAGE, known.row.caller, context, now, recording=recording,
                seconds=seconds,
            )  # fmt: skip
        case _:
            return None
    told = promised(owed)
    return asks.MenuAnswered(number, told.outcome, told.values)


def _owe(
    known: Known, kind: str, phone: str, context: Context, now: datetime, **more: Any
) -> OwedCall:
    queue = known.call.queue or known.terms.queue
    return owe_call(
        call=known.row, kind=kind, phone=phone, queue=queue, language=context.language, now=now,
        **more,
    )  # fmt: skip
