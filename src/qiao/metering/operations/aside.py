"""Messages put aside: kept with what is wrong, once however often they are told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from qiao.core.transactions import required
from qiao.core.wire import BODY_BYTES
from qiao.metering.models import HeadEnd
from qiao.metering.operations.message_reading import MOST_FAULTS, Message

CUT_BYTES: Final = 64 * 1024  # are kept of a message that is too large
TOPIC_LETTERS: Final = 500

# One that was let go stays so; one that was taken in after all and is refused again waits again.
_KEEP: Final = """
INSERT INTO metering_asidemessage AS a
       (organisation_id, head_end_id, topic, payload, size_bytes, digest, is_cut, reason, faults,
        "left", state, told_count, tried_count, received_at, last_at)
VALUES (%(unit)s, %(head_end)s, %(topic)s, %(payload)s, %(size)s, %(digest)s, %(is_cut)s,
        %(reason)s, %(faults)s::jsonb, %(left)s::jsonb, 'waiting', 1, 0, %(now)s, %(now)s)
ON CONFLICT (digest) DO UPDATE
   SET told_count = a.told_count + 1, last_at = excluded.last_at,
       state = CASE WHEN a.state = 'taken' THEN 'waiting' ELSE a.state END,
       done_at = CASE WHEN a.state = 'taken' THEN NULL ELSE a.done_at END,
       done_by_id = CASE WHEN a.state = 'taken' THEN NULL ELSE a.done_by_id END
"""


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that is to be put aside, and why; `left` as in `AsideMessage`."""

    head_end: HeadEnd | None
    organisation_id: int
    message: Message
    reason: str
    faults: list[dict[str, Any]] = field(default_factory=list)
    left: dict[str, Any] | None = None


def put_aside(messages: Sequence[Aside], *, now: datetime) -> None:
    """Keep messages that were not taken in, or not wholly."""
    required()
    rows = [_row(each, now) for each in messages]
    # Two listeners that tell the same, in another order, wait for each other's rows in one order.
    rows.sort(key=lambda row: row["digest"])
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, rows)


def _row(each: Aside, now: datetime) -> dict[str, Any]:
    message = each.message
    is_cut = len(message.payload) > BODY_BYTES
    return {
        "unit": each.organisation_id,
        "head_end": each.head_end.pk if each.head_end else None,
        "topic": message.topic.replace("\0", "")[:TOPIC_LETTERS],
        "payload": message.payload[:CUT_BYTES] if is_cut else message.payload,
        "size": len(message.payload),
        "digest": digest_of(message),
        "is_cut": is_cut,
        "reason": each.reason,
        "faults": storable(each.faults),
        "left": None if each.left is None else json.dumps(each.left),
        "now": now,
    }


def storable(faults: Sequence[dict[str, Any]]) -> str:
    """What is wrong, as JSON that the database takes: no NUL, no half characters, not too much."""
    text = json.dumps(list(faults)[:MOST_FAULTS], ensure_ascii=False).replace("\\u0000", "")
    return text.encode(errors="replace").decode()


def digest_of(message: Message) -> str:
    """Names a message by its topic and payload."""
    return sha256(message.topic.encode() + b"\0" + message.payload).hexdigest()
