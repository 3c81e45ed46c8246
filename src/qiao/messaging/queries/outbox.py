"""The outbox: what waits, what went wrong, and how the channels stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.kept import Ask, KeptCounts
from qiao.core.prepared import fetch_all
from qiao.messaging.models import ChannelStanding
from qiao.messaging.queries.messages import VIEW
from qiao.messaging.words import CAUSES, TO_DO

COUNTS: Final = KeptCounts("messaging_messagecount", "messaging_messagecountchange")
PAGE: Final = 50
SHELVES: Final[Mapping[str, tuple[str, ...]]] = {
    "trouble": ("bounced", "failed", "unknown"),
    "waiting": ("held", "queued", "sending", "printed"),
    "sent": ("sent", "delivered"),
    "unsent": ("skipped", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A message on the list. `words` are the other side's where it went wrong."""

    message_id: int
    channel: str
    kind: str
    state: str
    reason: str
    to_name: str
    title: str
    subject_kind: str
    subject_id: int | None
    reference: str
    customer_id: int | None
    attempts: int
    due_at: datetime
    at: datetime
    by: str
    words: str


# Rows are found through the index of unit and state, one branch of each, then put together.
_LINES: Final = """
SELECT x.id, x.channel, x.kind, x.state, x.reason, x.to_name, x.title, x.subject_kind,
       x.subject_id, x.reference, x.customer_id, x.attempt_count, x.due_at,
       coalesce(x.ended_at, x.created_at), coalesce(s.name, ''),
       coalesce((SELECT a.words FROM messaging_attempt a
                  WHERE a.message_id = x.id AND a.what IN ('refused', 'deferred', 'unknown')
                  ORDER BY a.id DESC LIMIT 1), '')
  FROM (SELECT m.* FROM unnest(%(organisations)s::bigint[]) AS o (id)
         CROSS JOIN unnest(%(states)s::text[]) AS t (state)
         CROSS JOIN LATERAL (
            SELECT * FROM messaging_message m
             WHERE m.organisation_id = o.id AND m.state = t.state AND m.id < %(before)s
               AND (%(channel)s = '' OR m.channel = %(channel)s)
             ORDER BY m.id DESC LIMIT %(limit)s) m
         ORDER BY m.id DESC LIMIT %(limit)s) x
  LEFT JOIN staff_staff s ON s.id = x.created_by_id
 ORDER BY x.id DESC
"""


def outbox(
    *, actor: Actor, shelf: str, channel: str = "", before: int | None = None
) -> tuple[list[OutboxLine], int | None]:
    """A page of messages of a shelf, the newest first, and where the next one goes on."""
    values: dict[str, Any] = {
        "organisations": list(actor.organisations(VIEW)),
        "states": list(SHELVES[shelf]),
        "channel": channel,
        "before": before or 2**62,
        "limit": PAGE + 1,
    }
    rows = [OutboxLine(*row) for row in fetch_all(_LINES, values)]
    page = rows[:PAGE]
    return page, page[-1].message_id if len(rows) > PAGE else None


def shelf_counts(*, actor: Actor) -> dict[str, int]:
    """How many messages lie on each shelf: sums of kept counts."""
    sums = COUNTS.read(Ask(("state",)), organisations=actor.organisations(VIEW))
    by_state: dict[str, int] = {}
    for holder, count in sums.by_holder("state").items():
        state = holder.partition(":")[2]
        by_state[state] = by_state.get(state, 0) + count
    return {
        shelf: sum(by_state.get(state, 0) for state in states) for shelf, states in SHELVES.items()
    }


def troubled_count(actor: Actor) -> int:
    """How many messages need somebody: perhaps sent, nobody knows."""
    sums = COUNTS.read(Ask(("state",)), organisations=actor.organisations("messages.manage"))
    return sum(sums.of("state", f"{channel}:unknown") for channel in ("email", "letter"))


def cause_words(cause: str) -> str:
    """What is wrong with a channel, in the reader's words."""
    return str(CAUSES.get(cause, cause))


def cause_to_do(cause: str) -> str:
    """What to do about it."""
    return str(TO_DO.get(cause, ""))


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel stands: `cause` is empty where it works."""

    channel: str
    cause: str
    words: str
    since: datetime | None
    next_at: datetime | None
    waiting: int
    oldest: datetime | None


_WAITING: Final = """
SELECT count(*), min(m.due_at) FROM (
    SELECT due_at FROM messaging_message
     WHERE channel = 'email' AND state IN ('held', 'queued') AND due_at <= %(now)s
     LIMIT 100000) m
"""


def channel_health(*, now: datetime) -> ChannelHealth:
    """How e-mail stands for the whole company; asks for no right."""
    ((waiting, oldest),) = fetch_all(_WAITING, {"now": now})
    row = ChannelStanding.objects.filter(channel="email").first()
    if row is None or row.down_since is None:
        return ChannelHealth("email", "", "", None, None, waiting, oldest)
    return ChannelHealth(
        "email", row.cause, row.words, row.down_since, row.open_until, waiting, oldest
    )
