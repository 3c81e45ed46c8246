"""Names in the reader's language: types, steps, promises, phases, roles, values of fields."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases import definitions
from qiao.cases.models import ProcessVersion
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Field
from qiao.core.rules.texts import Text
from qiao.core.wording import from_names, said

SEVERITY: Final = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
PRIORITIES: Final[Mapping[str, LazyText]] = {
    "urgent": pgettext_lazy("priority", "Urgent"),
    "high": pgettext_lazy("priority", "High"),
    "normal": pgettext_lazy("priority", "Medium"),
    "low": pgettext_lazy("priority", "Low"),
}
PHASES: Final[Mapping[str, LazyText]] = {
    "intake": pgettext_lazy("case phase", "Intake"),
    "assign": pgettext_lazy("case phase", "To assign"),
    "work": pgettext_lazy("case phase", "In progress"),
    "confirm": pgettext_lazy("case phase", "To follow up"),
    "closed": pgettext_lazy("case phase", "Archived"),
}
STAGES: Final[Mapping[str, LazyText]] = {
    "received": pgettext_lazy("customer's words for a case", "Received"),
    "looked_at": pgettext_lazy("customer's words for a case", "Being looked at"),
    "on_the_way": pgettext_lazy("customer's words for a case", "On the way to you"),
    "done": pgettext_lazy("customer's words for a case", "Done"),
}
"""Where a case is (`rules.stages`), as customers read and hear it."""
PHASE_TONES: Final = {
    "intake": "info",
    "assign": "warn",
    "work": "pri",
    "confirm": "pri",
    "closed": "ok",
}
GROUPS: Final[Mapping[str, LazyText]] = {
    "enquiry": pgettext_lazy("case group", "Enquiry"),
    "request": pgettext_lazy("case group", "Request"),
    "fault": pgettext_lazy("case group", "Fault report"),
    "complaint": pgettext_lazy("case group", "Complaint"),
    "suggestion": pgettext_lazy("case group", "Suggestion"),
    "follow_up": pgettext_lazy("case group", "Follow-up"),
    "internal": pgettext_lazy("case group", "Internal"),
}
LEVELS: Final[Mapping[str, LazyText]] = {
    "ok": pgettext_lazy("deadline", "In time"),
    "warn": pgettext_lazy("deadline", "Due soon"),
    "bad": pgettext_lazy("deadline", "Nearly late"),
    "late": pgettext_lazy("deadline", "Late"),
}
DUTIES: Final[Mapping[str, LazyText]] = {
    "work_order": pgettext_lazy("duty of a step", "Work order"),
    "follow_up": pgettext_lazy("duty of a step", "Follow-up call"),
}
LINK_KINDS: Final[Mapping[str, LazyText]] = {
    "related": pgettext_lazy("link of cases", "Related"),
    "duplicate": pgettext_lazy("link of cases", "Duplicate"),
    "caused_by": pgettext_lazy("link of cases", "Consequence"),
    "follows": pgettext_lazy("link of cases", "Follows from it"),
    "split": pgettext_lazy("link of cases", "Split off from it"),
}
CHOSEN_KINDS: Final[Mapping[str, LazyText]] = {
    key: text for key, text in LINK_KINDS.items() if key != "split"
}
LINKED_FROM: Final[Mapping[str, LazyText]] = {
    "caused_by": pgettext_lazy("link of cases", "Cause of it"),
    "follows": pgettext_lazy("link of cases", "Was before it"),
    "split": pgettext_lazy("link of cases", "Was split off"),
}
TEXT_FIELDS: Final[Mapping[str, LazyText]] = {
    "title": pgettext_lazy("field of a case", "Title"),
    "description": pgettext_lazy("field of a case", "Request"),
    "place": pgettext_lazy("field of a case", "Place"),
    "caller_name": pgettext_lazy("field of a case", "Who asks"),
    "caller_phone": pgettext_lazy("field of a case", "Telephone"),
    "reason": pgettext_lazy("field of a case", "Reason"),
    "outcome": pgettext_lazy("field of a case", "Outcome"),
}
STEP_PROMISE: Final = "step:"
_steps: dict[int, dict[str, Text]] = {}


def link_words(kind: str, *, there: bool) -> str:
    """How another case belongs to this one; `there` where the link leads from this one to it."""
    found = (None if there else LINKED_FROM.get(kind)) or LINK_KINDS.get(kind)
    return str(found or kind)


def type_name(names: Mapping[str, str]) -> str:
    """The name of a case type as its row keeps it."""
    return from_names(names)


def unit_name(unit: Any) -> str:
    """The name of an organisation, in the reader's language where it has one there."""
    return from_names(unit.names, unit.name)


def remember_steps(process_ids: Iterable[int]) -> None:
    """Read the step names of these process versions, at most once per process of the server."""
    missing = set(process_ids) - _steps.keys()
    if missing:
        for version in ProcessVersion.objects.filter(id__in=missing):
            process = definitions.process_of(version)
            _steps[version.pk] = {step.key: step.name for step in process.steps}


def step_name(process_id: int, step: str) -> str:
    """The name of a step; `remember_steps` was called before for a whole list."""
    if process_id not in _steps:
        remember_steps([process_id])
    return said(_steps.get(process_id, {}).get(step)) or step


def forget_steps() -> None:
    """Drop what was remembered."""
    _steps.clear()


def offered_steps() -> dict[str, str]:
    """Every step of the newest version of every process, by key; for a choice."""
    newest = ProcessVersion.objects.processes().newest()
    ids = list(newest.values_list("pk", flat=True))
    remember_steps(ids)
    return {key: said(name) for pk in ids for key, name in _steps[pk].items()}


def promise_name(definition: CaseType | None, process_id: int, key: str) -> str:
    """The name of a promise: the type's own, or the limit of a step."""
    if key.startswith(STEP_PROMISE):
        step = step_name(process_id, key.removeprefix(STEP_PROMISE))
        return _("Step “%(step)s”") % {"step": step}
    for spec in definition.promises if definition else ():
        if spec.key == key:
            return said(spec.name)
    return key


def role_name(key: str) -> str:
    """The name of a role that a process asks for."""
    named = catalogue().roles.get(key)
    return said(named.name) if named else key


def calendar_name(key: str) -> str:
    """The name of a working calendar."""
    spec = catalogue().calendars.get(key)
    return said(spec.name) if spec else key


def channel_words(key: str) -> str:
    """The name of a channel as the packs call it."""
    channel = catalogue().channels.get(key)
    return said(channel.name) if channel else key


def value_words(field: Field, value: Any) -> str:
    """A stored value of a field as people read it."""
    if field.kind == "bool":
        return _("Yes") if value else _("No")
    if field.kind in {"choice", "choices"}:
        names = {choice.key: said(choice.name) for choice in field.choices}
        values = value if isinstance(value, list) else [value]
        return _(", ").join(names.get(item, str(item)) for item in values)
    text = str(value).replace("T", " ") if field.kind == "datetime" else str(value)
    return f"{text} {field.unit}".strip()
