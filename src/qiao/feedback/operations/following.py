"""Following a suggestion by e-mail: only who confirms from their own mailbox is told."""

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.core.rules.text import clean
from qiao.core.rules.texts import language_key
from qiao.core.transactions import required
from qiao.feedback.models import Suggestion, SuggestionFollower
from qiao.feedback.operations.suggestions import EMAIL_LENGTH
from qiao.messaging.operations import Receiver, Sending, Words, queue_messages, read_address

SALT: Final = "qiao.suggestion.follow"
VALID: Final = timedelta(days=7)


def ask_to_follow(
    *, suggestion: Suggestion, email: str, language: str, page_url: str, now: datetime
) -> None:
    """Send a letter with a link to the address; nothing else is sent before it was opened.

    The answer is the same whether the address follows already or not. Raises `BadAddress`,
    `BadText`.
    """
    required()
    address = read_address(clean(email, field="email", max_length=EMAIL_LENGTH, one_line=True))
    row, _made = SuggestionFollower.objects.get_or_create(
        suggestion=suggestion,
        email__iexact=address,
        defaults={
            "email": address,
            "language": language_key(language),
            "page_url": page_url,
            "asked_at": now,
        },
    )
    if row.confirmed_at is not None:
        return
    link = f"{page_url}confirm/{signing.dumps(row.pk, salt=SALT)}"
    with override(language):
        words = Words(
            _("Please confirm: you want to follow a suggestion"),
            _(
                "Somebody, probably you, asked us to write to this address when “{title}” is"
                " answered. Please open this page to confirm:\n\n{link}\n\nIf it was not you,"
                " do nothing: we shall not write again.\n\n{organisation}"
            ),
        )
    sending = Sending(
        organisation_id=suggestion.organisation_id,
        kind="suggestion_follow",
        texts={"": words},
        subject_kind="suggestion",
        channels=("email",),
        values={"title": suggestion.public_title, "link": link},
        key=f"suggestion_follow:{row.pk}:{now:%Y%m%d}",
    )
    receiver = Receiver(address=address, language=language_key(language))
    queue_messages(sending=sending, receivers=[receiver], actor=None, now=now)


def confirm_following(*, token: str, now: datetime) -> Suggestion | None:
    """The mailbox answered: it follows from now on. None for a link that is old or false."""
    required()
    row = _of_token(token)
    if row is None:
        return None
    if row.confirmed_at is None:
        row.confirmed_at = now
        row.save(update_fields=["confirmed_at"])
    return row.suggestion


def _of_token(token: str) -> SuggestionFollower | None:
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    rows = SuggestionFollower.objects.select_related("suggestion").select_for_update(of=("self",))
    return rows.filter(pk=pk).first()
