"""The editor of a voice menu: the outline, and the step that is being changed."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, put_at, staff_view
from qiao.core.rules.text import BadText
from qiao.telephony import operations
from qiao.telephony.forms.menu_parts import StepForm
from qiao.telephony.models import VoiceMenuDraft
from qiao.telephony.queries import new_pieces, newest_menu, open_draft
from qiao.telephony.rights import MENUS
from qiao.telephony.rules.menu_data import MenuUnreadable, menu_from_data
from qiao.telephony.rules.menu_edit import MENU, BadKey, KeyTaken, NoSuchStep, StepPart
from qiao.telephony.rules.menus import KINDS
from qiao.telephony.saying import without_sound
from qiao.telephony.showing.menu_changes import conflict_lines
from qiao.telephony.showing.menu_pane import Looked, frame, look, pane, step_form
from qiao.telephony.views.menus import POST, show, to_menu, unreadable_words

UNPROCESSABLE = 422


class DraftUnreadable(ValueError):  # noqa: N818 - names the finding
    """The draft was written by another version of the program."""


def find_draft(request: StaffRequest, key: str) -> VoiceMenuDraft:
    """The open draft of a menu, or 404. Raises `Forbidden` for a menu of other units' lines."""
    draft = open_draft(actor=request.actor, key=key)
    if draft is None:
        raise Http404(key)
    return draft


def get_draft(request: StaffRequest, key: str) -> VoiceMenuDraft:
    """The open draft of a menu, to be worked on, or 404. Raises `Forbidden` as `find_draft`, and
    `DraftUnreadable` for one that can only be put away; see `reading`."""
    draft = find_draft(request, key)
    try:
        menu_from_data(draft.data)
    except MenuUnreadable as error:
        raise DraftUnreadable(key) from error
    return draft


def reading(
    view: Callable[[StaffRequest, str], HttpResponse],
) -> Callable[[StaffRequest, str], HttpResponse]:
    """A view of a draft. One that cannot be read leads to the menu's page, to be put away."""

    @wraps(view)
    def inner(request: StaffRequest, key: str) -> HttpResponse:
        try:
            return view(request, key)
        except DraftUnreadable:
            messages.error(request, unreadable_words())
            if not request.htmx:
                return to_menu(key)
            return HttpResponse(headers={"HX-Redirect": to_menu(key).url})

    return inner


def step_named(request: StaffRequest) -> str:
    """The key of a step in the address or in the form; empty for the menu itself."""
    return request.GET.get("step") or request.POST.get("step", "")


def at_step(key: str, step: str) -> str:
    """The address of the editor with a step open."""
    return f"{reverse('telephony:menu_draft', args=[key])}?{urlencode({'step': step})}"


def _frame(looked: Looked, step: str) -> dict[str, Any]:
    return frame(looked, newest_menu(looked.draft.key), step)


@staff_view(MENUS)
@reading
def editor(request: StaffRequest, key: str) -> HttpResponse:
    """The whole editor, with one step open."""
    looked = look(get_draft(request, key))
    chosen = step_named(request)
    try:
        opened = pane(looked, chosen)
    except NoSuchStep:
        chosen = MENU
        opened = pane(looked, chosen)
    return show(request, "editor.html", _frame(looked, chosen) | {"pane": opened})


@staff_view(MENUS, methods=("GET", "HEAD", "POST"))
@reading
def step(request: StaffRequest, key: str) -> HttpResponse:
    """The pane of a step; posted, its values are kept."""
    draft = get_draft(request, key)
    chosen = step_named(request)
    looked = look(draft)
    data = request.POST if request.method == "POST" else None
    try:
        form = step_form(looked, chosen, data)
    except NoSuchStep as error:
        if request.method == "POST":
            return _refused(request, looked, MENU, _("Somebody took this step out meanwhile."))
        raise Http404(chosen) from error
    if request.method == "POST":
        return _save(request, looked, chosen, form)
    if not request.htmx:
        return HttpResponseRedirect(at_step(key, chosen))
    return _pane(request, looked, chosen, pane(looked, chosen))


def _save(request: StaffRequest, looked: Looked, chosen: str, form: StepForm) -> HttpResponse:
    """Keep what was typed. Controls are drawn anew only where their number changes, so that
    nobody loses the place where they type."""
    if not form.is_valid():
        return _pane(request, looked, chosen, pane(looked, chosen, form), status=UNPROCESSABLE)
    key = looked.draft.key
    before = set(step_form(looked, chosen).fields), set(looked.menu.index)
    try:
        saved, named = operations.save_step(
            key=key, step=chosen, values=form.values(), texts=form.texts(),
            seen=request.POST.get("seen", ""), actor=request.actor, now=request.now,
        )  # fmt: skip
    except operations.StepMoved as moved:
        return _conflict(request, looked, chosen, form, moved.stands)
    except (KeyTaken, BadKey, BadText, operations.MenuDraftRefusal) as refusal:
        return _refused(request, looked, chosen, _refusal_words(refusal), form)
    saved.based_on = looked.draft.based_on
    looked = look(saved)
    if not request.htmx:
        return HttpResponseRedirect(at_step(key, named))
    shown = pane(looked, named)
    after = set(shown["form"].fields), set(looked.menu.index)
    if named != chosen or before != after or request.GET.get("redraw"):
        return _pane(request, looked, named, shown, saved=True)
    context = _frame(looked, named) | {"pane": shown, "oob": True, "saved": True}
    return render(request, "telephony/menus/_saved.html", context)


def _refusal_words(refusal: Exception) -> str:
    if isinstance(refusal, KeyTaken):
        return _("Another step has this key. Nothing was saved.")
    if isinstance(refusal, BadKey):
        return _("The key may hold letters, digits and _ only, 40 at most. Nothing was saved.")
    if isinstance(refusal, BadText):
        return _("The words cannot be kept: %(why)s Nothing was saved.") % {
            "why": _(refusal.message) % refusal.params
        }
    if isinstance(refusal, operations.StepMoved):
        return _("Somebody took this step out meanwhile.")
    if isinstance(refusal, operations.MenuTooLarge):
        return _("A menu of this size cannot be kept. Nothing was saved.")
    return _("This draft was published or put away meanwhile. Nothing was saved.")


def _conflict(
    request: StaffRequest,
    looked: Looked,
    chosen: str,
    form: StepForm,
    stands: StepPart | None,
) -> HttpResponse:
    """Show what stands and what was typed; saving again then replaces it."""
    if stands is None:
        return _refused(request, looked, MENU, _("Somebody took this step out meanwhile."))
    mine = StepPart(form.values(), form.texts())
    shown = pane(
        looked,
        chosen,
        form,
        conflicts=conflict_lines(looked.menu, stands, mine),
    )
    return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)


def _refused(
    request: StaffRequest, looked: Looked, chosen: str, words: str, form: StepForm | None = None
) -> HttpResponse:
    shown = pane(looked, chosen, form, refused=words)
    return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)


def _pane(
    request: StaffRequest,
    looked: Looked,
    chosen: str,
    shown: Mapping[str, Any],
    *,
    status: int = 200,
    saved: bool = False,
) -> HttpResponse:
    """The pane, drawn anew wherever it was asked from."""
    context = _frame(looked, chosen) | {"pane": shown, "oob": True, "saved": saved}
    if not request.htmx:
        return show(request, "editor.html", context | {"oob": False}, status=status)
    response = render(request, "telephony/menus/_pane_frame.html", context, status=status)
    return put_at("#step-pane", response)


@staff_view(MENUS, methods=POST)
@reading
def add(request: StaffRequest, key: str) -> HttpResponse:
    """Add a step behind the one that is open, and open it."""
    draft = get_draft(request, key)
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404(kind)
    try:
        saved, made = operations.add_step(
            key=key, kind=kind, after=step_named(request), actor=request.actor, now=request.now
        )
    except operations.MenuDraftRefusal as refusal:
        return _refused(request, look(draft), MENU, _refusal_words(refusal))
    return _after(request, draft, saved, made)


@staff_view(MENUS, methods=POST)
@reading
def remove(request: StaffRequest, key: str) -> HttpResponse:
    """Take a step out."""
    draft = get_draft(request, key)
    chosen = step_named(request)
    try:
        saved = operations.remove_step(
            key=key, step=chosen, seen=request.POST.get("seen", ""), actor=request.actor,
            now=request.now,
        )  # fmt: skip
    except operations.StepMoved as moved:
        words = _("Somebody changed this step meanwhile. Look at it, and take it out again.")
        at = MENU if moved.stands is None else chosen
        return _refused(request, look(draft), at, words)
    except operations.MenuDraftRefusal as refusal:
        return _refused(request, look(draft), MENU, _refusal_words(refusal))
    return _after(request, draft, saved, MENU)


@staff_view(MENUS, methods=POST)
@reading
def move(request: StaffRequest, key: str) -> HttpResponse:
    """Move a step in the list: earlier, or later."""
    draft = get_draft(request, key)
    chosen = step_named(request)
    by = -1 if request.POST.get("to") == "earlier" else 1
    try:
        saved = operations.move_step(
            key=key, step=chosen, by=by, actor=request.actor, now=request.now
        )
    except operations.MenuDraftRefusal as refusal:
        return _refused(request, look(draft), MENU, _refusal_words(refusal))
    return _after(request, draft, saved, chosen)


def _after(
    request: StaffRequest, before: VoiceMenuDraft, saved: VoiceMenuDraft, chosen: str
) -> HttpResponse:
    if not request.htmx:
        return HttpResponseRedirect(at_step(saved.key, chosen))
    saved.based_on = before.based_on
    looked = look(saved)
    return _pane(request, looked, chosen, pane(looked, chosen), saved=True)


def _revision(request: StaffRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@staff_view(MENUS, methods=("GET", "HEAD", "POST"))
@reading
def publish(request: StaffRequest, key: str) -> HttpResponse:
    """Say why, and put the draft into service."""
    draft = get_draft(request, key)
    refused = _publish(request, key) if request.method == "POST" else ""
    if request.method == "POST" and not refused:
        messages.success(request, _("In service. The next call meets it."))
        return to_menu(key)
    looked = look(draft)
    is_played = settings.SWITCH == "played"  # that one says words without any recording
    context = _frame(looked, MENU) | {
        "refused": refused,
        "reason": request.POST.get("reason", ""),
        "has_phone": is_played,
        "unsaid": 0 if is_played or looked.faults else without_sound(new_pieces(looked.menu)),
    }
    status = UNPROCESSABLE if refused else 200
    return show(request, "publish.html", context, status=status)


def _publish(request: StaffRequest, key: str) -> str:
    """Publish; why it was refused, empty where it was not."""
    try:
        operations.publish_menu_draft(
            key=key, seen=_revision(request), reason=request.POST.get("reason", ""),
            actor=request.actor, now=request.now,
        )  # fmt: skip
    except operations.MenuFaulty as refusal:
        count = len(refusal.faults)
        return ngettext(
            "The draft has %(n)d fault. Mend it first.",
            "The draft has %(n)d faults. Mend them first.",
            count,
        ) % {"n": count}
    except operations.MenuUnchanged:
        return _("This is in service already: there is nothing to publish.")
    except operations.DraftMoved:
        return _("Somebody changed the draft meanwhile. Look at what would change, then publish.")
    except (operations.MenuDraftRefusal, BadText) as refusal:
        return _refusal_words(refusal)
    return ""


@staff_view(MENUS, methods=POST)
def drop(request: StaffRequest, key: str) -> HttpResponse:
    """Put the draft away; it can be taken up again."""
    find_draft(request, key)
    try:
        operations.drop_menu_draft(
            key=key, seen=_revision(request), actor=request.actor, now=request.now
        )
    except operations.DraftMoved:
        messages.error(request, _("Somebody changed the draft meanwhile. Nothing was put away."))
        return HttpResponseRedirect(at_step(key, MENU))
    except operations.MenuDraftRefusal as refusal:
        messages.error(request, _refusal_words(refusal))
    else:
        messages.success(request, _("The draft is put away. It can be taken up again below."))
    return to_menu(key)
