"""The keys of a call: hold, mute, transfer, confer, pause the recording, hang up."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText, clean
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.models import Call
from qiao.telephony.queries import load_transfer
from qiao.telephony.rules import asks
from qiao.telephony.rules.asks import Ask
from qiao.telephony.showing.controls import load_tool

WORK = "interactions.work"
POST = ("POST",)
WORDS_LENGTH: Final = 200
KEYS: Final[dict[str, Callable[[], Ask]]] = {
    "hold": lambda: asks.Hold(on=True),
    "resume": lambda: asks.Hold(on=False),
    "mute": lambda: asks.Mute(on=True),
    "unmute": lambda: asks.Mute(on=False),
    "pause": lambda: asks.PauseRecording(on=True),
    "record": lambda: asks.PauseRecording(on=False),
    "back": asks.EndConsult,
    "pass_on": asks.HandOver,
    "confer": asks.JoinAll,
    "hang_up": asks.HangUp,
}


@staff_view(WORK)
def show(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The keys as they stand; how it ended, and a word to the page, once the call is over."""
    tool = load_tool(actor=request.actor, interaction_id=interaction_id, now=request.now)
    context = {"tool": tool, "interaction_id": interaction_id}
    response = render(request, "telephony/controls.html", context)
    if tool is None or "over" in tool:
        response.headers["HX-Trigger"] = "call:ended"
    return response


@staff_view(WORK)
def transfer(request: StaffRequest, call_id: int) -> HttpResponse:
    """Where the call may go."""
    context = dict(load_transfer(actor=request.actor, now=request.now)) | {"call_id": call_id}
    return render(request, "telephony/transfer.html", context)


@staff_view(WORK, methods=POST)
def press(request: StaffRequest, call_id: int, key: str) -> HttpResponse:
    """Press one of the keys."""
    if key not in KEYS:
        raise Http404(key)
    return _ask(request, call_id, KEYS[key]())


@staff_view(WORK, methods=POST)
def to_queue(request: StaffRequest, call_id: int) -> HttpResponse:
    """Let the caller wait in another queue."""
    queue = request.POST.get("queue", "")
    if queue not in catalogue().queues:
        raise Http404(queue)
    return _ask(request, call_id, asks.TransferTo(queue, _words(request)))


@staff_view(WORK, methods=POST)
def to_colleague(request: StaffRequest, call_id: int) -> HttpResponse:
    """Ring a colleague with the caller, without asking them first."""
    return _tried(
        operations.send_to_colleague,
        request,
        call_id,
        staff_id=_colleague(request),
        words=_words(request),
    )


@staff_view(WORK, methods=POST)
def leave(request: StaffRequest, call_id: int) -> HttpResponse:
    """Leave the talk of a colleague who asked for it."""
    return _tried(operations.leave_talk, request, call_id)


@staff_view(WORK, methods=POST)
def consult(request: StaffRequest, call_id: int) -> HttpResponse:
    """Hold the caller and ring a colleague."""
    ask = asks.Consult(0, _colleague(request), "", 0, _words(request))
    return _ask(request, call_id, ask)


def _colleague(request: StaffRequest) -> int:
    text = request.POST.get("staff", "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404(text)
    return int(text)


def _words(request: StaffRequest) -> str:
    """What the next one is to know. What does not fit is cut: a caller who waits for a transfer
    must not wait for its words to be mended."""
    text = request.POST.get("words", "")[:WORDS_LENGTH]
    return clean(text, field="words", max_length=WORDS_LENGTH, one_line=True)


def _ask(request: StaffRequest, call_id: int, ask: Ask) -> HttpResponse:
    return _tried(operations.ask_of_call, request, call_id, ask=ask)


def _tried(
    act: Callable[..., Any], request: StaffRequest, call_id: int, **given: Any
) -> HttpResponse:
    try:
        act(call_id=call_id, actor=request.actor, now=request.now, **given)
    except Call.DoesNotExist as error:
        raise Http404(str(call_id)) from error
    except BadText as refusal:
        return add_toast(HttpResponse(status=204), text=str(refusal))
    except operations.NotYourCall:
        return add_toast(HttpResponse(status=204), text=_("You do not have this call any more."))
    return HttpResponse(status=204)
