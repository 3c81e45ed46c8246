"""Contacts at hand as rows of the workspace's left list, and as hits of a search."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.contact.models import Interaction
from qiao.contact.queries import (
    InteractionRow,
    find_interactions,
    find_row,
    interactions_at_hand,
    name_of,
    outcomes,
)
from qiao.core.actor import Actor
from qiao.core.manifest import Hit, InboxItem
from qiao.core.ui.marks import channel_name
from qiao.customers.queries import shown_phone

SEPARATOR = " · "


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Contacts not yet closed, the one that has waited longest first."""
    del now
    rows = interactions_at_hand(actor=actor, scope=scope, limit=limit)
    return [_item(row, actor) for row in rows]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One contact as a row, whatever its state."""
    del now
    row = find_row(actor=actor, interaction_id=ref)
    return _item(row, actor) if row else None


def _item(row: InteractionRow, actor: Actor) -> InboxItem:
    state = Interaction.State(row.state).label
    words = row.subject or row.words.strip().partition("\n")[0]
    is_open = row.customer_id is None and not row.unknown_reason
    owner = row.agent_name if row.agent_id != actor.staff_id else ""
    return InboxItem(
        ref=row.interaction_id,
        who=caller_words(row, actor),
        what=SEPARATOR.join(part for part in (owner, words or str(state)) if part),
        pane_url=reverse("contact:pane", args=[row.interaction_id]),
        customer_id=row.customer_id,
        phone=row.caller_phone if is_open else "",
        tier=row.tier,
        channel=row.channel,
        since=row.started_at,
        status=str(state) if words and row.state == Interaction.State.WRAP_UP else "",
    )


def caller_words(row: InteractionRow, actor: Actor) -> str:
    """Who it is, as far as one knows: customer, name given, number, place."""
    name = row.customer_name or row.caller_name
    if name:
        return name
    if row.caller_phone:
        return shown_phone(actor, row.caller_phone)
    return row.place or pgettext("contact", "Unknown person")


def search_hits(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Contacts by number or telephone number, for the palette."""
    return [
        Hit(
            kind="contact",
            title=row.number,
            detail=SEPARATOR.join(
                part
                for part in (caller_words(row, actor), row.subject or str(_state(row)))
                if part
            ),
            url=reverse("contact:detail", args=[row.interaction_id]),
            icon="phone" if row.channel == Interaction.Channel.PHONE else "message-circle",
            tier=row.tier,
            tag=channel_name(row.channel),
        )
        for row in find_interactions(actor=actor, text=text, limit=limit)
    ]


def _state(row: InteractionRow) -> str:
    return _("In progress") if row.state == Interaction.State.OPEN else ""


class OutcomeWords(Mapping[str, str]):
    """Outcomes in the reader's language, read from the packs when they are asked for."""

    def __getitem__(self, key: str) -> str:
        if key not in outcomes():
            raise KeyError(key)
        return name_of(key, language=get_language() or "zh-hans")

    def __iter__(self) -> Iterator[str]:
        return iter(outcomes())

    def __len__(self) -> int:
        return len(outcomes())
