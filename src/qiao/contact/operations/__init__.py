"""Writes: the door through which other modules change contacts."""

from qiao.contact.operations.agents import (
    be_ready,
    begin_calling,
    let_time_pass,
    renew_leases,
    sign_off,
    sign_on,
    stop_calling,
    take_break,
    take_directly,
)
from qiao.contact.operations.counting import fold_counts
from qiao.contact.operations.drafting import autosave_draft, drop_case_draft, keep_case_draft
from qiao.contact.operations.finishing import (
    abandon,
    end_interaction,
    finish,
    reopen,
    take_over,
)
from qiao.contact.operations.identifying import (
    describe_caller,
    identify_customer,
    mark_unknown,
    recognise,
)
from qiao.contact.operations.linking import link_case, lock_to_link
from qiao.contact.operations.moving import move_interactions
from qiao.contact.operations.refusals import (
    BadMoment,
    BadPhone,
    BadText,
    HasCases,
    InteractionRefusal,
    NotYours,
    OtherTextKept,
    TooLate,
    Unfinished,
    UnknownChoice,
    WrongState,
)
from qiao.contact.operations.replay import Replayed, replay_log, write_refused
from qiao.contact.operations.starting import start_interaction
from qiao.contact.operations.visits import note_known_visits, note_visits
from qiao.contact.operations.waiting import (
    Asked,
    Wish,
    leave_queue,
    move_to_queue,
    refuse_offer,
    release_agent,
    reserve,
    route,
    take_offer,
    wait_for_agent,
)

__all__ = [
    "Asked",
    "BadMoment",
    "BadPhone",
    "BadText",
    "HasCases",
    "InteractionRefusal",
    "NotYours",
    "OtherTextKept",
    "Replayed",
    "TooLate",
    "Unfinished",
    "UnknownChoice",
    "Wish",
    "WrongState",
    "abandon",
    "autosave_draft",
    "be_ready",
    "begin_calling",
    "describe_caller",
    "drop_case_draft",
    "end_interaction",
    "finish",
    "fold_counts",
    "identify_customer",
    "keep_case_draft",
    "leave_queue",
    "let_time_pass",
    "link_case",
    "lock_to_link",
    "mark_unknown",
    "move_interactions",
    "move_to_queue",
    "note_known_visits",
    "note_visits",
    "recognise",
    "refuse_offer",
    "release_agent",
    "renew_leases",
    "reopen",
    "replay_log",
    "reserve",
    "route",
    "sign_off",
    "sign_on",
    "start_interaction",
    "stop_calling",
    "take_break",
    "take_directly",
    "take_offer",
    "take_over",
    "wait_for_agent",
    "write_refused",
]
