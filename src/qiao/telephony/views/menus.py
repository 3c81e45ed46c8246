"""Voice menus: the list, one with its versions, a version as it stood, two compared."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.telephony import operations
from qiao.telephony.models import VoiceMenu, VoiceMenuDraft
from qiao.telephony.queries import (
    MenuNotVisible,
    MenuRow,
    list_menus,
    menu_drafts,
    menu_row,
    menu_version,
    menu_versions,
)
from qiao.telephony.rights import MENUS
from qiao.telephony.rules.menu_changes import Data, menu_changes
from qiao.telephony.rules.menu_data import MenuUnreadable
from qiao.telephony.showing.menu_lines import (
    change_lines,
    published_data,
    readable,
    step_lines,
)
from qiao.telephony.showing.menu_words import menu_name

POST = ("POST",)
DRAFT = "draft"


def show(
    request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page on voice menus."""
    return render(request, f"telephony/menus/{template}", context, status=status)


def to_menu(key: str) -> HttpResponseRedirect:
    """To the page of a menu."""
    return HttpResponseRedirect(reverse("telephony:menu", args=[key]))


def unreadable_words() -> str:
    """What is said of a draft that this version of the program cannot read."""
    return _("This draft was written by another version of the program. It can be put away.")


def row_of(request: StaffRequest, key: str) -> MenuRow:
    """The menu as the actor may see it, or 404."""
    try:
        return menu_row(actor=request.actor, key=key)
    except MenuNotVisible as error:
        raise Http404(key) from error


@staff_view(MENUS)
def index(request: StaffRequest) -> HttpResponse:
    """Every menu of the actor's units: lines, version, draft, faults, calls of a week."""
    shown = []
    for row in list_menus(actor=request.actor, now=request.now):
        menu = readable(row.draft.data if row.draft else row.current.data)
        faults = len(operations.faults_of(menu)) if menu else None
        shown.append((row, menu_name(row.current.key), faults))
    may_figures = any(row.calls is not None for row, _name, _faults in shown)
    return show(request, "list.html", {"rows": shown, "may_figures": may_figures})


@staff_view(MENUS)
def page(request: StaffRequest, key: str) -> HttpResponse:
    """One menu: what is in service, its lines, its versions and its drafts."""
    row = row_of(request, key)
    versions = menu_versions(key)
    menu = readable(row.current.data)
    before = [*versions[1:], None]
    context = {
        "row": row,
        "key": key,
        "name": menu_name(key),
        "lines": step_lines(menu, {})[0] if menu else [],
        "versions": [
            (each, len(menu_changes(old.data, each.data)) if old else None, old)
            for each, old in zip(versions, before, strict=True)
        ],
        "is_draft_readable": row.draft is None or readable(row.draft.data) is not None,
        "dropped": [
            each for each in menu_drafts(key) if each.state == VoiceMenuDraft.State.DROPPED
        ],
    }
    return show(request, "menu.html", context)


def _version(key: str, number: str) -> VoiceMenu:
    found = menu_version(key, int(number)) if number.isdecimal() and len(number) < 10 else None
    if found is None:
        raise Http404(number)
    return found


@staff_view(MENUS)
def version(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """A version as it stood."""
    row = row_of(request, key)
    chosen = _version(key, str(number))
    menu = readable(chosen.data)
    context = {
        "row": row,
        "key": key,
        "name": menu_name(key),
        "version": chosen,
        "lines": step_lines(menu, {})[0] if menu else [],
    }
    return show(request, "version.html", context)


@staff_view(MENUS)
def compare(request: StaffRequest, key: str) -> HttpResponse:
    """Two versions, or a version and the draft, side by side."""
    row = row_of(request, key)
    versions = {str(each.version): each for each in menu_versions(key)}
    numbers = list(versions)
    after = request.GET.get("after") or (DRAFT if row.draft else numbers[0])
    before = request.GET.get("before") or numbers[0 if after == DRAFT else -1]
    sides = [_side(row, versions, each) for each in (before, after)]
    context = {
        "row": row,
        "key": key,
        "name": menu_name(key),
        "numbers": numbers,
        "before": before,
        "after": after,
        "changes": change_lines(*sides),
    }
    return show(request, "compare.html", context)


def _side(row: MenuRow, versions: Mapping[str, VoiceMenu], text: str) -> Data:
    if text == DRAFT and row.draft is not None:
        return published_data(row.draft.data)
    if text not in versions:
        raise Http404(text)
    data: Data = versions[text].data
    return data


@staff_view(MENUS, methods=POST)
def begin(request: StaffRequest, key: str) -> HttpResponse:
    """Begin a draft with a version: the one in service, or one from before."""
    row_of(request, key)
    number = request.POST.get("version", "")
    chosen = _version(key, number)
    try:
        operations.begin_menu_draft(
            key=key, version=chosen.version, actor=request.actor, now=request.now
        )
    except operations.OtherDraftOpen as refusal:
        messages.error(request, _other_draft(refusal))
        return to_menu(key)
    except MenuUnreadable:
        messages.error(request, _("This version was written by another version of the program."))
        return to_menu(key)
    return HttpResponseRedirect(reverse("telephony:menu_draft", args=[key]))


def _other_draft(refusal: operations.OtherDraftOpen) -> str:
    told = {"n": refusal.draft.based_on.version}
    return _("A draft from version %(n)d is open. Publish it or put it away first.") % told


@staff_view(MENUS, methods=POST)
def restore(request: StaffRequest, key: str) -> HttpResponse:
    """Take a draft up again that was put away."""
    row_of(request, key)
    text = request.POST.get("draft", "")
    known = {str(each.pk): each.pk for each in menu_drafts(key)}
    if text not in known:
        raise Http404(text)
    try:
        operations.restore_menu_draft(draft_id=known[text], actor=request.actor, now=request.now)
    except operations.OtherDraftOpen as refusal:
        messages.error(request, _other_draft(refusal))
        return to_menu(key)
    except operations.MenuDraftRefusal:
        messages.error(request, _("This draft was published meanwhile: begin a new one."))
        return to_menu(key)
    except MenuUnreadable:
        messages.error(request, _("This draft was written by another version of the program."))
        return to_menu(key)
    return HttpResponseRedirect(reverse("telephony:menu_draft", args=[key]))
