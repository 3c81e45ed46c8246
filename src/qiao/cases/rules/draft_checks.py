"""The faults of a draft, each at its place: which part, which field, what is expected."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qiao.cases.rules.case_forms import read_form, type_of_form
from qiao.cases.rules.draft_parts import Part
from qiao.cases.rules.pack import DUTIES, read_process
from qiao.cases.rules.process import Process
from qiao.cases.rules.process_checks import Problem, validate
from qiao.core.packs.checks import check_fields
from qiao.core.packs.priority_rules import check_rules
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.conditions import tests_in

_STEP: Final = re.compile(r"step\[([^\]]*)\](?:\.|$)")
_ACTION: Final = re.compile(r"action\[([^\]]*)\](?:\.|$)")
_FIELD: Final = re.compile(r"fields\[([^\]]*)\](?:\.|$)")
_RULE: Final = re.compile(r"rules\[([^\]]*)\](?:\.|$)")
FIELD_OF: Final[Mapping[str, str]] = {
    "duplicate_step": "key",
    "duplicate_action": "key",
    "duplicate_field": "key",
    "no_start": "start",
    "dangling_to": "to",
    "unknown_phase": "phase",
    "unknown_kind": "kind",
    "unknown_mark": "marks",
    "duty_action": "duty_action",
    "final_goes_on": "final",
    "unknown_role": "role",
    "unknown_calendar": "calendar",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a process may refer to outside itself: fields of the case types that run it, roles,
    calendars with the seconds of a working day. `needed` is what processes ask of a form."""

    fields: Collection[str] = ()
    needed: Collection[str] = ()
    roles: Collection[str] = ()
    calendars: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `field` is the part's value at fault, where there is one; `detail` the facts of
    the case, for the sentence; `language` the one in which a text is missing."""

    code: str
    part: Part
    field: str = ""
    detail: Mapping[str, str] = dataclasses.field(default_factory=dict)


def read_draft(key: str, version: int, data: Mapping[str, Any]) -> tuple[Process, list[Fault]]:
    """The process of a draft as far as it can be read, and what cannot."""
    problems: list[PackProblem] = []
    table = Table(
        {**data, "key": "draft", "version": version}, file=key, place="", problems=problems
    )
    process = read_process(table)
    return process, [_unread(each) for each in problems]


def _unread(problem: PackProblem) -> Fault:
    """A fault of reading, at the part and value that its place names."""
    part, rest = _part_at(problem.key)
    name, _, language = rest.partition(".")
    return Fault("unreadable", part, name, {"language": language, "said": problem.message})


def _part_at(place: str) -> tuple[Part, str]:
    """The part that a place of the text names, and what follows."""
    step, action, own, rule = (each.search(place) for each in (_STEP, _ACTION, _FIELD, _RULE))
    if step and action:
        return Part("action", step[1], action[1]), place[action.end() :]
    for kind, found in (("step", step), ("field", own), ("rule", rule)):
        if found:
            return Part(kind, key=found[1]), place[found.end() :]
    return Part("process"), place


def faults(
    key: str, version: int, data: Mapping[str, Any], known: Known
) -> tuple[Process, list[Fault]]:
    """The process of a draft as far as it can be read, with all its faults in reading order.

    A form reads as a process without steps.
    """
    if type_of_form(key):
        return form_faults(key, version, data, known)
    process, found = read_draft(key, version, data)
    found += [_place(each) for each in validate(process, known.fields)]
    unread = {(each.part, each.field) for each in found}
    found += [each for each in _outside(process, known) if (each.part, each.field) not in unread]
    found += [
        Fault("bad_condition" if "show_when" in each.key else "duplicate_choice", _own(each))
        for each in check_fields(process.fields, key, "")
        if "expected one of this key" not in each.message or ".choices[" in each.key
    ]
    return process, list({_identity(each): each for each in found}.values())


def form_faults(
    key: str, version: int, data: Mapping[str, Any], known: Known
) -> tuple[Process, list[Fault]]:
    """The fields of a form as far as they can be read, with all its faults in reading order."""
    problems: list[PackProblem] = []
    form = read_form(Table(data, file=key, place="", problems=problems))
    found = [_unread(each) for each in problems]
    unread = {each.part for each in found}
    checks = [*check_fields(form.fields, key, ""), *check_rules(form, key, "")]
    found += [each for each in map(_of_form, checks) if each.part not in unread]
    missing = sorted(set(known.needed) - {field.key for field in form.fields})
    found += [Fault("needed", Part("process"), "", {"key": each}) for each in missing]
    process = Process(key, version, form.name, "", (), form.fields)
    return process, list({_identity(each): each for each in found}.values())


def _of_form(problem: PackProblem) -> Fault:
    """A fault between the parts of a form, at the part that must be mended."""
    part, rest = _part_at(problem.key)
    if ".choices[" in problem.key:
        return Fault("duplicate_choice", part, "choices")
    name = rest.lstrip(".")
    if name:
        return Fault("bad_condition", part, name)
    return Fault(f"duplicate_{part.kind}", part, "key")


def _identity(fault: Fault) -> tuple[str, str, str, str]:
    return fault.code, str(fault.part), fault.field, str(sorted(fault.detail.items()))


def _own(problem: PackProblem) -> Part:
    found = _FIELD.search(problem.key)
    return Part("field", key=found[1]) if found else Part("process")


def _place(problem: Problem) -> Fault:
    step, _, action = problem.place.partition("/")
    if problem.code in {"no_start", "no_final"}:
        part = Part("process")
    elif problem.code == "duplicate_field":
        part = Part("field", key=step)
    else:
        part = Part("action", step, action) if action else Part("step", key=step)
    where = FIELD_OF.get(problem.code, "")
    return Fault(problem.code, part, where, {"said": problem.message})


def _outside(process: Process, known: Known) -> list[Fault]:
    found = []
    for step in process.steps:
        at = Part("step", key=step.key)
        if step.role and step.role not in known.roles:
            found.append(Fault("unknown_role", at, "role", {"said": step.role}))
        if step.calendar and step.calendar not in known.calendars:
            found.append(Fault("unknown_calendar", at, "calendar", {"said": step.calendar}))
        if step.duty not in DUTIES:
            found.append(Fault("unknown_duty", at, "duty", {"said": step.duty}))
        if step.time_limit_seconds == 0:
            found.append(Fault("no_time", at, "time_limit"))
        for action in step.actions:
            if action.role and action.role not in known.roles:
                part = Part("action", step.key, action.key)
                found.append(Fault("unknown_role", part, "role", {"said": action.role}))
    return found


def fields_in_use(process: Process) -> set[str]:
    """Keys of all fields that steps ask for, actions need or conditions look at."""
    keys: set[str] = set()
    for step in process.steps:
        keys.update(item.key for item in step.fields)
        for action in step.actions:
            keys.update(action.needs)
            keys.update(test.field for test in tests_in(action.when))
    return keys
