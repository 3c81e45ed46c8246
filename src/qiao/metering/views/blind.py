"""Blind re-reads: drawn by a supervisor, read on the phone of another reader, compared."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.attachments import FileRefused
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.metering.forms import BlindForm
from qiao.metering.operations import NotVisible, VisitRefused
from qiao.metering.operations.blind import (
    NothingToDraw,
    SameReader,
    close_blind_check,
    draw_blind_check,
    read_blind,
)
from qiao.metering.queries.blind import (
    QUALITY,
    BlindUnknown,
    blind_check_for,
    blind_results,
    blind_stops,
    blind_walk_for,
)
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.rounds import round_head
from qiao.metering.queries.walks import WALK, WalkUnknown
from qiao.metering.showing.walks import state_word, stops_data, words_data
from qiao.metering.views.walks import UNPROCESSABLE, entry_of, refused, visited


@staff_view(QUALITY, methods=("GET", "HEAD", "POST"))
def begin(request: StaffRequest, round_id: int) -> HttpResponse:
    """Draw a part of a round for another reader."""
    head = round_head(actor=request.actor, round_id=round_id, permission=QUALITY)
    if head is None:
        raise Http404(f"round {round_id}")
    today = timezone.localdate(request.now)
    data = request.POST if request.method == "POST" else None
    form = BlindForm(data, unit=head.organisation_id, day=today, besides=head.reader_id)
    if data is None or not form.is_valid():
        return _form(request, head, form, 200 if data is None else UNPROCESSABLE)
    try:
        made = draw_blind_check(
            actor=request.actor, now=request.now, round_id=round_id, **form.drawing()
        )
    except SameReader:
        form.add_error("reader", _("Who read the round may not read it again."))
    except NothingToDraw:
        form.add_error(None, _("Nothing of this round was read by anybody else."))
    else:
        messages.success(request, _("The stops are drawn; they stand on the phone of the reader."))
        return redirect("metering:blind", made.pk)
    return _form(request, head, form, UNPROCESSABLE)


def _form(request: StaffRequest, head: Any, form: BlindForm, status: int) -> HttpResponse:
    context = {"head": head, "form": form}
    return render(request, "metering/blind_new.html", context, status=status)


@staff_view(QUALITY)
def results(request: StaffRequest, check_id: int) -> HttpResponse:
    """A blind check with both figures side by side."""
    try:
        head = blind_check_for(actor=request.actor, check_id=check_id)
    except BlindUnknown as unknown:
        raise Http404(f"blind check {check_id}") from unknown
    context = {"head": head, "rows": blind_results(check_id=head.check_id)}
    return render(request, "metering/blind.html", context)


@staff_view(QUALITY, methods=("POST",))
def close(request: StaffRequest, check_id: int) -> HttpResponse:
    """End a blind check."""
    try:
        one = close_blind_check(actor=request.actor, check_id=check_id)
    except NotVisible as unknown:
        raise Http404(f"blind check {check_id}") from unknown
    messages.success(request, _("The re-read is closed."))
    return redirect("metering:blind", one.pk)


@staff_view(WALK)
def walk(request: StaffRequest, check_id: int) -> HttpResponse:
    """The stops of a blind check on the phone of its reader."""
    try:
        found = blind_walk_for(actor=request.actor, check_id=check_id)
    except WalkUnknown as unknown:
        raise Http404(f"blind check {check_id}") from unknown
    reasons = reasons_on(timezone.localdate(request.now))
    stops = stops_data(blind_stops(check_id=found.check_id), reasons)
    offered = [each for each in reasons.values() if each.is_active]
    context = {
        "title": found.name,
        "walk": found,
        "is_blind": True,
        "urls": {"take": reverse("metering:blind_take", args=[found.check_id])},
        "stops": stops,
        "reasons": offered,
        "data": {
            "stops": stops,
            "words": words_data(offered),
            "check": "",
            "made": round(request.now.timestamp() * 1000),
        },
    }
    return render(request, "metering/walk.html", context)


@staff_view(WALK, methods=("POST",))
def take(request: StaffRequest, check_id: int) -> HttpResponse:
    """Keep what the second reader saw; the answer says nothing of the first one."""
    try:
        stop = read_blind(
            actor=request.actor, now=request.now, check_id=check_id, entry=entry_of(request)
        )
    except NotVisible as unknown:
        raise Http404(f"blind check {check_id}") from unknown
    except (VisitRefused, FileRefused, BadText) as refusal:
        return refused(refusal)
    state = "unread" if stop.standing == "unread" else "read"
    words = state_word(state, stop.reason, reasons_on(timezone.localdate(request.now)))
    return visited(stop.service_point_id, state, words)
