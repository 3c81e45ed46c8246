"""The builder's form: groups of lines by number, read into a rule, changed by its buttons."""

from collections.abc import Mapping
from dataclasses import replace
from re import compile as pattern
from typing import Final

from django.http import QueryDict

from qiao.customers.rules.segments import (
    JOINS,
    MOST_GROUPS,
    MOST_LINES,
    FieldShape,
    Group,
    Line,
    Rule,
    fitted,
    read_value,
)

_NAME: Final = pattern(r"g(\d{1,2})(?:-(\d{1,2}))?-(join|field|op|value)")


def read_rule(data: QueryDict, fields: Mapping[str, FieldShape]) -> Rule:
    """The rule as it stands in the form; operators that a line's field lacks become its first."""
    places: dict[int, set[int]] = {}
    for name in data:
        found = _NAME.fullmatch(name)
        if found:
            lines = places.setdefault(int(found[1]), set())
            lines |= {int(found[2])} if found[2] else set()
    groups = [
        Group(
            _join(data.get(f"g{group}-join", "")),
            tuple(_line(data, f"g{group}-{line}", fields) for line in sorted(lines)) or (Line(),),
        )
        for group, lines in sorted(places.items())
    ]
    return Rule(_join(data.get("join", "")), tuple(groups[: MOST_GROUPS + 1]) or (Group(),))


def _join(word: str) -> str:
    return word if word in JOINS else JOINS[0]


def _line(data: QueryDict, name: str, fields: Mapping[str, FieldShape]) -> Line:
    field, op = data.get(f"{name}-field", ""), data.get(f"{name}-op", "")
    shape = fields.get(field)
    line = fitted(Line(field, op), shape)
    if shape is None:
        return line
    return replace(line, value=read_value(shape.kind, line.op, data.getlist(f"{name}-value")))


def apply(rule: Rule, action: str) -> Rule:
    """The rule after a button: ``add-group``, ``drop-group:1``, ``add-line:0``, ``drop-line:0:2``.

    What cannot be done changes nothing.
    """
    word, _, rest = action.partition(":")
    places = [int(part) for part in rest.split(":") if part.isascii() and part.isdecimal()]
    groups = list(rule.groups)
    if word == "add-group" and len(groups) < MOST_GROUPS:
        groups.append(Group())
    elif word == "drop-group" and len(places) == 1 and places[0] < len(groups) > 1:
        del groups[places[0]]
    elif word in ("add-line", "drop-line") and places and places[0] < len(groups):
        groups[places[0]] = _changed(groups[places[0]], word, places[1:])
    return replace(rule, groups=tuple(groups))


def _changed(group: Group, word: str, place: list[int]) -> Group:
    lines = list(group.lines)
    if word == "add-line" and len(lines) < MOST_LINES:
        lines.append(Line())
    elif place and place[0] < len(lines) > 1:
        del lines[place[0]]
    return replace(group, lines=tuple(lines))
