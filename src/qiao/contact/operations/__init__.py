"""Writes: the door through which other modules change contacts."""

from qiao.contact.operations.counting import fold_counts
from qiao.contact.operations.drafting import autosave_draft, drop_case_draft, keep_case_draft
from qiao.contact.operations.finishing import (
    abandon,
    end_interaction,
    finish,
    reopen,
    take_over,
)
from qiao.contact.operations.identifying import describe_caller, identify_customer, mark_unknown
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

__all__ = [
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
    "WrongState",
    "abandon",
    "autosave_draft",
    "describe_caller",
    "drop_case_draft",
    "end_interaction",
    "finish",
    "fold_counts",
    "identify_customer",
    "keep_case_draft",
    "link_case",
    "lock_to_link",
    "mark_unknown",
    "move_interactions",
    "note_known_visits",
    "note_visits",
    "reopen",
    "replay_log",
    "start_interaction",
    "take_over",
    "write_refused",
]
