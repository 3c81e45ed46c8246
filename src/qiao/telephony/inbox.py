"""Calls that wait, as rows of the workspace's left list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem
from qiao.customers.queries import CustomerLine, lines_for
from qiao.telephony.models import Call
from qiao.telephony.queries import (
    count_waiting,
    number_words,
    queue_name,
    ringing_call_id,
    waiting_call,
    waiting_calls,
)


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Calls that wait, the longest first; one's own is the one that rings."""
    del now
    calls = waiting_calls(actor=actor, scope=scope, limit=limit)
    return _items(actor, calls)


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One call as a row; None once it waits no more."""
    del now
    call = waiting_call(actor=actor, call_id=ref)
    return _items(actor, [call])[0] if call else None


def count_inbox(*, actor: Actor) -> Mapping[str, int]:
    """How many calls wait, by scope."""
    return count_waiting(actor=actor)


def _items(actor: Actor, calls: Sequence[Call]) -> list[InboxItem]:
    known = [call.customer_id for call in calls if call.customer_id]
    lines = lines_for(actor=actor, customer_ids=known) if known else {}
    rings = ringing_call_id(actor=actor)
    return [_item(call, lines.get(call.customer_id or 0), rings, actor) for call in calls]


def _item(call: Call, line: CustomerLine | None, rings: int | None, actor: Actor) -> InboxItem:
    number = number_words(call.phone, call.caller, actor)
    is_mine = call.pk == rings
    return InboxItem(
        ref=call.pk,
        who=line.name if line else number or pgettext("caller", "Number withheld"),
        what=_("Rings at your telephone") if is_mine else queue_name(call.queue),
        pane_url=reverse("telephony:waiting", args=[call.pk]),
        customer_id=line.customer_id if line else None,
        phone=call.phone if line is None else "",
        tier=line.tier if line else "",
        channel="phone",
        since=call.queued_at or call.arrived_at,
    )
