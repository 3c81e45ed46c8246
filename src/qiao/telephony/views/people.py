"""People behind the figures of calls: how they stood in a time, and how they stand now."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise

from qiao.contact.queries import AgentNow, agents_now, occupancy, queues_now
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import names_of
from qiao.telephony.behind import people_behind
from qiao.telephony.forms import read_stood
from qiao.telephony.queries import Wanted, how_people_stood, queue_name
from qiao.telephony.wallboard import PEOPLE, STATES

FIGURES: Final = "calls.figures"


@staff_view(FIGURES)
def stood(request: StaffRequest) -> HttpResponse:
    """How one person stood between two moments, state by state; or everybody, in sums."""
    wanted = read_stood(request.GET, today=timezone.localdate(request.now))
    found = how_people_stood(actor=request.actor, wanted=wanted, now=request.now)
    names = names_of([wanted.agent_id or 0, *found.states])
    whole: dict[str, float] = {}
    for states in found.states.values():
        for state, seconds in states.items():
            whole[state] = whole.get(state, 0.0) + seconds
    rows = [
        (names.get(pk, str(pk)), people_behind(_of(wanted, pk)), _sums(states))
        for pk, states in found.states.items()
    ]
    context = {
        "wanted": wanted,
        "name": names.get(wanted.agent_id, "") if wanted.agent_id else "",
        "spans": [
            (span, STATES.get(span.state, span.state), span.seconds) for span in found.spans
        ],
        "rows": sorted(rows, key=lambda row: (-row[2]["all"], row[0])),
        "whole": _sums(whole),
        "states": STATES.items(),
        "is_one_day": wanted.since.date() == wanted.until.date(),
    }
    return render(request, "telephony/people/stood.html", context)


def _of(wanted: Wanted, staff_id: int) -> Wanted:
    return Wanted(wanted.since, wanted.until, unit_id=wanted.unit_id, agent_id=staff_id)


def _sums(states: Mapping[str, float]) -> dict[str, Any]:
    """Seconds by state in the order of the table, all together, and the share at work."""
    return {
        "all": sum(states.values()),
        "by_state": [states.get(key, 0.0) for key in STATES],
        "occupancy": occupancy(states),
    }


@staff_view(PEOPLE)
def now(request: StaffRequest) -> HttpResponse:
    """Who is signed on at this moment, narrowed to a queue or a state."""
    people = agents_now(actor=request.actor, now=request.now)
    queue, state = request.GET.get("queue", "")[:60], request.GET.get("state", "")
    shown = [
        each
        for each in people
        if (not queue or queue in each.queues) and (not state or each.state == state)
    ]
    elsewhere = 0
    if queue and request.actor.can(FIGURES):
        line = queues_now(actor=request.actor, permission=FIGURES, now=request.now).get(queue)
        counted = 0 if line is None else line.ready if state == "ready" else line.signed_on
        elsewhere = max(0, counted - len(shown)) if state in ("", "ready") else 0
    context = {
        "rows": [_line(each, request) for each in shown],
        "queue": queue_name(queue) if queue else "",
        "state": STATES.get(state, ""),
        "elsewhere": elsewhere,
    }
    return render(request, "telephony/people/now.html", context)


def _line(each: AgentNow, request: StaffRequest) -> tuple[AgentNow, Promise | str, str, str]:
    """Somebody with how they stand, the queues that they serve, and the address of their day."""
    today = read_stood(QueryDict(), today=timezone.localdate(request.now))
    day = people_behind(_of(today, each.staff_id)) if request.actor.can(FIGURES) else ""
    queues = ", ".join(queue_name(key) for key in each.queues)
    return each, STATES.get(each.state, each.state), queues, day
