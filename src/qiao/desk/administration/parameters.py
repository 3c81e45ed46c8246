"""Parameters by date: what holds on a day, what held before, what is planned; and changing one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import parameters as core
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Parameter
from qiao.core.rules.ids import read_id
from qiao.core.rules.parameters import BadValue
from qiao.core.rules.text import BadText
from qiao.desk.administration.forms import ChangeForm
from qiao.desk.administration.frame import RIGHT, UNPROCESSABLE, show
from qiao.desk.administration.values import in_words, lines_on, source_of
from qiao.staff.queries import (
    chain_of,
    company_id,
    names_of,
    organisation,
    region_names,
    units_among,
)


def _language() -> str:
    return get_language() or "zh-hans"


def _day(request: StaffRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate(request.now)


def _place(request: StaffRequest) -> tuple[int, str]:
    """The unit (the company unless one was chosen that the person may see) and the region."""
    wanted = read_id(request.GET.get("unit", ""))
    seen = request.actor.organisations(RIGHT)
    region = request.GET.get("region", "")
    known = region if region in region_names(_language()) else ""
    return (wanted if wanted in seen and wanted is not None else company_id()), known


@staff_view(RIGHT)
def parameter_list(request: StaffRequest) -> HttpResponse:
    """All parameters with what holds on the chosen day at the chosen place."""
    day, (unit, region) = _day(request), _place(request)
    groups = lines_on(
        day=day, chain=chain_of(unit), region=region, currency=organisation(unit).currency
    )
    units = units_among(request.actor.organisations(RIGHT), language=_language())
    context = {
        "groups": groups,
        "day": day,
        "today": timezone.localdate(request.now),
        "unit": unit,
        "region": region,
        "units": [each for each in units if each.kind != "team"],
        "regions": sorted(region_names(_language()).items()),
    }
    return show(request, "parameters.html", "parameters", context)


@staff_view(RIGHT, methods=("GET", "HEAD", "POST"))
def parameter_page(request: StaffRequest, key: str) -> HttpResponse:
    """One parameter: every value it had and will have, and the form for another."""
    try:
        declared = core.parameter(key)
    except core.UnknownParameter as error:
        raise Http404(key) from error
    form = _form(request, declared)
    if request.method == "POST" and form is not None and form.is_valid():
        answer = _change(request, declared, form)
        if answer is not None:
            return answer
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return show(
        request, "parameter.html", "parameters", _about(request, declared, form), status=status
    )


def _about(request: StaffRequest, declared: Parameter, form: ChangeForm | None) -> dict[str, Any]:
    today = timezone.localdate(request.now)
    seen = {*request.actor.organisations(RIGHT), None}
    rows = [row for row in core.dated_values([declared.key]) if row.organisation_id in seen]
    people = names_of(row.changed_by_id for row in rows if row.changed_by_id)
    regions = region_names(_language())
    currency = organisation(company_id()).currency
    history = [
        {
            "row": row,
            "value": in_words(declared, row.value, currency=currency),
            "source": source_of(declared, row),
            "unit": organisation(row.organisation_id).name if row.organisation_id else "",
            "region": regions.get(row.region, row.region),
            "who": people.get(row.changed_by_id or 0, ""),
            "state": _state(row, today),
        }
        for row in rows
    ]
    pending = core.pending_changes(declared.key)
    return {
        "declared": declared,
        "form": form,
        "history": history,
        "default": in_words(declared, declared.default, currency=currency),
        "pending": [
            {"row": one, "value": in_words(declared, one.payload["value"], currency=currency)}
            for one in pending
            if one.organisation_id in {*seen, company_id()}
        ],
    }


def _state(row: core.Dated, today: date) -> str:
    if row.holds(today):
        return "now"
    return "planned" if row.since > today else "past"


def _form(request: StaffRequest, declared: Parameter) -> ChangeForm | None:
    """The form with the units that the person may set it for; None for a mere reader."""
    actor, company = request.actor, company_id()
    allowed = units_among(actor.organisations(declared.permission), language=_language())
    units: list[tuple[Any, str]] = [
        (unit.unit_id, unit.name) for unit in allowed if unit.kind == "branch"
    ]
    if actor.can_in(declared.permission, company):
        units.insert(0, ("", _("The whole company")))
    elif declared.everywhere:
        return None
    if not units:
        return None
    today = timezone.localdate(request.now)
    current = core.find(declared.key, day=today).value
    return ChangeForm(
        declared,
        request.POST if request.method == "POST" else None,
        units=units,
        regions=sorted(region_names(_language()).items()),
        current=current,
        currency=organisation(company).currency,
        initial={"valid_from": _next_month(today).isoformat()},
    )


def _next_month(day: date) -> date:
    """The first of the month after: when changes of rules usually begin."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _change(request: StaffRequest, declared: Parameter, form: ChangeForm) -> HttpResponse | None:
    """Carry the change out, or put the refusal into the form."""
    data = form.cleaned_data
    change = core.Change(
        declared.key,
        data["value"],
        data["valid_from"],
        data["source"],
        data.get("organisation"),
        data.get("region", ""),
    )
    try:
        waiting = core.change_parameter(
            change=change, company_id=company_id(), actor=request.actor, now=request.now
        )
    except (BadValue, BadText, core.BeforeToday, core.NothingChanges, AlreadyPending) as refusal:
        form.add_error(*_refusal(refusal, declared))
        return None
    if waiting is not None:
        messages.success(request, _("The change waits for a second person."))
    else:
        messages.success(request, _("The change has been kept."))
    return HttpResponseRedirect(reverse("administration:parameter", args=[declared.key]))


def _refusal(refusal: Exception, declared: Parameter) -> tuple[str | None, str]:
    if isinstance(refusal, BadValue):
        words = {
            "number": _("Write a number."),
            "whole": _("Write a whole number."),
            "low": _("At least %(limit)s.") % {"limit": declared.least},
            "high": _("At most %(limit)s.") % {"limit": declared.most},
            "choice": _("Choose one of those offered."),
        }
        return "value", words[refusal.code]
    if isinstance(refusal, core.BeforeToday):
        return "valid_from", _("Days that are over keep what was in force. Choose today or later.")
    if isinstance(refusal, core.NothingChanges):
        return "value", _("This value holds on that day already.")
    if isinstance(refusal, AlreadyPending):
        return None, _("A change of this parameter already waits for a second person.")
    return "source", _("This text cannot be kept as it is.")
