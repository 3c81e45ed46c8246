"""Routes, rounds and the stops of one route."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.metering.forms import RoundForm
from qiao.metering.operations import NotVisible, RoundOpen, close_round, open_round
from qiao.metering.queries.blind import QUALITY
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.rounds import (
    RouteLine,
    RouteUnknown,
    list_rounds,
    list_routes,
    route_for,
    stops_of,
)
from qiao.metering.showing.walks import state_word
from qiao.metering.views.points import after_in
from qiao.metering.views.worklist import UNPROCESSABLE, VALIDATE, VIEW, number_in


@staff_view(VIEW)
def rounds(request: StaffRequest) -> HttpResponse:
    """Rounds, the latest first, with how far each is."""
    page = list_rounds(actor=request.actor, after=after_in(request))
    return render(request, "metering/rounds.html", {"rows": page.rows, "after": page.after})


@staff_view(VIEW)
def routes(request: StaffRequest) -> HttpResponse:
    """Routes in use."""
    page = list_routes(actor=request.actor, after=number_in(request, "after"))
    return render(request, "metering/routes.html", {"rows": page.rows, "after": page.after})


@staff_view(VIEW)
def route(request: StaffRequest, route_id: int) -> HttpResponse:
    """The stops of a route in order, with what its latest round brought."""
    row = _get(request, route_id)
    return _show(request, row, _round_form(request, row))


def _round_form(request: StaffRequest, row: RouteLine, data: Any = None) -> RoundForm:
    today = timezone.localdate(request.now)
    return RoundForm(data, initial={"since": today}, unit=row.organisation_id, day=today)


def _get(request: StaffRequest, route_id: int) -> RouteLine:
    try:
        return route_for(actor=request.actor, route_id=route_id)
    except RouteUnknown as unknown:
        raise Http404(f"route {route_id}") from unknown


def _show(
    request: StaffRequest, row: RouteLine, form: RoundForm, status: int = 200
) -> HttpResponse:
    past = list_rounds(actor=request.actor, route_id=row.route_id, limit=6).rows
    latest = past[0] if past else None
    page = stops_of(
        route_id=row.route_id,
        round_id=latest.round_id if latest else 0,
        after=number_in(request, "after"),
    )
    may = request.actor.can_in(VALIDATE, row.organisation_id)
    reasons = reasons_on(timezone.localdate(request.now))
    context: dict[str, Any] = {
        "row": row,
        "latest": latest,
        "past": past,
        "stops": [(each, state_word("unread", each.reason, reasons)) for each in page.rows],
        "after": page.after,
        "form": form if may and (latest is None or latest.state == "closed") else None,
        "may_draw": request.actor.can_in(QUALITY, row.organisation_id),
        "may_close": may and latest is not None and latest.state == "open",
    }
    return render(request, "metering/route.html", context, status=status)


@staff_view(VALIDATE, methods=("POST",))
def begin(request: StaffRequest, route_id: int) -> HttpResponse:
    """Begin a round of a route."""
    row = _get(request, route_id)
    form = _round_form(request, row, request.POST)
    if not form.is_valid():
        return _show(request, row, form, UNPROCESSABLE)
    try:
        given = form.cleaned_data
        open_round(
            actor=request.actor,
            now=request.now,
            route_id=row.route_id,
            since=given["since"],
            due_date=given["due_date"],
            reader_id=given["reader"],
        )
    except RoundOpen:
        form.add_error("since", _("Another round of the route lies on these days."))
    except ValueError:
        form.add_error("due_date", _("A round ends on the day it begins, or later."))
    if form.errors:
        return _show(request, row, form, UNPROCESSABLE)
    messages.success(request, _("The round has begun."))
    return redirect("metering:route", row.route_id)


@staff_view(VALIDATE, methods=("POST",))
def close(request: StaffRequest, round_id: int) -> HttpResponse:
    """End a round."""
    try:
        found = close_round(actor=request.actor, now=request.now, round_id=round_id)
    except NotVisible as unknown:
        raise Http404(f"round {round_id}") from unknown
    messages.success(request, _("The round is closed."))
    return redirect("metering:route", found.route_id)
