"""What is being typed into contacts, and into the cases that come of them."""

from typing import Any

from qiao.contact.models import InteractionDraft
from qiao.contact.rules.drafts import CASE, Draft, WindowText, join


def window_texts(interaction_id: int) -> list[WindowText]:
    """The kept text of each window that has the contact open."""
    rows = InteractionDraft.objects.filter(interaction_id=interaction_id).order_by("id")
    return [
        WindowText(r.tab, r.version, r.note, r.saved_at, r.fields)
        for r in rows.exclude(tab__startswith=CASE)
    ]


def draft_of(interaction_id: int) -> Draft:
    """What all windows hold together, for the page that is opened now."""
    return join(window_texts(interaction_id))


def case_draft_of(interaction_id: int) -> dict[str, Any]:
    """Values typed into the form of a new case, of all windows; the latest of each field."""
    rows = InteractionDraft.objects.filter(interaction_id=interaction_id, tab__startswith=CASE)
    values: dict[str, Any] = {}
    for fields in rows.order_by("saved_at", "id").values_list("fields", flat=True):
        values |= fields
    return values
