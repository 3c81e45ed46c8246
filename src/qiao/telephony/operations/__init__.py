"""Writes: the door through which other modules change calls."""

from qiao.telephony.operations.asking import ask_of_call
from qiao.telephony.operations.conducting import Given, Switchboard
from qiao.telephony.operations.lines import add_line
from qiao.telephony.operations.turns import fold_figures, rebuild_turns, settle_wrap_ups

__all__ = [
    "Given",
    "Switchboard",
    "add_line",
    "ask_of_call",
    "fold_figures",
    "rebuild_turns",
    "settle_wrap_ups",
]
