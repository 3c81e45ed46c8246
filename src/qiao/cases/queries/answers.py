"""Answers by which lists of cases can be narrowed, and how a list is narrowed by them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from qiao.cases import definitions
from qiao.cases.models import ProcessVersion
from qiao.cases.rules.case_forms import form_from_data, form_key
from qiao.core.packs.model import Field

JOINT: Final = ":"
YES: Final = "true"
NO: Final = "false"


def listed_fields(type_keys: Iterable[str]) -> list[Field]:
    """The questions of these case types that are marked for lists, as their newest forms have
    them; without types, those of all."""
    keys = [key for key in type_keys if key in definitions.case_types()]
    wanted = [form_key(key) for key in keys or definitions.case_types()]
    found: dict[str, Field] = {}
    for row in ProcessVersion.objects.filter(key__in=wanted).newest():
        for field in form_from_data(row.key, row.definition).fields:
            if field.listed:
                found.setdefault(field.key, field)
    return list(found.values())


def narrow_by_answers(
    answers: Sequence[str], parts: list[str], parameters: dict[str, Any]
) -> None:
    """To cases with these answers (``field:value``): of one question any, of several each."""
    asked: dict[str, list[str]] = {}
    for each in answers:
        key, joint, value = each.partition(JOINT)
        if joint and key and value:
            asked.setdefault(key, []).append(value)
    for number, (key, values) in enumerate(asked.items()):
        held = []
        for place, value in enumerate(v for given in values for v in _shapes(given)):
            name = f"answer_{number}_{place}"
            held.append(
                f"c.facts @> jsonb_build_object(%(answer_{number})s::text, %({name})s::jsonb)"
            )
            parameters[name] = value
        parameters[f"answer_{number}"] = key
        parts.append(f"({' OR '.join(held)})")


def _shapes(value: str) -> list[str]:
    """How a value may stand in a case: by itself, among several, as yes or no."""
    if value in {YES, NO}:
        return [value]
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"', f'["{escaped}"]']
