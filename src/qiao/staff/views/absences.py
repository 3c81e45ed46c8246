"""Who is away and who stands in: one's own days, and those of the units one plans."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor, Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.models import Absence, Staff
from qiao.staff.operations.absences import (
    PLAN,
    AbsenceMissing,
    AlreadyAway,
    BadAbsence,
    NoDeputy,
    end_absence,
    plan_absence,
)
from qiao.staff.queries.absences import absences_for

SEE: Final = "staff.view"
UNPROCESSABLE: Final = 422
MOST_OFFERED: Final = 200


class AbsenceForm(forms.Form):
    """Who is away when, and who stands in."""

    person = forms.CharField(label=gettext_lazy("Who is away (staff number)"), max_length=40)
    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(label=pgettext_lazy("absence", "Why"), choices=Absence.Kind.choices)
    deputy = forms.CharField(
        label=gettext_lazy("Who stands in (staff number)"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Gets the notices, and finds the cases under “Cases”."),
    )

    def __init__(self, *args: Any, may_plan: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for key in ("person", "deputy"):
            self.fields[key].widget.attrs["list"] = "colleagues"
        if not may_plan:
            del self.fields["person"]


@staff_view(SEE)
def absences(request: StaffRequest) -> HttpResponse:
    """Absences of today and to come."""
    today = timezone.localdate(request.now)
    rows = absences_for(actor=request.actor, today=today)
    context = {
        "rows": [_shown(row, request.actor, today) for row in rows],
    }
    return render(request, "staff/absences/list.html", context)


def _shown(row: Absence, actor: Actor, today: date) -> dict[str, Any]:
    own = actor.staff_id == row.staff_id
    return {
        "pk": row.pk,
        "staff": row.staff,
        "deputy": row.deputy,
        "first": row.days.lower,
        "last": row.days.upper - timedelta(days=1),
        "kind": Absence.Kind(row.kind).label,
        "is_now": row.days.lower <= today,
        "is_mine": own,
        "may_end": own or actor.can_in(PLAN, row.staff.organisation_id),
    }


@staff_view(SEE, methods=("GET", "HEAD", "POST"))
def absence_new(request: StaffRequest) -> HttpResponse:
    """Enter days on which somebody is away."""
    may_plan = request.actor.can(PLAN)
    today = timezone.localdate(request.now)
    initial = {"person": request.actor.number, "first": today, "last": today}
    form = AbsenceForm(request.POST or None, may_plan=may_plan, initial=initial)
    if request.method == "POST" and form.is_valid() and _plan(request, form, today):
        messages.success(request, _("Entered. Whoever stands in has been told."))
        return HttpResponseRedirect(reverse("staff:absences"))
    context = {"form": form, "colleagues": _colleagues(request.actor)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "staff/absences/new.html", context, status=status)


def _plan(request: StaffRequest, form: AbsenceForm, today: date) -> bool:
    data = form.cleaned_data
    person = _by_number(request.actor, data.get("person") or request.actor.number)
    deputy = _by_number(request.actor, data["deputy"]) if data["deputy"] else None
    if person is None:
        form.add_error("person", _("Nobody works here under this number."))
        return False
    try:
        if data["deputy"] and deputy is None:
            raise NoDeputy
        plan_absence(
            staff=person,
            deputy=deputy,
            first=data["first"],
            last=data["last"],
            kind=Absence.Kind(data["kind"]),
            today=today,
            actor=request.actor,
            now=request.now,
        )
    except BadAbsence:
        form.add_error("last", _("The last day is before the first, over, or a year away."))
    except AlreadyAway:
        form.add_error("first", _("Some of these days are entered already."))
    except NoDeputy:
        form.add_error("deputy", _("Choose a colleague who works here, not the person."))
    except Forbidden:
        form.add_error("person", _("You do not plan the unit of this person."))
    else:
        return True
    return False


def _by_number(actor: Actor, text: str) -> Staff | None:
    """Somebody by their number, with or without the name that the list of offers adds."""
    number = text.strip().partition(" ")[0]
    if number == actor.number:
        return Staff.objects.filter(pk=actor.person_id).first()
    seen = Staff.objects.filter(
        organisation__in=list(actor.organisations(SEE)), is_active=True, number=number
    )
    mates = Staff.objects.filter(
        memberships__team__in=actor.team_ids, is_active=True, number=number
    )
    return seen.first() or mates.first()


def _colleagues(actor: Actor) -> list[str]:
    """Who is offered: the people of one's teams, else of one's unit."""
    mates = Staff.objects.filter(is_active=True).exclude(pk=actor.person_id)
    near = mates.filter(memberships__team__in=actor.team_ids)
    if not actor.team_ids:
        near = mates.filter(organisation=actor.organisation_id)
    rows = near.order_by("number").values_list("number", "name").distinct()[:MOST_OFFERED]
    return [f"{number} {name}" for number, name in rows]


@staff_view(SEE, methods=("POST",))
def absence_end(request: StaffRequest, absence_id: int) -> HttpResponse:
    """The person is back, or it was a mistake."""
    try:
        end_absence(absence_id=absence_id, actor=request.actor, now=request.now)
    except AbsenceMissing as missing:
        raise Http404(str(absence_id)) from missing
    messages.success(request, _("Ended. Nobody stands in any more."))
    return HttpResponseRedirect(reverse("staff:absences"))
