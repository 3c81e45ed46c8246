"""Rules of segments keep their shape, and say where they are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.conditions import Test, condition_data, parse_condition
from qiao.customers.rules.segments import (
    OPERATORS,
    UNARY,
    BadRule,
    FieldShape,
    Group,
    Line,
    Rule,
    RuleFault,
    check,
    fitted,
    from_condition,
    read_value,
    to_condition,
)

FIELDS = {
    "tier": FieldShape("choice", ("A", "B", "C", "D")),
    "flags": FieldShape("many", ("infant", "welfare")),
    "cases": FieldShape("number"),
    "value": FieldShape("money"),
    "contact": FieldShape("days"),
    "mobile": FieldShape("flag"),
}


@st.composite
def lines(draw: st.DrawFn) -> Line:
    field = draw(st.sampled_from(sorted(FIELDS)))
    shape = FIELDS[field]
    op = draw(st.sampled_from(OPERATORS[shape.kind]))
    if op in UNARY:
        return Line(field, op)
    if shape.kind == "choice":
        keys = draw(st.lists(st.sampled_from(shape.choices), min_size=1, unique=True))
        return Line(field, op, tuple(keys))
    if shape.kind == "many":
        return Line(field, op, draw(st.sampled_from(shape.choices)))
    return Line(field, op, draw(st.integers(0, 10_000)))


joins = st.sampled_from(("all", "any"))
groups = st.builds(Group, join=joins, lines=st.lists(lines(), min_size=1, max_size=4).map(tuple))
rules = st.builds(Rule, join=joins, groups=st.lists(groups, min_size=1, max_size=4).map(tuple))


@given(rules)
def test_a_rule_comes_back_as_it_was_kept(rule: Rule) -> None:
    assert check(rule, FIELDS) == []
    kept = condition_data(to_condition(rule))
    assert from_condition(parse_condition(kept)) == rule


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Line(), "field"),
        (Line("gone", "in", ("A",)), "field"),
        (Line("tier", "ge", 3), "operator"),
        (Line("tier", "in", ()), "value"),
        (Line("tier", "in", ("E",)), "value"),
        (Line("flags", "has", "vip"), "value"),
        (Line("cases", "ge", None), "value"),
        (Line("cases", "ge", True), "value"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: Line, code: str) -> None:
    good = Line("mobile", "yes")
    rule = Rule("all", (Group("any", (good,)), Group("all", (good, line))))
    assert check(rule, FIELDS) == [RuleFault(1, 1, code)]


@pytest.mark.parametrize(
    ("kind", "op", "typed", "value"),
    [
        ("money", "ge", ["12.50"], 1250),
        ("money", "ge", ["1,200"], 120_000),
        ("money", "ge", ["0.005"], None),
        ("number", "ge", ["3"], 3),
        ("number", "ge", ["3.5"], None),
        ("number", "ge", ["-1"], None),
        ("number", "ge", ["NaN"], None),
        ("number", "ge", ["1e999"], None),
        ("choice", "in", ["A", "B", "A"], ("A", "B")),
        ("many", "has", ["infant", "welfare"], "infant"),
        ("days", "given", ["7"], None),
    ],
)
def test_typed_values_are_read_by_kind(
    kind: str, op: str, typed: list[str], value: object
) -> None:
    assert read_value(kind, op, typed) == value


def test_another_field_takes_the_first_operator_it_has() -> None:
    assert fitted(Line("cases", "in", ("A",)), FIELDS["cases"]).op == "ge"
    assert fitted(Line("gone", "in"), None) == Line()


def test_a_condition_of_another_shape_is_refused() -> None:
    with pytest.raises(BadRule):
        from_condition(Test("tier", "eq", "A"))
