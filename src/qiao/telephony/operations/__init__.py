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
from qiao.telephony.operations.listening import (
    HeldAlready,
    NotKept,
    ReasonMissing,
    hold_recording,
    play_recording,
    release_recording,
    take_recording,
)
from qiao.telephony.operations.menus import (
    MenuFaulty,
    faults_around,
    install_menus,
    publish_menu,
)
from qiao.telephony.operations.owing import NotOwed, begin_owed, end_owed
from qiao.telephony.operations.recordings import (
    forget_at_switch,
    keep_as_packs_say,
    keep_recording,
    let_recordings_go,
    look_after_recordings,
    miss_recording,
    only_fetcher,
    postpone_recording,
)
from qiao.telephony.operations.turns import (
    fold_figures,
    rebuild_turns,
    record_turns,
    settle_wrap_ups,
)

__all__ = [
    "Given",
    "HeldAlready",
    "Imported",
    "MenuFaulty",
    "NoScreenPhone",
    "NotKept",
    "NotOwed",
    "NotYourCall",
    "ReasonMissing",
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
    "forget_at_switch",
    "hold_recording",
    "import_acd_log",
    "install_menus",
    "keep_as_packs_say",
    "keep_recording",
    "let_recordings_go",
    "lift_receiver",
    "look_after_recordings",
    "mark_done",
    "miss_recording",
    "only_fetcher",
    "play_recording",
    "postpone_recording",
    "press_keys",
    "publish_menu",
    "put_down",
    "rebuild_turns",
    "record_turns",
    "release_recording",
    "settle_wrap_ups",
    "take_recording",
]
