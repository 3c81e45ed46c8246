"""Visits of a customer: the plan, the one ahead, what came of it; dialogs over the page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.managers import (
    MoveVisitForm,
    PlanForm,
    RecordForm,
    SkipVisitForm,
    VisitForm,
)
from qiao.customers.models import Customer, CustomerVisit, VisitPlan
from qiao.customers.operations.visiting import (
    Told,
    move_visit,
    plan_visit,
    record_visit,
    set_visit_plan,
    skip_visit,
)
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.managers import (
    OWN,
    manager_of_customer,
    managers_so_far,
    may_visit,
    units_of,
)
from qiao.customers.queries.portfolio import visits_of
from qiao.customers.queries.visits import customer_of_visit, plan_of, visit_ahead
from qiao.customers.rules.managing import first_day_of
from qiao.customers.views.box import METHODS, box, posted
from qiao.customers.views.manager_words import manager_words

VIEW = "customers.view"


def visit_box(
    request: StaffRequest,
    customer: Customer,
    form: forms.Form,
    texts: tuple[str, str, str],
    apply: Callable[[dict[str, Any]], object],
    *,
    full: tuple[str, ...] = (),
    wide: bool = False,
    notice: str = "",
) -> HttpResponse:
    """A box about a customer's visits or manager."""

    def done(data: dict[str, Any]) -> None:
        apply(data)

    return box(
        request, form, done, texts, about=customer.name,
        back=reverse("customers:page", args=[customer.pk]), words=manager_words,
        more={"full": full, "wide": wide, "notice": notice},
    )  # fmt: skip


@staff_view(OWN, methods=METHODS)
def visit_plan(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say how often to visit, and by when next."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    plan = plan_of(customer_id=customer.pk)
    initial = {
        "every_months": plan.every_months if plan else VisitPlan.Rhythm.QUARTERLY,
        "due_date": plan.due_date if plan else None,
        "purpose": plan.purpose if plan else "",
    }
    return visit_box(
        request,
        customer,
        PlanForm(posted(request), initial=initial),
        (_("Visit plan"), _("Save"), _("The visit plan has been saved.")),
        lambda data: set_visit_plan(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        full=("purpose",),
    )


@staff_view(OWN, methods=METHODS)
def visit_new(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Plan a visit."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    plan = plan_of(customer_id=customer.pk)
    today = timezone.localdate(request.now)
    initial = {
        "day": max(plan.due_date, today) if plan else today,
        "topic": plan.purpose if plan else "",
    }
    return visit_box(
        request,
        customer,
        VisitForm(posted(request), initial=initial),
        (_("Plan a visit"), pgettext("visit", "Plan"), _("The visit has been planned.")),
        lambda data: plan_visit(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        full=("topic",),
    )


@staff_view(OWN, methods=METHODS)
def visit_record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Write down what came of a visit, and plan the next one if a day is given."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    ahead = visit_ahead(customer_id=customer.pk)
    initial = {
        "day": timezone.localdate(request.now),
        "topic": ahead.topic if ahead else "",
        "how": ahead.how if ahead else CustomerVisit.How.ON_SITE,
    }

    def apply(data: dict[str, Any]) -> None:
        own: dict[str, Any] = {
            "actor": request.actor,
            "now": request.now,
            "customer_id": customer.pk,
        }
        next_day, day = data.pop("next_day"), data.pop("day")
        record_visit(day=day, told=Told(**data), **own)
        if next_day:
            plan_visit(day=next_day, topic=data["next_step"][:200] or data["topic"], **own)

    return visit_box(
        request,
        customer,
        RecordForm(posted(request), initial=initial),
        (_("Record a visit"), _("Keep"), _("The visit has been recorded.")),
        apply,
        full=("topic", "result", "note"),
        wide=True,
        notice=_which_one(ahead),
    )


def _which_one(ahead: CustomerVisit | None) -> str:
    if ahead is None:
        return ""
    return _(
        "A visit is planned for {day}. A visit on {first} or later is that one; an earlier one"
        " leaves it planned."
    ).format(day=f"{ahead.date:%Y-%m-%d}", first=f"{first_day_of(ahead.date):%Y-%m-%d}")


@staff_view(OWN, methods=METHODS)
def visit_move(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put the planned visit on another day."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    ahead = visit_ahead(customer_id=customer.pk)
    return visit_box(
        request,
        customer,
        MoveVisitForm(posted(request), initial={"day": ahead.date if ahead else None}),
        (_("Move the visit"), pgettext("visit", "Move"), _("The visit has been moved.")),
        lambda data: move_visit(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        full=("reason",),
    )


@staff_view(OWN, methods=METHODS)
def visit_skip(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Leave the planned visit out."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    return visit_box(
        request,
        customer,
        SkipVisitForm(posted(request)),
        (
            _("Leave the visit out"),
            pgettext("visit", "Leave out"),
            _("The visit has been left out."),
        ),
        lambda data: skip_visit(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        full=("reason",),
    )


@staff_view(VIEW)
def visits(request: StaffRequest, customer_id: int) -> HttpResponse:
    """All visits of a customer, and all who looked after them."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    today = timezone.localdate(request.now)
    manager = manager_of_customer(customer_id=customer.pk, day=today)
    context = {
        "customer": customer,
        "visits": visits_of(customer_id=customer.pk),
        "stays": managers_so_far(customer_id=customer.pk),
        "may_visit": may_visit(
            actor=request.actor,
            manager_id=manager.staff_id if manager else None,
            units=units_of(customer_id=customer.pk),
        ),
    }
    return render(request, "customers/managers/visits.html", context)


@staff_view(VIEW)
def visit(request: StaffRequest, visit_id: int) -> HttpResponse:
    """Lead to a visit on the page of its customer."""
    customer = customer_of_visit(actor=request.actor, visit_id=visit_id)
    page = reverse("customers:visits", args=[customer.pk])
    return HttpResponseRedirect(f"{page}#visit-{visit_id}")
