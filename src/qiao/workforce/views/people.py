"""People of a group: how they kept to their shifts, what they carry, and each one's own page."""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import said
from qiao.staff.queries.absences import away_days
from qiao.workforce import showing
from qiao.workforce.forms.planning import CertificateForm, PulseForm
from qiao.workforce.models import PlanningGroup
from qiao.workforce.models.groups import VIEW
from qiao.workforce.operations import people as operations
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.operations.people import AlreadyAnswered, NotInGroup
from qiao.workforce.queries.conduct import LOAD_DAYS, adherence, certificates_of, loads, moods
from qiao.workforce.queries.groups import (
    Member,
    group_for,
    group_of_teams,
    members,
)
from qiao.workforce.queries.rosters import monday_of, own_shifts
from qiao.workforce.rules import load as rules
from qiao.workforce.rules.load import Load, of_group, warnings
from qiao.workforce.showing import LOW, kept_line
from qiao.workforce.views.boxes import METHODS, box, frame, today, today_of
from qiao.workforce.views.kept import LENGTHS, contacts_behind, read_days, shifts_behind
from qiao.workforce.words import WARNINGS

if TYPE_CHECKING:
    from qiao.workforce.rules.adherence import Kept

POST: Final = ("POST",)
SHOWN_DAYS: Final = 14
LEAVE_DAYS: Final = 60
SOON: Final = timedelta(days=30)


@staff_view(VIEW)
def adherence_page(request: StaffRequest, group_id: int) -> HttpResponse:
    """How each kept to the shifts of the last days, and the group."""
    group = group_for(actor=request.actor, group_id=group_id)
    days = read_days(request)
    day = today_of(group, request.now)
    first = day - timedelta(days=days)
    people = members(group)
    found = adherence(
        group=group,
        staff_ids=[each.staff_id for each in people],
        first=first,
        last=day - timedelta(days=1),
        now=request.now,
    )
    by_person: dict[int, list[Kept]] = defaultdict(list)
    by_day: dict[date, list[Kept]] = defaultdict(list)
    for each in found:
        by_person[each.staff_id].append(each.result)
        by_day[each.day].append(each.result)
    rows = [
        (
            each,
            kept_line(by_person[each.staff_id])
            | {"behind": shifts_behind(group, days=days, person=each.staff_id)},
        )
        for each in people
        if each.staff_id in by_person
    ]
    context = frame(request, group) | {
        "rows": rows,
        "by_day": [
            (on, kept_line(by_day[on]) | {"behind": shifts_behind(group, days=days, day=on)})
            for on in sorted(by_day, reverse=True)
        ],
        "whole": kept_line([each.result for each in found])
        | {"behind": shifts_behind(group, days=days)}
        if found
        else None,
        "lengths": [(n, n == days) for n in LENGTHS],
        "low": LOW,
    }
    return render(request, "workforce/adherence.html", context)


@staff_view(VIEW)
def load_page(request: StaffRequest, group_id: int) -> HttpResponse:
    """Who carries too much, who always has the same, and how the teams feel."""
    group = group_for(actor=request.actor, group_id=group_id)
    day = today_of(group, request.now)
    people = members(group)
    found = loads(group=group, staff_ids=[each.staff_id for each in people], until=day)
    mean = of_group(found)
    rows = [
        (
            each,
            _shown(found[each.staff_id], mean)
            | _behind_load(request, group, each.staff_id, found[each.staff_id], day),
        )
        for each in people
    ]
    last = monday_of(day) - timedelta(days=1)  # the running week would tell who has just answered
    felt = moods(
        team_ids=group.teams.values_list("team_id", flat=True),
        first=last - timedelta(days=55),
        last=last,
    )
    context = frame(request, group) | {
        "rows": sorted(rows, key=lambda row: -len(row[1]["warnings"])),
        "mean": round(mean, 1) if mean else None,
        "moods": felt,
        "days": LOAD_DAYS,
        "much": round((rules.MUCH - 1) * 100),
        "busy": round(rules.BUSY_SHARE * 100),
        "nights": rules.MANY_NIGHTS,
        "one": round(rules.ONE_MATTER * 100),
        "fewest": rules.FEWEST,
        "abusive": rules.MANY_ABUSIVE,
    }
    return render(request, "workforce/load.html", context)


def _shown(load: Load, mean: float | None) -> dict[str, Any]:
    top = load.top
    matter = catalogue().case_types.get(top[0]) if top else None
    return {
        "count": load.count,
        "contact_hours": round(load.contact_hours, 1),
        "shift_hours": round(load.shift_hours, 1),
        "an_hour": round(load.an_hour, 1) if load.an_hour else None,
        "matter": said(matter.name) if matter else "",
        "share": round(100 * top[1]) if top else None,
        "nights": load.nights,
        "weekends": load.weekends,
        "abusive": load.abusive,
        "warnings": [str(WARNINGS[each]) for each in warnings(load, mean)],
    }


def _behind_load(
    request: StaffRequest, group: PlanningGroup, staff_id: int, load: Load, day: date
) -> dict[str, Any]:
    return {
        "shifts_of": shifts_behind(group, days=LOAD_DAYS, person=staff_id),
        "contacts_of": contacts_behind(
            group, load, staff_id=staff_id, until=day, actor=request.actor
        ),
    }


@staff_view(VIEW)
def person(request: StaffRequest, group_id: int, staff_id: int) -> HttpResponse:
    """The page of somebody of a group."""
    group = group_for(actor=request.actor, group_id=group_id)
    context = frame(request, group) | _of_person(request, group, staff_id)
    load, day = context["carried"], today_of(group, request.now)
    context["load"] |= _behind_load(request, group, staff_id, load, day)
    if context["kept"]:
        context["kept"]["behind"] = shifts_behind(group, days=LOAD_DAYS, person=staff_id)
    return render(request, "workforce/person.html", context)


@staff_view("")
def own(request: StaffRequest) -> HttpResponse:
    """One's own page."""
    group = group_of_teams(request.actor.team_ids)
    if group is None:
        raise Http404
    context = _of_person(request, group, request.actor.person_id)
    return render(request, "workforce/own.html", context | {"group": group, "may_plan": False})


def _of_person(request: StaffRequest, group: PlanningGroup, staff_id: int) -> dict[str, Any]:
    people = members(group)
    member: Member | None = next((each for each in people if each.staff_id == staff_id), None)
    if member is None:
        raise Http404
    day = today_of(group, request.now)
    found = loads(group=group, staff_ids=[each.staff_id for each in people], until=day)
    kept = adherence(
        group=group,
        staff_ids=[staff_id],
        first=day - timedelta(days=LOAD_DAYS),
        last=day - timedelta(days=1),
        now=request.now,
    )
    away = away_days(staff_ids=[staff_id], first=day, last=day + timedelta(days=LEAVE_DAYS))
    packs = catalogue()
    known = (*packs.skills.items(), *packs.languages.items())
    names = {key: said(each.name) for key, each in known}
    levels = sorted(member.skills.items(), key=lambda each: (-each[1], each[0]))
    return {
        "member": member,
        "shifts": [
            (each.day, showing.name_of(each.shift), showing.hours_of(each.shift))
            for each in own_shifts(
                staff_id=staff_id, first=day, last=day + timedelta(days=SHOWN_DAYS)
            )
        ],
        "skills": [(names.get(key, key), level, range(5)) for key, level in levels],
        "certificates": [
            (each, bool(each.expires and each.expires <= day), bool(
                each.expires and day < each.expires <= day + SOON))
            for each in certificates_of(staff_id)
        ],
        "away": _spans(away.get(staff_id, {})),
        "carried": found[staff_id],
        "load": _shown(found[staff_id], of_group(found)),
        "kept": kept_line([each.result for each in kept]) if kept else None,
        "days": LOAD_DAYS,
    }  # fmt: skip


def _spans(days: dict[date, Any]) -> list[tuple[date, date, str]]:
    """Days in a row of one kind as spans."""
    found: list[tuple[date, date, str]] = []
    for on in sorted(days):
        kind = str(days[on].label)
        if found and found[-1][2] == kind and on - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], on, kind)
        else:
            found.append((on, on, kind))
    return found


@staff_view(PLAN, methods=METHODS)
def certificate_new(request: StaffRequest, group_id: int, staff_id: int) -> HttpResponse:
    """Enter a certificate."""
    group = group_for(actor=request.actor, group_id=group_id)
    member = next((each for each in members(group) if each.staff_id == staff_id), None)
    if member is None:
        raise Http404
    form = CertificateForm(
        request.POST if request.method == "POST" else None, auto_id="certificate-%s"
    )
    back = reverse("workforce:person", args=[group_id, staff_id])

    def apply(data: dict[str, Any]) -> str:
        operations.add_certificate(
            group=group, staff_id=staff_id, **data, actor=request.actor, now=request.now
        )
        return back

    return box(
        request,
        form,
        apply,
        title=_("New certificate of %(name)s") % {"name": member.name},
        confirm=pgettext("certificate", "Keep"),
        back=back,
    )


@staff_view(PLAN, methods=POST)
def certificate_drop(
    request: StaffRequest, group_id: int, staff_id: int, certificate_id: int
) -> HttpResponse:
    """Take a certificate out."""
    group = group_for(actor=request.actor, group_id=group_id)
    try:
        operations.drop_certificate(
            group=group, staff_id=staff_id, certificate_id=certificate_id, actor=request.actor
        )
    except NotInGroup as missing:
        raise Http404 from missing
    return lead_on(request, reverse("workforce:person", args=[group_id, staff_id]))


@staff_view("", methods=POST)
def pulse(request: StaffRequest) -> HttpResponse:
    """One tap: how one feels."""
    form = PulseForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        operations.answer_pulse(
            mood=form.cleaned_data["mood"], day=today(request), actor=request.actor
        )
        messages.success(request, _("Thank you."))
    except AlreadyAnswered:
        messages.info(request, _("You have answered today already."))
    return lead_on(request, reverse("workforce:mine"))
