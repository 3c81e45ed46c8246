"""The administration of what is promised: figures by type, tier and day, with their reasons."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.forms.clocks import FiguresForm
from qiao.cases.journal import foresee
from qiao.cases.models import Recount
from qiao.cases.operations.promising import (
    BadFigure,
    LeftWithoutClock,
    PromiseBeforeToday,
    PromiseChange,
    PromiseUnchanged,
    UnknownPromise,
    change_promise,
    changes_of,
    checked,
    loosens_public,
    place_of,
    promise_of,
    would_be_told,
)
from qiao.cases.queries.figures_of_promises import (
    figures_at,
    history_of,
    open_cases_of,
    types_that_differ,
)
from qiao.cases.showing import names
from qiao.cases.showing.promises import show_differences, show_promise, show_types
from qiao.cases.showing.recounts import show_foreseen, show_recounts
from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText
from qiao.core.wording import said
from qiao.staff.queries import company_id, names_of, organisation, region_names, units_among

SEE: Final = "desk.administer"
CHANGE: Final = "core.configure"
UNPROCESSABLE: Final = 422
REFUSALS: Final = (
    PromiseBeforeToday,
    PromiseUnchanged,
    BadFigure,
    LeftWithoutClock,
    BadText,
    Forbidden,
    AlreadyPending,
)


@staff_view(SEE)
def index(request: StaffRequest) -> HttpResponse:
    """All promises of all types, with what the company has set itself marked."""
    shown = show_types(definitions.case_types().values(), types_that_differ())
    return render(request, "cases/promises/list.html", {"types": shown})


@staff_view(SEE, methods=("GET", "HEAD", "POST"))
def promise(request: StaffRequest, type_key: str, promise: str) -> HttpResponse:
    """The figures of one promise, when they held, and the form that changes them."""
    try:
        definition, spec = promise_of(type_key, promise)
    except UnknownPromise as unknown:
        raise Http404 from unknown
    today = request.now.astimezone(ZoneInfo(organisation(company_id()).timezone)).date()
    owed = figures_at(definition, place_of(None, "", today))[promise]
    form = _form(request, spec, owed.figures, today)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        change = _change(type_key, promise, form.cleaned_data)
        try:
            if "confirmed" in request.POST:
                return _keep(request, change)
            context = _preview(request, checked(change, now=request.now))
        except REFUSALS as refusal:
            form.add_error(None, _words(refusal))
    sets = history_of(type_key, promise)
    people = names_of({each.changed_by_id for each in sets if each.changed_by_id})
    context |= {
        "form": form,
        "type_name": said(definition.name),
        "shown": show_promise(spec, owed),
        "sets": [
            (each, people.get(each.changed_by_id or 0, ""), _unit(each.organisation_id))
            for each in sets
        ],
        "priorities": [*(str(word) for word in names.PRIORITIES.values()), _("every other")],
        "may_change": request.actor.can(CHANGE),
        "recounts": show_recounts(cause=Recount.Cause.PROMISES, key=type_key),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "cases/promises/page.html", context, status=status)


def _form(request: StaffRequest, spec: Any, figures: Any, today: Any) -> FiguresForm:
    allowed = request.actor.organisations(CHANGE)
    units = units_among(allowed, language=get_language() or "en")
    company = company_id()
    choices = [
        ("" if unit.unit_id == company else str(unit.unit_id), "\u2003" * unit.depth + unit.name)
        for unit in units
    ]
    calendar = catalogue().calendars.get(spec.calendar)
    return FiguresForm(
        request.POST if request.method == "POST" else None,
        units=choices,
        regions=region_names(get_language() or "en"),
        day_seconds=calendar.day_seconds if calendar else 86_400,
        figures=figures,
        initial={"valid_from": today},
    )


def _change(type_key: str, promise: str, data: dict[str, Any]) -> PromiseChange:
    return PromiseChange(
        type_key=type_key,
        promise=promise,
        figures=data["figures"],
        valid_from=data["valid_from"],
        source=data["source"],
        organisation_id=int(data["unit"]) if data["unit"] else None,
        region=data["region"],
        running=data["running"],
    )


def _preview(request: StaffRequest, change: PromiseChange) -> dict[str, Any]:
    ids = open_cases_of(change.type_key, change.organisation_id, change.region)
    decide = would_be_told(change, ids)
    found = foresee(case_ids=ids, kind="promise_set", decide=decide, now=request.now)
    return {
        "foreseen": show_foreseen(found),
        "differences": show_differences(changes_of(change)),
        "running": change.running,
        "needs_second": loosens_public(change),
    }


def _keep(request: StaffRequest, change: PromiseChange) -> HttpResponse:
    waits = change_promise(change=change, actor=request.actor, now=request.now)
    if waits is not None:
        messages.info(request, _("A public commitment is loosened: a second person decides."))
    else:
        messages.success(request, _("The promise is changed from that day on."))
    return HttpResponseRedirect(reverse("cases:promise", args=[change.type_key, change.promise]))


def _unit(organisation_id: int | None) -> str:
    return names.unit_name(organisation(organisation_id or company_id()))


def _words(refusal: Exception) -> str:
    if isinstance(refusal, PromiseBeforeToday):
        return _("Choose today or a day to come: what held before is not rewritten.")
    if isinstance(refusal, PromiseUnchanged):
        return _("The same is promised on that day already.")
    if isinstance(refusal, BadFigure):
        return _("A promise needs a time for some priority, above nought and at most a year.")
    if isinstance(refusal, LeftWithoutClock):
        return _("Give every priority a time: without this one a case could be without a clock.")
    if isinstance(refusal, AlreadyPending):
        return _("Another change of a promise of this type waits for a second person.")
    if isinstance(refusal, Forbidden):
        return _("You may not change promises there.")
    return _("This text cannot be kept as it is.")
