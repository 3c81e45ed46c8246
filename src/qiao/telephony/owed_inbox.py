"""Calls that are owed, as rows of the workspace's left list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import pgettext

from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem
from qiao.customers.queries import lines_for
from qiao.telephony.models import OwedCall
from qiao.telephony.queries import Due, count_owed, number_words, owed_call, owed_calls, queue_name


def load_owed(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Those of a scope, the one due first on top."""
    del now
    return items(actor, owed_calls(actor=actor, scope=scope, limit=limit))


def find_owed(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One as a row, whatever its state."""
    del now
    found = owed_call(actor=actor, owed_id=ref)
    return items(actor, [found])[0] if found else None


def count(*, actor: Actor) -> Mapping[str, int]:
    """How many are owed, by scope."""
    return count_owed(actor=actor)


def items(actor: Actor, rows: Sequence[OwedCall]) -> list[InboxItem]:
    """Rows of the list."""
    known = [row.customer_id for row in rows if row.customer_id]
    lines = lines_for(actor=actor, customer_ids=known) if known else {}
    found = []
    for row in rows:
        line = lines.get(row.customer_id or 0)
        number = number_words(row.phone, row.phone, actor)
        found.append(
            InboxItem(
                ref=row.pk,
                who=line.name if line else number or pgettext("caller", "Number withheld"),
                what=f"{row.get_kind_display()} · {queue_name(row.queue)}",
                pane_url=reverse("telephony:owed", args=[row.pk]),
                customer_id=line.customer_id if line else None,
                phone=row.phone if line is None else "",
                tier=line.tier if line else "",
                channel="phone",
                clock=Due(row.due_at, row.since),
                since=row.since,
            )
        )
    return found
