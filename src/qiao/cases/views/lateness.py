"""Who is late today: for those who head teams, with the way to the cases themselves."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from qiao.cases.queries.lateness import COUNTED_TO, LateLine, late_now
from qiao.core.http import StaffRequest, staff_view


@staff_view("cases.assign")
def who_is_late(request: StaffRequest) -> HttpResponse:
    """Teams and people with cases past their deadline, the most first."""
    lines = late_now(actor=request.actor, now=request.now)
    teams = [_team(list(rows)) for _id, rows in groupby(lines, key=lambda line: line.team_id)]
    late = sum(line.late for line in lines)
    context = {
        "teams": teams,
        "late": late,
        "more_than": COUNTED_TO if late > COUNTED_TO else 0,
        "complaints": sum(line.complaints for line in lines),
    }
    return render(request, "cases/late.html", context)


def _team(lines: list[LateLine]) -> dict[str, Any]:
    first = lines[0]
    return {
        "name": first.team,
        "late": sum(line.late for line in lines),
        "complaints": sum(line.complaints for line in lines),
        "due_at": min(line.due_at for line in lines),
        "url": _cases(view="late", team=first.team_id),
        "url_complaints": _cases(view="late", team=first.team_id, group="complaint"),
        "people": [{"line": line, "url": _of_person(line)} for line in lines],
    }


def _of_person(line: LateLine) -> str:
    if line.person_id is None:
        return _cases(view="unassigned", team=line.team_id, level="late")
    return _cases(view="late", team=line.team_id, person=line.person_id)


def _cases(**query: Any) -> str:
    return f"{reverse('cases:list')}?{urlencode(query)}"
