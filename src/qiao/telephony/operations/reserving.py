"""Whoever is asked for by name is reserved before they are rung."""

from datetime import datetime

from qiao.contact.operations import reserve
from qiao.telephony.models import CallAsk
from qiao.telephony.operations.calls_at_hand import KIND
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import Call


def third_for(row: CallAsk, now: datetime) -> asks.Consult | None:
    """The consultation that a row asks for; None where the third is not free."""
    asked = reserve(wish_of=(KIND, row.call_id), staff_id=_person(row), now=now)
    if asked is None:
        return None
    return asks.Consult(asked.offer_id, asked.staff_id, asked.endpoint, asked.seconds)


def may_be_given(row: CallAsk, call: Call) -> bool:
    """Whether a call can still be given to the person whom a row names: it waits, nobody has
    lifted the receiver for it, and it does not ring at them already."""
    rung = call.open_offers
    return call.phase == "waiting" and not any(
        leg.bridge or leg.staff == _person(row) for leg in rung
    )


def offer_for(row: CallAsk, now: datetime) -> asks.Offer | None:
    """The offer of a waiting call that a row asks for; None where the person is not free."""
    asked = reserve(wish_of=(KIND, row.call_id), staff_id=_person(row), now=now)
    if asked is None:
        return None
    return asks.Offer(asked.offer_id, asked.staff_id, asked.endpoint, asked.seconds)


def _person(row: CallAsk) -> int:
    return int(row.data.get("staff") or 0)
