"""What counts beside the figures of a meter: multipliers and adjustments, seen and entered."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.metering.forms import AdjustmentForm, MultiplierForm
from qiao.metering.operations import DayBilled, NotVisible, adjust_usage, set_multiplier
from qiao.metering.queries import PointHead
from qiao.metering.queries.counting import (
    adjustments_of,
    counting_registers,
    multipliers_of,
)
from qiao.metering.views.points import head_of
from qiao.metering.views.worklist import UNPROCESSABLE, VALIDATE, VIEW


@staff_view(VIEW)
def counting(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """The multipliers and adjustments of a point, with a form for each."""
    return _show(request, head_of(request, service_point_id))


def _show(
    request: StaffRequest,
    head: PointHead,
    *,
    multiplier: MultiplierForm | None = None,
    adjustment: AdjustmentForm | None = None,
) -> HttpResponse:
    point: dict[str, Any] = {
        "actor": request.actor,
        "service_point_id": head.service_point_id,
    }
    registers = counting_registers(**point)
    may = request.actor.can_in(VALIDATE, head.organisation_id) and bool(registers)
    asked: dict[str, Any] = {"registers": registers, "day": timezone.localdate(request.now)}
    context: dict[str, Any] = {
        "head": head,
        "multipliers": multipliers_of(**point),
        "adjustments": adjustments_of(**point),
        "billed_until": max((r.billed_until for r in registers if r.billed_until), default=None),
        "multiplier": (multiplier or MultiplierForm(**asked)) if may else None,
        "adjustment": (adjustment or AdjustmentForm(**asked)) if may else None,
    }
    is_refused = multiplier is not None or adjustment is not None
    status = UNPROCESSABLE if is_refused else 200
    return render(request, "metering/counting.html", context, status=status)


@staff_view(VALIDATE, methods=("POST",))
def multiply(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """Let the differences of a register count so many times from a day on."""
    head = head_of(request, service_point_id)
    registers = counting_registers(actor=request.actor, service_point_id=service_point_id)
    day = timezone.localdate(request.now)
    form = MultiplierForm(request.POST, registers=registers, day=day)
    if form.is_valid():
        given = form.cleaned_data
        try:
            set_multiplier(
                actor=request.actor, now=request.now, register_id=given["register"],
                day=given["day"], factor=given["factor"], source=given["source"],
            )  # fmt: skip
        except DayBilled as billed:
            form.add_error("day", _billed(billed))
        except BadText as bad:
            form.add_error("source", _(bad.message) % bad.params)
        except NotVisible:
            form.add_error("register", _("This meter does not hang there any more."))
    if form.errors:
        return _show(request, head, multiplier=form)
    messages.success(request, _("The multiplier is kept."))
    return redirect("metering:counting", service_point_id)


@staff_view(VALIDATE, methods=("POST",))
def adjust(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """Add a use on a day, or take one off."""
    head = head_of(request, service_point_id)
    registers = counting_registers(actor=request.actor, service_point_id=service_point_id)
    day = timezone.localdate(request.now)
    form = AdjustmentForm(request.POST, registers=registers, day=day)
    if form.is_valid():
        given = form.cleaned_data
        try:
            adjust_usage(
                actor=request.actor, now=request.now, register_id=given["register"],
                day=given["day"], amount=given["amount"], why=given["why"],
            )  # fmt: skip
        except DayBilled as billed:
            form.add_error("day", _billed(billed))
        except BadText as bad:
            form.add_error("why", _(bad.message) % bad.params)
        except NotVisible:
            form.add_error("register", _("This meter does not hang there any more."))
    if form.errors:
        return _show(request, head, adjustment=form)
    messages.success(request, _("The adjustment is kept; the bill of that day counts it."))
    return redirect("metering:counting", service_point_id)


def _billed(billed: DayBilled) -> str:
    return _("This day is billed already. Name a day from %(day)s on.") % {"day": str(billed)}
