"""The wallboard, for a screen on the wall: without the frame, kept current by the stream."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.staff.queries import company_id, organisation
from qiao.telephony.behind import calls_behind, people_behind
from qiao.telephony.forms.periods import start_of
from qiao.telephony.queries import Wanted
from qiao.telephony.rights import WATCH
from qiao.telephony.wallboard import HALF_HOUR, STATES, WEEK, Board, build_board

FIGURES: Final = "calls.figures"
CALLS: Final = "interactions.view"
TODAY: Final = ("offered", "in_time", "counted", "abandoned", "abandoned_short", "resolved")


@staff_view(FIGURES)
def wallboard(request: StaffRequest) -> HttpResponse:
    """The whole board, or what is on it for the page that has it already."""
    template = (
        "telephony/wallboard/cards.html" if request.htmx else "telephony/wallboard/page.html"
    )
    return render(request, template, _context(request))


def _context(request: StaffRequest) -> dict[str, Any]:
    board = build_board(actor=request.actor, now=request.now)
    company = organisation(company_id())
    day = today_of(request.now)
    links: Callable[..., str] = calls_behind if request.actor.can(CALLS) else _nowhere
    return {
        "board": board,
        "agents": [
            (each, STATES.get(each.state, each.state), _day_of(day, each.staff_id))
            for each in board.shown_agents
        ],
        "company": from_names(company.names, company.name),
        "now": request.now,
        "may_watch": request.actor.can(WATCH),
        "may_people": board.agents is not None,
        "behind": links_of(board, request.now, links),
        "queues": [
            (line, links("in_time", replace(day, queue=line.now.queue))) for line in board.queues
        ],
        "bars": [_of_bar(bar.since, links) | {"bar": bar} for bar in board.bars],
    }


def today_of(now: datetime) -> Wanted:
    """What the board counts: the day."""
    start = start_of(timezone.localdate(now))
    return Wanted(start, start + timedelta(days=1))


def links_of(board: Board, now: datetime, links: Callable[..., str]) -> dict[str, str]:
    """The addresses of the calls behind the figures of the board, by their names."""
    day = today_of(now)
    week = Wanted(day.since - WEEK, day.since)
    recent = Wanted(now - HALF_HOUR, now)
    so_far = day.since + (now - day.since) // HALF_HOUR * HALF_HOUR
    found = {each: links(each, day) for each in TODAY}
    found |= {"recent": links("in_time", recent), "resolved_before": links("resolved", week)}
    if board.before is not None and not board.is_forecast:  # what is foretold has no calls behind
        before = Wanted(day.since - WEEK, so_far - WEEK)
        found["before"] = links("offered", before)
    return found


def _of_bar(since: datetime, links: Callable[..., str]) -> dict[str, str]:
    slot = Wanted(since, since + HALF_HOUR)
    return {"answered": links("answered", slot), "abandoned": links("abandoned", slot)}


def _day_of(day: Wanted, staff_id: int) -> str:
    return people_behind(replace(day, agent_id=staff_id))


def _nowhere(measure: str, wanted: Wanted) -> str:
    """Who may not read calls sees figures alone."""
    del measure, wanted
    return ""
