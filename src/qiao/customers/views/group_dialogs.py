"""The dialogs that change a household or a company group."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.relations import (
    DescribeForm,
    DissolveForm,
    HeadForm,
    JoinForm,
    LeaveForm,
    PlaceForm,
)
from qiao.customers.models import CustomerGroup
from qiao.customers.operations.groups import (
    change_head,
    describe_group,
    dissolve_group,
    join_group,
    leave_group,
    place_under,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.relations import Stay, get_group_for, stays_of
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import EDIT
from qiao.customers.views.groups import called, members_on
from qiao.customers.views.relation_box import relation_box


class _Opened:
    """A group that a dialog changes, with its members of today."""

    def __init__(self, request: StaffRequest, group_id: int) -> None:
        self.group = get_group_for(actor=request.actor, group_id=group_id)
        request.actor.require(EDIT, self.group.organisation_id)
        self.today = timezone.localdate(request.now)
        stays = stays_of(actor=request.actor, group_id=self.group.pk)
        self.members = [stay for stay, _depth in members_on(stays, self.today)]
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
