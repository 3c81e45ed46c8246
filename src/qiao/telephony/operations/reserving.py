"""Whoever is asked for by name is reserved before they are rung."""

from datetime import datetime
from typing import Final

import structlog

from qiao.contact.operations import Asked, leave_queue, refuse_offer, reserve
from qiao.contact.queries import standings
from qiao.telephony.models import CallAsk
from qiao.telephony.operations.calls_at_hand import KIND, still_has_call
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import Call

log: Final = structlog.get_logger(__name__)


def third_for(row: CallAsk, now: datetime) -> asks.Consult | None:
    """The consultation that a row asks for; None where the third is not free, or who asked has
    the call no more."""
    if not still_has_call(row):
        return None
    asked = reserve(wish_of=(KIND, row.call_id), staff_id=_person(row), now=now)
    if asked is None:
        return None
    return asks.Consult(
        asked.offer_id, asked.staff_id, asked.endpoint, asked.seconds, row.data.get("words", "")
    )


def may_be_given(row: CallAsk, call: Call, now: datetime) -> bool:
    """Whether a call can still be given to the person whom a row names: it waits, nobody has
    lifted the receiver for it, it does not ring at them already, and they are free."""
    staff_id, rung = _person(row), call.open_offers
    if call.phase != "waiting" or any(leg.bridge or leg.staff == staff_id for leg in rung):
        return False
    agent = standings(staff_ids=[staff_id]).get(staff_id)
    return agent is not None and agent.is_free(now)


def offer_for(row: CallAsk, now: datetime) -> asks.Offer | None:
    """The offer of a waiting call that a row asks for; None where the person is not free."""
    asked = reserve(wish_of=(KIND, row.call_id), staff_id=_person(row), now=now)
    if asked is None:
        return None
    return asks.Offer(asked.offer_id, asked.staff_id, asked.endpoint, asked.seconds)


def lose_place(asked: Asked, now: datetime) -> None:
    """Somebody was reserved for a call that does not wait any more: they are free again, and its
    place is nobody's."""
    refuse_offer(offer_id=asked.offer_id, why="caller_gone", now=now)
    leave_queue(subject_kind=KIND, subject_id=asked.subject_id, why="lost", now=now)
    log.warning("offer_of_no_waiting_call", call=asked.subject_id)


def _person(row: CallAsk) -> int:
    return int(row.data.get("staff") or 0)
