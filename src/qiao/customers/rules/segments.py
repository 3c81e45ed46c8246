"""Rules of segments: groups of lines, two levels, in the words of those who write them.

A rule joins its groups by ``all`` or ``any``, each group its lines. It is kept as a condition of
`qiao.core.rules.conditions`, whose `holds` says what it means; this module knows the shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test

MOST_GROUPS: Final = 6
MOST_LINES: Final = 12
LARGEST: Final = 10**12
JOINS: Final = ("all", "any")
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "choice": ("in", "not_in", "given", "empty"),
    "many": ("has", "has_not", "given", "empty"),
    "number": ("ge", "le", "eq", "given", "empty"),
    "money": ("ge", "le"),
    "days": ("le", "gt", "given", "empty"),
    "flag": ("yes", "no"),
}
UNARY: Final = frozenset({"given", "empty", "yes", "no"})
LISTED: Final = frozenset({"in", "not_in"})


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a rule must know of a field: its kind, and the keys it may be compared with."""

    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison; `value` is a whole number, a key, or a tuple of keys."""

    field: str = ""
    op: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are joined by `join`."""

    join: str = "all"
    lines: tuple[Line, ...] = (Line(),)


@dataclass(frozen=True, slots=True)
class Rule:
    """Groups that are joined by `join`."""

    join: str = "all"
    groups: tuple[Group, ...] = (Group(),)


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong, counted from 0: `code` is field, operator, value, or many."""

    group: int
    line: int
    code: str


class BadRule(ValueError):  # noqa: N818 - names the finding
    """The rule cannot be used; `faults` say where and why."""

    def __init__(self, faults: Sequence[RuleFault]) -> None:
        super().__init__("; ".join(f"group {f.group} line {f.line}: {f.code}" for f in faults))
        self.faults = tuple(faults)


def read_value(kind: str, op: str, given: Sequence[str]) -> Any:
    """What was typed as the value of a line: None for none or for what is no such value.

    Money is typed in major units (``12.50``) and kept in minor ones.
    """
    words = [word.strip() for word in given if word.strip()]
    if op in UNARY or not words:
        return None
    if op in LISTED:
        return tuple(dict.fromkeys(words))
    if kind == "many":
        return words[0]
    try:
        number = Decimal(words[0].replace(",", "")) * (100 if kind == "money" else 1)
    except InvalidOperation:
        return None
    whole = number.is_finite() and number == number.to_integral_value()
    return int(number) if whole and 0 <= number <= LARGEST else None


def check(rule: Rule, fields: Mapping[str, FieldShape]) -> list[RuleFault]:
    """Everything that is wrong with a rule."""
    faults = []
    if len(rule.groups) > MOST_GROUPS or not rule.groups:
        faults.append(RuleFault(0, 0, "many"))
    for number, group in enumerate(rule.groups):
        if len(group.lines) > MOST_LINES or not group.lines:
            faults.append(RuleFault(number, 0, "many"))
        for place, line in enumerate(group.lines):
            code = _fault(line, fields.get(line.field))
            if code:
                faults.append(RuleFault(number, place, code))
    return faults


def _fault(line: Line, shape: FieldShape | None) -> str:
    if shape is None:
        return "field"
    if line.op not in OPERATORS[shape.kind]:
        return "operator"
    if line.op in UNARY:
        return ""
    if line.op in LISTED:
        keys = line.value if isinstance(line.value, tuple) else ()
        return "" if keys and set(keys) <= set(shape.choices) else "value"
    if shape.kind == "many":
        return "" if line.value in shape.choices else "value"
    return "" if type(line.value) is int else "value"


def fitted(line: Line, shape: FieldShape | None) -> Line:
    """The line with an operator that its field has, and no value that cannot be one."""
    if shape is None:
        return Line()
    op = line.op if line.op in OPERATORS[shape.kind] else OPERATORS[shape.kind][0]
    return replace(line, op=op, value=None if op in UNARY else line.value)


def to_condition(rule: Rule) -> Condition:
    """The rule as a condition."""
    return _joined(rule.join, [_joined(g.join, [_test(x) for x in g.lines]) for g in rule.groups])


def _joined(join: str, parts: Sequence[Condition]) -> Condition:
    return AllOf(tuple(parts)) if join == "all" else AnyOf(tuple(parts))


def _test(line: Line) -> Condition:
    match line.op:
        case "has":
            return Test(line.field, "contains", line.value)
        case "has_not":
            return Not(Test(line.field, "contains", line.value))
        case "yes" | "no":
            return Test(line.field, "eq", line.op == "yes")
        case _:
            return Test(line.field, line.op, line.value)


def from_condition(condition: Condition) -> Rule:
    """The rule that `to_condition` made this of. Raises `BadRule` for another shape."""
    join, parts = _taken(condition)
    groups = [Group(inner, tuple(map(_line, lines))) for inner, lines in map(_taken, parts)]
    return Rule(join, tuple(groups))


def _taken(condition: Condition) -> tuple[str, tuple[Condition, ...]]:
    if isinstance(condition, AllOf):
        return "all", condition.parts
    if isinstance(condition, AnyOf):
        return "any", condition.parts
    raise BadRule([RuleFault(0, 0, "many")])


def _line(condition: Condition) -> Line:
    is_not = isinstance(condition, Not)
    test = condition.part if isinstance(condition, Not) else condition
    if not isinstance(test, Test) or (is_not and test.op != "contains"):
        raise BadRule([RuleFault(0, 0, "operator")])
    if test.op == "contains":
        return Line(test.field, "has_not" if is_not else "has", test.value)
    if isinstance(test.value, bool):
        return Line(test.field, "yes" if test.value else "no")
    return Line(test.field, test.op, test.value)


def replaced(data: Any, *, field: str, old: str, new: str) -> Any:
    """A kept condition in which comparisons of `field` with `old` compare with `new`."""
    if isinstance(data, list):
        return [replaced(part, field=field, old=old, new=new) for part in data]
    if not isinstance(data, dict):
        return data
    if data.get("field") == field:
        return data | {"value": new} if data.get("value") == old else data
    return {key: replaced(part, field=field, old=old, new=new) for key, part in data.items()}
