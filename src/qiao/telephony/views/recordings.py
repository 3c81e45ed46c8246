"""Recordings: heard, taken away, held. What is heard is given for a play that is on record."""

from contextlib import suppress
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.core.attachments import path_of
from qiao.core.downloads import send_file, send_parts
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText, TextFault
from qiao.telephony import operations
from qiao.telephony.forms.recordings import KeepLongerForm, TakeForm
from qiao.telephony.queries import RecordingNotVisible, one_to_hear, sound_for
from qiao.telephony.recording_words import shown

VIEW: Final = "interactions.view"
POST: Final = ("POST",)
UNPROCESSABLE: Final = 422


@staff_view(VIEW)
def show(request: StaffRequest, recording_id: int) -> HttpResponse:
    """One, as it stands."""
    return _answer(request, recording_id)


@staff_view(VIEW, methods=POST)
def play(request: StaffRequest, recording_id: int) -> HttpResponse:
    """Put on record that it is heard, and give the player."""
    try:
        heard = operations.play_recording(
            actor=request.actor, now=request.now, recording_id=recording_id
        )
    except operations.NotKept:
        return _answer(request, recording_id)
    return _answer(request, recording_id, play_id=heard.pk)


@staff_view(VIEW)
def sound(request: StaffRequest, recording_id: int, play_id: int) -> HttpResponseBase:
    """The sound, or the part of it that the player asks for."""
    file = sound_for(
        actor=request.actor, recording_id=recording_id, play_id=play_id, now=request.now
    )
    try:
        return send_parts(request, path_of(file.sha256), content_type=file.content_type)
    except FileNotFoundError as error:
        raise RecordingNotVisible(str(recording_id)) from error


@staff_view("calls.download", methods=POST)
def take(request: StaffRequest, recording_id: int) -> HttpResponseBase:
    """The file, for a reason that is recorded."""
    form = TakeForm(request.POST)
    missing = _("Say why you take the recording away.")
    if not form.is_valid():
        return _answer(request, recording_id, fault=missing)
    try:
        file = operations.take_recording(
            actor=request.actor, now=request.now, recording_id=recording_id, **form.cleaned_data
        )
        return send_file(
            request, path_of(file.sha256), name=file.file_name, content_type=file.content_type
        )
    except (operations.NotKept, FileNotFoundError):
        return _answer(request, recording_id, fault=_("The recording is not there any more."))
    except BadText as fault:
        return _answer(request, recording_id, fault=_why_not(fault, missing))


@staff_view("calls.hold", methods=POST)
def hold(request: StaffRequest, recording_id: int) -> HttpResponse:
    """Keep it longer than its time."""
    form = KeepLongerForm(request.POST)
    missing = _("Say why it is held, with the number of the dispute or lawsuit.")
    if not form.is_valid():
        return _answer(request, recording_id, fault=missing)
    try:
        operations.hold_recording(
            actor=request.actor, now=request.now, recording_id=recording_id, **form.cleaned_data
        )
    except operations.HeldAlready:
        return _answer(request, recording_id, fault=_("A colleague has done it meanwhile."))
    except operations.NotKept:
        return _answer(request, recording_id, fault=_("The recording is not there any more."))
    except BadText as fault:
        return _answer(request, recording_id, fault=_why_not(fault, missing))
    return _answer(request, recording_id)


@staff_view("calls.hold", methods=POST)
def release(request: StaffRequest, recording_id: int) -> HttpResponse:
    """Let its time run again; where a colleague has done it, it is as was asked for."""
    with suppress(operations.HeldAlready):
        operations.release_recording(
            actor=request.actor, now=request.now, recording_id=recording_id
        )
    return _answer(request, recording_id)


def _why_not(fault: BadText, missing: str) -> str:
    return missing if fault.reason == TextFault.EMPTY else _(fault.message) % fault.params


def _answer(
    request: StaffRequest, recording_id: int, *, play_id: int | None = None, fault: str = ""
) -> HttpResponse:
    one = one_to_hear(actor=request.actor, recording_id=recording_id)
    status = UNPROCESSABLE if fault else 200
    if not request.htmx and request.method == "POST" and not fault and play_id is None:
        return redirect("telephony:recording", recording_id)
    context = {"rec": shown(one, play_id=play_id, fault=fault)}
    template = "telephony/recording.html" if request.htmx else "telephony/recording_page.html"
    return render(request, template, context, status=status)
