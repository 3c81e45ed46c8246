"""The dispatcher's board: open work orders by crew, and who goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.dispatch import operations, queries
from qiao.dispatch.forms import AssignForm
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.rules.states import WrongState
from qiao.dispatch.showing import Job, crew_choices, show_job
from qiao.dispatch.views.phone import refusal_words
from qiao.staff.queries import units_among


@dataclass(frozen=True, slots=True)
class Lane:
    """One crew with the first of its open work orders, what nobody has first; `total` are open."""

    team_id: int
    name: str
    jobs: list[Job]
    total: int

    @property
    def waiting(self) -> int:
        """How many of those shown nobody has."""
        return sum(job.waits for job in self.jobs)

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.total > len(self.jobs)


@staff_view("jobs.view")
def board(request: StaffRequest) -> HttpResponse:
    """Open work orders by crew; a fragment of the lanes alone for htmx."""
    crew = request.GET.get("crew", "")
    team_id = int(crew) if crew.isdecimal() and len(crew) < 18 else None
    found = queries.board(actor=request.actor, now=request.now, team_id=team_id)
    names = units_among(found.crews, language=get_language() or "en")
    context = {
        "lanes": _lanes((show_job(order, request.actor) for order in found.orders), found.crews),
        "crews": [(unit.unit_id, unit.name) for unit in names],
        "crew": team_id,
        "counts": found,
        "may_assign": request.actor.can("jobs.assign"),
    }
    template = "dispatch/_lanes.html" if request.htmx else "dispatch/board.html"
    return render(request, template, context)


def _lanes(jobs: Iterable[Job], totals: Mapping[int, int]) -> list[Lane]:
    grouped = groupby(jobs, key=lambda job: (job.order.team_id, job.team))
    lanes = ((team_id, name, list(found)) for (team_id, name), found in grouped)
    return [
        Lane(team_id, name, found, max(totals.get(team_id, 0), len(found)))
        for team_id, name, found in lanes
    ]


@staff_view("jobs.assign", methods=("GET", "HEAD", "POST"))
def assign(request: StaffRequest, work_order_id: int) -> HttpResponse:
    """Give a work order to a technician or to another crew; a dialog, or a page without script."""
    order = queries.get_work_order_for(
        actor=request.actor, work_order_id=work_order_id, permission="jobs.assign"
    )
    form = _assign_form(request, order)
    if request.method != "POST":
        return _assign_page(request, order, form)
    if not form.is_valid():
        return _assign_page(request, order, form, status=422)
    team_id, staff_id = form.chosen()
    try:
        operations.assign_technician(
            work_order_id=order.pk,
            team_id=team_id,
            staff_id=staff_id,
            promised_at=form.cleaned_data["promised_at"],
            actor=request.actor,
            now=request.now,
        )
    except (operations.NotInTheTeam, operations.NoSuchCrew):
        form.add_error("who", _("This person no longer works in that crew."))
        return _assign_page(request, order, form, status=422)
    except operations.NothingChanges:
        form.add_error("who", _("The work order is there already."))
        return _assign_page(request, order, form, status=422)
    except WrongState as refusal:
        form.add_error(None, refusal_words(refusal))
        return _assign_page(request, order, form, status=422)
    return _assigned(request, order)


def _assign_form(request: StaffRequest, order: WorkOrder) -> AssignForm:
    day = timezone.localdate(request.now)
    people = queries.people_for(order=order, day=day, language=get_language() or "en")
    load = queries.open_load(person.person_id for _team, found in people for person in found)
    data: Any = request.POST if request.method == "POST" else None
    at_hand = f"{order.team_id}:{order.technician_id or ''}"
    return AssignForm(
        crew_choices(people, load),
        data,
        initial={"who": at_hand, "promised_at": order.promised_at},
    )


def _assign_page(
    request: StaffRequest, order: WorkOrder, form: AssignForm, *, status: int = 200
) -> HttpResponse:
    context = {"order": order, "job": show_job(order, request.actor), "form": form}
    template = "dispatch/_assign.html" if request.htmx else "dispatch/assign.html"
    return render(request, template, context, status=status)


def _assigned(request: StaffRequest, order: WorkOrder) -> HttpResponse:
    words = _("%(number)s: assigned") % {"number": order.number}
    if request.htmx:
        return add_toast(HttpResponse(headers={"HX-Trigger": '{"jobs:changed": {}}'}), text=words)
    messages.success(request, words)
    return HttpResponseRedirect(reverse("dispatch:board"))
