"""Changing many cases of a list at once: asked, foreseen for each, done in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms import (
    AssignForm,
    FactsForm,
    LinkForm,
    PriorityForm,
    TransferForm,
    WordsForm,
    read_place,
)
from qiao.cases.forms.setting_aside import SnoozeForm
from qiao.cases.models import BulkRun
from qiao.cases.operations import bulk as operations_bulk
from qiao.cases.operations.bulk_kinds import KINDS
from qiao.cases.queries.bulk import bulk_run_for, listed_ids
from qiao.cases.showing import bulk_actions
from qiao.cases.showing.bulk_refusals import BULK_REFUSALS
from qiao.cases.views.owning import team_choices
from qiao.core.http import StaffRequest, staff_view

SHOWN: Final = 200
TITLES: Final[dict[str, LazyText]] = {
    "assign": gettext_lazy("Assign"),
    "transfer": gettext_lazy("Transfer to another team"),
    "priority": gettext_lazy("Change priority"),
    "pause": gettext_lazy("Pause the clock"),
    "resume": gettext_lazy("Let the clock run"),
    "snooze": gettext_lazy("Set aside for a while"),
    "link": gettext_lazy("Link another case"),
    "act": pgettext_lazy("bulk", "Take a step"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form, and how its answers become the terms of the change."""

    form: FactsForm
    terms: Callable[[dict[str, Any]], dict[str, Any]]


def _chosen(request: StaffRequest) -> list[int]:
    """The cases that were ticked, or all of the list up to the limit."""
    if request.POST.get("all") == "1":
        place = read_place(QueryDict(request.POST.get("place", "")), "open")
        return listed_ids(
            actor=request.actor,
            now=request.now,
            view=place.view,
            filters=place.filters,
            limit=operations_bulk.MOST,
        )
    ids = [int(v) for v in request.POST.getlist("case") if v.isdecimal() and len(v) < 19]
    return [line.case_id for line in queries.lines_by_id(actor=request.actor, case_ids=ids)]


def _asked(request: StaffRequest, what: str, ids: Sequence[int], data: Any) -> _Asked:
    prefix: dict[str, Any] = {"auto_id": "bk-%s"}
    if what == "assign":
        people = queries.people(actor=request.actor)
        return _Asked(
            AssignForm(data, people=people, **prefix), lambda given: {"person": given["person"]}
        )
    if what == "transfer":
        form: FactsForm = TransferForm(data, teams=team_choices(request), **prefix)
        return _Asked(form, lambda given: {"team": given["team"], "reason": given["reason"]})
    if what == "priority":
        return _Asked(PriorityForm(data, **prefix), lambda given: {"priority": given["priority"]})
    if what == "snooze":
        aside = SnoozeForm(data, now=request.now, **prefix)
        return _Asked(
            aside,
            lambda given: {
                "until": aside.until.isoformat() if aside.until else "",
                "until_answer": aside.until_answer,
                "for_team": given["for_team"],
                "reason": given["reason"],
            },
        )
    if what == "link":
        return _Asked(LinkForm(data, **prefix), lambda given: _other(request, given))
    if what == "act":
        chosen = bulk_actions.action_form(ids, request.POST.get("action", ""), data)
        return _Asked(chosen, lambda _given: bulk_actions.terms_of(chosen, request.POST))
    reason = WordsForm(data, label=_("Reason"), optional=what == "resume", limit=1_000, **prefix)
    return _Asked(reason, lambda given: {"reason": given["text"]})


def _other(request: StaffRequest, given: dict[str, Any]) -> dict[str, Any]:
    found = queries.find_cases(actor=request.actor, text=given["number"], limit=1)
    return {"other": found[0].case_id if found else 0, "link": given["kind"]}


@staff_view("cases.work", methods=("POST",))
def ask(request: StaffRequest, what: str) -> HttpResponse:
    """Ask what the change needs; nothing is done."""
    _known(request, what)
    ids = _chosen(request)
    if what == "act" and not request.POST.get("action"):
        return _ask(request, what, ids, None, actions=bulk_actions.common_actions(ids))
    return _ask(request, what, ids, _asked(request, what, ids, None).form)


def _known(request: StaffRequest, what: str) -> None:
    if what not in TITLES:
        raise Http404(what)
    request.actor.require(KINDS[what].permission)


def _ask(
    request: StaffRequest,
    what: str,
    ids: Sequence[int],
    form: FactsForm | None,
    *,
    actions: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "what": what,
        "title": TITLES[what],
        "n": len(ids),
        "most": operations_bulk.MOST,
        "all": request.POST.get("all") == "1",
        "place": request.POST.get("place", ""),
        "ids": () if request.POST.get("all") == "1" else ids,
        "form": form,
        "actions": actions,
        "action": request.POST.get("action", ""),
    }
    return render(request, "cases/_bulk_ask.html", context, status=status)


@staff_view("cases.work", methods=("POST",))
def foresee(request: StaffRequest, what: str) -> HttpResponse:
    """Say for each case what would happen or why not."""
    _known(request, what)
    ids = _chosen(request)
    asked = _asked(request, what, ids, request.POST)
    if not ids or not asked.form.is_valid():
        return _ask(request, what, ids, asked.form, status=422)
    terms = asked.terms(asked.form.cleaned_data)
    if what == "link" and not terms["other"]:
        asked.form.add_error("number", _("No case has this number."))
        return _ask(request, what, ids, asked.form, status=422)
    run = operations_bulk.prepare_bulk(
        kind=what,
        terms=terms,
        case_ids=ids,
        language=get_language() or "en",
        actor=request.actor,
        now=request.now,
        refusals=BULK_REFUSALS,
    )
    return _show(request, run.pk)


@staff_view("cases.work")
def show(request: StaffRequest, run_id: int) -> HttpResponse:
    """How far a change is, and what became of each case."""
    return _show(request, run_id)


def _show(request: StaffRequest, run_id: int) -> HttpResponse:
    run = bulk_run_for(actor=request.actor, run_id=run_id, shown=SHOWN)
    context = {
        "run": run,
        "title": TITLES[run.kind],
        "may_undo": run.is_over and not run.is_undo and bool(run.counts["done"])
        and not run.is_undone and KINDS[run.kind].undo is not None,
    }  # fmt: skip
    template = "cases/_bulk_run.html" if request.htmx else "cases/bulk_page.html"
    response = render(request, template, context)
    if run.is_over and request.htmx:
        response.headers["HX-Trigger"] = '{"cases:changed": {}}'
    return response


def _do(request: StaffRequest, run_id: int, change: Callable[..., BulkRun]) -> HttpResponse:
    try:
        run = change(run_id=run_id, actor=request.actor)
    except BulkRun.DoesNotExist as missing:
        raise Http404(str(run_id)) from missing
    except operations_bulk.NotReady:
        return _show(request, run_id)
    return _show(request, run.pk)


@staff_view("cases.work", methods=("POST",))
def start(request: StaffRequest, run_id: int) -> HttpResponse:
    """Make the change that was foreseen."""
    return _do(request, run_id, operations_bulk.start_bulk)


@staff_view("cases.work", methods=("POST",))
def cancel(request: StaffRequest, run_id: int) -> HttpResponse:
    """Stop it where it is."""
    return _do(
        request,
        run_id,
        lambda **about: operations_bulk.cancel_bulk(**about, now=request.now),
    )


@staff_view("cases.work", methods=("POST",))
def undo(request: StaffRequest, run_id: int) -> HttpResponse:
    """Take back what was done, where nobody changed it since."""
    return _do(
        request,
        run_id,
        lambda **about: operations_bulk.undo_bulk(**about, now=request.now),
    )
