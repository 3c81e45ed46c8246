"""The page of one job, with whatever form is open on it."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest
from qiao.dispatch import queries
from qiao.dispatch.forms import HoldForm, ReasonForm, SheetForm
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations.working import for_the_case, wanting_of
from qiao.dispatch.rules.sheets import Missing, sheet_from_data
from qiao.dispatch.showing import (
    known_facts,
    missing_texts,
    missing_words,
    safety_words,
    show_job,
    show_sheet,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A form that came back: which one, with what was typed."""

    verb: str
    form: Any


def job_page(
    request: StaffRequest,
    order: WorkOrder,
    opened: Open | None = None,
    *,
    status: int = 200,
    wanting: tuple[Missing, ...] | None = None,
) -> HttpResponse:
    """The job as it is, with the form that was refused or with fresh ones."""
    actor = request.actor
    sheet = sheet_from_data(order.sheet)
    pictures = queries.pictures_of(order)
    context: dict[str, Any] = {
        "job": show_job(order, actor, with_reach=True),
        "order": order,
        "facts": known_facts(order),
        "safety": safety_words(order, sheet),
        "history": queries.history_of(order),
        "pictures": pictures,
        "mine": _may_act(order, request),
        "refuse_form": _form("refuse", opened, ReasonForm),
        "back_form": _form("hand-back", opened, ReasonForm),
        "hold_form": _form("suspend", opened, HoldForm),
        "open_dialog": opened.verb if opened is not None and opened.verb != "complete" else "",
    }
    came_back = opened is not None and opened.verb == "complete"
    if came_back or (order.state == "arrived" and context["mine"]):
        context |= _sheet(order, request, opened, pictures, wanting)
    return render(request, "dispatch/job.html", context, status=status)


def _form(verb: str, opened: Open | None, kind: type) -> Any:
    if opened is not None and opened.verb == verb:
        return opened.form
    return kind(auto_id=f"{verb}-%s")


def _may_act(order: WorkOrder, request: StaffRequest) -> bool:
    """Whether the person has the order, may take it from the pool, or reports for somebody."""
    actor = request.actor
    if not order.is_open or not actor.can("jobs.work"):
        return False
    if order.technician_id is None:
        return order.state == "planned" and order.team_id in actor.team_ids
    return order.technician_id == actor.staff_id or actor.can_in(
        "jobs.assign", order.organisation_id
    )


def sheet_form(order: WorkOrder, request: StaffRequest, *, bound: bool) -> tuple[SheetForm, Any]:
    """The form of the order's sheet, and the way out that its process fields belong to."""
    mover = for_the_case(order, request.actor, request.now)
    way_out = queries.exit_of(order, mover)
    sheet = sheet_from_data(order.sheet)
    data, files = (request.POST, request.FILES) if bound else (None, None)
    return SheetForm(order, sheet, way_out, data, files), way_out


def _sheet(
    order: WorkOrder,
    request: StaffRequest,
    opened: Open | None,
    pictures: Any,
    wanting: tuple[Missing, ...] | None,
) -> dict[str, Any]:
    fresh, way_out = sheet_form(order, request, bound=False)
    form = opened.form if opened is not None and opened.verb == "complete" else fresh
    if wanting is None:
        wanting = wanting_of(order, way_out)
    needed = sorted(way_out.required) if way_out else []
    return {
        "form": form,
        "sheet": show_sheet(order, form, pictures, needed),
        "missing": missing_words(wanting),
        "missing_words_json": json.dumps(missing_texts(), ensure_ascii=False),
    }
