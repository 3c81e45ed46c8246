"""The editor of a draft: the drawing, the list of steps, and the part that is being changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases.forms.process_parts import Around, PartForm
from qiao.cases.forms.processes import FORMS
from qiao.cases.models import ProcessDraft
from qiao.cases.operations import designing
from qiao.cases.queries import processes as reads
from qiao.cases.queries.processes import DESIGN
from qiao.cases.rules.case_forms import type_of_form
from qiao.cases.rules.draft_checks import Fault, faults
from qiao.cases.rules.draft_parts import KeyTaken, NoSuchPart, Part, find, own_values, stamp
from qiao.cases.rules.process import Process
from qiao.cases.showing import names, process_words
from qiao.cases.showing.form_parts import field_lines, rule_lines
from qiao.cases.showing.process_changes import change_words, value_words
from qiao.cases.showing.process_drawing import draw
from qiao.cases.showing.process_faults import fault_words
from qiao.cases.showing.process_steps import step_lines
from qiao.cases.showing.process_words import part_title, process_title, where_words
from qiao.cases.views.processes import show
from qiao.core.http import StaffRequest, put_at, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.texts import DATA_KEYS

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft with what the checks found in it."""

    draft: ProcessDraft
    process: Process
    faults: list[Fault]

    @property
    def is_form(self) -> bool:
        """Whether it is the form of a case type."""
        return bool(type_of_form(self.draft.key))

    def by_part(self) -> dict[str, int]:
        """How many faults each part has."""
        counts: dict[str, int] = {}
        for fault in self.faults:
            counts[str(fault.part)] = counts.get(str(fault.part), 0) + 1
        return counts


def look(draft: ProcessDraft, now: datetime) -> Looked:
    """Check a draft."""
    known = reads.known_to(draft.key, now)
    process, found = faults(draft.key, draft.based_on.version, draft.definition, known)
    return Looked(draft, process, found)


def get_draft(request: StaffRequest, draft_id: int) -> ProcessDraft:
    """The draft, or 404."""
    try:
        return reads.get_draft_for(actor=request.actor, draft_id=draft_id)
    except ProcessDraft.DoesNotExist as error:
        raise Http404(str(draft_id)) from error


def part_named(request: StaffRequest) -> str:
    """The name of a part, in the address or in the form."""
    return request.GET.get("part") or request.POST.get("part", "")


def read_part(text: str) -> Part:
    """A part by its name in the address, or 404."""
    try:
        return Part.read(text or "process")
    except NoSuchPart as error:
        raise Http404(text) from error


def frame(looked: Looked, part: Part) -> dict[str, Any]:
    """What stands around the part that is being changed."""
    draft, counts = looked.draft, looked.by_part()
    changes = change_words(draft.based_on.definition, draft.definition, draft.key)
    shown = [
        {
            "where": where_words(draft.definition, fault.part),
            "value": process_words.VALUES.get(fault.field, ""),
            "words": fault_words(fault),
            "part": str(fault.part),
        }
        for fault in looked.faults
    ]
    return {
        "draft": draft,
        "title": process_title(draft.key, draft.definition),
        "is_form": looked.is_form,
        "picture": None
        if looked.is_form
        else draw(looked.process, faulty=counts, changed={each.part for each in changes}),
        "rules": rule_lines(draft.key, draft.definition, counts) if looked.is_form else [],
        "steps": step_lines(looked.process, draft.key, draft.definition, counts),
        "fields": field_lines(draft.key, draft.definition, counts),
        "faults": shown,
        "own_faults": counts.get("process", 0),
        "changes": changes,
        "part": str(part),
        "is_open": draft.state == ProcessDraft.State.OPEN,
    }  # fmt: skip


def part_form(looked: Looked, part: Part, data: Any = None, values: Any = None) -> PartForm:
    """The form of a part; with `data`, as somebody typed it. Raises `NoSuchPart`."""
    definition, key = looked.draft.definition, looked.draft.key
    packs = catalogue()
    pack = key.partition(".")[0]
    around = Around(
        data=definition,
        fields=reads.known_fields_of(key, definition),
        roles=[(each, names.role_name(each)) for each in packs.roles],
        calendars=[
            (each, names.calendar_name(each))
            for each in packs.calendars
            if each.startswith(f"{pack}.")
        ],
        steps=[
            (step["key"], part_title(definition, Part("step", key=step["key"])))
            for step in definition.get("step", [])
            if step.get("key")
        ],
        own=find(definition, part),
        is_form=looked.is_form,
    )
    held = own_values(definition, part) if values is None else values
    kind = "form" if looked.is_form and part.kind == "process" else part.kind
    return FORMS[kind](data, around=around, values=held, auto_id="part-%s")


def pane(looked: Looked, part: Part, form: PartForm | None = None, **more: Any) -> dict[str, Any]:
    """The part that is being changed, for the template."""
    definition = looked.draft.definition
    form = form or part_form(looked, part)
    own = [fault for fault in looked.faults if fault.part == part]
    slots: dict[str, list[str]] = {}
    general = []
    for fault in own:
        name = _control_of(form, fault)
        if name:
            slots.setdefault(name, []).append(fault_words(fault))
        else:
            general.append(fault_words(fault))
    groups = [
        (label, [(bound, slots.get(bound.name, [])) for bound in held])
        for label, held in form.bound_groups()
    ]
    return {
        "form": form,
        "groups": groups,
        "general": general,
        "part": str(part),
        "kind": part.kind,
        "part_name": part_title(definition, part),
        "part_where": where_words(definition, part),
        "step_part": f"step:{part.step}" if part.kind == "action" else "",
        "step_key": part.key if part.kind == "step" else part.step,
        "actions": [
            line for line in step_lines(looked.process, looked.draft.key, definition,
                                        looked.by_part()) if line.part == str(part)
        ],
        "seen": stamp(own_values(definition, part)),
        **more,
    }  # fmt: skip


def _control_of(form: PartForm, fault: Fault) -> str:
    """The control at which a fault is shown; empty: above the form."""
    language = fault.detail.get("language", "").replace("-", "_").lower()
    name = fault.field.partition("[")[0]
    tries = [f"{name}-{language}", name, {"time_limit": "amount"}.get(name, ""), f"{name}-0-field"]
    return next((each for each in tries if each in form.fields), "")


@staff_view(DESIGN)
def editor(request: StaffRequest, draft_id: int) -> HttpResponse:
    """The whole editor, with one part open."""
    looked = look(get_draft(request, draft_id), request.now)
    part = read_part(request.GET.get("part", ""))
    try:
        opened = pane(looked, part)
    except NoSuchPart:
        part = Part("process")
        opened = pane(looked, part)
    return show(request, "editor.html", frame(looked, part) | {"pane": opened})


@staff_view(DESIGN, methods=("GET", "HEAD", "POST"))
def part(request: StaffRequest, draft_id: int) -> HttpResponse:
    """The pane of a part; posted, its values are kept."""
    draft = get_draft(request, draft_id)
    chosen = read_part(part_named(request))
    looked = look(draft, request.now)
    try:
        form = part_form(looked, chosen, request.POST if request.method == "POST" else None)
    except NoSuchPart as error:
        raise Http404(str(chosen)) from error
    if request.method != "POST":
        if not request.htmx:
            return HttpResponseRedirect(_at(draft, chosen))
        return _pane(request, looked, chosen, pane(looked, chosen))
    form.is_valid()
    return _save(request, looked, chosen, form)


def _save(request: StaffRequest, looked: Looked, chosen: Part, form: PartForm) -> HttpResponse:
    """Keep what was typed; the controls are drawn anew only where their number changes."""
    values, draft = form.values(), looked.draft
    try:
        saved = designing.save_part(
            draft_id=draft.pk, part=chosen, values=values, seen=request.POST.get("seen", ""),
            actor=request.actor, now=request.now,
        )  # fmt: skip
    except designing.PartMoved as moved:
        return _conflict(request, looked, chosen, form, moved)
    except (KeyTaken, designing.DraftTooLarge) as refusal:
        words = _("Another part of this kind has this key. Nothing was saved.")
        if isinstance(refusal, designing.DraftTooLarge):
            words = _("A process of this size cannot be kept. Nothing was saved.")
        shown = pane(looked, chosen, form, refused=words)
        return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)
    except designing.DraftClosed:
        shown = pane(looked, chosen, form, refused=_("This draft stands still now."))
        return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)
    saved.based_on = draft.based_on
    now_at = Part(chosen.kind, chosen.step, values["key"]) if values.get("key") else chosen
    now_at = Part("process") if chosen.kind == "process" else now_at
    looked = look(saved, request.now)
    if not request.htmx:
        return HttpResponseRedirect(_at(saved, now_at))
    redraw = bool(request.GET.get("redraw")) or now_at != chosen
    shown = pane(looked, now_at)
    if redraw:
        return _pane(request, looked, now_at, shown, saved=True)
    context = frame(looked, now_at) | {"pane": shown, "oob": True, "saved": True}
    return render(request, "cases/processes/_saved.html", context)


def _conflict(
    request: StaffRequest,
    looked: Looked,
    chosen: Part,
    form: PartForm,
    moved: designing.PartMoved,
) -> HttpResponse:
    """Show what stands and what was typed; saving again then replaces it."""
    definition, key = looked.draft.definition, looked.draft.key
    mine = form.values()
    stands = dict(moved.stands or {})
    fields = reads.known_fields_of(key, definition)
    conflicts = [
        (
            process_words.VALUES.get(name, name),
            value_words(name, stands.get(name), definition, fields),
            value_words(name, mine.get(name), definition, fields),
        )
        for name in dict.fromkeys([*stands, *mine])
        if stands.get(name) != mine.get(name)
    ]
    shown = pane(looked, chosen, form, conflicts=conflicts)
    return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)


def _pane(
    request: StaffRequest,
    looked: Looked,
    chosen: Part,
    shown: dict[str, Any],
    *,
    status: int = 200,
    saved: bool = False,
) -> HttpResponse:
    """The pane, drawn anew wherever it was asked from."""
    context = frame(looked, chosen) | {"pane": shown, "oob": True, "saved": saved}
    if not request.htmx:
        return show(request, "editor.html", context | {"oob": False}, status=status)
    response = render(request, "cases/processes/_pane_frame.html", context, status=status)
    return put_at("#part-pane", response)


def _at(draft: ProcessDraft, chosen: Part) -> str:
    return f"{reverse('cases:process_draft', args=[draft.pk])}?part={chosen}"


def _new_name(kind: str) -> dict[str, str]:
    """A name to begin with, in every language: nothing is a fault that nobody made."""
    words = {
        "step": ("New step", "新环节", "新環節"),
        "action": ("New action", "新操作", "新操作"),
        "field": ("New field", "新字段", "新欄位"),
        "rule": ("New rule", "新规则", "新規則"),
    }
    return dict(zip(DATA_KEYS, words[kind], strict=True))


@staff_view(DESIGN, methods=("POST",))
def add(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Add a step, an action, a field or a rule, and open it."""
    kind = request.POST.get("kind", "")
    draft = get_draft(request, draft_id)
    if kind not in ({"field", "rule"} if type_of_form(draft.key) else {"step", "action", "field"}):
        raise Http404(kind)
    try:
        saved, made = designing.add_part(
            draft_id=draft.pk, kind=kind, step=request.POST.get("step", ""),
            name=_new_name(kind), actor=request.actor, now=request.now,
        )  # fmt: skip
    except (NoSuchPart, designing.DraftRefusal):
        return _stands_still(request, draft, Part("process"))
    return _after(request, saved, made)


@staff_view(DESIGN, methods=("POST",))
def remove(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Take a part out."""
    draft = get_draft(request, draft_id)
    chosen = read_part(part_named(request))
    try:
        saved = designing.remove_part(
            draft_id=draft.pk, part=chosen, seen=request.POST.get("seen", ""),
            actor=request.actor, now=request.now,
        )  # fmt: skip
    except designing.PartMoved:
        looked = look(draft, request.now)
        words = _("Somebody changed this part meanwhile. Look at it, and take it out again.")
        shown = pane(looked, chosen, refused=words)
        return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)
    except (NoSuchPart, designing.DraftRefusal):
        return _stands_still(request, draft, Part("process"))
    up = Part("step", key=chosen.step) if chosen.kind == "action" else Part("process")
    return _after(request, saved, up)


@staff_view(DESIGN, methods=("POST",))
def move(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Move a part in its list: earlier, or later."""
    draft = get_draft(request, draft_id)
    chosen = read_part(part_named(request))
    by = -1 if "earlier" in (request.GET.get("to"), request.POST.get("to")) else 1
    try:
        saved = designing.move_part(
            draft_id=draft.pk, part=chosen, by=by, actor=request.actor, now=request.now
        )
    except (NoSuchPart, designing.DraftRefusal):
        return _stands_still(request, draft, Part("process"))
    return _after(request, saved, chosen)


def _after(request: StaffRequest, draft: ProcessDraft, chosen: Part) -> HttpResponse:
    if not request.htmx:
        return HttpResponseRedirect(_at(draft, chosen))
    looked = look(draft, request.now)
    return _pane(request, looked, chosen, pane(looked, chosen))


def _stands_still(request: StaffRequest, draft: ProcessDraft, chosen: Part) -> HttpResponse:
    looked = look(draft, request.now)
    words = _("This is not possible: the draft stands still, or the part is gone.")
    shown = pane(looked, chosen, refused=words)
    return _pane(request, looked, chosen, shown, status=UNPROCESSABLE)


@staff_view(DESIGN)
def compare(request: StaffRequest, draft_id: int) -> HttpResponse:
    """What the draft changes, in words: against the version in force, or where it began."""
    draft = get_draft(request, draft_id)
    versions = reads.versions_of(draft.key)
    current = reads.in_force(versions, request.now) or draft.based_on
    context = {
        "draft": draft,
        "title": process_title(draft.key, draft.definition),
        "current": current,
        "changes": change_words(current.definition, draft.definition, draft.key),
        "moved_on": current.pk != draft.based_on_id,
        "is_form": bool(type_of_form(draft.key)),
    }
    return show(request, "compare.html", context)
