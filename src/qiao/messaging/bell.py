"""What the module tells people inside the product: a channel stopped, an answer failed."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords
from qiao.messaging.models import Message
from qiao.messaging.operations.breaking import STOPPED
from qiao.messaging.operations.sending import FAILED
from qiao.messaging.words import CAUSES, REASONS

PERHAPS: Final = "unknown"


def stopped_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """A channel that takes nothing, for whoever looks after messages."""
    if not actor.can("messages.manage"):
        return {}
    return {
        row.notice_id: NoticeWords(
            title=_("Emails wait"),
            text=str(CAUSES.get(str(row.facts.get("cause", "")), "")),
            url=reverse("messaging:outbox"),
            tone="bad",
        )
        for row in rows
    }


def failed_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Answers that did not reach their receivers, for their writers; one statement."""
    wanted = {row.subject_id for row in rows}
    found = {m.pk: m for m in Message.objects.visible_to(actor).filter(pk__in=wanted)}
    return {
        row.notice_id: _failed(found[row.subject_id]) for row in rows if row.subject_id in found
    }


def _failed(message: Message) -> NoticeWords:
    title = _("Perhaps not received") if message.state == PERHAPS else _("Not received")
    return NoticeWords(
        title=f"{title}: {message.to_name}",
        text=f"{message.title} · {REASONS.get(message.reason, '')}",
        url=reverse("messaging:message", args=[message.pk]),
        tone="warn",
    )


NOTICES = (
    NoticeKind(STOPPED, gettext_lazy("A channel that stopped"), "mail-off", stopped_words),
    NoticeKind(FAILED, gettext_lazy("An answer that failed"), "send", failed_words),
)
