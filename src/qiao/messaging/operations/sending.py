"""How messages leave: claimed in batches, begun, handed over, and what came of it kept.

A worker that dies leaves rows ``sending``. Whoever sends next puts back those that were not begun;
those begun without an end are ``unknown``: they are told, not sent again by themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from qiao.core import attachments, events, parameters
from qiao.core.models import Attachment
from qiao.core.transactions import required
from qiao.messaging.channels.port import Enclosure, Failure, Outgoing, Receipt, Refused
from qiao.messaging.events import AddressDoubted, MessageFailed, MessageSent
from qiao.messaging.models import Attempt, ChannelStanding, EmailAddress, Message
from qiao.messaging.parameters import EMAILS_A_MINUTE
from qiao.messaging.queries.threads import thread_of
from qiao.messaging.rules.backoff import pause_of_receiver
from qiao.staff.operations import notify
from qiao.staff.queries import organisation

FAILED: Final = "messaging.failed"
OWNER_KIND: Final = "message"
BULK: Final = frozenset({"broadcast"})
WORDS_LENGTH: Final = 500
TELL_AT_ONCE: Final = 500

_BEGUN = """
SELECT m.id, EXISTS (
    SELECT FROM messaging_attempt a
     WHERE a.message_id = m.id AND a.what = 'begun'
       AND NOT EXISTS (SELECT FROM messaging_attempt b
                        WHERE b.message_id = m.id AND b.id > a.id))
  FROM messaging_message m WHERE m.state = 'sending' AND m.channel = %(channel)s
   FOR UPDATE
"""


def recover(*, channel: str, now: datetime) -> tuple[int, int]:
    """What a sender that died left: put back, and unknown. Call as the only sender."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, {"channel": channel})
        rows = cursor.fetchall()
    begun = [pk for pk, is_begun in rows if is_begun]
    put_back([pk for pk, is_begun in rows if not is_begun])
    if begun:
        Message.objects.filter(pk__in=begun).update(
            state="unknown", reason="no_answer", ended_at=now
        )
        Attempt.objects.bulk_create(
            Attempt(message_id=pk, channel=channel, what="unknown", at=now) for pk in begun
        )
    return len(rows) - len(begun), len(begun)


def put_back(message_ids: Sequence[int]) -> None:
    """Claimed, but not begun: they wait again."""
    required()
    Message.objects.filter(pk__in=message_ids, state="sending").update(state="queued")


# Materialised: rescanned within a join, the limit would be taken anew and the rate be broken.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT m.id FROM messaging_message m
     WHERE m.channel = %(channel)s AND m.state IN ('held', 'queued')
       AND m.due_at <= %(now)s AND coalesce(m.held_until, %(now)s) <= %(now)s
     ORDER BY m.due_at, m.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message t SET state = 'sending', held_until = NULL
  FROM due WHERE t.id = due.id
RETURNING t.id, t.due_at
"""


def claim(*, channel: str, now: datetime, most: int) -> list[int]:
    """Claim what is due, the longest waiting first, as far as the rate of the channel allows."""
    required()
    lately = Attempt.objects.filter(
        channel=channel, what="begun", at__gt=now - timedelta(minutes=1)
    ).count()
    allowed = int(parameters.find(EMAILS_A_MINUTE, day=timezone.localdate(now)).value) - lately
    if allowed <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"channel": channel, "now": now, "limit": min(most, allowed)})
        rows = cursor.fetchall()
    return [pk for pk, _due in sorted(rows, key=lambda row: (row[1], row[0]))]


def begin(*, message_id: int, now: datetime) -> Outgoing:
    """Write down that a claimed message is about to be handed over; commit before doing so."""
    required()
    message = Message.objects.get(pk=message_id, state="sending")
    Message.objects.filter(pk=message_id).update(attempt_count=F("attempt_count") + 1)
    _note(message, "begun", now)
    return Outgoing(
        message_id=message.pk,
        message_ref=message.message_ref,
        kind=message.kind,
        subject_id=message.subject_id,
        thread=thread_of(message.subject_kind, message.subject_id),
        sender=organisation(message.organisation_id).name,
        to_name=message.to_name,
        to_address=message.to_address,
        title=message.title,
        body=message.body,
        language=message.language,
        is_automatic=message.is_automatic,
        is_bulk=message.kind in BULK,
        stop_url=message.stop_url,
        files=[
            Enclosure(f.file_name, f.content_type, attachments.path_of(f.sha256))
            for f in _files_of(message.pk)
        ],
    )


def _files_of(message_id: int) -> "QuerySet[Attachment]":
    return Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id=message_id).order_by("id")


def _note(
    message: Message, what: str, now: datetime, *, code: int | None = None, words: str = ""
) -> None:
    said = words.replace(message.to_address, "…") if message.to_address else words
    Attempt.objects.create(
        message=message,
        channel=message.channel,
        what=what,
        at=now,
        code=code,
        words=said[:WORDS_LENGTH].replace("\0", ""),
    )


def _locked(message_id: int) -> Message:
    required()
    return Message.objects.select_for_update().get(pk=message_id)


def keep_sent(*, message_id: int, receipt: Receipt, now: datetime) -> None:
    """The other side took it."""
    message = _locked(message_id)
    message.state, message.receipt = "sent", receipt.words[:WORDS_LENGTH]
    message.sent_at = message.ended_at = now
    message.save(update_fields=["state", "receipt", "sent_at", "ended_at"])
    _note(message, "accepted", now, code=receipt.code, words=receipt.words)


def keep_unknown(*, message_id: int, failure: Failure, now: datetime) -> None:
    """No answer came: it is told, not sent again."""
    message = _locked(message_id)
    message.state, message.reason, message.ended_at = "unknown", "no_answer", now
    message.save(update_fields=["state", "reason", "ended_at"])
    _note(message, "unknown", now, words=failure.words)


def keep_refused(*, message_id: int, refusal: Refused, now: datetime) -> None:
    """Refused for good: the address is doubtful, unless the message itself was the reason."""
    message = _locked(message_id)
    message.state = "bounced" if refusal.is_address else "failed"
    message.reason = "refused" if refusal.is_address else "content"
    message.ended_at = now
    message.save(update_fields=["state", "reason", "ended_at"])
    _note(message, "refused", now, code=refusal.code, words=refusal.words)
    if refusal.is_address and message.channel == "email":
        doubt(message=message, reason=f"{refusal.code or ''} {refusal.words}".strip(), now=now)


def keep_unmade(*, message_id: int, failure: Failure, now: datetime) -> None:
    """It could not be made, so nothing was handed over: told, not tried again by itself."""
    message = _locked(message_id)
    message.state, message.reason, message.ended_at = "failed", "unmade", now
    message.save(update_fields=["state", "reason", "ended_at"])
    _note(message, "refused", now, words=failure.words)


def keep_later(*, message_id: int, failure: Failure, now: datetime) -> None:
    """This receiver later, or given up after the last pause."""
    message = _locked(message_id)
    _note(message, "deferred", now, code=failure.code, words=failure.words)
    pause = pause_of_receiver(message.attempt_count)
    if pause is None:
        message.state, message.reason, message.ended_at = "failed", "too_long", now
    else:
        message.state, message.due_at = "queued", now + pause
    message.save(update_fields=["state", "reason", "ended_at", "due_at"])


def keep_waiting(*, message_id: int, failure: Failure, now: datetime) -> None:
    """The channel is down: it waits with all others, and this was no attempt of its own."""
    message = _locked(message_id)
    _note(message, "deferred", now, code=failure.code, words=failure.words)
    message.state, message.attempt_count = "queued", max(message.attempt_count - 1, 0)
    message.save(update_fields=["state", "attempt_count"])


def doubt(*, message: Message, reason: str, now: datetime) -> None:
    """Mark the address of a message as doubtful wherever its customer is held."""
    if message.customer_id is None:
        return
    rows = EmailAddress.objects.raw(
        "SELECT * FROM messaging_emailaddress WHERE lower(address) = lower(%s) AND standing = ''"
        " AND customer_id = ANY(customers_held_as(customers_survivor(%s)))",
        [message.to_address, message.customer_id],
    )
    said = reason.replace(message.to_address, "…")[:WORDS_LENGTH]
    for row in rows:
        row.standing, row.standing_since, row.standing_reason = "doubtful", now, said
        row.save(update_fields=["standing", "standing_since", "standing_reason"])
        events.publish(
            AddressDoubted(row.customer_id, row.pk),
            organisation_id=message.organisation_id,
            actor=None,
            now=now,
        )


_UNTOLD = """
UPDATE messaging_message SET is_told = true
 WHERE id IN (SELECT m.id FROM messaging_message m
               WHERE NOT m.is_told AND m.ended_at IS NOT NULL
               ORDER BY m.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING organisation_id, subject_kind, state IN ('sent', 'delivered'),
          state IN ('bounced', 'failed', 'unknown', 'cancelled'), id, coalesce(subject_id, 0),
          CASE WHEN NOT is_automatic THEN created_by_id END
"""


def tell(*, now: datetime) -> int:
    """Publish what became of messages, one event for each unit, kind of subject and outcome.

    Returns how many messages were told of; call again while it gives `TELL_AT_ONCE`.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD, {"limit": TELL_AT_ONCE})
        rows = cursor.fetchall()
    groups: dict[tuple[int, str, type], list[tuple[int, int]]] = {}
    for unit, kind, is_sent, is_trouble, pk, subject, writer in sorted(
        rows, key=lambda row: row[4]
    ):
        if is_trouble and writer:
            _ring(pk, writer, now)
        if is_sent or is_trouble:
            event: type = MessageSent if is_sent else MessageFailed
            groups.setdefault((unit, kind, event), []).append((pk, subject))
    for (unit, kind, event), pairs in groups.items():
        ids, subjects = zip(*pairs, strict=True)
        events.publish(event(ids, kind, subjects), organisation_id=unit, actor=None, now=now)
    return len(rows)


def _ring(message_id: int, writer: int, now: datetime) -> None:
    """Tell whoever wrote it that it did not arrive."""
    notify(
        staff_ids=[writer],
        kind=FAILED,
        subject_id=message_id,
        once=f"message:{message_id}:{now.isoformat()}",
        now=now,
    )


def standing(channel: str) -> ChannelStanding:
    """How a channel stands, its row locked."""
    required()
    ChannelStanding.objects.get_or_create(channel=channel)
    return ChannelStanding.objects.select_for_update().get(channel=channel)
