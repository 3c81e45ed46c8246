"""The duty roster as a month: who answers for the unit on which night, and where nobody does."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.wording import from_names
from qiao.staff.models import DutyRoster, Staff
from qiao.staff.operations.duty import (
    PLAN,
    DutyMissing,
    DutyOver,
    NotOwnDuty,
    ask_swap,
    change_duty,
)
from qiao.staff.queries import members_of, subtree_of
from qiao.staff.queries.duty import active_among, as_rules, on_duty_in, rosters_of
from qiao.staff.rules.roster import Duty, Roster, duties, holes

SEE: Final = "staff.view"
UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class ShownDuty:
    """A duty of a day: when, who, and whether it was changed or nobody has it."""

    start: int
    hours: str
    staff_id: int | None
    name: str
    changed: str
    is_over: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the month with its duties; `holes` are the hours in which nobody is on duty."""

    day: date
    duties: Sequence[ShownDuty]
    holes: Sequence[str]
    is_today: bool

    @property
    def iso(self) -> str:
        """The day as addresses name it."""
        return self.day.isoformat()


class DutyForm(forms.Form):
    """Who takes a duty instead, and why."""

    staff = forms.ChoiceField(label=gettext_lazy("Who takes it"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, people: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["staff"].choices = people


@staff_view(SEE)
def index(request: StaffRequest) -> HttpResponse:
    """The roster that is nearest to the person; a page that says so where there is none."""
    found = rosters_of(request.actor.organisations(SEE))
    own = {request.actor.organisation_id, *request.actor.team_ids}
    for row in sorted(found, key=lambda each: (each.unit_id not in own, each.pk)):
        return HttpResponseRedirect(reverse("staff:roster", args=[row.pk]))
    return render(request, "staff/duty/none.html")


@staff_view(SEE)
def roster(request: StaffRequest, roster_id: int) -> HttpResponse:
    """A month of a roster."""
    row = get_roster(request, roster_id)
    now = request.now
    zone = ZoneInfo(row.timezone)
    today = now.astimezone(zone).date()
    first = _month(request.GET.get("month", ""), today)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    days = shown_days(request, row, as_rules(row), first, last, today)
    weeks = in_weeks(days)
    on = on_duty_in(row.unit_id, now)
    context = {
        "roster": row,
        "unit": from_names(row.unit.names, row.unit.name),
        "rosters": [
            (each.pk, f"{from_names(each.unit.names, each.unit.name)} · {each.name}")
            for each in rosters_of(request.actor.organisations(SEE))
        ],
        "weeks": weeks,
        "month": date_format(first, "YEAR_MONTH_FORMAT"),
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (last + timedelta(days=1)).strftime("%Y-%m"),
        "now_on_duty": list(Staff.objects.filter(pk__in=on).order_by("number")),
        "holes": sum(len(day.holes) for day in days if day and day.day >= today),
        "may_plan": request.actor.can_in(PLAN, row.unit_id),
        "weekdays": weekdays(),
    }
    return render(request, "staff/duty/month.html", context)


def weekdays() -> list[str]:
    """The heads of a week, from Monday."""
    return [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")]


def in_weeks(days: Sequence[ShownDay | None]) -> list[Sequence[ShownDay | None]]:
    """Days by weeks."""
    return [days[place : place + 7] for place in range(0, len(days), 7)]


def shown_days(
    request: StaffRequest, row: DutyRoster, plan: Roster, first: date, last: date, today: date
) -> list[ShownDay | None]:
    """The days of a plan from first to last, led by empty places so that weeks begin on Monday."""
    changed = {(each.day, each.start): each.reason for each in row.changes.all()}
    listed = duties(plan, first, last)
    ids = {each.staff_id for each in listed if each.staff_id}
    names = dict(Staff.objects.filter(pk__in=ids).values_list("id", "name"))
    working = frozenset(active_among(sorted(ids)))
    by_day: dict[date, list[ShownDuty]] = {}
    for each in listed:
        is_here = each.staff_id in working
        by_day.setdefault(each.day, []).append(
            ShownDuty(
                each.start_minute,
                _hours(each),
                each.staff_id if is_here else None,
                names.get(each.staff_id or 0, "") if is_here else "",
                changed.get((each.day, each.start_minute), ""),
                each.start <= request.now,
                each.staff_id == request.actor.staff_id,
            )
        )
    zone = ZoneInfo(row.timezone)
    open_hours: dict[date, list[str]] = {}
    for hole in holes(plan, first, last, available=working):
        start, end = hole.start.astimezone(zone), hole.end.astimezone(zone)
        open_hours.setdefault(start.date(), []).append(f"{start:%H:%M}–{end:%H:%M}")
    lead: list[ShownDay | None] = [None] * first.weekday()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        shown = by_day.get(day, [])
        lead.append(ShownDay(day, shown, open_hours.get(day, []), day == today))
    return [*lead, *([None] * (-len(lead) % 7))]


def _hours(duty: Duty) -> str:
    return (
        f"{duty.start_minute // 60:02d}:{duty.start_minute % 60:02d}"
        f"–{duty.end_minute // 60:02d}:{duty.end_minute % 60:02d}"
    )


@staff_view(SEE, methods=("GET", "HEAD", "POST"))
def duty_change(request: StaffRequest, roster_id: int, iso: str, start: int) -> HttpResponse:
    """Give a duty to somebody else, or ask that somebody takes one's own."""
    row = get_roster(request, roster_id)
    try:
        day = date.fromisoformat(iso)
    except ValueError as wrong:
        raise Http404 from wrong
    plans = request.actor.can_in(PLAN, row.unit_id)
    people: list[tuple[str, Any]] = [
        (str(person.pk), f"{person.name} {person.number}") for person in people_for(row)
    ]
    if plans:
        people = [("", pgettext_lazy("duty", "nobody (a hole)")), *people]
    form = DutyForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_bound and form.is_valid() and _take(request, row, day, start, form, plans=plans):
        target = f"{reverse('staff:roster', args=[row.pk])}?month={day:%Y-%m}"
        if request.htmx:
            response = HttpResponse(status=204)
            response["HX-Redirect"] = target
            return response
        return HttpResponseRedirect(target)
    context = {
        "form": form,
        "title": _("Duty on %(day)s, from %(time)s")
        % {"day": day.isoformat(), "time": f"{start // 60:02d}:{start % 60:02d}"},
        "confirm": _("Change the duty") if plans else _("Ask for the swap"),
        "note": "" if plans else _("A second person decides on swaps."),
        "action": request.path,
    }
    status = UNPROCESSABLE if form.errors else 200
    template = "staff/duty/_change.html" if request.htmx else "staff/duty/change.html"
    return render(request, template, context, status=status)


def _take(
    request: StaffRequest, row: DutyRoster, day: date, start: int, form: DutyForm, *, plans: bool
) -> bool:
    chosen = form.cleaned_data["staff"]
    given: dict[str, Any] = {"roster_id": row.pk, "day": day, "start": start}
    said: dict[str, Any] = {
        "reason": form.cleaned_data["reason"],
        "actor": request.actor,
        "now": request.now,
    }
    try:
        if plans:
            change_duty(**given, **said, staff_id=int(chosen) if chosen else None)
            messages.success(request, _("The duty is changed."))
        else:
            ask_swap(**given, **said, with_id=int(chosen or 0))
            messages.info(request, _("A second person decides on the swap."))
    except DutyOver:
        form.add_error(None, _("This duty has begun already."))
    except (DutyMissing, NotOwnDuty):
        form.add_error(None, _("Only a duty of your own can be swapped, with somebody else."))
    except AlreadyPending:
        form.add_error(None, _("A swap of this day waits for a second person already."))
    except BadText:
        form.add_error("reason", _("This text cannot be kept as it is."))
    except Forbidden:
        form.add_error(None, _("You may not plan this roster."))
    return not form.errors


def people_for(row: DutyRoster) -> list[Staff]:
    """Who may be on duty: the people of the unit, and those whom the roster names."""
    teams = subtree_of(row.unit_id)
    found = {person.pk: person for team in sorted(teams) for person in members_of(team)}
    for shift in row.shifts.select_related("staff"):
        if shift.staff.is_active:
            found.setdefault(shift.staff_id, shift.staff)
    return sorted(found.values(), key=lambda person: person.number)


def get_roster(request: StaffRequest, roster_id: int) -> DutyRoster:
    """A roster of a unit that the person sees. Raises `Http404`."""
    for row in rosters_of(request.actor.organisations(SEE)):
        if row.pk == roster_id:
            return row
    raise Http404(str(roster_id))


def _month(text: str, today: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return today.replace(day=1)
