"""What a call tells the queues, the people and its voice menu, carried out."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
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
from qiao.contact.queries import place_of
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.operations.calling_back import take_up
from qiao.telephony.operations.calls_at_hand import KIND, Known, wish_of
from qiao.telephony.operations.contacts import begin_contact
from qiao.telephony.operations.owing import owe_call, promised, settle_by_call
from qiao.telephony.operations.questions import answer_question
from qiao.telephony.operations.watching import has_taken_over
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import CALLING
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import Context
from qiao.telephony.rules.menus import OK


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
            _taken(known, staff, now)
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


def _taken(known: Known, staff: int | None, now: datetime) -> None:
    """Whoever was rung has the call, or begins to call back: what was owed is seen to."""
    row = known.row
    if row.direction == Call.Direction.IN:
        settle_by_call(phone=row.phone, now=now)
    elif known.call.phase in CALLING and staff is not None:
        take_up(row, staff, now)


def answer_menu(known: Known, word: asks.Word, now: datetime) -> asks.MenuAnswered | None:
    """Answer what a voice menu asks, or promises and keeps; None for a word of another kind."""
    match word:
        case asks.Asks(question):
            if question.kind == "place":
                values = _place(known.row.pk, now)
                return asks.MenuAnswered(question.id, OK, values)
            unit = known.row.organisation_id
            found = answer_question(ask=question, organisation_id=unit, now=now)
            return asks.MenuAnswered(question.id, found.outcome, found.values, found.entries)
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


def _place(call_id: int, now: datetime) -> Mapping[str, Value]:
    """What whoever waits may hear: their place, and the minutes to expect where they are known."""
    place = place_of(subject_kind=KIND, subject_id=call_id, now=now)
    if place is None:
        return {}
    minutes = {} if place.seconds is None else {"minutes": max(1, ceil(place.seconds / 60))}
    return {"place": place.number, **minutes}


def _owe(
    known: Known, kind: str, phone: str, context: Context, now: datetime, **more: Any
) -> OwedCall:
    queue = known.call.queue or known.terms.queue
    return owe_call(
        call=known.row, kind=kind, phone=phone, queue=queue, language=context.language, now=now,
        **more,
    )  # fmt: skip
