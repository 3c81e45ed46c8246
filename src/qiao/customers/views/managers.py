"""What a supervisor does with customer managers: the table, assigning, handing over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText
from qiao.customers.forms.managers import AssignForm, EndForm, HandOverForm
from qiao.customers.operations import CustomerRefusal
from qiao.customers.operations.managing import (
    Assigned,
    assign_manager,
    end_manager,
    hand_over_customers,
)
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.managers import (
    ASSIGN,
    get_hand_over_for,
    managers_table,
    possible_managers,
    recent_hand_overs,
)
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.views.box import METHODS, UNPROCESSABLE, came_from, go_to
from qiao.customers.views.manager_words import manager_words
from qiao.customers.views.visits import visit_box

VIEW = "customers.view"


@staff_view(ASSIGN)
def managers(request: StaffRequest) -> HttpResponse:
    """All managers with how their customers stand, and the latest hand-overs."""
    today = timezone.localdate(request.now)
    lines = managers_table(actor=request.actor, day=today)
    context = {
        "lines": lines,
        "gone": [line for line in lines if line.is_gone],
        "customers": sum(line.customers for line in lines),
        "late": sum(line.overdue for line in lines),
        "unplanned": sum(line.unplanned for line in lines),
        "done": sum(line.done for line in lines),
        "hand_overs": recent_hand_overs(actor=request.actor),
    }
    return render(request, "customers/managers/table.html", context)


def said(done: Assigned) -> str:
    """How many customers have the manager now."""
    return ngettext(
        "{n} customer has the manager now.", "{n} customers have the manager now.", done.assigned
    ).format(n=done.assigned)


@staff_view(ASSIGN, methods=METHODS)
def hand_over(request: StaffRequest, manager_id: int) -> HttpResponse:
    """Pass customers of a manager on: `some`, marked in the portfolio (`customer`), or all."""
    today = timezone.localdate(request.now)
    keeper = keeper_for(actor=request.actor, manager_id=manager_id, day=today)
    given = request.POST.getlist("customer")
    some = bool(given) or "some" in request.POST
    marked = [pk for pk in map(read_id, given) if pk]
    if some and not marked:
        messages.error(request, _("Mark the customers to be handed over first."))
        back = f"{reverse('customers:portfolio')}?manager={manager_id}"
        return go_to(request, came_from(request) or back)
    people = [
        each
        for each in possible_managers(actor=request.actor, day=today)
        if each.staff_id != manager_id
    ]
    asked = "to_manager_id" in request.POST
    form = HandOverForm(request.POST if asked else None, people=people, initial={"day": today})
    if asked and form.is_valid():
        try:
            done = hand_over_customers(
                actor=request.actor,
                now=request.now,
                from_manager_id=manager_id,
                customer_ids=marked if some else None,
                **form.cleaned_data,
            )
        except (CustomerRefusal, BadText) as refusal:
            form.add_error(None, manager_words(refusal))
        else:
            messages.success(request, said(done))
            return go_to(request, reverse("customers:hand_over_page", args=[done.hand_over_id]))
    context = {
        "form": form,
        "title": _("Hand customers over"),
        "confirm": pgettext("customer manager", "Hand over"),
        "about": _about(keeper.name, len(marked)),
        "back": reverse("customers:managers"),
        "full": ("reason", "note"),
        "marked": marked,
        "some": some,
    }
    template = "hand_over_box.html" if request.htmx else "hand_over_form.html"
    status = UNPROCESSABLE if form.errors else 200
    return render(request, f"customers/managers/{template}", context, status=status)


def _about(name: str, marked: int) -> str:
    if not marked:
        return _("{name}: all customers").format(name=name)
    return ngettext("{name}: {n} marked customer", "{name}: {n} marked customers", marked).format(
        name=name, n=marked
    )


@staff_view(VIEW)
def hand_over_page(request: StaffRequest, hand_over_id: int) -> HttpResponse:
    """The record of a hand-over: who, when, why, what to know, and which customers."""
    page = get_hand_over_for(
        actor=request.actor,
        hand_over_id=hand_over_id,
        after=read_id(request.GET.get("after", "")) or 0,
    )
    context = {"page": page, "may_assign": request.actor.can(ASSIGN)}
    return render(request, "customers/managers/hand_over.html", context)


@staff_view(ASSIGN, methods=METHODS)
def assign_one(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give one customer a manager, or another one."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    today = timezone.localdate(request.now)
    people = possible_managers(actor=request.actor, day=today)
    form = AssignForm(request.POST or None, people=people, initial={"since": today})
    return visit_box(
        request,
        customer,
        form,
        (
            _("Assign a customer manager"),
            pgettext("customer manager", "Assign"),
            _("The customer has a manager now."),
        ),
        lambda data: assign_manager(
            actor=request.actor, now=request.now, customer_ids=[customer.pk], replace=True, **data
        ),
        full=("manager_id", "reason"),
    )


@staff_view(ASSIGN, methods=METHODS)
def end_one(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Leave one customer without a manager from a day on."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    form = EndForm(request.POST or None, initial={"day": timezone.localdate(request.now)})
    return visit_box(
        request,
        customer,
        form,
        (
            _("End the care"),
            pgettext("care of a customer", "End"),
            _("The customer has no manager any more."),
        ),
        lambda data: end_manager(
            actor=request.actor, now=request.now, customer_ids=[customer.pk], **data
        ),
        full=("reason",),
    )
