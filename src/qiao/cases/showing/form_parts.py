"""The questions and rules of a form (or the fields of a process) as lists: what the editor and the
pages on versions show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qiao.cases.queries.processes import known_fields_of
from qiao.cases.rules.draft_parts import Data, Part
from qiao.cases.showing import names, process_words
from qiao.cases.showing.process_words import condition_words, part_title
from qiao.core.wording import from_names


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field: its label and kind, what it asks for, and when it is shown."""

    part: str
    name: str
    kind: str
    required: bool
    shown_when: str
    required_when: str
    choices: str
    faults: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule: its reason, what must be answered, and how urgent that makes a case."""

    part: str
    name: str
    when: str
    priority: str
    severity: int
    faults: int


def field_lines(key: str, data: Data, faulty: Mapping[str, int] | None = None) -> list[FieldLine]:
    """Every field in the order of the definition; `faulty` counts faults by part."""
    fields, faulty = known_fields_of(key, data), faulty or {}
    lines = []
    for row in data.get("fields", []):
        part = Part("field", key=str(row.get("key", "")))
        lines.append(
            FieldLine(
                part=str(part),
                name=part_title(data, part),
                kind=str(process_words.FIELD_KINDS.get(row.get("kind"), row.get("kind", ""))),
                required=bool(row.get("required")),
                shown_when=condition_words(row.get("show_when"), fields),
                required_when=condition_words(row.get("required_when"), fields),
                choices=_(", ").join(_choice(each) for each in row.get("choices", [])),
                faults=faulty.get(str(part), 0),
            )
        )
    return lines


def _choice(row: Mapping[str, Any]) -> str:
    return from_names(dict(row), str(row.get("key", "")))


def rule_lines(key: str, data: Data, faulty: Mapping[str, int] | None = None) -> list[RuleLine]:
    """Every rule of a form in the order of the definition; `faulty` counts faults by part."""
    fields, faulty = known_fields_of(key, data), faulty or {}
    lines = []
    for row in data.get("rules", []):
        part = Part("rule", key=str(row.get("key", "")))
        priority = str(row.get("priority", ""))
        lines.append(
            RuleLine(
                part=str(part),
                name=part_title(data, part),
                when=condition_words(row.get("when"), fields),
                priority=str(names.PRIORITIES.get(priority, priority)),
                severity=names.SEVERITY.get(priority, 4),
                faults=faulty.get(str(part), 0),
            )
        )
    return lines
