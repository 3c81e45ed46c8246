"""A condition on a form: lines of field, comparison and value, which all or any must hold.

A condition of another shape (one inside another) is shown in words and kept as it is.
"""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.rules.process import SYSTEM_FACTS
from qiao.cases.showing import names
from qiao.cases.showing.process_words import OPERATORS, condition_words, fact_name
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import LISTED, UNARY
from qiao.core.wording import said

MOST: Final = 6  # lines of one condition
_NUMBERS: Final = frozenset({"repeat_count", "reopened_count"})
_FLAGS: Final = frozenset({"emergency", "needs_follow_up", "customer_known"})


def lines_of(tree: Any) -> tuple[str, list[dict[str, Any]]] | None:
    """A condition as its joint and lines; None if it has another shape."""
    if not isinstance(tree, Mapping) or not tree:
        return "all", []
    for word in ("all", "any"):
        if word in tree:
            held = tree[word]
            flat = isinstance(held, list) and all(
                isinstance(each, Mapping) and "op" in each for each in held
            )
            return (word, [dict(each) for each in held]) if flat else None
    return ("all", [dict(tree)]) if "op" in tree else None


def condition_initial(name: str, tree: Any) -> dict[str, Any]:
    """The initial values of a condition's controls."""
    held = lines_of(tree)
    if held is None:
        return {}
    joint, lines = held
    initial: dict[str, Any] = {f"{name}-join": joint}
    for number, line in enumerate(lines):
        value = line.get("value")
        initial[f"{name}-{number}-field"] = line.get("field")
        initial[f"{name}-{number}-op"] = line.get("op")
        initial[f"{name}-{number}-value"] = _typed(value)
    return initial


def _typed(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_typed(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def condition_fields(
    name: str, tree: Any, data: Any, fields: Mapping[str, Field]
) -> dict[str, forms.Field]:
    """The controls: those of the lines that are there, and one more line."""
    held = lines_of(tree)
    if held is None:
        words = condition_words(tree, fields)
        keep = forms.BooleanField(
            label=_("Replace this condition: %(words)s") % {"words": words},
            required=False,
            help_text=_("It is put together in several levels and is kept as it is."),
        )
        return {f"{name}-replace": keep}
    lines = held[1]
    if data is not None:
        lines = _posted(name, data)
    found: dict[str, forms.Field] = {}
    if len(lines) > 1:
        joints = [
            ("all", pgettext("lines", "all of them")),
            ("any", pgettext("lines", "any of them")),
        ]
        found[f"{name}-join"] = _control(_("Lines that must hold"), joints)
    for number in range(min(len(lines) + 1, MOST)):
        line = lines[number] if number < len(lines) else {}
        found |= _line(f"{name}-{number}", line, fields)
    return found


def _line(
    name: str, line: Mapping[str, Any], fields: Mapping[str, Field]
) -> dict[str, forms.Field]:
    key, op = str(line.get("field") or ""), str(line.get("op") or "")
    facts = dict.fromkeys([*fields, *SYSTEM_FACTS, *([key] if key else [])])
    choices = [("", "—"), *((each, fact_name(each, fields)) for each in facts)]
    found: dict[str, forms.Field] = {
        f"{name}-field": _control(_("Field"), choices, redraws=True),
    }
    if key:
        found[f"{name}-op"] = _control(_("Comparison"), list(OPERATORS.items()), redraws=True)
        if op not in UNARY:
            found[f"{name}-value"] = _value(key, op, fields)
    return found


def _control(label: str, choices: Any, *, redraws: bool = False) -> forms.ChoiceField:
    widget = forms.Select(attrs={"data-redraws": "1"} if redraws else {})
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=widget)


def _value(key: str, op: str, fields: Mapping[str, Field]) -> forms.Field:
    label = _("Value")
    choices = _choices(key, fields)
    if choices and op not in LISTED:
        return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)
    hint = _("Several, divided by commas") if op in LISTED else ""
    if choices:
        hint += ": " + ", ".join(each for each, _name in choices)
    return forms.CharField(label=label, max_length=300, required=False, help_text=hint)


def _choices(key: str, fields: Mapping[str, Field]) -> list[tuple[str, Any]]:
    held = fields.get(key)
    if key in _FLAGS or (held is not None and held.kind == "bool"):
        return [("true", _("Yes")), ("false", _("No"))]
    if held is not None:
        return [(each.key, said(each.name)) for each in held.choices]
    if key == "priority":
        return list(names.PRIORITIES.items())
    if key == "channel":
        return [(each, names.channel_words(each)) for each in catalogue().channels]
    return []


def _posted(name: str, data: Any) -> list[dict[str, Any]]:
    lines = []
    for number in range(MOST):
        key = data.get(f"{name}-{number}-field", "")
        if key:
            lines.append({
                "field": key,
                "op": data.get(f"{name}-{number}-op") or "eq",
                "value": data.get(f"{name}-{number}-value", ""),
            })  # fmt: skip
    return lines


def read_condition(name: str, before: Any, data: Any, fields: Mapping[str, Field]) -> Any:
    """The condition as it is kept: one line alone, several under their joint, None for none."""
    if lines_of(before) is None and data.get(f"{name}-replace") != "on":
        return before
    lines = []
    for line in _posted(name, data):
        if line["op"] in UNARY:
            del line["value"]
        else:
            line["value"] = _stored(line["field"], line["op"], line["value"], fields)
        lines.append(line)
    if len(lines) > 1:
        return {data.get(f"{name}-join") or "all": lines}
    return lines[0] if lines else None


def _stored(key: str, op: str, typed: str, fields: Mapping[str, Field]) -> Any:
    if op in LISTED:
        parts = [part.strip() for part in typed.replace("，", ",").replace("、", ",").split(",")]
        return [_plain(key, part, fields) for part in parts if part]
    return _plain(key, typed.strip(), fields)


def _plain(key: str, typed: str, fields: Mapping[str, Field]) -> Any:
    kind = fields[key].kind if key in fields else ""
    if key in _FLAGS or kind == "bool":
        return typed == "true"
    if key in _NUMBERS or kind in {"number", "money"}:
        try:
            number = float(typed.replace(",", ""))
        except ValueError:
            return typed
        return int(number) if number == int(number) else number
    return typed
