"""What the person was told: the bell of the top bar, its list, the page of all."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from qiao.core.http import StaffRequest, staff_view
from qiao.staff.context import bell_of
from qiao.staff.operations import NoticeMissing, read_notice, read_notices
from qiao.staff.queries.notices import in_words, notices_of

IN_BOX = 8
ON_PAGE = 40
LONGEST_ID = 18


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


@staff_view("")
def notices(request: StaffRequest) -> HttpResponseBase:
    """All notices of the person, the newest first; ``?unread`` leaves out what was read."""
    only_unread = "unread" in request.GET
    before = _number(request.GET.get("before", ""))
    page = notices_of(actor=request.actor, limit=ON_PAGE, before=before, only_unread=only_unread)
    values = {"page": page, "only_unread": only_unread, "before": before}
    return render(request, "staff/notices.html", values)


@staff_view("")
def box(request: StaffRequest) -> HttpResponseBase:
    """The newest notices, for the menu under the bell."""
    page = notices_of(actor=request.actor, limit=IN_BOX)
    return render(request, "staff/_notice_box.html", {"page": page})


@staff_view("")
def bell(request: StaffRequest) -> HttpResponseBase:
    """The bell with its count, when the live stream told of a notice."""
    return render(request, "staff/_bell.html", {"bell": bell_of(request.actor)})


@staff_view("", methods=("POST",))
def open_notice(request: StaffRequest, notice_id: int) -> HttpResponseBase:
    """Mark a notice as read and lead to what it is about."""
    try:
        notice = read_notice(actor=request.actor, notice_id=notice_id, now=request.now)
    except NoticeMissing as missing:
        raise Http404 from missing
    words = in_words(request.actor, [notice])[0].words
    return HttpResponseRedirect(words.url if words else reverse("staff:notices"))


@staff_view("", methods=("POST",))
def all_read(request: StaffRequest) -> HttpResponseBase:
    """Mark everything up to the newest that was shown as read."""
    up_to = _number(request.POST.get("up_to", ""))
    if up_to is None:
        return HttpResponse(status=400)
    read_notices(actor=request.actor, up_to=up_to, now=request.now)
    if request.htmx:
        page = notices_of(actor=request.actor, limit=IN_BOX)
        return render(request, "staff/_notice_box.html", {"page": page})
    return HttpResponseRedirect(reverse("staff:notices"))
