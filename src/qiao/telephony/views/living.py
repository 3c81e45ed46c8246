"""The page of living calls: who waits, who talks, for whoever watches over them."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import queues_of, units_among
from qiao.telephony.queries import living_list, queue_name
from qiao.telephony.rights import WATCH

LONGEST: Final = 40


@staff_view(WATCH)
def index(request: StaffRequest) -> HttpResponse:
    """The whole page, or what is on it for the page that has it already."""
    queue, team_id = read_choice(request)
    found = living_list(actor=request.actor, now=request.now, queue=queue, team_id=team_id)
    query = urlencode({k: v for k, v in (("queue", queue), ("team", team_id)) if v})
    context: dict[str, Any] = {
        "calls": found, "queue": queue, "team_id": team_id, "query": query,
    }  # fmt: skip
    if request.htmx:
        return render(request, "telephony/living/list.html", context)
    units = units_among(request.actor.organisations(WATCH), language=get_language() or "en")
    context |= {
        "queues": [
            (key, queue_name(key))
            for key, spec in queues_of(request.actor.organisation_id).items()
            if "phone" in spec.channels
        ],
        "teams": [(unit.unit_id, unit.name) for unit in units if unit.kind == "team"],
    }
    return render(request, "telephony/living/page.html", context)


def read_choice(request: StaffRequest) -> tuple[str, int | None]:
    """The queue and the team that the address narrows to; what does not read well is left out."""
    team = request.GET.get("team", "")
    number = int(team) if team.isdecimal() and len(team) < 19 else None
    return request.GET.get("queue", "")[:LONGEST].replace("\0", ""), number
