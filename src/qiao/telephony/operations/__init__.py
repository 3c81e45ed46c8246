"""Writes: the door through which other modules change calls."""

from qiao.telephony.operations.acd_log import (
    Imported,
    UnknownProfile,
    WrongColumns,
    import_acd_log,
)
from qiao.telephony.operations.asking import NotYourCall, ask_of_call, decline_call
from qiao.telephony.operations.calls_at_hand import Given
from qiao.telephony.operations.conducting import Switchboard
from qiao.telephony.operations.deeds import (
    NoScreenPhone,
    call_in,
    lift_receiver,
    mark_done,
    press_keys,
    put_down,
)
from qiao.telephony.operations.lines import add_line
from qiao.telephony.operations.menus import (
    MenuFaulty,
    faults_around,
    install_menus,
    publish_menu,
)
from qiao.telephony.operations.owing import NotOwed, begin_owed, end_owed
from qiao.telephony.operations.turns import (
    fold_figures,
    rebuild_turns,
    record_turns,
    settle_wrap_ups,
)

__all__ = [
    "Given",
    "Imported",
    "MenuFaulty",
    "NoScreenPhone",
    "NotOwed",
    "NotYourCall",
    "Switchboard",
    "UnknownProfile",
    "WrongColumns",
    "add_line",
    "ask_of_call",
    "begin_owed",
    "call_in",
    "decline_call",
    "end_owed",
    "faults_around",
    "fold_figures",
    "import_acd_log",
    "install_menus",
    "lift_receiver",
    "mark_done",
    "press_keys",
    "publish_menu",
    "put_down",
    "rebuild_turns",
    "record_turns",
    "settle_wrap_ups",
]
