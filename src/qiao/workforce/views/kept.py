"""The shifts behind figures of load and adherence, one by one."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from qiao.contact.queries import outcomes
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.ids import read_id
from qiao.workforce import showing
from qiao.workforce.models import PlanningGroup
from qiao.workforce.models.groups import VIEW
from qiao.workforce.queries.conduct import COUNTED, LOAD_DAYS, PastShift, past_shifts
from qiao.workforce.queries.groups import group_for, members
from qiao.workforce.rules.load import Load
from qiao.workforce.views.boxes import day_in, frame, today_of

LENGTHS: Final = (1, 7, LOAD_DAYS)
CONTACTS: Final = "interactions.view"
NAMES: Final[dict[str, Promise]] = {
    "all": pgettext_lazy("shifts", "All shifts"),
    "over": pgettext_lazy("shifts", "Shifts that are over"),
    "night": pgettext_lazy("shifts", "Night shifts"),
    "weekend": pgettext_lazy("shifts", "Shifts at weekends"),
    "late": pgettext_lazy("shifts", "Begun late"),
    "early": pgettext_lazy("shifts", "Left early"),
    "overrun": pgettext_lazy("shifts", "Breaks overrun"),
    "absent": pgettext_lazy("shifts", "Not there at all"),
}


def read_days(request: StaffRequest) -> int:
    """How many days before today an address looks at."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, LENGTHS) else LENGTHS[1]


@staff_view(VIEW)
def index(request: StaffRequest, group_id: int) -> HttpResponse:
    """Published shifts of the last days: of one person, of one day, of one kind."""
    group = group_for(actor=request.actor, group_id=group_id)
    days, what = read_days(request), request.GET.get("what", "all")
    if what not in COUNTED:
        raise Http404(what)
    today = today_of(group, request.now)
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    if on := request.GET.get("day", ""):
        first = last = day_in(on)
    people = {each.staff_id: each for each in members(group)}
    wanted = read_id(request.GET.get("person", ""))
    found = past_shifts(
        group=group,
        staff_ids=[wanted] if wanted in people else [] if wanted else list(people),
        first=first,
        last=last,
        now=request.now,
    )
    rows = [_row(each, people[each.staff_id].name) for each in found if each.is_one_of(what)]
    context = frame(request, group) | {
        "rows": rows,
        "what": NAMES[what],
        "person": people[wanted].name if wanted in people else "",
        "span": (first, last),
    }
    return render(request, "workforce/kept.html", context)


def _row(each: PastShift, name: str) -> dict[str, Any]:
    return {
        "day": each.day,
        "staff_id": each.staff_id,
        "name": name,
        "shift": showing.name_of(each.shift),
        "hours": showing.hours_of(each.shift),
        "result": each.result and showing.kept_line([each.result]),
    }


def shifts_behind(
    group: PlanningGroup, *, days: int, person: int | None = None, day: date | None = None
) -> dict[str, str]:
    """The addresses of the shifts that figures count, by their keys."""
    told = {"days": days, "person": person or "", "day": day.isoformat() if day else ""}
    kept = {key: value for key, value in told.items() if value}
    address = reverse("workforce:kept", args=[group.pk])
    return {what: f"{address}?{urlencode({'what': what, **kept})}" for what in COUNTED}


def contacts_behind(
    group: PlanningGroup, load: Load, *, staff_id: int, until: date, actor: Actor
) -> dict[str, str]:
    """The addresses of the contacts that the load of somebody counts; none without the right, or
    where there are none."""
    if not load.count or not actor.can(CONTACTS):
        return {}
    told = {
        "agent": staff_id,
        "unit": group.calls_of_id,
        "since": (until - timedelta(days=LOAD_DAYS)).isoformat(),
        "until": until.isoformat(),
        "spoken": 1,
    }

    def address(**more: object) -> str:
        return f"{reverse('contact:list')}?{urlencode(told | more, doseq=True)}"

    found = {"count": address()}
    if load.top:
        found["matter"] = address(reason=load.top[0])
    if load.abusive:
        packs = catalogue().outcomes
        found["abusive"] = address(outcome=[key for key in outcomes() if packs[key].is_abusive])
    return found
