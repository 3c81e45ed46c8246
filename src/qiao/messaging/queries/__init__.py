"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.messaging.queries.messages import (
    MessageState,
    NotVisible,
    get_message_for,
    message_states,
)
from qiao.messaging.queries.threads import subject_of, thread_of
from qiao.messaging.rules.loops import is_automatic as is_automatic_mail

__all__ = [
    "MessageState",
    "NotVisible",
    "get_message_for",
    "is_automatic_mail",
    "message_states",
    "subject_of",
    "thread_of",
]
