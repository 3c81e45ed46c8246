"""Writes, and the refusals they raise. Keyword-only; the caller has opened the transaction."""

from qiao.metering.operations.adjusting import adjust_usage
from qiao.metering.operations.billed import mark_billed, mark_many_billed, unmark_billed
from qiao.metering.operations.deciding import (
    accept_reading,
    ask_reread,
    correct_reading,
    edit_reading,
)
from qiao.metering.operations.estimating import estimate_instead, estimate_missing
from qiao.metering.operations.exchanging import follow_exchange, follow_undone_exchange
from qiao.metering.operations.installing import install_checks, install_reasons
from qiao.metering.operations.interval_calls import NewInterval, take_intervals
from qiao.metering.operations.moving import follow_hand_over, follow_undone_hand_over
from qiao.metering.operations.refusals import (
    CannotEstimate,
    DayBilled,
    NotUsable,
    NotVisible,
    ReadingLocked,
    RoundOpen,
    StillBackwards,
    VisitRefused,
)
from qiao.metering.operations.registers import ensure_registers, set_multiplier
from qiao.metering.operations.routes import close_round, make_route, open_round, set_stops
from qiao.metering.operations.taking import NewReading, Taken, foresee_readings, take_readings
from qiao.metering.operations.walking import (
    Entry,
    Visited,
    finish_round,
    foresee_stop,
    visit_stop,
)
from qiao.metering.rules.registers import BadValue

__all__ = [
    "BadValue",
    "CannotEstimate",
    "DayBilled",
    "Entry",
    "NewInterval",
    "NewReading",
    "NotUsable",
    "NotVisible",
    "ReadingLocked",
    "RoundOpen",
    "StillBackwards",
    "Taken",
    "VisitRefused",
    "Visited",
    "accept_reading",
    "adjust_usage",
    "ask_reread",
    "close_round",
    "correct_reading",
    "edit_reading",
    "ensure_registers",
    "estimate_instead",
    "estimate_missing",
    "finish_round",
    "follow_exchange",
    "follow_hand_over",
    "follow_undone_exchange",
    "follow_undone_hand_over",
    "foresee_readings",
    "foresee_stop",
    "install_checks",
    "install_reasons",
    "make_route",
    "mark_billed",
    "mark_many_billed",
    "open_round",
    "set_multiplier",
    "set_stops",
    "take_intervals",
    "take_readings",
    "unmark_billed",
    "visit_stop",
]
