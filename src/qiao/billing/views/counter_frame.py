"""What all pages of the counter share: tabs, units, boxes."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from qiao.billing.queries.shifts import CLOSE, TAKE, open_shift_of
from qiao.billing.queries.units import units_with, usual_unit
from qiao.billing.views.boxes import box
from qiao.core.http import StaffRequest
from qiao.core.rules.ids import read_id
from qiao.staff.queries import Unit


def frame(request: StaffRequest) -> dict[str, Any]:
    """What the frame of a page of the counter draws: which tabs, and whose drawer is open."""
    return {
        "drawer": open_shift_of(request.actor.person_id),
        "may_take": request.actor.can(TAKE),
        "may_close": request.actor.can(CLOSE),
    }


def units_of(request: StaffRequest, permission: str) -> tuple[list[Unit], int]:
    """Units in which the reader holds a right, and which of them is theirs."""
    units = units_with(actor=request.actor, permission=permission, language=get_language() or "en")
    return units, usual_unit(request.actor, units)


def unit_asked(request: StaffRequest) -> tuple[list[Unit], int]:
    """Units whose days the reader closes, and the one that the address asks for, else theirs.

    Raises `Http404` for another one.
    """
    units, usual = units_of(request, CLOSE)
    asked = request.GET.get("unit", "")
    wanted = read_id(asked) if asked else usual
    if wanted not in {unit.unit_id for unit in units}:
        raise Http404(asked)
    return units, wanted or usual


def counter_box(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    words: Mapping[str, Any],
) -> HttpResponse:
    """A `box` within the frame of the counter."""
    framed = words if request.htmx else {**frame(request), **words}
    return box(request, form, act, words=framed, page="billing/counter/box.html")
