"""Calls that are owed: the list, one of them, and how it is returned."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.models import OwedCall
from qiao.telephony.queries import (
    Due,
    list_owed,
    message_of,
    number_words,
    owed_call,
    queue_name,
)
from qiao.telephony.recording_words import shown

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
    """Call back: the contact opens in the workspace."""
    try:
        with transaction.atomic():
            owed = operations.begin_owed(owed_id=owed_id, actor=request.actor, now=request.now)
    except OwedCall.DoesNotExist as error:
        raise Http404(str(owed_id)) from error
    except operations.NotOwed:
        return add_toast(HttpResponse(status=204), text=_("A colleague has seen to it."))
    response = HttpResponse(status=204)
    address = f"{reverse('desk:workspace')}?open=contact:{owed.interaction_id}"
    response.headers["HX-Redirect"] = address
    return response


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
