"""What people asked of a call, as what is to be done with it, one after the other."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from qiao.telephony.models import CallAsk
from qiao.telephony.operations.calls_at_hand import Known, ask_of
from qiao.telephony.operations.dialling import DIALLED, ask_to_dial
from qiao.telephony.operations.reserving import may_be_given, offer_for, third_for
from qiao.telephony.rules import asks

CONSULT: Final = asks.Consult.__name__
GIVES: Final = (asks.Offer.__name__, asks.TransferTo.__name__)


def asked_of(row: CallAsk, known: Known, now: datetime) -> Iterator[asks.Ask]:
    """What a row asks. Each is to be carried out before the next is looked for: who is reserved
    depends on it.

    Whoever is to be rung is reserved before; whom a transfer names is rung before the router asks
    others.
    """
    first = _first(row, now)
    if first is not None:
        yield first
    if row.kind in GIVES:
        yield from _given_to(row, known, now)


def _first(row: CallAsk, now: datetime) -> asks.Ask | None:
    if row.kind == DIALLED:
        return ask_to_dial(row, now)
    if row.kind == CONSULT:
        return third_for(row, now)
    return None if row.kind == asks.Offer.__name__ else ask_of(row)


def _given_to(row: CallAsk, known: Known, now: datetime) -> Iterator[asks.Ask]:
    """A call that waits is given to a person; whoever else was rung is asked no more."""
    if not may_be_given(row, known.call, now):
        return
    for leg in known.call.open_offers:
        yield asks.Withdraw(leg.offer or 0)
    offer = offer_for(row, now)
    if offer is not None:
        yield offer
