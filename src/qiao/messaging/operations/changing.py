"""What people do to messages: take back, cancel, send again, say what became of them."""

from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.messaging.models import Attempt, Message
from qiao.messaging.operations.queueing import wake
from qiao.messaging.rules.states import WAITING, WrongState, move

MANAGE = "messages.manage"


def _lock(message_id: int) -> Message:
    required()
    return Message.objects.select_for_update().get(pk=message_id)


def _note(message: Message, what: str, actor: Actor | None, now: datetime) -> None:
    Attempt.objects.create(
        message=message,
        channel=message.channel,
        what=what,
        at=now,
        actor_id=actor.staff_id if actor else None,
    )


def cancel_message(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Take a message back that has not begun to leave: its writer while it is held, whoever may
    manage messages while it waits.

    Raises `WrongState`, `qiao.core.actor.Forbidden`.
    """
    message = _lock(message_id)
    if message.state not in WAITING:
        raise WrongState(message.state)
    if message.created_by_id != actor.staff_id or message.state != "held":
        actor.require(MANAGE, message.organisation_id)
    return _cancel(message, actor, now)


def cancel_about(
    *, subject_kind: str, subject_id: int, kind: str, actor: Actor | None, now: datetime
) -> int:
    """Cancel what still waits of one kind about a subject; the caller has checked the right."""
    required()
    rows = Message.objects.select_for_update().filter(
        subject_kind=subject_kind, subject_id=subject_id, kind=kind, state__in=list(WAITING)
    )
    return len([_cancel(row, actor, now) for row in rows.order_by("id")])


def _cancel(message: Message, actor: Actor | None, now: datetime) -> Message:
    message.state = move(message.state, "cancelled")
    message.ended_at, message.held_until, message.key = now, None, None
    message.is_told = not message.is_automatic  # its writer knows; of the others a job tells
    message.save(update_fields=["state", "ended_at", "held_until", "key", "is_told"])
    _note(message, "cancelled", actor, now)
    if message.is_automatic:
        wake()
    return message


def send_again(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Queue a message once more that failed, came back, or perhaps was sent.

    Raises `WrongState`, also for one whose receiver was erased; `qiao.core.actor.Forbidden`.
    """
    message = _lock(message_id)
    actor.require(MANAGE, message.organisation_id)
    if not message.to_address:
        raise WrongState(message.state)
    message.state = move(message.state, "queued")
    message.sent_at = message.ended_at = None
    message.reason, message.due_at = "", now
    message.attempt_count, message.is_told = 0, False
    message.print_batch = None
    message.save()
    _note(message, "again", actor, now)
    if message.channel == Message.Channel.EMAIL:
        wake()
    return message


def note_arrival(*, message_id: int, came_back: bool, actor: Actor, now: datetime) -> Message:
    """Keep that a message arrived for certain, or came back.

    Raises `WrongState`, `qiao.core.actor.Forbidden`.
    """
    message = _lock(message_id)
    actor.require(MANAGE, message.organisation_id)
    if message.state == "unknown" and not came_back:
        message.state = move(message.state, "sent")
        message.sent_at = message.sent_at or now
    else:
        message.state = move(message.state, "bounced" if came_back else "delivered")
    message.reason = "returned" if came_back else ""
    message.ended_at, message.is_told = now, False
    message.save(update_fields=["state", "sent_at", "reason", "ended_at", "is_told"])
    _note(message, "returned" if came_back else "accepted", actor, now)
    wake()
    return message
