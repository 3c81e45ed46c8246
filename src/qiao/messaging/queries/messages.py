"""Messages: one for its page, and how many stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.prepared import fetch_all
from qiao.messaging.models import Message
from qiao.messaging.rules.states import ARRIVING, LIVE

VIEW = "messages.view"


class NotVisible(Exception):  # noqa: N818 - names the finding
    """There is no such message for this actor."""


def get_message_for(*, actor: Actor, message_id: int) -> Message:
    """A message of an organisation in which the actor may see messages. Raises `NotVisible`."""
    rows = Message.objects.visible_to(actor).select_related("organisation", "created_by")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise NotVisible(str(message_id))
    return found


@dataclass(frozen=True, slots=True)
class MessageState:
    """How a message stands, for whoever shows it beside its subject."""

    message_id: int
    channel: str
    kind: str
    state: str
    reason: str
    words: str
    to_name: str
    to_address: str
    due_at: datetime
    held_until: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def outcome(self) -> str:
        """``waiting``, ``sent``, or ``lost``: it did not arrive, or nobody knows."""
        if self.state in LIVE:
            return "waiting"
        return "sent" if self.state in ARRIVING else "lost"


_STATES = """
SELECT m.id, m.channel, m.kind, m.state, m.reason,
       coalesce((SELECT a.words FROM messaging_attempt a
                  WHERE a.message_id = m.id AND a.what IN ('refused', 'deferred', 'unknown')
                  ORDER BY a.id DESC LIMIT 1), ''),
       m.to_name, m.to_address, m.due_at, m.held_until, m.sent_at, m.ended_at
  FROM messaging_message m WHERE m.id = ANY(%(ids)s::bigint[])
"""


def message_states(message_ids: Sequence[int]) -> dict[int, MessageState]:
    """How messages stand, by id. For whoever may see what they are about; asks for no right."""
    if not message_ids:
        return {}
    rows = fetch_all(_STATES, {"ids": list(message_ids)})
    return {row[0]: MessageState(*row) for row in rows}


def message_about(*, subject_kind: str, subject_id: int, message_id: int) -> Message | None:
    """A message about a subject that the caller may see, or None."""
    rows = Message.objects.filter(pk=message_id, subject_kind=subject_kind, subject_id=subject_id)
    return rows.select_related("created_by").first()


def file_names(message_id: int) -> list[str]:
    """The names of the files that went along."""
    rows = Attachment.objects.filter(owner_kind="message", owner_id=message_id)
    return list(rows.order_by("pk").values_list("file_name", flat=True))
