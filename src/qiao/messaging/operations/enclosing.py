"""Beside the queue: messages to colleagues, and files that go along."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.transactions import required
from qiao.messaging.operations.queueing import Queued, Receiver, Sending, queue_messages
from qiao.staff.queries import names_of


def queue_to_staff(
    *, sending: Sending, staff: Mapping[int, str], actor: Actor | None, now: datetime
) -> Queued:
    """Queue an e-mail for members of staff; `staff` gives their addresses by id, empty for none.

    Raises as `queue_messages`.
    """
    names = names_of(staff)
    receivers = [
        Receiver(staff_id=pk, name=names.get(pk, ""), address=address)
        for pk, address in staff.items()
        if address
    ]
    found = queue_messages(sending=sending, receivers=receivers, actor=actor, now=now)
    missing = sum(not address for address in staff.values())
    skipped = dict(found.skipped) | ({"no_address": missing} if missing else {})
    return Queued(found.message_ids, skipped)


def enclose(
    *, message_id: int, owner_kind: str, owner_id: int, file_ids: Sequence[int]
) -> list[Attachment]:
    """Let files that belong to the subject of a message go along with it; others are left out.

    The caller has checked the right to the subject.
    """
    required()
    found = Attachment.objects.filter(
        pk__in=list(file_ids), owner_kind=owner_kind, owner_id=owner_id
    )
    return Attachment.objects.bulk_create(
        Attachment(
            owner_kind="message",
            owner_id=message_id,
            organisation_id=file.organisation_id,
            label=file.label,
            file_name=file.file_name,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            created_by_id=file.created_by_id,
            created_at=file.created_at,
        )
        for file in found.order_by("pk")
    )
