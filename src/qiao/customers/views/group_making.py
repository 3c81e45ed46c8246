"""The dialogs in which a household or a company group is made."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.relations import CompanyGroupForm, HouseholdForm
from qiao.customers.models import Customer, CustomerGroup
from qiao.customers.operations.groups import make_group
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.relations import Neighbour, people_at_home
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import EDIT
from qiao.customers.views.relation_box import relation_box


@staff_view(EDIT, methods=METHODS)
def group_new(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Make a household of people at one address, or a company group under a company."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if customer.kind == Customer.Kind.ORGANISATION:
        return _company_new(request, customer)
    today = timezone.localdate(request.now)
    people = _candidates(request, customer)
    free = [each for each in people if each.group_id is None]
    free = free or [each for each in people if each.customer_id == customer.pk]
    rows = [(each.customer_id, each.name) for each in free]
    initial = {
        "members": [pk for pk, _name in rows],
        "head": _likely_head(free, customer.pk),
        "since": today,
    }
    form = HouseholdForm(
        request.POST or None, initial=initial, choices={"members": rows, "head": rows}
    )

    def apply(data: dict[str, Any]) -> str:
        group = make_group(
            actor=request.actor,
            now=request.now,
            kind=CustomerGroup.Kind.HOUSEHOLD,
            head_id=data["head"],
            member_ids=data["members"],
            since=data["since"],
            name=data["name"],
        )
        return reverse("customers:group", args=[group.pk])

    return relation_box(
        request,
        form,
        apply,
        (_("Make a household"), _("Make household"), _("The household has been made.")),
        about=customer.name,
        back=reverse("customers:page", args=[customer.pk]),
        more={"people": free, "taken": [each for each in people if each.group_id is not None]},
    )


def _candidates(request: StaffRequest, customer: Customer) -> list[Neighbour]:
    """Those at the same address; the customer alone when there is none."""
    today = timezone.localdate(request.now)
    found = people_at_home(actor=request.actor, customer_id=customer.pk, day=today)
    if any(each.customer_id == customer.pk for each in found):
        return found
    return [Neighbour(customer.pk, customer.name, "", None), *found]


def _likely_head(people: Sequence[Neighbour], customer_id: int) -> int:
    owners = [each.customer_id for each in people if each.role == "owner"]
    return owners[0] if owners else customer_id


def _company_new(request: StaffRequest, customer: Customer) -> HttpResponse:
    form = CompanyGroupForm(
        request.POST or None,
        initial={"name": customer.name, "since": timezone.localdate(request.now)},
    )

    def apply(data: dict[str, Any]) -> str:
        group = make_group(
            actor=request.actor,
            now=request.now,
            kind=CustomerGroup.Kind.COMPANY,
            head_id=customer.pk,
            **data,
        )
        return reverse("customers:group", args=[group.pk])

    return relation_box(
        request,
        form,
        apply,
        (
            _("Make a company group"),
            _("Make group"),
            _("The group has been made. Now let its companies join."),
        ),
        about=_("Parent company: {name}").format(name=customer.name),
        back=reverse("customers:page", args=[customer.pk]),
    )
