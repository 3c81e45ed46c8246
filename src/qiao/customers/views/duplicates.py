"""Customers who may be held twice: the worklist, the search behind it, and saying no."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core import background
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.duplicates import DismissForm
from qiao.customers.models import Duplicate, DuplicateRun
from qiao.customers.operations import CustomerRefusal
from qiao.customers.operations.duplicate_deciding import dismiss_duplicate, reopen_duplicate
from qiao.customers.operations.duplicate_finding import FIND_TASK, start_duplicate_run
from qiao.customers.queries.duplicates import (
    count_duplicates,
    get_duplicate_for,
    last_duplicate_run,
    list_duplicates,
)
from qiao.customers.views.box import METHODS, box, go_to, posted
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import names_of

MERGE = "customers.merge"
POST = ("POST",)
VIEWS = (Duplicate.State.PROPOSED, Duplicate.State.DISMISSED)


@staff_view(MERGE)
def duplicate_list(request: StaffRequest) -> HttpResponse:
    """Pairs that wait for a decision, the strongest evidence first; or those that were refused."""
    strongest = request.GET.get("by", "")
    state = request.GET.get("state", "")
    context: dict[str, Any] = {
        "by": strongest if strongest in Duplicate.Strongest.values else "",
        "state": state if state in VIEWS else Duplicate.State.PROPOSED,
        "kinds": Duplicate.Strongest.choices,
    }
    context["page"] = page = list_duplicates(
        actor=request.actor,
        after=request.GET.get("after", ""),
        strongest=context["by"],
        state=context["state"],
    )
    context["people"] = names_of({line.decided_by_id for line in page.lines if line.decided_by_id})
    if request.htmx:
        return render(request, "customers/duplicates/rows.html", context)
    context |= {"counts": count_duplicates(actor=request.actor)} | _search()
    return render(request, "customers/duplicates/list.html", context)


def _search() -> dict[str, Any]:
    run = last_duplicate_run()
    running = run is not None and run.state == DuplicateRun.State.RUNNING
    left_out = sum(group["customers"] for group in run.left_out) if run else 0
    return {
        "run": run,
        "is_running": running,
        "waits": running and not background.state_of(FIND_TASK),
        "percent": 100 * run.weighed_count / run.pair_count if run and run.pair_count else 0,
        "left_out": left_out,
    }


@staff_view(MERGE)
def search_state(request: StaffRequest) -> HttpResponse:
    """How far the search is; the worklist asks until it is done."""
    context = _search()
    response = render(request, "customers/duplicates/run.html", context)
    if not context["is_running"] and "since" in request.GET:
        response["HX-Redirect"] = reverse("customers:duplicates")
    return response


@staff_view(MERGE, methods=POST)
def search_start(request: StaffRequest) -> HttpResponse:
    """Search through all customers now, not only at night."""
    start_duplicate_run(actor=request.actor, now=request.now)
    return go_to(request, reverse("customers:duplicates"))


@staff_view(MERGE, methods=METHODS)
def dismiss(request: StaffRequest, duplicate_id: int) -> HttpResponse:
    """Say why two are not the same."""
    pair = get_duplicate_for(actor=request.actor, duplicate_id=duplicate_id)

    def apply(data: dict[str, Any]) -> str:
        dismiss_duplicate(actor=request.actor, now=request.now, duplicate_id=duplicate_id, **data)
        messages.success(
            request,
            _("The two stay two. They are proposed again only if the evidence grows."),
            extra_tags=reverse("customers:duplicate_reopen", args=[duplicate_id]),
        )
        return reverse("customers:duplicates")

    return box(
        request, DismissForm(posted(request)), apply,
        (_("Not the same customer"), _("They are two"), ""),
        about=f"{pair.first.name} · {pair.second.name}", back=reverse("customers:duplicates"),
    )  # fmt: skip


@staff_view(MERGE, methods=POST)
def reopen(request: StaffRequest, duplicate_id: int) -> HttpResponse:
    """Take back that two are not the same."""
    try:
        reopen_duplicate(actor=request.actor, duplicate_id=duplicate_id)
    except CustomerRefusal as refusal:
        messages.error(request, refusal_words(refusal))
    else:
        messages.success(request, _("The pair waits for a decision again."))
    return go_to(request, reverse("customers:duplicates"))
