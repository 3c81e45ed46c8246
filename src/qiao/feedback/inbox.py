"""Follow-ups as rows of the workspace's left list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem
from qiao.feedback.models import FollowUp
from qiao.feedback.queries import get_follow_up_for, my_open_count, waiting_follow_ups
from qiao.feedback.queries.following import NotVisible
from qiao.feedback.showing import show


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Open follow-ups of a scope, the one due first on top."""
    del now
    return [_item(row) for row in waiting_follow_ups(actor=actor, scope=scope, limit=limit)]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One follow-up as a row, whatever its state."""
    del now
    try:
        return _item(get_follow_up_for(actor=actor, follow_up_id=ref))
    except NotVisible:
        return None


def count_inbox(*, actor: Actor) -> Mapping[str, int]:
    """How many wait for the person himself."""
    return {"mine": my_open_count(actor)}


def _item(row: FollowUp) -> InboxItem:
    shown = show(row)
    return InboxItem(
        ref=row.pk,
        who=shown.who,
        what=shown.case_title,
        pane_url=reverse("feedback:pane", args=[row.pk]),
        customer_id=row.case.customer_id,
        tier=shown.tier,
        clock=shown.due,
        since=row.opened_at,
        status="" if row.finished_at is None else shown.result,
    )
