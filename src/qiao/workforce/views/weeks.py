"""The week of a group: demand, roster, gaps; planned by the solver or by hand, and published."""

from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core import background
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.staff.queries import names_of
from qiao.workforce import showing
from qiao.workforce.forms.planning import LOOSE, BeginForm, CellForm, MoveForm
from qiao.workforce.models import PlanningGroup, RosterWeek
from qiao.workforce.models.groups import VIEW
from qiao.workforce.operations import weeks as operations
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.queries.demand import demand_of
from qiao.workforce.queries.groups import group_for, groups_for, name_of_group
from qiao.workforce.queries.rosters import find_week, monday_of, planned, week_for
from qiao.workforce.rules.limits import Limit, why_not
from qiao.workforce.views.boxes import METHODS, box, day_in, today_of
from qiao.workforce.words import REFUSALS, limits_in_words, refusal_words

WEEK: Final = timedelta(days=7)
POST: Final = ("POST",)


def address(row: RosterWeek) -> str:
    """Where a week is shown."""
    return reverse("workforce:week", args=[row.group_id, row.monday.isoformat()])


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """The running week of the first group, or that there is none."""
    for group in groups_for(request.actor):
        monday = monday_of(today_of(group, request.now))
        return HttpResponseRedirect(reverse("workforce:week", args=[group.pk, monday.isoformat()]))
    return render(request, "workforce/none.html")


@staff_view(VIEW)
def week(request: StaffRequest, group_id: int, iso: str) -> HttpResponse:
    """A week of a group."""
    group = group_for(actor=request.actor, group_id=group_id)
    day = day_in(iso)
    if day.weekday():
        return HttpResponseRedirect(
            reverse("workforce:week", args=[group_id, monday_of(day).isoformat()])
        )
    row = find_week(group=group, monday=day)
    context = _frame(request, group, day) | {"row": row}
    if row is not None:
        context |= _of_week(request, row)
    return render(request, "workforce/week.html", context)


def _frame(request: StaffRequest, group: PlanningGroup, monday: date) -> dict[str, Any]:
    today = today_of(group, request.now)
    return {
        "group": group,
        "group_name": name_of_group(group),
        "groups": [(each.pk, name_of_group(each)) for each in groups_for(request.actor)],
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "before": (monday - WEEK).isoformat(),
        "after": (monday + WEEK).isoformat(),
        "this_week": monday_of(today).isoformat(),
        "may_plan": request.actor.can_in(PLAN, group.unit_id),
        "is_over": monday + WEEK <= today,
    }


def _of_week(request: StaffRequest, row: RosterWeek) -> dict[str, Any]:
    today = today_of(row.group, request.now)
    found = planned(row)
    demand = demand_of(row.demand)
    may_plan = request.actor.can_in(PLAN, row.group.unit_id)
    waiting = row.solving in (RosterWeek.Solving.WAITING, RosterWeek.Solving.RUNNING)
    lacking = sum(each.lacking for each in showing.shown_days(found, today=today))
    return {
        "found": found,
        "days": showing.shown_days(found, today=today),
        "people": showing.shown_people(found, today=today, may_plan=may_plan),
        "gaps": showing.shown_gaps(found),
        "lacks": showing.lacks(found),
        "lacking_hours": lacking / 2,
        "chart": showing.chart(found),
        "demand": demand,
        "calls": round(sum(demand.calls)),
        "work": [
            (showing.queue_name(key), round(seconds))
            for key, seconds in demand.work_seconds.items()
        ],
        "waits": waiting,
        "is_lost": waiting and not background.state_of(operations.lock_of(row.pk)),
        "published_by": names_of([row.published_by_id or 0]).get(row.published_by_id or 0, ""),
        "shifts": [
            (showing.name_of(each), showing.hours_of(each), n % showing.TONES + 1)
            for n, each in enumerate(found.shifts.values())
            if each.is_active
        ],
    }


@staff_view(VIEW)
def standing(request: StaffRequest, week_id: int) -> HttpResponse:
    """What the solver does with a week; the page is read again when it is done."""
    row = week_for(actor=request.actor, week_id=week_id)
    waits = row.solving in (RosterWeek.Solving.WAITING, RosterWeek.Solving.RUNNING)
    if not waits:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    lost = not background.state_of(operations.lock_of(row.pk))
    return render(
        request, "workforce/_standing.html", {"row": row, "waits": True, "is_lost": lost}
    )


@staff_view(PLAN, methods=POST)
def begin(request: StaffRequest, group_id: int) -> HttpResponse:
    """Begin a week and have it planned."""
    group = group_for(actor=request.actor, group_id=group_id)
    form = BeginForm(request.POST)
    if not form.is_valid():
        raise Http404
    monday = form.cleaned_data["monday"]
    today = today_of(group, request.now)
    try:
        row = operations.begin_week(
            group=group, monday=monday, today=today, actor=request.actor, now=request.now
        )
        operations.ask_solving(week_id=row.pk, today=today, actor=request.actor)
    except REFUSALS as refusal:
        messages.error(request, refusal_words(refusal)[1])
    return lead_on(request, reverse("workforce:week", args=[group_id, monday.isoformat()]))


@staff_view(PLAN, methods=POST)
def solve(request: StaffRequest, week_id: int) -> HttpResponse:
    """Have a week planned anew; what is pinned stays."""
    row = week_for(actor=request.actor, week_id=week_id)
    try:
        operations.ask_solving(
            week_id=week_id, today=today_of(row.group, request.now), actor=request.actor
        )
    except REFUSALS as refusal:
        messages.error(request, refusal_words(refusal)[1])
    return lead_on(request, address(row))


@staff_view(PLAN, methods=POST)
def publish(request: StaffRequest, week_id: int) -> HttpResponse:
    """Let everybody see their shifts."""
    row = week_for(actor=request.actor, week_id=week_id)
    try:
        operations.publish_week(week_id=week_id, actor=request.actor, now=request.now)
        messages.success(request, _("The week is published: everybody in it has been told."))
    except REFUSALS as refusal:
        messages.error(request, refusal_words(refusal)[1])
    return lead_on(request, address(row))


@staff_view(PLAN, methods=METHODS)
def cell(request: StaffRequest, week_id: int, staff_id: int, iso: str) -> HttpResponse:
    """Choose another shift for somebody's day, with the rule beside what may not be."""
    row = week_for(actor=request.actor, week_id=week_id)
    day, today = day_in(iso), today_of(row.group, request.now)
    found = planned(row)
    place = (staff_id, (day - row.monday).days)
    if staff_id not in found.rules.people or not 0 <= place[1] < 7:
        raise Http404
    kept = found.cells.get(place)
    choices: list[tuple[str, str]] = [("", pgettext("roster", "Free, and stays so"))]
    for key, spec in found.rules.shifts.items():
        if not found.shifts[key].is_active:
            continue
        broken = [
            limit
            for limit in why_not(found.rules, found.assigned, place, spec)
            if limit is not Limit.PINNED
        ]
        name = f"{showing.name_of(found.shifts[key])} {showing.hours_of(found.shifts[key])}"
        choices.append((str(key), f"{name} ({limits_in_words(broken)})" if broken else name))
    if kept is not None and kept.is_pinned and row.state != RosterWeek.State.PUBLISHED:
        choices.append((LOOSE, _("Leave it to the planning")))
    form = CellForm(
        request.POST if request.method == "POST" else None,
        initial={"shift": str(kept.shift_id or "") if kept else ""},
        shifts=choices,
        auto_id="cell-%s",
    )
    target: dict[str, Any] = {"week_id": week_id, "day": day, "today": today}

    def apply(data: dict[str, Any]) -> str:
        chosen = data["shift"]
        if chosen == LOOSE:
            operations.loosen_cell(**target, staff_id=staff_id, actor=request.actor)
        else:
            operations.set_cell(
                **target,
                staff_id=staff_id,
                shift_id=int(chosen) if chosen else None,
                actor=request.actor,
                now=request.now,
            )
        return address(row)

    name = next(each.name for each in found.people if each.staff_id == staff_id)
    return box(
        request,
        form,
        apply,
        title=_("%(name)s on %(day)s") % {"name": name, "day": day.isoformat()},
        confirm=_("Pin it"),
        back=address(row),
        text=_("What is chosen here stays when the week is planned again."),
    )


@staff_view(PLAN, methods=POST)
def move(request: StaffRequest, week_id: int) -> HttpResponse:
    """Let two people exchange a day: a shift dragged onto somebody else."""
    row = week_for(actor=request.actor, week_id=week_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    data = form.cleaned_data
    try:
        operations.move_shift(
            week_id=week_id,
            day=data["day"],
            from_id=data["source"],
            to_id=data["target"],
            today=today_of(row.group, request.now),
            actor=request.actor,
            now=request.now,
        )
    except REFUSALS as refusal:
        messages.error(request, refusal_words(refusal)[1])
    return lead_on(request, address(row))
