"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.messaging.channels.letters import Letter, compose_pages, compose_pdf
from qiao.messaging.queries.letters import letter_of, letters_for
from qiao.messaging.queries.messages import (
    MessageState,
    NotVisible,
    file_names,
    get_message_for,
    message_about,
    message_states,
)
from qiao.messaging.queries.notices import NoticeTexts, filled, notice_texts
from qiao.messaging.queries.outbox import (
    ChannelHealth,
    cause_to_do,
    cause_words,
    channel_health,
)
from qiao.messaging.queries.threads import subject_of, thread_of

__all__ = [
    "ChannelHealth",
    "Letter",
    "MessageState",
    "NotVisible",
    "NoticeTexts",
    "cause_to_do",
    "cause_words",
    "channel_health",
    "compose_pages",
    "compose_pdf",
    "file_names",
    "filled",
    "get_message_for",
    "letter_of",
    "letters_for",
    "message_about",
    "message_states",
    "notice_texts",
    "subject_of",
    "thread_of",
]
