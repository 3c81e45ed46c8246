"""Rules of segments in words, and the controls of their builder."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.core.actor import Actor
from qiao.core.manifest import SegmentField
from qiao.core.registry import registry
from qiao.customers.models import SegmentMove
from qiao.customers.queries.segment_history import MoveLine
from qiao.customers.queries.segment_preview import Preview
from qiao.customers.rules.segments import LISTED, OPERATORS, UNARY, Line, Rule

MINOR = 100


def operator_words() -> dict[str, Any]:
    """What each operator is called, in the reader's language."""
    return {
        "in": _("is one of"),
        "not_in": _("is none of"),
        "has": _("includes"),
        "has_not": _("does not include"),
        "ge": _("at least"),
        "le": _("at most"),
        "gt": _("more than"),
        "eq": _("exactly"),
        "given": _("is known"),
        "empty": _("is not known"),
        "yes": pgettext("segment", "yes"),
        "no": pgettext("segment", "no"),
    }


def _value_words(known: SegmentField, line: Line) -> str:
    if line.op in UNARY or line.value is None:
        return ""
    if known.choices:
        labels = {key: str(label) for key, label in known.choices()}
        keys = line.value if isinstance(line.value, tuple) else (line.value,)
        return _(", ").join(labels.get(key, str(key)) for key in keys)
    if known.kind == "money":
        return f"{line.value / MINOR:,.2f}"
    if known.kind == "days":
        return ngettext("{n} day ago", "{n} days ago", line.value).format(n=f"{line.value:,}")
    return f"{line.value:,}"


def _line_words(line: Line, fields: Mapping[str, SegmentField]) -> dict[str, Any]:
    known = fields.get(line.field)
    if known is None:
        return {"field": line.field, "op": "", "value": ""}
    words = operator_words()
    return {"field": known.label, "op": words[line.op], "value": _value_words(known, line)}


def rule_words(rule: Rule) -> list[dict[str, Any]]:
    """Groups of a rule, each with its join and its lines in words."""
    fields = {known.key: known for known in registry.segment_fields()}
    return [
        {"join": group.join, "lines": [_line_words(line, fields) for line in group.lines]}
        for group in rule.groups
    ]


def move_words(move: MoveLine, asked: Collection[str]) -> str:
    """Why somebody joined or left: the asked fields of which data changed, or that days passed."""
    if move.cause == SegmentMove.Cause.TIME:
        return str(SegmentMove.Cause.TIME.label)
    labels = [
        str(known.label)
        for known in registry.segment_fields()
        if known.key in asked and set(known.touched_by) & set(move.via)
    ]
    return _(", ").join(labels) or str(SegmentMove.Cause.DATA.label)


def builder_rows(
    rule: Rule, faults: Mapping[tuple[int, int], str], actor: Actor
) -> list[dict[str, Any]]:
    """The controls of the builder, group by group."""
    fields = registry.segment_fields(actor)
    return [
        {
            "number": number,
            "name": f"g{number}",
            "join": group.join,
            "lines": list(_rows(number, group.lines, fields, faults)),
        }
        for number, group in enumerate(rule.groups)
    ]


def builder_counts(rule: Rule, found: Preview | None) -> list[tuple[str, int | None]]:
    """What each group and line alone would find, by the name of its controls; None for unknown."""
    counts: list[tuple[str, int | None]] = []
    for number, group in enumerate(rule.groups):
        counts.append((f"g{number}", found.groups[number][0] if found else None))
        counts += [
            (f"g{number}-{place}", found.lines[number][place] if found else None)
            for place in range(len(group.lines))
        ]
    return counts


def _rows(
    number: int,
    lines: tuple[Line, ...],
    fields: list[SegmentField],
    faults: Mapping[tuple[int, int], str],
) -> Iterator[dict[str, Any]]:
    words = operator_words()
    known = {each.key: each for each in fields}
    for place, line in enumerate(lines):
        field = known.get(line.field)
        yield {
            "name": f"g{number}-{place}",
            "place": f"{number}:{place}",
            "fields": [(each.key, each.label, each.key == line.field) for each in fields],
            "operators": [
                (op, words[op], op == line.op) for op in (OPERATORS[field.kind] if field else ())
            ],
            "value": _control(field, line),
            "fault": faults.get((number, place), ""),
        }


def _control(field: SegmentField | None, line: Line) -> dict[str, Any] | None:
    """How the value of a line is given: chips, a list, or a number with its unit."""
    if field is None or line.op in UNARY:
        return None
    if field.choices:
        taken = line.value if isinstance(line.value, tuple) else (line.value,)
        options = [(key, label, key in taken) for key, label in field.choices()]
        return {"options": options, "is_many": line.op in LISTED}
    units = {"money": _("yuan"), "days": _("days ago")}
    value = "" if line.value is None else line.value
    if field.kind == "money" and line.value is not None:
        value = f"{line.value / MINOR:.2f}".removesuffix(".00")
    return {"number": value, "unit": units.get(field.kind, "")}
