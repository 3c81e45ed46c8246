"""Writes: the door through which other modules change cases."""

from qiao.cases.journal import CaseClosedAlready, MergedAway
from qiao.cases.operations.cause_tree import CauseRefused, install_causes
from qiao.cases.operations.causes import (
    NoSuchCause,
    Offered,
    TooManyCauses,
    code_causes,
    note_suspicion,
)
from qiao.cases.operations.complaints import note_complaints, note_known_complaints
from qiao.cases.operations.editing import EditResult, edit_case, keep_draft
from qiao.cases.operations.installing import install_packs
from qiao.cases.operations.linking import unlink_cases
from qiao.cases.operations.merging import (
    NotMerged,
    SameCase,
    TooMany,
    UnderParent,
    answer_merged,
    merge_cases,
    undo_merge,
)
from qiao.cases.operations.opening import OpenRequest, UnknownCaseType, open_case
from qiao.cases.operations.owning import (
    AlreadyThere,
    NotATeam,
    assign,
    chase,
    escalate,
    take_over,
    transfer,
)
from qiao.cases.operations.reopening import NotReopened, TooLateToReopen, undo_reopening
from qiao.cases.operations.risk import (
    NothingToDecide,
    ReasonMissing,
    acknowledge_risk,
    note_missed,
    pass_on_alarms,
    refuse_risk,
    reweigh_open,
)
from qiao.cases.operations.splitting import (
    BuiltOn,
    NewMatter,
    NothingToSplit,
    split_case,
    undo_split,
)
from qiao.cases.operations.stepping import (
    NotPaused,
    StaleStep,
    change_priority,
    mark,
    pause,
    report_duty_done,
    resume,
    take_action,
)
from qiao.cases.operations.talking import (
    EmptyText,
    TooLate,
    add_attachment,
    add_note,
    answer_customer,
    link_cases,
    withdraw,
)
from qiao.cases.operations.undoing import NotUndoable, undo_entry
from qiao.cases.operations.viewing import drop_view, renew_viewing, save_view
from qiao.cases.operations.watching import fold_counts, refresh_levels
from qiao.cases.rules.process import ProcessRefusal
from qiao.cases.rules.values import BadFact

__all__ = [
    "AlreadyThere",
    "BadFact",
    "BuiltOn",
    "CaseClosedAlready",
    "CauseRefused",
    "EditResult",
    "EmptyText",
    "MergedAway",
    "NewMatter",
    "NoSuchCause",
    "NotATeam",
    "NotMerged",
    "NotPaused",
    "NotReopened",
    "NotUndoable",
    "NothingToDecide",
    "NothingToSplit",
    "Offered",
    "OpenRequest",
    "ProcessRefusal",
    "ReasonMissing",
    "SameCase",
    "StaleStep",
    "TooLate",
    "TooLateToReopen",
    "TooMany",
    "TooManyCauses",
    "UnderParent",
    "UnknownCaseType",
    "acknowledge_risk",
    "add_attachment",
    "add_note",
    "answer_customer",
    "answer_merged",
    "assign",
    "change_priority",
    "chase",
    "code_causes",
    "drop_view",
    "edit_case",
    "escalate",
    "fold_counts",
    "install_causes",
    "install_packs",
    "keep_draft",
    "link_cases",
    "mark",
    "merge_cases",
    "note_complaints",
    "note_known_complaints",
    "note_missed",
    "note_suspicion",
    "open_case",
    "pass_on_alarms",
    "pause",
    "refresh_levels",
    "refuse_risk",
    "renew_viewing",
    "report_duty_done",
    "resume",
    "reweigh_open",
    "save_view",
    "split_case",
    "take_action",
    "take_over",
    "transfer",
    "undo_entry",
    "undo_merge",
    "undo_reopening",
    "undo_split",
    "unlink_cases",
    "withdraw",
]
