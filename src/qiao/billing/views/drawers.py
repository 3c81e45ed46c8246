"""Drawers: opened, what was taken in one, a payment taken back, counted."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import operations as ops
from qiao.billing.forms.counter import BackForm, CountForm
from qiao.billing.models import CashierShift, Payment
from qiao.billing.queries.receipts import payment_for
from qiao.billing.queries.shifts import (
    CLOSE,
    TAKE,
    cash_expected,
    latest_shifts,
    may_give_back,
    open_shift_of,
    payments_of,
    shift_for,
)
from qiao.billing.queries.vouchers import vouchers_in
from qiao.billing.showing import money
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, refused, today_in
from qiao.billing.views.counter import open_form
from qiao.billing.views.counter_frame import counter_box, frame
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import organisation


@staff_view(TAKE, methods=METHODS)
def index(request: StaffRequest) -> HttpResponse:
    """One's own drawers, or a new one."""
    form = open_form(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        refused(form, lambda: _opened(request, form.cleaned_data))
        if not form.errors:
            return HttpResponseRedirect(reverse("billing:counter"))
    elif not form.is_bound and (mine := open_shift_of(request.actor.person_id)) is not None:
        return HttpResponseRedirect(reverse("billing:drawer", args=[mine.pk]))
    context = frame(request) | {
        "open_form": form,
        "rows": latest_shifts(actor=request.actor),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "billing/counter/drawers.html", context, status=status)


def _opened(request: StaffRequest, data: dict[str, Any]) -> CashierShift:
    return ops.open_shift(
        organisation_id=data["unit"],
        currency=organisation(data["unit"]).currency,
        float_minor=data["float"],
        day=today_in(request, data["unit"]),
        actor=request.actor,
        now=request.now,
    )


@staff_view("")
def drawer(request: StaffRequest, shift_id: int) -> HttpResponse:
    """One drawer: what was taken in it, how much cash should lie in it, what was counted."""
    _require_counter(request)
    shift = shift_for(actor=request.actor, shift_id=shift_id)
    rows = [
        {
            "payment": payment,
            "here": payment.shift_id == shift.pk,
            "may_give_back": payment.taken_back_by_id is None
            and may_give_back(request.actor, payment, shift),
        }
        for payment in payments_of(shift)
    ]
    expected = cash_expected(shift) if shift.closed_at is None else shift.expected_minor or 0
    context = frame(request) | {
        "shift": shift,
        "rows": rows,
        "vouchers": vouchers_in(shift),
        "expected": expected,
        "difference": None if shift.counted_minor is None else shift.counted_minor - expected,
        "is_mine": shift.cashier_id == request.actor.staff_id,
        "is_old": shift.booked_date < today_in(request, shift.organisation_id),
    }
    return render(request, "billing/counter/drawer.html", context)


@staff_view("", methods=METHODS)
def count(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Count a drawer: what is more or less than it should be is booked."""
    _require_counter(request)
    shift = shift_for(actor=request.actor, shift_id=shift_id)
    form = CountForm(request.POST if request.method == "POST" else None, auto_id="count-%s")
    form.fields["counted"].currency = shift.currency  # type: ignore[attr-defined]
    here = reverse("billing:drawer", args=[shift.pk])

    def act(data: dict[str, Any]) -> str:
        ops.close_shift(
            shift_id=shift.pk,
            counted_minor=data["counted"],
            note=data["note"],
            actor=request.actor,
            now=request.now,
        )
        return here

    words = {
        "title": _("Count the drawer"),
        "confirm": pgettext("drawer", "Count and close"),
        "back": here,
        "facts": [
            (pgettext("drawer", "Cashier"), shift.cashier.name),
            (_("Cash that should lie in it"), money(cash_expected(shift), shift.currency)),
        ],
        "text": _("A difference is booked and stays to be seen; nothing is taken afterwards."),
    }
    return counter_box(request, form, act, words=words)


@staff_view("", methods=METHODS)
def give_back(request: StaffRequest, payment_id: int) -> HttpResponse:
    """Take a payment back, with a reason."""
    _require_counter(request)
    payment = payment_for(actor=request.actor, payment_id=payment_id)
    if not may_give_back(request.actor, payment, payment.shift):
        request.actor.require(CLOSE, payment.organisation_id)
    form = BackForm(request.POST if request.method == "POST" else None, auto_id="back-%s")
    here = reverse("billing:receipt", args=[payment.pk])

    def act(data: dict[str, Any]) -> str:
        ops.give_back_at_counter(
            payment_id=payment.pk,
            reason=data["reason"],
            day=today_in(request, payment.organisation_id),
            actor=request.actor,
            now=request.now,
        )
        return here

    words = {
        "title": _("Take payment %(number)s back") % {"number": payment.number},
        "confirm": pgettext("payment", "Take back"),
        "back": here,
        "facts": [
            (pgettext("payment", "Amount"), money(payment.minor, payment.currency)),
            (pgettext("payment", "Means"), payment.get_means_display()),
        ],
        "text": _("Cash is given back out of the drawer; what it paid is owed again.")
        if payment.means == Payment.Means.CASH
        else _("What it paid is owed again."),
    }
    return counter_box(request, form, act, words=words)


def _require_counter(request: StaffRequest) -> None:
    """Only who takes payments, or closes days, has to do with drawers. Raises
    `PermissionDenied`."""
    if not (request.actor.can(TAKE) or request.actor.can(CLOSE)):
        raise PermissionDenied(TAKE)
