"""The editor of a voice menu for its templates: what stands around, and the step that is open."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.telephony.forms.menu_parts import Around, StepForm, WayField, text_name, way_name
from qiao.telephony.forms.menu_steps import form_of
from qiao.telephony.models import VoiceMenu, VoiceMenuDraft
from qiao.telephony.operations import faults_of
from qiao.telephony.queries import queue_name
from qiao.telephony.rules.menu_checks import Fault
from qiao.telephony.rules.menu_data import menu_from_data
from qiao.telephony.rules.menu_edit import MENU, SAID, part_of, said_at, tidied
from qiao.telephony.rules.menu_outline import leads_to
from qiao.telephony.rules.menus import LANGUAGES, Menu
from qiao.telephony.rules.speech import fixed_pieces_of
from qiao.telephony.saying import can_be_heard
from qiao.telephony.showing import menu_words
from qiao.telephony.showing.menu_faults import fault_words
from qiao.telephony.showing.menu_lines import change_lines, step_lines


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft with what the checks found in it."""

    draft: VoiceMenuDraft
    menu: Menu
    faults: tuple[Fault, ...]


def look(draft: VoiceMenuDraft) -> Looked:
    """Check a draft."""
    menu = menu_from_data(draft.data)
    return Looked(draft, menu, faults_of(menu))


def frame(looked: Looked, current: VoiceMenu, step: str) -> dict[str, Any]:
    """What stands around the step that is being changed; `current` is the version in service."""
    draft, menu = looked.draft, looked.menu
    counts = Counter(each.node for each in looked.faults)
    lines, loose = step_lines(menu, counts)
    return {
        "draft": draft,
        "key": draft.key,
        "name": menu_words.menu_name(draft.key),
        "lines": lines,
        "loose": loose,
        "own_faults": counts[MENU],
        "faults": [
            {
                "step": each.node,
                "where": menu_words.step_title(menu, each.node)
                if each.node
                else _("The menu itself"),
                "field": menu_words.field_name(each.field),
                "words": fault_words(menu, each),
            }
            for each in looked.faults
        ],
        "changes": change_lines(current.data, tidied(draft.data)),
        "current": current,
        "moved_on": current.version != draft.based_on.version,
        "step": step,
        "kinds": [(k, label, menu_words.ICONS[k]) for k, label in menu_words.KINDS.items()],
    }


def step_form(looked: Looked, step: str, data: Any = None) -> StepForm:
    """The form of a step; with `data`, as somebody typed it. Raises `NoSuchStep`."""
    draft, menu = looked.draft, looked.menu
    part = part_of(draft.data, step)
    packs = catalogue()
    pack = draft.key.partition(".")[0]
    skills = sorted({spec.skill for spec in packs.queues.values() if spec.skill})
    voice = registry.voice()
    around = Around(
        menu=menu,
        part=part,
        step=step,
        queues=[(k, queue_name(k)) for k, q in packs.queues.items() if "phone" in q.channels],
        matters=[
            (each, menu_words.matter_name(each))
            for each in packs.case_types
            if each.startswith(f"{pack}.")
        ],
        calendars=[
            (each, menu_words.calendar_name(each))
            for each in packs.calendars
            if each.startswith(f"{pack}.")
        ],
        skills=[(each, queue_name(each)) for each in skills],
        lookups=[(name, v.label) for (kind, name), v in voice.items() if kind == "lookup"],
        checks=[(name, v.label) for (kind, name), v in voice.items() if kind == "check"],
        lists=[(name, v.label) for (kind, name), v in voice.items() if kind == "list"],
        shared={text: len(set(said_at(draft.data, text)) - {step}) for text in part.texts},
    )
    kind = part.values.get("kind", "")
    return form_of(kind, data, around=around, auto_id="step-%s")


def pane(looked: Looked, step: str, form: StepForm | None = None, **more: Any) -> dict[str, Any]:
    """The step that is being changed, for the template. Raises `NoSuchStep`."""
    menu = looked.menu
    form = form or step_form(looked, step)
    part = part_of(looked.draft.data, step)
    slots: dict[str, list[str]] = {}
    general = []
    for fault in looked.faults:
        if fault.node != step:
            continue
        name = control_of(form, fault)
        if name:
            slots.setdefault(name, []).append(fault_words(menu, fault))
        else:
            general.append(fault_words(menu, fault))
    groups = [
        (group, [(bound, slots.get(bound.name, []), _target(form, bound.name),
                  _sound(looked, group.text, bound.name)) for bound in held])
        for group, held in form.bound_groups()
    ]  # fmt: skip
    kind = part.values.get("kind", "")
    return {
        "form": form,
        "groups": groups,
        "general": general,
        "step": step,
        "icon": menu_words.ICONS.get(kind, "list-check"),
        "title": menu_words.step_title(menu, step) if step else _("The menu itself"),
        "from": [
            (node.key if node else MENU, *menu_words.way_words(node, way.field),
             menu_words.step_title(menu, node.key) if node else "")
            for node, way in leads_to(menu, step)
        ] if step else [],
        "seen": part.stamp,
        **more,
    }  # fmt: skip


def _target(form: StepForm, name: str) -> str:
    """The step to which a control of a way leads, to be opened from there."""
    value = form.initial.get(name)
    is_way = isinstance(form.fields[name], WayField) and value in form.around.menu.index
    return str(value) if is_way else ""


def _sound(looked: Looked, text: str, name: str) -> str:
    """The address at which the words of a control are read aloud; empty where nothing can."""
    for language in looked.menu.languages:
        if text and name == text_name(text, language):
            words = looked.menu.texts.get(text, {}).get(language, "")
            if language in LANGUAGES and can_be_heard(fixed_pieces_of(words, language)):
                query = {"text": text, "language": language, "of": looked.draft.revision}
                address = reverse("telephony:menu_sound", args=[looked.draft.key])
                return f"{address}?{urlencode(query)}"
    return ""


def control_of(form: StepForm, fault: Fault) -> str:
    """The control at which a fault is shown; empty: above the form."""
    tries = [way_name(fault.field), fault.field.partition(".")[0]]
    if fault.field in SAID:
        text, language = fault.detail.get("prompt", ""), fault.detail.get("language", "")
        spoken = [text_name(text, each) for each in form.around.menu.languages]
        tries = [text_name(text, language), *spoken, f"more-{fault.field}"]
    tries += {"keys": ["keys-1"], "skills": ["skill-0"]}.get(fault.field, [])
    own = [each for each in tries if each in form.fields]
    return own[0] if own and fault.field != "key" else ""
