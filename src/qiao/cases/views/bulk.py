"""Changing many cases of a list at once, after a look at what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases import operations, queries
from qiao.cases.forms import AssignForm, FactsForm, TransferForm
from qiao.cases.queries import CaseLine
from qiao.cases.showing.refusals import refusal_words
from qiao.cases.views.acting import REFUSALS, team_choices
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    line: CaseLine
    problem: str


def _chosen(request: StaffRequest) -> Sequence[CaseLine]:
    ids = [int(v) for v in request.POST.getlist("case") if v.isdecimal() and len(v) < 19]
    return queries.lines_by_id(actor=request.actor, case_ids=ids[:MOST_AT_ONCE])


def _form(request: StaffRequest, what: str, *, bound: bool) -> FactsForm:
    data = request.POST if bound else None
    if what == "assign":
        return AssignForm(data, people=queries.people(actor=request.actor), auto_id="bk-%s")
    return TransferForm(data, teams=team_choices(request), auto_id="bk-%s")


@staff_view("cases.work", methods=("POST",))
def bulk(request: StaffRequest, what: str) -> HttpResponse:
    """Show what would happen; with ``confirmed`` do it, each case by itself."""
    if what not in {"assign", "transfer"}:
        raise Http404(what)
    if what == "assign":
        request.actor.require("cases.assign")
    lines = _chosen(request)
    confirmed = "confirmed" in request.POST
    form = _form(request, what, bound=confirmed)
    if not confirmed or not form.is_valid():
        return _preview(request, what, lines, form, status=422 if confirmed else 200)
    outcomes = [_change(request, what, line, form.cleaned_data) for line in lines]
    done = sum(not outcome.problem for outcome in outcomes)
    context = {"failed": [o for o in outcomes if o.problem], "done": done}
    response = render(request, "cases/_bulk_done.html", context)
    response.headers["HX-Trigger"] = '{"cases:changed": {}}'
    text = ngettext("%(n)d case changed", "%(n)d cases changed", done) % {"n": done}
    return add_toast(response, text=text) if done else response


def _preview(
    request: StaffRequest, what: str, lines: Sequence[CaseLine], form: FactsForm, *, status: int
) -> HttpResponse:
    context = {
        "what": what,
        "title": _("Assign") if what == "assign" else _("Transfer to another team"),
        "lines": [line for line in lines if line.closed_at is None],
        "closed": [line for line in lines if line.closed_at is not None],
        "form": form,
    }
    return render(request, "cases/_bulk.html", context, status=status)


def _change(request: StaffRequest, what: str, line: CaseLine, data: dict[str, Any]) -> Outcome:
    about: dict[str, Any] = {
        "case_id": line.case_id,
        "actor": request.actor,
        "now": request.now,
    }
    try:
        with transaction.atomic():
            if what == "assign":
                operations.assign(**about, staff_id=data["person"])
            else:
                operations.transfer(**about, team_id=data["team"], reason=data["reason"])
    except REFUSALS as refusal:
        return Outcome(line, refusal_words(refusal))
    except Forbidden:
        return Outcome(line, _("You do not have the right to do this."))
    return Outcome(line, "")
