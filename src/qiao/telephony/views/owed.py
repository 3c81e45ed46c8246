"""Calls that are owed: the list, one of them, and how it is returned."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.queries import (
    Due,
    is_signed_on,
    is_switch_led,
    list_owed,
    message_of,
    number_words,
    owed_call,
    queue_name,
)
from qiao.telephony.recording_words import shown
from qiao.telephony.rights import DIAL
from qiao.telephony.views.dialling import opened, refused

VIEW, WORK = "interactions.view", "interactions.work"
POST = ("POST",)


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """The list, of those that are owed or of those that were."""
    state = request.GET.get("state", OwedCall.State.OPEN)
    if state not in OwedCall.State.values:
        state = OwedCall.State.OPEN
    page = list_owed(actor=request.actor, state=state, after=request.GET.get("after", "")[:60])
    rows = [(row, *_words(request, row)) for row in page.rows]
    context = {"rows": rows, "following": page.following, "state": state}
    return render(
        request, "telephony/owed_list.html", context | {"states": OwedCall.State.choices}
    )


@staff_view(VIEW)
def show(request: StaffRequest, owed_id: int) -> HttpResponse:
    """One of them, in the middle of the workspace."""
    found = owed_call(actor=request.actor, owed_id=owed_id)
    if found is None:
        raise Http404(str(owed_id))
    who, queue, due = _words(request, found)
    message = message_of(actor=request.actor, call_id=found.call_id, recording=found.recording)
    context = {"owed": found, "who": who, "queue": queue, "due": due}
    context["rec"] = shown(message) if message else None
    return render(request, "telephony/owed.html", context)


def _words(request: StaffRequest, row: OwedCall) -> tuple[str, str, Due]:
    number = number_words(row.phone, row.phone, request.actor)
    return number, queue_name(row.queue), Due(row.due_at, row.since)


@staff_view(WORK, methods=POST)
def begin(request: StaffRequest, owed_id: int) -> HttpResponse:
    """Call back: the contact opens in the workspace. The switch dials, where one is connected and
    the person is signed on with a telephone; else they dial by hand."""
    try:
        with transaction.atomic():
            owed = _begun(request, owed_id)
    except operations.DialRefused as refusal:
        return refused(refusal)
    except OwedCall.DoesNotExist as error:
        raise Http404(str(owed_id)) from error
    except operations.NotOwed:
        return add_toast(HttpResponse(status=204), text=_("A colleague has seen to it."))
    return opened(owed)


def _begun(request: StaffRequest, owed_id: int) -> Call | OwedCall:
    by_hand = not (request.actor.can(DIAL) and is_switch_led() and is_signed_on(request.actor))
    begin_it = operations.begin_owed if by_hand else operations.call_owed
    return begin_it(owed_id=owed_id, actor=request.actor, now=request.now)


@staff_view(WORK, methods=POST)
def end(request: StaffRequest, owed_id: int, result: str) -> HttpResponse:
    """Say whether they were reached."""
    try:
        with transaction.atomic():
            operations.end_owed(
                owed_id=owed_id,
                reached=result == "reached",
                actor=request.actor,
                now=request.now,
            )
    except OwedCall.DoesNotExist as error:
        raise Http404(str(owed_id)) from error
    except operations.NotOwed:
        return add_toast(HttpResponse(status=204), text=_("A colleague has seen to it."))
    response = HttpResponse(status=204)
    response.headers["HX-Trigger"] = "call:ended"
    return response
