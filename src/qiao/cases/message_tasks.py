"""What became of messages about cases is written into their histories."""

from typing import Final

from qiao.cases import operations
from qiao.core.events import Envelope
from qiao.core.manifest import Subscription
from qiao.messaging.events import MessageFailed, MessageSent
from qiao.messaging.queries import message_states

TOLD_TO_MANY: Final = frozenset({"broadcast"})  # that they go is written down at once for all


def on_messages(*, event: MessageSent | MessageFailed, envelope: Envelope) -> None:
    """Messages about cases were sent, or not."""
    if event.subject_kind != operations.SUBJECT:
        return
    states = message_states(event.message_ids)
    pairs = [
        (case_id, states[message_id])
        for message_id, case_id in zip(event.message_ids, event.subject_ids, strict=True)
        if case_id and message_id in states
        if states[message_id].kind not in TOLD_TO_MANY
    ]
    many = [state for state in states.values() if state.kind in TOLD_TO_MANY]
    if many:
        operations.note_told(states=many, now=envelope.occurred_at)
    operations.note_messages(
        case_ids=[case_id for case_id, _state in pairs],
        states=[state for _case_id, state in pairs],
        is_sent=isinstance(event, MessageSent),
        now=envelope.occurred_at,
    )


SUBSCRIPTIONS: Final = (
    Subscription(MessageSent, on_messages),
    Subscription(MessageFailed, on_messages),
)
