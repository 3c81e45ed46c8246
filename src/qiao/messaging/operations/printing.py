"""Letters: collected into batches, printed, posted; each by somebody, at a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.messaging.models import Attempt, Message, PrintBatch
from qiao.messaging.operations.queueing import wake
from qiao.messaging.rules.states import WrongState

MANAGE: Final = "messages.manage"
MOST_LETTERS: Final = 500  # of one batch: what one envelope tray holds


class NothingToPrint(Exception):  # noqa: N818 - names the finding
    """No letter of this unit waits."""


_RELEASE = """
UPDATE messaging_message SET state = 'queued', held_until = NULL
 WHERE channel = 'letter' AND state = 'held' AND held_until <= %(now)s
"""


def release_letters(*, now: datetime) -> None:
    """Letters that nobody takes back any more wait to be printed."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"now": now})


def make_batch(*, organisation_id: int, actor: Actor, now: datetime) -> PrintBatch:
    """Put the letters of a unit that wait the longest into a batch.

    Raises `NothingToPrint`, `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require(MANAGE, organisation_id)
    release_letters(now=now)
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        channel="letter", state="queued", organisation=organisation_id, due_at__lte=now
    )
    ids = list(waiting.order_by("due_at", "id").values_list("pk", flat=True)[:MOST_LETTERS])
    if not ids:
        raise NothingToPrint
    batch = PrintBatch.objects.create(
        organisation_id=organisation_id,
        letter_count=len(ids),
        made_at=now,
        made_by_id=actor.person_id,
    )
    Message.objects.filter(pk__in=ids).update(state="printed", print_batch=batch)
    _note(ids, "printed", actor, now)
    return batch


def _note(ids: Sequence[int], what: str, actor: Actor, now: datetime) -> None:
    Attempt.objects.bulk_create(
        Attempt(message_id=pk, channel="letter", what=what, at=now, actor_id=actor.staff_id)
        for pk in ids
    )


def _lock(batch_id: int, actor: Actor) -> PrintBatch:
    required()
    batch = PrintBatch.objects.select_for_update().get(pk=batch_id)
    actor.require(MANAGE, batch.organisation_id)
    return batch


def _letters(batch: PrintBatch) -> "QuerySet[Message]":
    return Message.objects.filter(print_batch=batch, state="printed")


def note_printed(*, batch_id: int, actor: Actor, now: datetime) -> PrintBatch:
    """Keep that the file of a batch was fetched for printing, the first time or again.

    Raises `qiao.core.actor.Forbidden`.
    """
    batch = _lock(batch_id, actor)
    if batch.printed_at is None:
        batch.printed_at, batch.printed_by_id = now, actor.person_id
    batch.print_count += 1
    batch.save(update_fields=["printed_at", "printed_by", "print_count"])
    return batch


def note_posted(*, batch_id: int, actor: Actor, now: datetime) -> PrintBatch:
    """Keep that a printed batch went to the post: its letters are sent.

    Raises `WrongState` for one that is not printed or gone already, `Forbidden`.
    """
    batch = _lock(batch_id, actor)
    if batch.printed_at is None or batch.posted_at is not None:
        raise WrongState("posted" if batch.posted_at else "queued")
    ids = list(_letters(batch).values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(
        state="sent", sent_at=now, ended_at=now, attempt_count=F("attempt_count") + 1
    )
    _note(ids, "posted", actor, now)
    batch.posted_at, batch.posted_by_id = now, actor.person_id
    batch.save(update_fields=["posted_at", "posted_by"])
    wake()
    return batch


def dissolve_batch(*, batch_id: int, actor: Actor, now: datetime) -> int:
    """Put the letters of a batch that was not posted back to those that wait; how many.

    Raises `WrongState`, `qiao.core.actor.Forbidden`.
    """
    batch = _lock(batch_id, actor)
    if batch.posted_at is not None:
        raise WrongState("sent")
    ids = list(_letters(batch).values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(state="queued", print_batch=None)
    _note(ids, "again", actor, now)
    batch.delete()
    return len(ids)
