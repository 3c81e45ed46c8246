"""Letters as they are set, and the batches in which they are printed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import override

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.wording import from_names
from qiao.messaging.channels.letters import Letter
from qiao.messaging.models import Message, PrintBatch
from qiao.messaging.queries.messages import NotVisible
from qiao.staff.queries import organisation

MANAGE: Final = "messages.manage"

_NEEDS = """
SELECT m.id FROM messaging_message m
 WHERE m.id = ANY(%(ids)s::bigint[]) AND EXISTS (
    SELECT FROM customers_preference p
     WHERE p.customer_id = m.customer_id AND 'large_print' = ANY(p.needs))
"""


def letter_of(
    facts: Mapping[str, Any], *, organisation_id: int, now: datetime, is_large: bool = False
) -> Letter:
    """A letter of a unit from its own words: `facts` are `name`, `address`, `title`, `body`,
    `language`, `reference` and, if it is kept, `message_id`."""
    unit = organisation(organisation_id)
    local = now.astimezone(ZoneInfo(unit.timezone))
    with override(str(facts["language"]).lower()):
        house = from_names(unit.names, unit.name)
        day = date_format(local, "DATE_FORMAT")
    return Letter(
        message_id=int(facts.get("message_id") or 0),
        language=str(facts["language"]),
        house=house,
        phone=unit.phone,
        return_line=house,
        foot=" · ".join(filter(None, (house, unit.phone))),
        name=str(facts["name"]),
        address=str(facts["address"]),
        date=day,
        reference=str(facts.get("reference") or ""),
        title=str(facts["title"]),
        body=str(facts["body"]),
        is_large=is_large,
    )


def letters_for(messages: Sequence[Message], *, now: datetime) -> list[Letter]:
    """Messages as letters, dated when they were posted or else today; large print for whoever
    needs it."""
    large = {pk for (pk,) in fetch_all(_NEEDS, {"ids": [m.pk for m in messages]})}
    return [
        letter_of(
            {
                "message_id": m.pk,
                "language": m.language,
                "name": m.to_name,
                "address": m.to_address,
                "title": m.title,
                "body": m.body,
                "reference": m.reference,
            },
            organisation_id=m.organisation_id,
            now=m.sent_at or now,
            is_large=m.pk in large,
        )
        for m in messages
    ]


def get_batch_for(*, actor: Actor, batch_id: int) -> PrintBatch:
    """A batch of a unit in which the actor manages messages. Raises `NotVisible`."""
    found = PrintBatch.objects.filter(
        pk=batch_id, organisation_id__in=actor.organisations(MANAGE)
    ).first()
    if found is None:
        raise NotVisible(f"batch {batch_id}")
    return found


def letters_of_batch(batch: PrintBatch, *, now: datetime) -> list[Letter]:
    """The letters of a batch in the order of their messages."""
    rows = Message.objects.filter(print_batch=batch).exclude(state="cancelled").order_by("pk")
    return letters_for(list(rows), now=now)


def batches_for(*, actor: Actor, limit: int = 20) -> list[PrintBatch]:
    """The newest batches that the actor may manage, those not posted first."""
    rows = PrintBatch.objects.filter(organisation_id__in=actor.organisations(MANAGE))
    rows = rows.select_related("organisation", "made_by", "printed_by", "posted_by")
    return list(rows.order_by(F("posted_at").desc(nulls_first=True), "-pk")[:limit])


_WAITING = """
SELECT m.organisation_id, count(*), min(m.due_at) FROM messaging_message m
 WHERE m.channel = 'letter' AND m.state IN ('held', 'queued') AND m.due_at <= %(now)s
   AND coalesce(m.held_until, %(now)s) <= %(now)s
   AND m.organisation_id = ANY(%(organisations)s::bigint[])
 GROUP BY 1 ORDER BY 3
"""


def letters_waiting(*, actor: Actor, now: datetime) -> list[tuple[int, int, datetime]]:
    """Units in which letters wait to be printed: id, how many, the oldest."""
    values = {"now": now, "organisations": list(actor.organisations(MANAGE))}
    return [(unit, count, since) for unit, count, since in fetch_all(_WAITING, values)]
