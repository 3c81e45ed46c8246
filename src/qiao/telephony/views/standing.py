"""Over every page: the call that rings, and how it is taken or declined."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.queries import load_pop, waiting_call
from qiao.telephony.queries import queue_name as name_of_queue

VIEW, WORK = "interactions.view", "interactions.work"
POST = ("POST",)


@staff_view(WORK)
def pop(request: StaffRequest) -> HttpResponse:
    """What stands over the page now. A call that was just taken opens its contact, once."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path  # of the page that asks
    part = load_pop(actor=request.actor, now=request.now, path=path)
    talk, known = part["talk"], request.GET.get("known", "")
    opens = talk is not None and part["at_desk"] and known != str(talk.pk)
    return render(request, "telephony/pop.html", {"part": part, "opens": opens})


@staff_view(WORK, methods=POST)
def lift(request: StaffRequest) -> HttpResponse:
    """Take the call that rings, where the telephone is one on the screen."""
    try:
        operations.lift_receiver(actor=request.actor, now=request.now)
    except operations.NoScreenPhone:
        text = _("Lift the receiver of your telephone to take the call.")
        return add_toast(HttpResponse(status=204), text=text)
    return HttpResponse(status=204)


@staff_view(WORK, methods=POST)
def decline(request: StaffRequest) -> HttpResponse:
    """Do not take the call that rings."""
    try:
        operations.decline_call(actor=request.actor, now=request.now)
    except operations.NotYourCall:
        return add_toast(HttpResponse(status=204), text=_("The call has gone elsewhere."))
    return HttpResponse(status=204)


@staff_view(VIEW)
def waiting(request: StaffRequest, call_id: int) -> HttpResponse:
    """A call that waits, in the middle of the workspace."""
    call = waiting_call(actor=request.actor, call_id=call_id)
    context = {"call": call, "queue": name_of_queue(call.queue) if call else ""}
    return render(request, "telephony/waiting.html", context)
