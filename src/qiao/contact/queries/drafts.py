"""What is being typed into contacts."""

from qiao.contact.models import InteractionDraft
from qiao.contact.rules.drafts import Draft, WindowText, join


def window_texts(interaction_id: int) -> list[WindowText]:
    """The kept text of each window that has the contact open."""
    rows = InteractionDraft.objects.filter(interaction_id=interaction_id).order_by("id")
    return [WindowText(r.tab, r.version, r.note, r.saved_at, r.fields) for r in rows]


def draft_of(interaction_id: int) -> Draft:
    """What all windows hold together, for the page that is opened now."""
    return join(window_texts(interaction_id))
