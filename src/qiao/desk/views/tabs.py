"""The strip of tabs: told which page is looked at, and closed piece by piece."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast
from qiao.desk.operations import tabs as operations
from qiao.desk.queries.tabs import Subject, is_page, open_tabs, strip_of, subject_at
from qiao.desk.rules.tabs import MOST_CUSTOMERS, MOST_INSIDE, after_closing

TEMPLATE: Final = "desk/tabs/strip.html"
MOST_AT_ONCE: Final = MOST_CUSTOMERS * (MOST_INSIDE + 1)


@staff_view("customers.view", methods=("POST",))
def visit(request: StaffRequest) -> HttpResponse:
    """A page is looked at: it gets a tab, or a word why it has none. Nothing where it has one."""
    path = _path(request.POST.get("path", ""))
    subject = subject_at(path)
    if subject is None:
        return HttpResponse(status=204)
    try:
        is_new = operations.open_tab(
            subject=subject,
            actor=request.actor,
            now=request.now,
            drawn_at=_moment(request.POST.get("drawn", "")),
        )
    except operations.NothingThere:
        return HttpResponse(status=204)
    except operations.NoRoom as refusal:
        return _draw(request, path, notice=_full(refusal))
    return _draw(request, path) if is_new else HttpResponse(status=204)


@staff_view("customers.view")
def strip(request: StaffRequest) -> HttpResponse:
    """The strip anew, for a page that was brought back by the browser."""
    return _draw(request, _path(request.GET.get("path", "")))


def _moment(milliseconds: str) -> datetime | None:
    """The moment that a page carries; None for one that carries none that can be."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _path(text: str) -> str:
    return urlsplit(text).path[:300]


def _full(refusal: operations.NoRoom) -> str:
    if refusal.inside:
        return _(
            "%(n)d things are open for this customer: this page has no tab. Close one to keep it."
        ) % {"n": MOST_INSIDE}
    return _("%(n)d customers are open: this page has no tab. Close one to keep it here.") % {
        "n": MOST_CUSTOMERS
    }


def _draw(request: StaffRequest, path: str, *, notice: str = "") -> HttpResponse:
    drawn = strip_of(request.actor, subject_at(path))
    return render(request, TEMPLATE, {"strip": drawn, "notice": notice, "path": path})


@staff_view("customers.view", methods=("POST",))
def close(request: StaffRequest) -> HttpResponse:
    """Close tabs; whoever looks at one of them goes on beside it."""
    ids = _ids(request.POST.getlist("tab"))
    path = _path(request.POST.get("path", ""))
    subject = subject_at(path)
    before = open_tabs(request.actor)
    closed = operations.close_tabs(tab_ids=ids, actor=request.actor, now=request.now)
    here = [each for tab in before for each in tab.all if each.tab_id in set(ids)]
    leaves = any(subject == Subject(each.kind, each.subject_id) for each in here)
    drafts = sum(each.has_draft for each in here)
    words = _closed(closed, drafts)
    if leaves or not request.htmx:
        following = after_closing(before, ids) if leaves else None
        if closed:
            messages.success(request, words, extra_tags=_undo(ids))
        target = following.url if following else "/"
        if not leaves and is_page(path):
            target = path
        return _to(request, target)
    response = _draw(request, path)
    return add_toast(response, text=words, undo_url=_undo(ids)) if closed else response


def _closed(number: int, drafts: int) -> str:
    words = ngettext("%(n)d tab closed", "%(n)d tabs closed", number) % {"n": number}
    if drafts:
        words += _(": what you wrote stays there as a draft")
    return words


def _undo(ids: list[int]) -> str:
    return f"{reverse('desk:tabs_reopen')}?tab={'.'.join(map(str, ids))}"


def _to(request: StaffRequest, target: str) -> HttpResponse:
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


@staff_view("customers.view", methods=("POST",))
def reopen(request: StaffRequest) -> HttpResponse:
    """Bring tabs back that were closed by mistake."""
    ids = _ids(request.GET.get("tab", "").split("."))
    operations.reopen_tabs(tab_ids=ids, actor=request.actor)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = "q:tabs"
    return response


def _ids(texts: list[str]) -> list[int]:
    given = [text for each in texts for text in each.split(".")]
    return [int(text) for text in given if text.isdecimal() and len(text) < 18][:MOST_AT_ONCE]
