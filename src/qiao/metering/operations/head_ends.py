"""Head-ends named, switched on and off; messages of theirs tried again, or let go."""

from datetime import datetime
from secrets import token_hex
from typing import Final

from django.db import connection

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.text import BadText, clean
from qiao.core.transactions import acting, outside, required
from qiao.metering.models import AsideMessage, HeadEnd
from qiao.metering.operations.message_reading import Message, Unreadable, read_message
from qiao.metering.operations.messages import Counted, take_read
from qiao.metering.queries.heads import every_head_end, of_topic, overlapping, waiting_ids
from qiao.metering.rules.topics import read_filter
from qiao.staff.operations import hire
from qiao.staff.queries import organisation

MANAGE: Final = "metering.heads"
READ: Final = "metering.read"
NAME_LENGTH: Final = 80
TRY_TASK: Final = "metering.try_messages"
MOST_TRIED: Final = 5_000  # messages of one go
State = AsideMessage.State


class TopicTaken(Exception):  # noqa: N818 - a refusal, not a fault
    """Another head-end has topics of this filter; `name` is its."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CannotTry(Exception):  # noqa: N818 - a refusal, not a fault
    """The message cannot be tried again. `code`: done, cut, no_head_end, off."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add_head_end(
    *, actor: Actor, now: datetime, organisation_id: int, name: str, topic: str, form: str
) -> HeadEnd:
    """Name a head-end of a unit; the listener asks for its topics within seconds.

    Raises `BadFilter`, `TopicTaken`, `BadText`, `Forbidden`.
    """
    required()
    actor.require(MANAGE, organisation_id)
    title = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    wanted = read_filter(topic)
    with connection.cursor() as cursor:  # two forms at once would not see each other's topics
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('metering_head_ends'))")
    if (other := overlapping(wanted)) is not None:
        raise TopicTaken(other.name)
    account = hire(
        organisation=organisation(organisation_id), number=f"MQTT-{token_hex(4)}", name=title,
        title="MQTT", is_active=False,
    )  # fmt: skip
    return HeadEnd.objects.create(
        organisation_id=organisation_id, account=account, name=title, topic=wanted, form=form,
        created_at=now, created_by_id=actor.staff_id,
    )  # fmt: skip


def switch_head_end(*, actor: Actor, head_end_id: int, is_active: bool) -> HeadEnd:
    """Switch a head-end on or off. Of one that is off the broker is asked for nothing; what still
    comes is put aside. Raises `HeadEnd.DoesNotExist`, `Forbidden`."""
    required()
    row = HeadEnd.objects.visible_to(actor).select_for_update().get(pk=head_end_id)
    actor.require(MANAGE, row.organisation_id)
    if row.is_active != is_active:
        row.is_active = is_active
        row.save(update_fields=["is_active"])
    return row


def try_message(*, actor: Actor, message_id: int, now: datetime) -> AsideMessage:
    """Take a message in that was put aside, or what is left of it; what still cannot be taken in
    stays aside with what is wrong now.

    Raises `CannotTry`, `AsideMessage.DoesNotExist`, `Forbidden`, `BadText`.
    """
    required()
    row = _locked(actor, message_id)
    head_end = of_topic(every_head_end(), row.topic)
    if head_end is None:
        raise CannotTry("no_head_end")
    actor.require(READ, head_end.organisation_id)
    if not head_end.is_active:
        raise CannotTry("off")
    row.head_end, row.organisation_id = head_end, head_end.organisation_id
    row.tried_count += 1
    message = Message(row.topic, bytes(row.payload))
    try:
        read = read_message(head_end, message).only(row.left, row.tried_count)
    except Unreadable as why:
        row.reason, row.faults, row.left = why.reason, why.faults, None
        row.save()
        return row
    _counted, left = take_read(head_end, [read], now=now)
    if left:
        row.reason, row.faults = left[0].reason, left[0].faults[:50]
        row.left = _still(row.left, left[0].left)
    else:
        row.state, row.done_at, row.done_by_id = State.TAKEN, now, actor.person_id
    row.save()
    return row


def _still(
    before: dict[str, list[int]] | None, left: dict[str, list[int]] | None
) -> dict[str, list[int]] | None:
    """Places in the message of what is left of what was left."""
    if before is None or left is None or before.get("whole"):
        return left
    return {kind: [before[kind][n - 1] for n in places] for kind, places in left.items()}


def drop_message(*, actor: Actor, message_id: int, now: datetime) -> AsideMessage:
    """Let a message go that nobody needs. Raises `CannotTry`, `AsideMessage.DoesNotExist`,
    `Forbidden`."""
    required()
    row = _locked(actor, message_id, even_cut=True)
    row.state, row.done_at, row.done_by_id = State.DROPPED, now, actor.person_id
    row.save(update_fields=["state", "done_at", "done_by_id"])
    return row


def _locked(actor: Actor, message_id: int, *, even_cut: bool = False) -> AsideMessage:
    rows = AsideMessage.objects.visible_to(actor).select_for_update()
    row = rows.get(pk=message_id)
    actor.require(READ, row.organisation_id)
    if row.state != State.WAITING:
        raise CannotTry("done")
    if row.is_cut and not even_cut:
        raise CannotTry("cut")
    return row


def ask_to_try(*, actor: Actor, head_end_id: int) -> None:
    """Have a job try all messages of a head-end again. Raises `Forbidden`."""
    required()
    row = HeadEnd.objects.visible_to(actor).get(pk=head_end_id)
    actor.require(READ, row.organisation_id)
    background.defer(TRY_TASK, lock=lock_of(row.pk), head_end_id=row.pk, staff_id=actor.person_id)


def lock_of(head_end_id: int) -> str:
    """The lock of the job that tries messages of a head-end again."""
    return f"metering.try_messages:{head_end_id}"


def try_messages(*, actor: Actor, head_end_id: int, now: datetime) -> Counted:
    """Try the messages of a head-end again, each in its own transaction; how many there were, and
    how many still wait."""
    outside()
    counted = Counted()
    ids = waiting_ids(actor=actor, head_end_id=head_end_id, most=MOST_TRIED)
    for message_id in ids:
        counted.messages += 1
        try:
            with acting(actor):
                row = try_message(actor=actor, message_id=message_id, now=now)
        except (CannotTry, BadText, AsideMessage.DoesNotExist):
            counted.aside += 1
        else:
            counted.aside += row.state == State.WAITING
    return counted
