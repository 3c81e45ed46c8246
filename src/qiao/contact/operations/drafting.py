"""What is being typed, kept every two seconds, whatever number of windows is open."""

from collections.abc import Mapping
from datetime import datetime

from qiao.contact.models import Interaction, InteractionDraft
from qiao.contact.operations.journal import lock_at_hand
from qiao.contact.operations.refusals import UnknownChoice
from qiao.contact.queries import window_texts
from qiao.contact.rules.drafts import CASE, Draft, join, replaced
from qiao.core.actor import Actor
from qiao.core.rules.text import clean

NOTE_LENGTH = 4_000
VALUE_LENGTH = 4_000
MOST_FIELDS = 80
LONGEST_TAB = 40


def autosave_draft(
    *,
    interaction_id: int,
    tab: str,
    seen: Mapping[str, int],
    note: str,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, str] | None = None,
) -> Draft:
    """Keep what a window has typed, beside what other windows hold that it has not seen.

    Returns what all windows hold together. Never refuses a text for what another window typed.
    Raises `BadText`, `WrongState` once the contact is closed, `NotYours`, `Forbidden`.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    _window(tab)
    text = clean(note, field="note", max_length=NOTE_LENGTH)
    values = _values(fields or {})
    outdated = replaced(window_texts(interaction.pk), tab=tab, seen=seen)
    drafts = InteractionDraft.objects.filter(interaction=interaction)
    drafts.filter(tab__in=outdated).delete()
    mine = drafts.filter(tab=tab).first() or InteractionDraft(
        interaction=interaction, tab=tab, version=0
    )
    mine.version += 1
    mine.note, mine.fields, mine.saved_at = text, values, now
    mine.save()
    return join(window_texts(interaction.pk))


def keep_case_draft(
    *,
    interaction_id: int,
    tab: str,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a window has typed into the form of a new case, until the case is opened.

    Raises `BadText`, `UnknownChoice`, `WrongState`, `NotYours`, `Forbidden`.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    InteractionDraft.objects.update_or_create(
        interaction=interaction,
        tab=CASE + _window(tab),
        defaults={"fields": _values(values), "saved_at": now},
    )


def drop_case_draft(interaction_id: int) -> None:
    """Forget the draft of a case: it is a case now."""
    drafts = InteractionDraft.objects.filter(interaction_id=interaction_id)
    drafts.filter(tab__startswith=CASE).delete()


def _window(tab: str) -> str:
    if not tab.isalnum() or len(tab) > LONGEST_TAB:
        raise UnknownChoice("tab")
    return tab


def drop_drafts(interaction: Interaction) -> None:
    """Forget what was typed; it stands in the contact now, or was begun by mistake."""
    InteractionDraft.objects.filter(interaction=interaction).delete()


def _values(fields: Mapping[str, str]) -> dict[str, str]:
    kept = list(fields.items())[:MOST_FIELDS]
    return {key[:60]: clean(value, field=key[:60], max_length=VALUE_LENGTH) for key, value in kept}
