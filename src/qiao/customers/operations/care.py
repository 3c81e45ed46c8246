"""Notes, wishes and consents: written by who serves the customer."""

from collections.abc import Iterable
from datetime import datetime, time

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.models import Consent, Note, Preference
from qiao.customers.operations.access import lock_customer
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.queries.care import EDIT_WINDOW

NOTE_LENGTH = 2000
WORDS_LENGTH = 300


class NoteSettled(CustomerRefusal):
    """Only its author may correct a note, and only for a while."""


class UnknownWish(CustomerRefusal):
    """No such channel, language, need or purpose; or half of a quiet time."""


def add_note(
    *, actor: Actor, now: datetime, customer_id: int, text: str, is_pinned: bool = False
) -> Note:
    """Write something down about a customer.

    Raises `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    return Note.objects.create(
        customer=customer,
        text=clean(text, field="text", max_length=NOTE_LENGTH, required=True),
        is_pinned=is_pinned,
        author_id=actor.person_id,
        created_at=now,
    )


def edit_note(*, actor: Actor, now: datetime, customer_id: int, note_id: int, text: str) -> Note:
    """Correct an own note while it is fresh; the trail keeps what stood there.

    Raises `NoteSettled`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    note = _note(actor, customer_id, note_id)
    if note.author_id != actor.staff_id or now - note.created_at > EDIT_WINDOW:
        raise NoteSettled(f"note {note_id}")
    note.text = clean(text, field="text", max_length=NOTE_LENGTH, required=True)
    note.edited_at = now
    note.save(update_fields=["text", "edited_at"])
    return note


def pin_note(*, actor: Actor, customer_id: int, note_id: int, is_pinned: bool) -> Note:
    """Keep a note on top, or no longer. Raises `NotVisible`, `qiao.core.actor.Forbidden`."""
    note = _note(actor, customer_id, note_id)
    note.is_pinned = is_pinned
    note.save(update_fields=["is_pinned"])
    return note


def _note(actor: Actor, customer_id: int, note_id: int) -> Note:
    customer = lock_customer(actor=actor, customer_id=customer_id)
    found = Note.objects.filter(pk=note_id, customer_id__in=held_as(customer.pk)).first()
    if found is None:
        raise NotVisible(f"note {note_id}")
    return found


def set_preferences(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    channels: Iterable[str] = (),
    language: str = "",
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    needs: Iterable[str] = (),
    needs_text: str = "",
) -> Preference:
    """Keep how a customer wishes to be served; `channels` in their order of liking.

    Raises `UnknownWish`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    liked, needed = list(dict.fromkeys(channels)), list(dict.fromkeys(needs))
    unknown = (set(liked) - set(Preference.Channel.values)) | (
        set(needed) - set(Preference.Need.values)
    )
    if unknown or language not in Preference.Language.values:
        raise UnknownWish(", ".join(sorted(unknown)) or language)
    if (quiet_from is None) != (quiet_until is None):
        raise UnknownWish("a quiet time has two ends")
    row, _ = Preference.objects.update_or_create(
        customer=customer,
        defaults={
            "channels": liked,
            "language": language,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "needs": needed,
            "needs_text": clean(needs_text, field="needs_text", max_length=WORDS_LENGTH),
            "changed_at": now,
        },
    )
    return row


def refuse_by_customer(*, customer_id: int, purpose: str, proof: str, now: datetime) -> Consent:
    """A customer says themselves that they want no more of something, behind a personal link.

    Nobody's right is asked, so that it can only ever be a refusal, for every channel. Said again
    it stands as it stood. Raises `UnknownWish`, `BadText`.
    """
    required()
    if purpose not in Consent.Purpose.values:
        raise UnknownWish(purpose)
    ids = held_as(customer_id)
    last = Consent.objects.filter(customer_id__in=ids, purpose=purpose).order_by("-at", "-id")
    standing = last.first()
    if standing is not None and not standing.is_given and standing.channel == "":
        return standing
    return Consent.objects.create(
        customer_id=customer_id,
        purpose=purpose,
        is_given=False,
        how=Consent.How.ONLINE,
        proof=clean(proof, field="proof", max_length=WORDS_LENGTH),
        at=now,
        actor=None,
    )


def record_consent(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    purpose: str,
    is_given: bool,
    how: str,
    channel: str = "",
    proof: str = "",
    text_version: str = "",
) -> Consent:
    """Keep a customer's word: given or withdrawn, both with the same few facts.

    Raises `UnknownWish`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    known = purpose in Consent.Purpose.values and how in Consent.How.values
    if not known or channel not in ("", *Preference.Channel.values):
        raise UnknownWish(f"{purpose} {channel} {how}")
    return Consent.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        is_given=is_given,
        how=how,
        proof=clean(proof, field="proof", max_length=WORDS_LENGTH),
        text_version=clean(text_version, field="text_version", max_length=40, one_line=True),
        at=now,
        actor_id=actor.person_id,
    )
