"""Writes: the door through which other modules change follow-ups."""

from qiao.feedback.operations.calling import (
    AlreadyFinished,
    OwnWork,
    UnknownAnswer,
    confirm,
    hand_over,
    log_attempt,
)
from qiao.feedback.operations.counting import fold_counts
from qiao.feedback.operations.forgetting import forget_judgements
from qiao.feedback.operations.moving import move_follow_ups
from qiao.feedback.operations.opening import cancel_follow_ups, handlers_of, open_follow_up
from qiao.feedback.operations.satisfaction import note_known_satisfactions, note_satisfactions

__all__ = [
    "AlreadyFinished",
    "OwnWork",
    "UnknownAnswer",
    "cancel_follow_ups",
    "confirm",
    "fold_counts",
    "forget_judgements",
    "hand_over",
    "handlers_of",
    "log_attempt",
    "move_follow_ups",
    "note_known_satisfactions",
    "note_satisfactions",
    "open_follow_up",
]
