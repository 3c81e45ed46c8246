"""The administration of escalation ladders: who is told when a case waits or is late."""

from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.forms.ladders import LadderForm, cell
from qiao.cases.ladders import Ladder, ladder_at
from qiao.cases.operations.laddering import (
    CHANGE,
    BadRung,
    LadderBeforeToday,
    LadderChange,
    LadderUnchanged,
    NoRungs,
    UnknownLadder,
    change_ladder,
    checked_ladder,
    ladder_spec,
)
from qiao.cases.queries.ladders import Tried, history_of_ladder, try_rungs, types_on
from qiao.cases.showing import names
from qiao.cases.showing.ladders import numbers_in, promise_names, show_rungs, show_trial
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.ladders import LadderSpec
from qiao.core.rules.text import BadText
from qiao.core.wording import said
from qiao.staff.queries import (
    chain_of,
    company_id,
    ids_by_number,
    names_of,
    organisation,
    units_among,
)

SEE: Final = "desk.administer"
UNPROCESSABLE: Final = 422
REFUSALS: Final = (LadderBeforeToday, LadderUnchanged, NoRungs, BadRung, BadText, Forbidden)


@dataclass(frozen=True, slots=True)
class _Place:
    """For which type (empty: all) and unit (None: the company) a ladder is looked at."""

    spec: LadderSpec
    types: list[str]
    type_key: str
    unit_id: int | None

    @property
    def url(self) -> str:
        query = QueryDict(mutable=True)
        query.update({"unit": str(self.unit_id or ""), "type": self.type_key})
        return f"{reverse('cases:ladder', args=[self.spec.key])}?{query.urlencode()}"


@staff_view(SEE)
def index(request: StaffRequest) -> HttpResponse:
    """All ladders of the packs, as they hold for the whole company today."""
    today = _today(request, None)
    shown = []
    for spec in catalogue().ladders.values():
        ladder = ladder_at(spec, "", (), today)
        types = [said(definitions.case_types()[key].name) for key in types_on(spec.key)]
        shown.append((spec.key, said(spec.name), show_rungs(ladder.rungs, _people(ladder.rungs)),
                      ladder.since, len(history_of_ladder(spec.key)), types))  # fmt: skip
    return render(request, "cases/ladders/list.html", {"ladders": shown})


@staff_view(SEE, methods=("GET", "HEAD", "POST"))
def page(request: StaffRequest, key: str) -> HttpResponse:
    """The rungs of one ladder for a unit and a type, the form that changes them, and history."""
    place = _place(request, key)
    today = _today(request, place.unit_id)
    ladder = _in_force(place, today)
    form = LadderForm(
        request.POST if request.method == "POST" else None,
        rungs=ladder.rungs,
        promises=promise_names(place.types),
        initial={"valid_from": today},
    )
    tried = None
    if form.is_bound and form.is_valid():
        change = LadderChange(
            place.spec.key, form.cleaned_data["rungs"], form.cleaned_data["valid_from"],
            form.cleaned_data["source"], place.type_key, place.unit_id,
        )  # fmt: skip
        try:
            wanted = checked_ladder(change, now=request.now)
            if "confirmed" in request.POST:
                change_ladder(change=wanted, actor=request.actor, now=request.now)
                messages.success(request, _("The ladder holds for cases opened from that day on."))
                return HttpResponseRedirect(place.url)
            tried = _try(request, place, wanted.rungs)
        except REFUSALS as refusal:
            _refuse(form, refusal)
    elif not form.is_bound and "try" in request.GET:
        tried = _try(request, place, ladder.rungs)
    context = {
        **_about(request, place, ladder),
        "form": form,
        "trial": show_trial(tried, _people([r.rung for r in tried.rungs])) if tried else None,
        "is_wanted": form.is_bound,
    }
    return render(
        request, "cases/ladders/page.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _about(request: StaffRequest, place: _Place, ladder: Ladder) -> dict[str, Any]:
    known = definitions.case_types()
    sets = history_of_ladder(place.spec.key)
    people = names_of({each.changed_by_id for each in sets if each.changed_by_id})
    company = company_id()
    units = units_among(request.actor.organisations(SEE), language=get_language() or "en")
    return {
        "key": place.spec.key,
        "name": said(place.spec.name),
        "hours": names.calendar_name(place.spec.hours),
        "ladder": ladder,
        "rungs": show_rungs(ladder.rungs, _people(ladder.rungs)),
        "type": place.type_key,
        "types": [(key, said(known[key].name)) for key in place.types],
        "unit": place.unit_id,
        "units": [
            ("" if u.unit_id == company else u.unit_id, "\u2003" * u.depth + u.name)
            for u in units
            if u.kind != "sealed"
        ],
        "sets": [
            (each, people.get(each.changed_by_id or 0, ""),
             names.unit_name(organisation(each.organisation_id or company)),
             said(known[each.type_key].name) if each.type_key in known else each.type_key,
             show_rungs(each.rungs, _people(each.rungs)))
            for each in sets
        ],
        "may_change": request.actor.can_in(CHANGE, place.unit_id or company),
    }  # fmt: skip


def _place(request: StaffRequest, key: str) -> _Place:
    try:
        spec = ladder_spec(key)
    except UnknownLadder as unknown:
        raise Http404(key) from unknown
    types = [each for each in types_on(key) if each in definitions.case_types()]
    type_key, unit = request.GET.get("type", ""), request.GET.get("unit", "")
    allowed = {str(each) for each in request.actor.organisations(SEE)}
    if (type_key and type_key not in types) or (unit and unit not in allowed):
        raise Http404(f"{type_key} {unit}")
    return _Place(spec, types, type_key, int(unit) if unit else None)


def _today(request: StaffRequest, unit_id: int | None) -> Any:
    zone = ZoneInfo(organisation(unit_id or company_id()).timezone)
    return request.now.astimezone(zone).date()


def _in_force(place: _Place, day: Any) -> Ladder:
    units = chain_of(place.unit_id) if place.unit_id else ()
    return ladder_at(place.spec, place.type_key, units, day)


def _try(request: StaffRequest, place: _Place, rungs: Any) -> Tried:
    return try_rungs(
        actor=request.actor,
        types=[place.type_key] if place.type_key else place.types,
        organisation_id=place.unit_id,
        rungs=rungs,
        now=request.now,
    )


def _people(rungs: Any) -> dict[str, str]:
    ids = ids_by_number(numbers_in(rungs))
    known = names_of(ids.values())
    return {number: known[pk] for number, pk in ids.items() if pk in known}


def _refuse(form: LadderForm, refusal: Exception) -> None:
    if isinstance(refusal, BadRung):
        words = {
            "figure": _("This figure cannot be."),
            "tell": _("Nobody of this number works here, or the same rung is there twice."),
        }
        typed = [n for n in range(len(form.rows())) if form.cleaned_data.get(cell(n, "after"))]
        form.add_error(
            cell(typed[refusal.place], refusal.field),
            words.get(refusal.field, _("This cannot be.")),
        )
        return
    if isinstance(refusal, BadText):
        form.add_error("source", _("This text cannot be kept as it is."))
        return
    form.add_error(None, _words(refusal))


def _words(refusal: Exception) -> str:
    if isinstance(refusal, LadderBeforeToday):
        return _("Choose today or a day to come: what held before is not rewritten.")
    if isinstance(refusal, LadderUnchanged):
        return _("The same rungs hold there on that day already.")
    if isinstance(refusal, NoRungs):
        return _("A ladder has at least one rung: what is late must be told to somebody.")
    return _("You may not change ladders there.")
