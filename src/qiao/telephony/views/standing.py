"""The call that rings over every page: how it is taken or declined; and a call that waits."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.queries import queue_name as name_of_queue
from qiao.telephony.queries import waiting_call

VIEW, WORK = "interactions.view", "interactions.work"
POST = ("POST",)


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
