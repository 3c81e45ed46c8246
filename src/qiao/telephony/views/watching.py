"""Watching over living calls: hear one, take it over, move who waits; and one's own bar."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _words
from django.utils.translation import gettext_lazy as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.toasts import add_toast
from qiao.telephony import operations
from qiao.telephony.forms import RaiseForm
from qiao.telephony.models import Call
from qiao.telephony.operations import CallRefusal
from qiao.telephony.operations.watching import MODES
from qiao.telephony.queries import load_transfer, load_watch, queue_name, watched_call
from qiao.telephony.rights import WATCH

GET_POST: Final = ("GET", "HEAD", "POST")
POST: Final = ("POST",)
WORDS: Final[dict[str, Promise]] = {
    "over": _("The call has ended."),
    "waits": _("Nobody talks with this caller: they wait."),
    "own": _("This is your own call."),
    "watched": _("{name} hears this call already. One at a time."),
    "ending": _("You are just leaving a call. Try again in a moment."),
    "elsewhere": _("You hear another call. Listen there no longer first."),
    "at_work": _("You are signed on and take calls. Go on a break before you listen."),
    "none": _("You do not hear this call any more."),
    "not_heard": _("Answer your telephone first."),
    "consults": _("The agent asks a colleague. Take over when they are back with the caller."),
    "waits_no_more": _("This caller waits no more: somebody has them."),
    "there_already": _("The caller waits in this queue already."),
    "not_ready": _("{name} is not ready any more."),
    "moved": _("{name} is moving this caller at this moment."),
    "given": _("{name} is giving them another call at this moment."),
}


@staff_view(WATCH)
def bar(request: StaffRequest) -> HttpResponse:
    """The call that one hears, as it stands."""
    return _bar(request)


@staff_view(WATCH, methods=POST)
def watch(request: StaffRequest, call_id: int, mode: str) -> HttpResponse:
    """Hear a call, or hear it otherwise."""
    known = next((each for each in MODES if each == mode), None)
    if known is None:
        raise Http404(mode)
    try:
        operations.watch_call(call_id=call_id, mode=known, actor=request.actor, now=request.now)
    except Call.DoesNotExist as error:
        raise Http404(str(call_id)) from error
    except CallRefusal as refusal:
        return _told(_bar(request), refusal)
    return _bar(request)


@staff_view(WATCH, methods=POST)
def end(request: StaffRequest) -> HttpResponse:
    """Listen no longer."""
    operations.end_watch(actor=request.actor, now=request.now)
    return _bar(request)


@staff_view(WATCH, methods=POST)
def take_over(request: StaffRequest) -> HttpResponse:
    """Take the call that one hears."""
    try:
        operations.take_over_call(actor=request.actor, now=request.now)
    except CallRefusal as refusal:
        return _told(_bar(request), refusal)
    return _bar(request)


@staff_view(WATCH, methods=GET_POST)
def move(request: StaffRequest, call_id: int) -> HttpResponse:
    """Where a call that waits may go; and let it go to a queue."""
    if request.method != "POST":
        call = watched_call(actor=request.actor, call_id=call_id)
        if call is None:
            raise Http404(str(call_id))
        where = load_transfer(actor=request.actor, now=request.now)
        context = {
            "call_id": call_id,
            "queue": queue_name(call.queue),
            "queues": [each for each in where["queues"] if each[1].queue != call.queue],
            "colleagues": where["colleagues"],
        }
        return render(request, "telephony/living/move.html", context)
    try:
        operations.move_waiting_call(
            call_id=call_id,
            queue=request.POST.get("queue", ""),
            actor=request.actor,
            now=request.now,
        )
    except (Call.DoesNotExist, KeyError) as error:
        raise Http404(str(call_id)) from error
    except CallRefusal as refusal:
        return _told(_closing(), refusal)
    return _closing()


@staff_view(WATCH, methods=GET_POST)
def raise_call(request: StaffRequest, call_id: int) -> HttpResponse:
    """Ask why a caller goes first; and put them first."""
    call = watched_call(actor=request.actor, call_id=call_id)
    if call is None:
        raise Http404(str(call_id))
    form = RaiseForm(request.POST if request.method == "POST" else None, auto_id="lc-raise-%s")
    if form.is_valid():
        try:
            return _raise(request, call_id, form.cleaned_data["reason"])
        except BadText as refusal:
            form.add_error("reason", _words(refusal.message) % refusal.params)
    context = {"call_id": call_id, "queue": queue_name(call.queue), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "telephony/living/raise.html", context, status=status)


@staff_view(WATCH, methods=POST)
def lower_call(request: StaffRequest, call_id: int) -> HttpResponse:
    """Put a caller back to their place."""
    return _raise(request, call_id, "", on=False)


def _raise(request: StaffRequest, call_id: int, reason: str, *, on: bool = True) -> HttpResponse:
    try:
        operations.raise_waiting_call(
            call_id=call_id, reason=reason, on=on, actor=request.actor, now=request.now
        )
    except Call.DoesNotExist as error:
        raise Http404(str(call_id)) from error
    except CallRefusal as refusal:
        return _told(_closing(), refusal)
    return _closing()


@staff_view(WATCH, methods=POST)
def give(request: StaffRequest, call_id: int) -> HttpResponse:
    """Ring somebody who is ready with a call that waits."""
    text = request.POST.get("staff", "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404(text)
    try:
        operations.give_waiting_call(
            call_id=call_id, staff_id=int(text), actor=request.actor, now=request.now
        )
    except Call.DoesNotExist as error:
        raise Http404(str(call_id)) from error
    except CallRefusal as refusal:
        return _told(_closing(), refusal)
    return _closing()


def _bar(request: StaffRequest) -> HttpResponse:
    part = load_watch(actor=request.actor, now=request.now, path="")
    return render(request, "telephony/living/bar.html", {"part": part})


def _closing() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["HX-Trigger"] = '{"q:close-dialog": true}'
    return response


def _told(response: HttpResponse, refusal: CallRefusal) -> HttpResponse:
    return add_toast(response, text=str(WORDS[refusal.why]).format(name=refusal.name))
