"""Complaints about an outlet or a person: handing them past, the finding, what outlets read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms.hotline import VERDICTS, AboutForm, FindingForm
from qiao.cases.models import Case
from qiao.cases.showing import names
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.staff.queries import ids_by_number, units_of_company


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def about(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say whom of the house a case is about; it goes past them."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    units = units_of_company(language=get_language() or "en")
    form = AboutForm(
        posted(request),
        units=[(unit.unit_id, unit.name) for unit in units],
        initial={key: request.GET.get(key, "") for key in ("unit", "person")},
        auto_id="ab-%s",
    )
    if request.method == "POST" and form.is_valid() and _hand_past(request, case, form):
        return _after(request, case)
    return dialog(
        request,
        case,
        form,
        title=_("About an outlet or a person"),
        text=_(
            "The case goes past them: neither the outlet, its people nor the person see it any"
            " more. A neutral team takes it."
        ),
        confirm=_("Hand past them"),
        status=422 if request.method == "POST" else 200,
    )


def _hand_past(request: StaffRequest, case: Case, form: AboutForm) -> bool:
    unit, number = form.cleaned_data["unit"], form.cleaned_data["person"].strip()
    staff = ids_by_number([number]).get(number) if number else None
    if number and staff is None:
        form.add_error("person", _("Nobody has this number."))
        return False
    if unit is None and staff is None:
        form.add_error(None, _("Choose an outlet or name a person."))
        return False
    return attempt(
        form,
        lambda: operations.hand_past(
            case_id=case.pk,
            unit_id=unit or operations.unit_of_person(staff or 0),
            staff_id=staff,
            actor=request.actor,
            now=request.now,
        ),
    )


def _after(request: StaffRequest, case: Case) -> HttpResponse:
    """Back to the case, or to the list where it is kept from the reader from now on."""
    told = _("Case %(number)s goes past them from now on") % {"number": case.number}
    actor: Any = request.actor
    fresh = operations.actor_again(actor=actor, now=request.now)
    if queries.can_see(actor=fresh, case_id=case.pk):
        request.actor = fresh
        return done(request, case, toast=told)
    messages.success(request, told)
    response = HttpResponseRedirect(reverse("cases:list"))
    if request.htmx:
        response = HttpResponse(status=204)  # type: ignore[assignment]
        response["HX-Redirect"] = reverse("cases:list")
    return response


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def finding(request: StaffRequest, case_id: int) -> HttpResponse:
    """Write down what was found."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = FindingForm(posted(request), auto_id="fi-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.write_finding(
                case_id=case.pk,
                verdict=form.cleaned_data["verdict"],
                text=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("Kept: the outlet reads it when the case is archived"))
    return dialog(
        request,
        case,
        form,
        title=_("Finding"),
        confirm=_("Keep"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("")
def findings(request: StaffRequest) -> HttpResponse:
    """What was found about the reader and the reader's units."""
    rows = [
        {
            "line": line,
            "type": names.type_name(line.type_names),
            "unit": from_names(line.unit_names, line.unit),
            "verdict": VERDICTS[line.verdict],
            "tone": {"confirmed": "bad", "partly": "warn"}.get(line.verdict, "ok"),
        }
        for line in queries.findings_for(actor=request.actor)
    ]
    return render(request, "cases/hotline/findings.html", {"rows": rows})
