"""Households and company groups: their page, and the dialogs that change them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.relations import (
    CompanyGroupForm,
    DescribeForm,
    DissolveForm,
    HeadForm,
    HouseholdForm,
    JoinForm,
    LeaveForm,
    PlaceForm,
)
from qiao.customers.models import Customer, CustomerGroup
from qiao.customers.operations.groups import (
    change_head,
    describe_group,
    dissolve_group,
    join_group,
    leave_group,
    make_group,
    place_under,
)
from qiao.customers.queries import NotVisible, get_customer_for, lines_for
from qiao.customers.queries.relations import (
    Neighbour,
    Stay,
    accounts_of_group,
    get_group_for,
    people_at_home,
    stays_of,
)
from qiao.customers.rules.relations import tree
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import EDIT
from qiao.customers.views.relation_box import relation_box

VIEW: Final = "customers.view"


@staff_view(VIEW)
def group_page(request: StaffRequest, group_id: int) -> HttpResponse:
    """A household or group: who belongs to it, who did, and for what they stand."""
    group = get_group_for(actor=request.actor, group_id=group_id)
    today = timezone.localdate(request.now)
    stays = stays_of(actor=request.actor, group_id=group.pk)
    # On the last day of one that was dissolved, its members are shown as they were.
    day = today if group.period.upper is None or today < group.period.upper else None
    now = _members(stays, day or today) if day else []
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


def _members(stays: Sequence[Stay], day: Any) -> list[tuple[Stay, int]]:
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


class _Opened:
    """A group that a dialog changes, with its members of today."""

    def __init__(self, request: StaffRequest, group_id: int) -> None:
        self.group = get_group_for(actor=request.actor, group_id=group_id)
        request.actor.require(EDIT, self.group.organisation_id)
        self.today = timezone.localdate(request.now)
        stays = stays_of(actor=request.actor, group_id=self.group.pk)
        self.members = [stay for stay, _depth in _members(stays, self.today)]
        self.called = called(self.group, stays)
        self.page = reverse("customers:group", args=[self.group.pk])
        self.is_company = self.group.kind == CustomerGroup.Kind.COMPANY
        self.told: dict[str, Any] = {
            "actor": request.actor,
            "now": request.now,
            "group_id": self.group.pk,
        }

    def rows(self, *without: int) -> list[tuple[int, str]]:
        """Members to choose from."""
        return [(m.customer_id, m.name) for m in self.members if m.customer_id not in without]

    def member(self, customer_id: int) -> Stay:
        """One of them. Raises `NotVisible`."""
        for each in self.members:
            if each.customer_id == customer_id:
                return each
        raise NotVisible(f"member {customer_id}")

    def box(
        self,
        request: StaffRequest,
        form: forms.Form,
        change: Callable[[dict[str, Any]], object],
        texts: tuple[str, str, str],
        *,
        about: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """The dialog of a change that leads back to the group's page."""

        def apply(data: dict[str, Any]) -> str:
            change(data)
            return self.page

        about = about or self.called
        return relation_box(request, form, apply, texts, about=about, back=self.page, more=more)


@staff_view(EDIT, methods=METHODS)
def group_join(request: StaffRequest, group_id: int) -> HttpResponse:
    """Let somebody join."""
    opened = _Opened(request, group_id)
    form = JoinForm(
        request.POST or None, initial={"since": opened.today}, choices={"under": opened.rows()}
    )
    if not opened.is_company:
        del form.fields["under"]
    return opened.box(
        request,
        form,
        lambda data: join_group(
            customer_id=data["person"],
            since=data["since"],
            until=data["until"],
            under_id=data.get("under"),
            **opened.told,
        ),
        (
            pgettext("relations", "Join"),
            pgettext("relations", "Let join"),
            _("They belong to it now."),
        ),
        more={"pick_kind": "organisation" if opened.is_company else "person"},
    )


@staff_view(EDIT, methods=METHODS)
def group_leave(request: StaffRequest, group_id: int, customer_id: int) -> HttpResponse:
    """Let somebody leave."""
    opened = _Opened(request, group_id)
    member = opened.member(customer_id)
    form = LeaveForm(
        request.POST or None,
        initial={"day": opened.today},
        choices={"heir": opened.rows(member.customer_id)},
    )
    if member.role != "head":
        del form.fields["heir"]
    return opened.box(
        request,
        form,
        lambda data: leave_group(
            customer_id=member.customer_id,
            day=data["day"],
            heir_id=data.get("heir"),
            **opened.told,
        ),
        (
            pgettext("relations", "Leave"),
            pgettext("relations", "Let leave"),
            _("They no longer belong to it from that day on."),
        ),
        about=f"{member.name} · {opened.called}",
    )


@staff_view(EDIT, methods=METHODS)
def group_head(request: StaffRequest, group_id: int) -> HttpResponse:
    """Let another member be the head."""
    opened = _Opened(request, group_id)
    heads = [each.customer_id for each in opened.members if each.role == "head"]
    form = HeadForm(
        request.POST or None, initial={"day": opened.today}, choices={"head": opened.rows(*heads)}
    )
    title = _("Change the parent company") if opened.is_company else _("Change the head")
    return opened.box(
        request,
        form,
        lambda data: change_head(customer_id=data["head"], day=data["day"], **opened.told),
        (title, pgettext("relations", "Change"), _("The head has been changed.")),
    )


@staff_view(EDIT, methods=METHODS)
def group_place(request: StaffRequest, group_id: int, customer_id: int) -> HttpResponse:
    """Let a company stand under another one."""
    opened = _Opened(request, group_id)
    member = opened.member(customer_id)
    form = PlaceForm(
        request.POST or None,
        initial={"day": opened.today, "under": member.under_id},
        choices={"under": opened.rows(member.customer_id)},
    )
    return opened.box(
        request,
        form,
        lambda data: place_under(
            customer_id=member.customer_id,
            under_id=data["under"],
            day=data["day"],
            **opened.told,
        ),
        (
            _("Place under another company"),
            pgettext("relations", "Place"),
            _("The company has been placed."),
        ),
        about=f"{member.name} · {opened.called}",
    )


@staff_view(EDIT, methods=METHODS)
def group_dissolve(request: StaffRequest, group_id: int) -> HttpResponse:
    """Let a household or group end."""
    opened = _Opened(request, group_id)
    return opened.box(
        request,
        DissolveForm(request.POST or None, initial={"day": opened.today}),
        lambda data: dissolve_group(day=data["day"], **opened.told),
        (
            _("Dissolve the group") if opened.is_company else _("Dissolve the household"),
            pgettext("relations", "Dissolve"),
            _("It ends on that day. Its history stays."),
        ),
        about=_("{name}: all members leave on that day.").format(name=opened.called),
    )


@staff_view(EDIT, methods=METHODS)
def group_describe(request: StaffRequest, group_id: int) -> HttpResponse:
    """Give it another name or note."""
    opened = _Opened(request, group_id)
    initial = {"name": opened.group.name, "note": opened.group.note}
    return opened.box(
        request,
        DescribeForm(request.POST or None, initial=initial),
        lambda data: describe_group(actor=request.actor, group_id=opened.group.pk, **data),
        (_("Name and note"), _("Save"), _("The name and the note have been saved.")),
    )
