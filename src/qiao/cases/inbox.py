"""Cases as rows of the workspace's left list, the most pressing first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import pgettext

from qiao.cases.queries import CaseRow, NotVisible, get_case_for, kept_counts, list_cases
from qiao.cases.showing import names
from qiao.cases.showing.clocks import row_mark
from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem

VIEWS: Final = {"mine": "mine", "team": "team", "all": "open"}


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Open cases of a scope by due time."""
    page = list_cases(actor=actor, now=now, view=VIEWS[scope], limit=limit)
    names.remember_steps({row.process_id for row in page.rows})
    return [_item(row) for row in page.rows]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One case as a row, or None if the actor may not see it."""
    del now
    try:
        case = get_case_for(actor=actor, case_id=ref)
    except NotVisible:
        return None
    return InboxItem(
        ref=case.pk,
        who=_who(case.customer.name if case.customer else "", case.caller_name, case.place),
        what=case.title,
        pane_url=reverse("cases:pane", args=[case.pk]),
        customer_id=case.customer_id,
        severity=names.SEVERITY.get(case.priority, 0),
        clock=row_mark(due_at=case.due_at, started_at=None, level=case.level),
    )


def count_inbox(*, actor: Actor) -> Mapping[str, int]:
    """Kept counts by scope."""
    counts = kept_counts(actor=actor)
    return {scope: counts.get(view, 0) for scope, view in VIEWS.items()}


def _item(row: CaseRow) -> InboxItem:
    return InboxItem(
        ref=row.case_id,
        who=_who(row.customer_name, row.caller_name, row.place),
        what=row.title,
        pane_url=reverse("cases:pane", args=[row.case_id]),
        customer_id=row.customer_id,
        tier=row.tier,
        severity=names.SEVERITY.get(row.priority, 0),
        clock=_mark(row),
        status=_paused() if row.is_paused else "",
    )


def _mark(row: CaseRow) -> object:
    if row.is_paused or row.closed_at is not None:
        return None
    return row_mark(due_at=row.due_at, started_at=row.clock_started_at, level=row.level)


def _paused() -> str:
    return pgettext("row of a case", "paused")


def _who(customer: str, caller: str, place: str) -> str:
    """Whom the case is for, as far as one knows."""
    return customer or caller or place or pgettext("row of a case", "Nobody known")
