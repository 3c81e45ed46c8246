"""The telephone in the browser: its window, and what it signs on with."""

from contextlib import suppress
from dataclasses import asdict

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.core.middleware import policy
from qiao.telephony import operations
from qiao.telephony.queries import call_goes_on, has_browser_phones
from qiao.telephony.rules.browser_phones import origin_of

WORK = "interactions.work"
POST = ("POST",)


@staff_view(WORK)
def show(request: StaffRequest) -> HttpResponse:
    """The window that holds the telephone: pages come and go beside it. It alone may speak to the
    switch."""
    context = {"is_here": has_browser_phones()}
    response = render(request, "telephony/softphone/window.html", context)
    if has_browser_phones():
        response["Content-Security-Policy"] = policy(origin_of(settings.SWITCH_WSS))
    return response


@staff_view(WORK, methods=POST)
def line(request: StaffRequest) -> HttpResponse:
    """What the actor's own telephone signs on with, or the reason why there is none; for its
    script, kept nowhere on the way. It says `again` where nobody pressed anything."""
    again = "again" in request.POST
    try:
        handed = operations.hand_line(actor=request.actor, now=request.now, again=again)
    except operations.NoBrowserPhone as refusal:
        return JsonResponse({"reason": refusal.reason})
    response = JsonResponse(asdict(handed))
    response["Cache-Control"] = "no-store"
    return response


@staff_view(WORK, methods=POST)
def desk(request: StaffRequest) -> HttpResponse:
    """Ring the telephone on the desk again."""
    with suppress(operations.NoBrowserPhone):  # then no other is rung
        operations.use_desk_phone(actor=request.actor, now=request.now)
    return HttpResponse(status=204)


@staff_view(WORK)
def goes_on(request: StaffRequest, call_id: int) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """Whether a call still lives: asked after the line to the switch was lost in it."""
    return JsonResponse({"goes_on": call_goes_on(call_id=call_id)})
