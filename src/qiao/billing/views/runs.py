"""Runs of bills: the list, a new one, and one from its reckoning to its bills."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.billing import showing_runs as words
from qiao.billing.forms.runs import DecideForm, IssueForm, RunForm
from qiao.billing.models import BillRun, RunAccount
from qiao.billing.operations import runs
from qiao.billing.operations.refusal_words import refusal_words
from qiao.billing.queries import runs as queries
from qiao.billing.queries.due import due_now
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.terms_shown import TERMS
from qiao.billing.queries.units import units_with, usual_unit
from qiao.billing.showing import money
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, box, refused, today_in
from qiao.core import background
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.ids import read_id
from qiao.staff.queries import names_of, organisation_names

MOST_PICKED: Final = 500


@staff_view(ISSUE)
def index(request: StaffRequest) -> HttpResponse:
    """All runs, the newest first, and how much is due."""
    rows, before = queries.list_runs(
        actor=request.actor, before=read_id(request.GET.get("before", "")) or 0
    )
    people = names_of({run.created_by_id for run in rows})
    units = organisation_names({run.organisation_id for run in rows})
    routes = queries.route_names(rows, request.actor)
    day = today_in(request, request.actor.organisation_id)
    due = due_now(unit_ids=request.actor.organisations(ISSUE), until=day)
    context = {
        "may_begin": bool(request.actor.organisations(TERMS)),
        "rows": [
            {
                "run": run,
                "tone": words.TONES[run.state],
                "unit": units.get(run.organisation_id, ""),
                "route": routes.get(run.route_id or 0, ""),
                "who": people.get(run.created_by_id, ""),
                "minor": money(
                    run.issued_minor if run.issued_count else run.ready_minor, run.currency
                ),
            }
            for run in rows
        ],
        "before": before,
        "due": due.free,
        "since": due.since,
    }
    return render(request, "billing/runs.html", context)


@staff_view(ISSUE, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """Choose what is billed up to when."""
    actor = request.actor
    units = units_with(actor=actor, permission=ISSUE, language=request.LANGUAGE_CODE)
    usual = usual_unit(actor, units)
    form = RunForm(
        request.POST if request.method == "POST" else None,
        units=units, routes=queries.routes_for(actor), today=today_in(request, usual),
        unit_id=usual,
    )  # fmt: skip
    begun: list[BillRun] = []
    if form.is_bound and form.is_valid():
        refused(form, lambda: begun.append(_begin(request, form.cleaned_data)))
        if begun:
            return HttpResponseRedirect(_here(begun[0].pk))
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "billing/run_new.html", {"form": form}, status=status)


def _begin(request: StaffRequest, data: Mapping[str, Any]) -> BillRun:
    wanted = runs.NewRun(
        organisation_id=data["unit"],
        until=data["until"],
        issued_date=data["issued_date"],
        due_days=data["due_days"],
        route_id=data["route"],
    )
    return runs.begin_run(wanted, actor=request.actor, now=request.now)


def _get(request: StaffRequest, run_id: int) -> BillRun:
    try:
        return queries.run_for(actor=request.actor, run_id=run_id)
    except queries.RunMissing as missing:
        raise Http404(f"run {run_id}") from missing


@staff_view(ISSUE)
def run(request: StaffRequest, run_id: int) -> HttpResponse:
    """One run; asked for by htmx while it works, only the part that says how far it is."""
    found = _get(request, run_id)
    working = found.state in runs.WORKING
    if request.htmx:
        if not working:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "billing/_run_working.html", _progress(found))
    return _show(request, found)


def _progress(run: BillRun) -> dict[str, Any]:
    issuing = run.state == BillRun.State.ISSUING
    all_ = run.ready_count + run.issued_count if issuing else run.total_count
    done = run.issued_count if issuing else run.total_count - run.due_count
    return {
        "run": run,
        "issuing": issuing,
        "done": done,
        "all": all_,
        "percent": min(100, done * 100 // all_) if all_ else 0,
        "is_lost": not background.state_of(runs.lock_of(run.pk)),
    }


def _tabs(run: BillRun) -> list[tuple[str, str, int]]:
    counts = {
        "outlier": run.outlier_count,
        "held": run.held_count,
        "aside": run.aside_count,
        "ready": run.ready_count,
        "issued": run.issued_count,
    }
    return [
        (state, str(RunAccount.State(state).label), counts[state])
        for state in queries.SHOWN
        if counts[state] or (state == "outlier" and run.state == BillRun.State.REVIEW)
    ]


def _show(request: StaffRequest, run: BillRun, status: int = 200) -> HttpResponse:
    tabs = _tabs(run)
    asked = request.GET.get("state", "")
    known = [state for state, _label, _count in tabs]
    filled = [state for state, _label, count in tabs if count]
    state = asked if asked in known else next(iter([*filled, *known]), "ready")
    finding = request.GET.get("finding", "")
    finding = finding if finding in words.FINDINGS and state == "outlier" else ""
    rows, after = queries.accounts_of(
        run, actor=request.actor, state=state, finding=finding,
        after=read_id(request.GET.get("after", "")) or 0,
    )  # fmt: skip
    people = names_of(
        {each for each in (run.created_by_id, run.released_by_id) if each is not None}
    )
    is_open = run.state == BillRun.State.REVIEW
    context = {
        **(_progress(run) if run.state in runs.WORKING else {"run": run}),
        "tone": words.TONES[run.state],
        "working": run.state in runs.WORKING,
        "is_open": is_open,
        "unit": organisation_names([run.organisation_id]).get(run.organisation_id, ""),
        "route": queries.route_names([run], request.actor).get(run.route_id or 0, ""),
        "created_by": people.get(run.created_by_id, ""),
        "released_by": people.get(run.released_by_id or 0, ""),
        "ready_minor": money(run.ready_minor, run.currency),
        "issued_minor": money(run.issued_minor, run.currency),
        "tabs": tabs,
        "state": state,
        "finding": finding,
        "kinds": [
            (code, words.FINDINGS[code][0], count)
            for code, count in queries.kinds_of(run)
            if code in words.FINDINGS
        ],
        "codes": [(words.code_words(code), count) for code, count in queries.codes_of(run)],
        "rows": rows,
        "after": after,
        "may_release": is_open and state in ("outlier", "aside"),
        "may_leave": is_open and state in ("outlier", "ready"),
        "failure": run.failure.removeprefix("day_closed "),
    }
    return render(request, "billing/run.html", context, status=status)


def _here(run_id: int, state: str = "", finding: str = "") -> str:
    query = {key: value for key, value in (("state", state), ("finding", finding)) if value}
    address = reverse("billing:run", args=[run_id])
    return f"{address}?{urlencode(query)}" if query else address


@staff_view(ISSUE, methods=("POST",))
def release(request: StaffRequest, run_id: int) -> HttpResponse:
    """Let bills go that were looked at: those chosen, or all of a kind."""
    _get(request, run_id)
    whole = request.POST.get("all") == "1"
    try:
        with transaction.atomic():
            count = runs.decide(
                run_id=run_id, account_ids=None if whole else _picked(request), release=True,
                finding=request.POST.get("finding", ""), actor=request.actor, now=request.now,
            )  # fmt: skip
    except runs.RunMovedOn as refusal:
        return _moved_on(request, run_id, refusal)
    said = ngettext("%(n)s bill is released.", "%(n)s bills are released.", count)
    messages.success(request, said % {"n": f"{count:,}"})
    return lead_on(request, _here(run_id, request.POST.get("state", "")))


@staff_view(ISSUE, methods=("POST",))
def leave_out(request: StaffRequest, run_id: int) -> HttpResponse:
    """Ask why, then leave the chosen accounts out of the run."""
    _get(request, run_id)
    picked = _picked(request)
    form = DecideForm(request.POST if "note" in request.POST else None)

    def act(data: dict[str, Any]) -> str:
        count = runs.decide(
            run_id=run_id, account_ids=picked, release=False, note=data["note"],
            actor=request.actor, now=request.now,
        )  # fmt: skip
        said = ngettext("%(n)s account is left out.", "%(n)s accounts are left out.", count)
        messages.success(request, said % {"n": f"{count:,}"})
        return _here(run_id)

    words = {
        "title": ngettext(
            "Leave %(n)s account out of this run?", "Leave %(n)s accounts out of this run?",
            len(picked),
        ) % {"n": len(picked)},
        "text": _("It is not billed now. The next run finds it due again."),
        "confirm": pgettext("account in a run", "Leave out"),
        "picked": picked,
        "back": _here(run_id),
    }  # fmt: skip
    return box(request, form, act, words=words)


def _picked(request: StaffRequest) -> list[int]:
    found = [read_id(text) for text in request.POST.getlist("account")[:MOST_PICKED]]
    return [each for each in found if each]


@staff_view(ISSUE, methods=METHODS)
def issue(request: StaffRequest, run_id: int) -> HttpResponse:
    """Ask once more, then have the bills issued that are ready."""
    found = _get(request, run_id)
    form = IssueForm(
        request.POST if request.method == "POST" else None,
        initial={"issued_date": found.issued_date},
    )

    def act(data: dict[str, Any]) -> str:
        runs.release_run(
            run_id=found.pk, issued_date=data["issued_date"], actor=request.actor, now=request.now
        )
        return _here(run_id)

    facts = [
        (pgettext("run of bills", "Bills"), f"{found.ready_count:,}"),
        (pgettext("run of bills", "Amount"), money(found.ready_minor, found.currency)),
    ]
    if found.outlier_count:
        facts.append((_("Left out, for nobody has decided"), f"{found.outlier_count:,}"))
    words = {
        "title": ngettext("Issue %(n)s bill?", "Issue %(n)s bills?", found.ready_count)
        % {"n": f"{found.ready_count:,}"},
        "facts": facts,
        "text": _(
            "They are owed from that day on. A bill can be taken back afterwards, one by one."
        ),
        "confirm": pgettext("run of bills", "Issue"),
        "back": _here(run_id),
    }
    return box(request, form, act, words=words)


@staff_view(ISSUE, methods=METHODS)
def drop(request: StaffRequest, run_id: int) -> HttpResponse:
    """Ask once more, then give the run up."""
    _get(request, run_id)

    def act(_data: dict[str, Any]) -> str:
        runs.drop_run(run_id=run_id, actor=request.actor, now=request.now)
        return _here(run_id)

    words = {
        "title": _("Give this run up?"),
        "text": _("Nothing is issued. Its accounts are due again for the next run."),
        "confirm": pgettext("run of bills", "Give up"),
        "focus_cancel": True,
        "back": _here(run_id),
    }
    form = forms.Form(request.POST if request.method == "POST" else None)
    return box(request, form, act, words=words)


@staff_view(ISSUE, methods=("POST",))
def resume(request: StaffRequest, run_id: int) -> HttpResponse:
    """Have the job of a run begun once more that is lost."""
    _get(request, run_id)
    try:
        with transaction.atomic():
            runs.go_on(run_id=run_id, actor=request.actor)
    except runs.RunMovedOn as refusal:
        return _moved_on(request, run_id, refusal)
    return lead_on(request, _here(run_id))


def _moved_on(request: StaffRequest, run_id: int, refusal: runs.RunMovedOn) -> HttpResponse:
    _field, words = refusal_words(refusal)
    messages.warning(request, words)
    return lead_on(request, _here(run_id))
