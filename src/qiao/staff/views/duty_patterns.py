"""The weekly pattern of a duty roster: what is in force and to come, changed from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.dates import read_date
from qiao.core.wording import from_names
from qiao.staff.forms.duty_patterns import OPEN, PatternForm, Shape, initial_of, shape_of, spans_of
from qiao.staff.models import DutyPattern, DutyRoster
from qiao.staff.operations.duty import PLAN
from qiao.staff.operations.duty_patterns import (
    PatternBroken,
    PatternPast,
    drop_pattern,
    plan_pattern,
)
from qiao.staff.queries import names_of
from qiao.staff.queries.duty import as_rules
from qiao.staff.rules.roster import Pattern
from qiao.staff.views.duty import SEE, get_roster, in_weeks, people_for, shown_days, weekdays

UNPROCESSABLE: Final = 422
AHEAD: Final = 13
"""Days after the first one that a preview shows: two weeks in all."""


@dataclass(frozen=True, slots=True)
class ShownPattern:
    """A pattern of the roster's history. `since` is None for the one that it began with."""

    since: date | None
    weeks: int
    by: str
    state: str
    chosen: bool

    @property
    def iso(self) -> str:
        """The day as addresses name it."""
        return self.since.isoformat() if self.since else ""


@staff_view(SEE)
def pattern(request: StaffRequest, roster_id: int) -> HttpResponse:
    """The patterns of a roster and, week by week, the one that is in force or was chosen."""
    row = get_roster(request, roster_id)
    today = _today(request, row)
    plan = as_rules(row)
    day = _day(request.GET.get("since", ""), today)
    chosen = plan.pattern_on(day)
    context = {
        "roster": row,
        "unit": from_names(row.unit.names, row.unit.name),
        "patterns": _patterns(row, chosen, plan.pattern_on(today), today),
        "weeks": _table(chosen),
        "weekdays": weekdays(),
        "may_plan": request.actor.can_in(PLAN, row.unit_id),
    }
    return render(request, "staff/duty/pattern.html", context)


def _patterns(
    row: DutyRoster, chosen: Pattern, in_force: Pattern, today: date
) -> list[ShownPattern]:
    begun = [(date.min, row.weeks, "")]
    begun += [
        (each.since, each.weeks, each.planned_by.name if each.planned_by else "")
        for each in row.patterns.all()
    ]
    return [
        ShownPattern(
            since if since != date.min else None,
            weeks,
            by,
            _state(since, in_force, today),
            since == chosen.since,
        )
        for since, weeks, by in sorted(begun, reverse=True)
    ]


def _state(since: date, in_force: Pattern, today: date) -> str:
    if since > today:
        return "coming"
    return "now" if since == in_force.since else "over"


def _table(shown: Pattern) -> list[list[tuple[str, list[str | None]]]]:
    """By week and span: the hours, and for each weekday who is on duty; empty for nobody yet,
    None where nobody has to be."""
    names = names_of(sorted({each.staff_id for each in shown.shifts}))
    who = {
        (each.week, each.start, each.end, each.weekday): names.get(each.staff_id, "")
        for each in shown.shifts
    }
    needed = {(each.start, each.end, each.weekday) for each in shown.needs}
    return [
        [
            (
                f"{_clock(start)}–{_clock(end)}",
                [
                    who.get((week, start, end, day), "" if (start, end, day) in needed else None)
                    for day in range(7)
                ],
            )
            for start, end in spans_of(shown)
        ]
        for week in range(shown.weeks)
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@staff_view(PLAN, methods=("GET", "HEAD", "POST"))
def pattern_change(request: StaffRequest, roster_id: int) -> HttpResponse:
    """Plan another pattern from a day on: its shape, a preview of two weeks, then it is kept."""
    row = get_roster(request, roster_id)
    request.actor.require(PLAN, row.unit_id)
    form = _form(request, row)
    does = request.POST.get("do", "")
    preview = None
    if form.is_bound and form.is_valid():
        planned = form.cleaned_data["pattern"]
        if does == "keep" and _keep(request, row, form, planned):
            messages.success(request, _("The pattern is planned."))
            return HttpResponseRedirect(reverse("staff:duty_pattern", args=[row.pk]))
        preview = _preview(request, row, planned)
    context = {
        "roster": row,
        "unit": from_names(row.unit.names, row.unit.name),
        "form": form,
        "preview": preview,
        "weekdays": weekdays(),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "staff/duty/pattern_change.html", context, status=status)


def _form(request: StaffRequest, row: DutyRoster) -> PatternForm:
    people: list[tuple[str, Any]] = [
        ("", pgettext("duty", "no duty")),
        (OPEN, pgettext("duty", "nobody yet")),
        *((str(each.pk), f"{each.name} {each.number}") for each in people_for(row)),
    ]
    if request.method == "POST":
        shape = Shape.read(request.POST)
        if request.POST.get("do") in ("keep", "preview"):
            return PatternForm(request.POST, people=people, shape=shape, auto_id="dp-%s")
        return PatternForm(
            people=people, shape=shape, initial=request.POST.dict(), auto_id="dp-%s"
        )
    today = _today(request, row)
    since = _day(request.GET.get("since", ""), today + timedelta(days=7 - today.weekday()))
    known = as_rules(row).pattern_on(since)
    return PatternForm(
        people=people, shape=shape_of(known), initial=initial_of(known, since), auto_id="dp-%s"
    )


def _keep(request: StaffRequest, row: DutyRoster, form: PatternForm, planned: Pattern) -> bool:
    try:
        plan_pattern(
            roster_id=row.pk,
            since=planned.since,
            weeks=planned.weeks,
            shifts=planned.shifts,
            needs=planned.needs,
            actor=request.actor,
            now=request.now,
        )
    except PatternPast:
        form.add_error("since", _("A pattern begins tomorrow at the earliest."))
    except PatternBroken:
        form.add_error(None, _("Somebody must be on duty at some time, and still work here."))
    return not form.errors


def _preview(request: StaffRequest, row: DutyRoster, planned: Pattern) -> Sequence[Any]:
    """The first two weeks, with single days that were changed by hand and with holes."""
    plan = as_rules(row)
    others = tuple(each for each in plan.later if each.since != planned.since)
    last = planned.since + timedelta(days=AHEAD)
    days = shown_days(
        request,
        row,
        replace(plan, later=(*others, planned)),
        planned.since,
        last,
        _today(request, row),
    )
    return in_weeks(days)


@staff_view(PLAN, methods=("POST",))
def pattern_drop(request: StaffRequest, roster_id: int, iso: str) -> HttpResponse:
    """Take back a pattern that is still to come."""
    row = get_roster(request, roster_id)
    try:
        drop_pattern(
            roster_id=row.pk, since=date.fromisoformat(iso), actor=request.actor, now=request.now
        )
    except (ValueError, DutyPattern.DoesNotExist) as wrong:
        if not isinstance(wrong, PatternPast):
            raise Http404(iso) from wrong
        messages.error(request, _("This pattern has begun already."))
    else:
        messages.success(request, _("The pattern is taken back."))
    return HttpResponseRedirect(reverse("staff:duty_pattern", args=[row.pk]))


def _today(request: StaffRequest, row: DutyRoster) -> date:
    return request.now.astimezone(ZoneInfo(row.timezone)).date()


def _day(text: str, otherwise: date) -> date:
    try:
        return read_date(text)
    except ValueError:
        return otherwise
