"""The page of a household or company group."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.models import CustomerGroup
from qiao.customers.queries import lines_for
from qiao.customers.queries.relations import Stay, accounts_of_group, get_group_for, stays_of
from qiao.customers.rules.relations import tree
from qiao.customers.views.changes import EDIT

VIEW: Final = "customers.view"


@staff_view(VIEW)
def group_page(request: StaffRequest, group_id: int) -> HttpResponse:
    """A household or group: who belongs to it, who did, and for what they stand."""
    group = get_group_for(actor=request.actor, group_id=group_id)
    today = timezone.localdate(request.now)
    stays = stays_of(actor=request.actor, group_id=group.pk)
    # On the last day of one that was dissolved, its members are shown as they were.
    day = today if group.period.upper is None or today < group.period.upper else None
    now = members_on(stays, day or today) if day else []
    lines = lines_for(actor=request.actor, customer_ids=[stay.customer_id for stay, _d in now])
    context = {
        "group": group,
        "called": called(group, stays),
        "members": [(stay, depth, lines.get(stay.customer_id)) for stay, depth in now],
        "coming": [stay for stay in stays if stay.since > today],
        "past": [stay for stay in stays if stay.until is not None and stay.until <= today],
        "accounts": accounts_of_group(actor=request.actor, group_id=group.pk, day=today),
        "is_company": group.kind == CustomerGroup.Kind.COMPANY,
        "is_over": group.period.upper is not None,
        "may_edit": request.actor.can_in(EDIT, group.organisation_id)
        and group.period.upper is None,
        "today": today,
    }
    return render(request, "customers/relations/group.html", context)


def members_on(stays: Sequence[Stay], day: date) -> list[tuple[Stay, int]]:
    """Who belongs to it on a day, once each, as a tree; the head first."""
    holding = {}
    for stay in stays:
        if stay.holds_on(day) and (stay.customer_id not in holding or stay.role == "head"):
            holding[stay.customer_id] = stay
    ordered = sorted(holding.values(), key=lambda stay: (stay.role, stay.since, stay.customer_id))
    depths = tree([(stay.customer_id, stay.under_id) for stay in ordered])
    return [(holding[pk], depth) for pk, depth in depths]


def called(group: CustomerGroup, stays: Sequence[Stay]) -> str:
    """The name; of a household without one, after its latest head."""
    if group.name:
        return group.name
    heads = [stay.name for stay in stays if stay.role == "head"]
    return _("Household of {name}").format(name=heads[-1]) if heads else group.number
