"""The reader's phone: own rounds, one with all its stops, and what is brought from a stop."""

import json
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.attachments import Accepted, FileRefused, check_upload, path_of
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Attachment
from qiao.core.phone_words import said_by_phone
from qiao.core.rules.text import BadText
from qiao.metering.models import StopVisit
from qiao.metering.operations import (
    Entry,
    NotVisible,
    VisitRefused,
    finish_round,
    foresee_stop,
    visit_stop,
)
from qiao.metering.operations.walking import OWNER_KIND
from qiao.metering.queries.blind import blind_walks_of
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.walks import (
    WALK,
    WalkLine,
    WalkUnknown,
    stops_to_walk,
    sums_of,
    walk_for,
    walks_of,
)
from qiao.metering.showing.walks import (
    found_words,
    reason_word,
    refusal_words,
    state_word,
    stops_data,
    words_data,
)

UNPROCESSABLE: Final = 422
MOST_REGISTERS: Final = 12
RAW_LENGTH: Final = 20
CACHE: Final = "private, max-age=31536000, immutable"


@staff_view(WALK)
def walks(request: StaffRequest) -> HttpResponse:
    """The reader's own rounds of today, and re-reads for somebody else's."""
    today = timezone.localdate(request.now)
    found = walks_of(actor=request.actor, now=request.now, today=today)
    context = {
        "open": [each for each in found if each.state == "open" or each.again_count],
        "closed": [each for each in found if each.state == "closed" and not each.again_count],
        "blind": blind_walks_of(actor=request.actor),
        "today": today,
    }
    return render(request, "metering/walks.html", context)


@staff_view(WALK)
def walk(request: StaffRequest, round_id: int) -> HttpResponse:
    """One round: every stop with what the phone needs to go on without a network."""
    found = _walk(request, round_id)
    today = timezone.localdate(request.now)
    reasons = reasons_on(today)
    stops = stops_data(stops_to_walk(walk=found, day=today), reasons)
    offered = [each for each in reasons.values() if each.is_active]
    sums = sums_of(round_id=found.round_id)
    urls = {
        "take": reverse("metering:walk_take", args=[found.round_id]),
        "check": reverse("metering:walk_check", args=[found.round_id]),
        "finish": reverse("metering:walk_finish", args=[found.round_id]),
    }
    context: dict[str, Any] = {
        "title": found.name,
        "walk": found,
        "urls": urls,
        "stops": stops,
        "reasons": offered,
        "sums": sums,
        "unread": [(reason_word(key, reasons), count) for key, count in sums.reasons.items()],
        "data": {
            "stops": stops,
            "words": words_data(offered),
            "check": urls["check"],
            "made": round(request.now.timestamp() * 1000),
        },
    }
    return render(request, "metering/walk.html", context)


def _walk(request: StaffRequest, round_id: int) -> WalkLine:
    try:
        return walk_for(actor=request.actor, round_id=round_id)
    except WalkUnknown as unknown:
        raise Http404(f"round {round_id}") from unknown


@staff_view(WALK)
def worker(request: StaffRequest) -> HttpResponse:
    """The script that keeps rounds on the phone; it rules over the addresses beside its own."""
    del request
    found = finders.find("walk-worker.js")
    if not isinstance(found, str):
        raise Http404("walk-worker.js")
    script = Path(found).read_bytes()
    return HttpResponse(
        script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@staff_view(WALK, methods=("POST",))
def take(request: StaffRequest, round_id: int) -> HttpResponse:
    """Keep what was brought from a stop: figures or a reason. Sent twice, it is kept once."""
    try:
        entry = entry_of(request)
        found = visit_stop(actor=request.actor, now=request.now, round_id=round_id, entry=entry)
    except NotVisible as unknown:
        raise Http404(f"round {round_id}") from unknown
    except (VisitRefused, FileRefused, BadText) as refusal:
        return refused(refusal)
    visit = found.visit
    words = state_word(visit.outcome, visit.reason, reasons_on(timezone.localdate(request.now)))
    if found.waits:
        words = _("Read; the office looks at it: %s") % found_words(found.taken)
    return visited(visit.service_point_id, visit.outcome, words)


def visited(service_point_id: int, state: str, words: str) -> HttpResponse:
    """The answer that the page understands: the stop stands so now."""
    told = {"q:visited": {"stop": service_point_id, "state": state, "words": words}}
    return HttpResponse(headers={"HX-Trigger": json.dumps(told)})


def refused(refusal: VisitRefused | FileRefused | BadText) -> HttpResponse:
    """Why an entry was not taken, in words."""
    if isinstance(refusal, BadText):
        words = _(refusal.message) % refusal.params
    elif isinstance(refusal, FileRefused):
        words = (
            _("The picture is too large.")
            if refusal.reason == "too_large"
            else _("This is not a picture.")
        )
    else:
        words = refusal_words(refusal)
    return HttpResponse(words, status=UNPROCESSABLE, content_type="text/plain; charset=utf-8")


def entry_of(request: StaffRequest) -> Entry:
    """What the phone sent. Raises `FileRefused`, and `VisitRefused` where it names no stop."""
    data = request.POST
    said = said_by_phone(data)
    point = data.get("service_point", "")
    if not (point.isascii() and point.isdecimal() and len(point) < RAW_LENGTH) or not said.key:
        raise VisitRefused("nothing")
    is_read = data.get("do") != "unread"
    return Entry(
        key=said.key.split(":")[0],
        service_point_id=int(point),
        values=_values(data) if is_read else {},
        reason="" if is_read else str(data.get("reason", ""))[:RAW_LENGTH],
        note=data.get("note", ""),
        photo=_photo(request),
        happened_at=said.happened_at,
        latitude=said.latitude,
        longitude=said.longitude,
        accuracy_m=said.accuracy_m,
        is_confirmed=data.get("confirmed") == "1",
        whereabouts=data.get("whereabouts"),
        seal=data.get("seal"),
    )


def _values(data: Any) -> dict[int, str]:
    """Figures by register: fields ``value_<id>``."""
    found: dict[int, str] = {}
    for name, raw in data.items():
        pk = name.removeprefix("value_")
        if pk != name and pk.isascii() and pk.isdecimal() and len(pk) < RAW_LENGTH:
            found[int(pk)] = str(raw)[:RAW_LENGTH]
    return dict(list(found.items())[:MOST_REGISTERS])


def _photo(request: StaffRequest) -> Accepted | None:
    upload = request.FILES.get("photo")
    if upload is None:
        return None
    return check_upload(upload, file_name=upload.name or "photo", allow=("image",))


@staff_view(WALK, methods=("POST",))
def check(request: StaffRequest, round_id: int) -> HttpResponse:
    """What the checks would say of the figures; nothing is kept."""
    try:
        entry = entry_of(request)
        taken = foresee_stop(actor=request.actor, now=request.now, round_id=round_id, entry=entry)
    except NotVisible as unknown:
        raise Http404(f"round {round_id}") from unknown
    except (VisitRefused, FileRefused, BadText) as refusal:
        return refused(refusal)
    return JsonResponse({"found": found_words(taken)})


@staff_view(WALK, methods=("POST",))
def finish(request: StaffRequest, round_id: int) -> HttpResponse:
    """The reader ends the round."""
    try:
        finish_round(actor=request.actor, now=request.now, round_id=round_id)
    except NotVisible as unknown:
        raise Http404(f"round {round_id}") from unknown
    return HttpResponseRedirect(reverse("metering:walks"))


@staff_view("")
def photo(request: StaffRequest, visit_id: int) -> FileResponse:
    """The photo of a visit, for those who see readings there, and for the reader who took it."""
    visit = StopVisit.objects.filter(pk=visit_id, photo_id__isnull=False).first()
    actor = request.actor
    if visit is None or not (
        actor.can_in("metering.view", visit.organisation_id)
        or (visit.reader_id == actor.staff_id and actor.can_in(WALK, visit.organisation_id))
    ):
        raise Http404(f"visit {visit_id}")
    found = Attachment.objects.filter(
        pk=visit.photo_id or 0, owner_kind=OWNER_KIND, owner_id=visit.pk
    ).first()
    if found is None or not path_of(found.sha256).is_file():
        raise Http404(f"photo of visit {visit_id}")
    response = FileResponse(path_of(found.sha256).open("rb"), content_type=found.content_type)
    response["Cache-Control"] = CACHE
    response["X-Content-Type-Options"] = "nosniff"
    return response
