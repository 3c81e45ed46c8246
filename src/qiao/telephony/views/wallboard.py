"""The wallboard, for a screen on the wall: without the frame, kept current by the stream."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.staff.queries import company_id, organisation
from qiao.telephony.rights import WATCH
from qiao.telephony.wallboard import STATES, build_board

FIGURES: Final = "calls.figures"


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
    return {
        "board": board,
        "agents": [(each, STATES.get(each.state, each.state)) for each in board.shown_agents],
        "company": from_names(company.names, company.name),
        "now": request.now,
        "may_watch": request.actor.can(WATCH),
    }
