"""The shifts of a group, and one's own."""

from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.workforce import showing
from qiao.workforce.forms.planning import MOST_BREAKS, ShiftForm, WishForm
from qiao.workforce.models import PlanningGroup, ShiftKind
from qiao.workforce.models.groups import VIEW
from qiao.workforce.operations import groups as operations
from qiao.workforce.operations import wishes
from qiao.workforce.operations.groups import PLAN, ShiftMissing, ShiftPlan
from qiao.workforce.queries.groups import group_for, group_of_teams, name_of_group, shifts_of
from qiao.workforce.queries.rosters import (
    has_answered,
    limits_of,
    monday_of,
    own_shifts,
    spec_of,
    wishes_of,
)
from qiao.workforce.rules.plan import turn_of
from qiao.workforce.views.boxes import METHODS, box, day_in, today, today_of
from qiao.workforce.words import MOODS, WEEKDAYS

DAYS_SHOWN: Final = 28
POST: Final = ("POST",)


@staff_view(VIEW)
def index(request: StaffRequest, group_id: int) -> HttpResponse:
    """The shifts there are, and what binds."""
    group = group_for(actor=request.actor, group_id=group_id)
    limits, contract = limits_of(group, today_of(group, request.now))
    context = {
        "group": group,
        "group_name": name_of_group(group),
        "shifts": [
            (each, showing.name_of(each), showing.hours_of(each), _breaks(each), _paid(each))
            for each in shifts_of(group)
        ],
        "limits": limits,
        "rest": limits.rest_minutes // 60,
        "hours": limits.week_minutes // 60,
        "contract": contract // 60,
        "may_plan": request.actor.can_in(PLAN, group.unit_id),
    }
    return render(request, "workforce/shifts.html", context)


def _breaks(shift: ShiftKind, turn: int = 0) -> str:
    breaks = spec_of(shift).breaks_in_turn(turn)
    spans = [f"{showing.clock(a)}–{showing.clock(b)}" for a, b in breaks]
    return pgettext("between items of a list", ", ").join(spans)


def _paid(shift: ShiftKind) -> str:
    return f"{spec_of(shift).paid_minutes / 60:.1f}"


@staff_view(PLAN, methods=METHODS)
def new(request: StaffRequest, group_id: int) -> HttpResponse:
    """Add a shift."""
    group = group_for(actor=request.actor, group_id=group_id)
    return _shift(request, group, None)


@staff_view(PLAN, methods=METHODS)
def change(request: StaffRequest, group_id: int, shift_id: int) -> HttpResponse:
    """Change a shift; weeks that have it keep it as it was."""
    group = group_for(actor=request.actor, group_id=group_id)
    row = ShiftKind.objects.filter(group=group, pk=shift_id, is_active=True).first()
    if row is None:
        raise Http404
    return _shift(request, group, row)


def _shift(request: StaffRequest, group: PlanningGroup, row: ShiftKind | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if row is not None:
        initial = {
            "name": row.name,
            "begins": showing.clock(row.begins),
            "ends": showing.clock(row.ends),
            "is_night": row.is_night,
        }
        for n, (start, end) in enumerate(row.breaks[:MOST_BREAKS], 1):
            initial |= {
                f"break_{n}": showing.clock(start), f"break_{n}_end": showing.clock(end)
            }  # fmt: skip
    form = ShiftForm(
        request.POST if request.method == "POST" else None, initial=initial, auto_id="shift-%s"
    )
    back = reverse("workforce:shifts", args=[group.pk])

    def apply(data: dict[str, Any]) -> str:
        same = row is not None and data["name"] == row.name
        begins, ends = data["span"]
        plan = ShiftPlan(
            data["name"],
            begins,
            ends,
            data["breaks"],
            data["is_night"],
            row.names if row is not None and same else {},
        )
        operations.keep_shift(
            group=group, plan=plan, shift_id=row.pk if row else None, actor=request.actor
        )
        return back

    return box(
        request,
        form,
        apply,
        title=_("Change the shift") if row else _("New shift"),
        confirm=pgettext("roster", "Keep the shift"),
        back=back,
        text=_("An end that is not later than the begin lies on the next day."),
    )


@staff_view(PLAN, methods=POST)
def end(request: StaffRequest, group_id: int, shift_id: int) -> HttpResponse:
    """Plan a shift no more."""
    group = group_for(actor=request.actor, group_id=group_id)
    try:
        operations.end_shift(group=group, shift_id=shift_id, actor=request.actor)
    except ShiftMissing as missing:
        raise Http404 from missing
    return lead_on(request, reverse("workforce:shifts", args=[group.pk]))


@staff_view("")
def mine(request: StaffRequest) -> HttpResponse:
    """One's own shifts of the next weeks, and what one wishes."""
    me, day = request.actor.person_id, today(request)
    first = monday_of(day)
    shifts = {
        each.day: each
        for each in own_shifts(staff_id=me, first=first, last=first + timedelta(days=DAYS_SHOWN))
    }
    wished = {each.day: each for each in wishes_of([me], first=day)}
    context = {
        "weeks": [
            [
                _own_day(first + timedelta(days=7 * week + n), day, turn_of(me), shifts, wished)
                for n in range(7)
            ]
            for week in range(DAYS_SHOWN // 7)
        ],
        "weekdays": [str(each) for each in WEEKDAYS],
        "next": next((on for on in sorted(shifts) if on >= day), None),
        "may_answer": day in shifts and not has_answered(staff_id=me, day=day),
        "moods": MOODS,
        "has_group": group_of_teams(request.actor.team_ids) is not None,
    }
    return render(request, "workforce/mine.html", context)


def _own_day(
    on: Any, day: Any, turn: int, shifts: dict[Any, Any], wished: dict[Any, Any]
) -> dict[str, Any]:
    own, wish = shifts.get(on), wished.get(on)
    return {
        "day": on,
        "iso": on.isoformat(),
        "is_today": on == day,
        "is_over": on < day,
        "may_wish": on > day,
        "name": showing.name_of(own.shift) if own else "",
        "hours": showing.hours_of(own.shift) if own else "",
        "breaks": _breaks(own.shift, turn) if own else "",
        "weekday": str(WEEKDAYS[on.weekday()]),
        "wish": (showing.name_of(wish.shift) if wish.shift else pgettext("wish", "free"))
        if wish
        else "",
    }


@staff_view("", methods=METHODS)
def wish(request: StaffRequest, iso: str) -> HttpResponse:
    """Wish a shift or a free day."""
    day = day_in(iso)
    group = group_of_teams(request.actor.team_ids)
    offered = shifts_of(group) if group else []
    choices = [
        ("", pgettext("wish", "to be free")),
        *((str(each.pk), f"{showing.name_of(each)} {showing.hours_of(each)}") for each in offered),
        ("none", pgettext("wish", "nothing in particular")),
    ]
    form = WishForm(
        request.POST if request.method == "POST" else None,
        initial={"day": day, "shift": ""},
        shifts=choices,
        auto_id="wish-%s",
    )
    back = reverse("workforce:mine")

    def apply(data: dict[str, Any]) -> str:
        if data["shift"] == "none":
            wishes.drop_wish(day=data["day"], actor=request.actor)
        else:
            wishes.make_wish(
                day=data["day"],
                shift_id=int(data["shift"]) if data["shift"] else None,
                today=today(request),
                actor=request.actor,
                now=request.now,
            )
        return back

    return box(
        request,
        form,
        apply,
        title=_("A wish for %(day)s") % {"day": day.isoformat()},
        confirm=_("Keep the wish"),
        back=back,
        text=_(
            "Wishes are heeded where nobody is missing for them; leave is asked for elsewhere."
        ),
    )
