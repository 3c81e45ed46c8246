"""Formulas: read, written, reckoned, refused."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.formulas import (
    Apply,
    BadFormula,
    Formula,
    Name,
    Number,
    evaluate,
    names_of,
    read_formula,
    write_formula,
)
from qiao.billing.tests.inputs import fraction_at
from qiao.billing.tests.oracle_formula import value_of

NAMES = {"use": "12.5", "people": "3", "用量": "0.25", "below": "-7"}
LEAVES = st.one_of(
    st.decimals(-(10**6), 10**6, places=4).map(Number), st.sampled_from(sorted(NAMES)).map(Name)
)


def _more(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    pairs = st.tuples(parts, parts)
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    minus = parts.filter(lambda part: not isinstance(part, Number))
    return st.one_of(
        st.builds(Apply, st.sampled_from(["+", "-", "*", "/"]), pairs),
        st.builds(Apply, st.sampled_from(["min", "max"]), several),
        st.builds(Apply, st.just("-"), st.tuples(minus)),
    )


FORMULAS = st.recursive(LEAVES, _more, max_leaves=8)


@given(FORMULAS)
def test_a_formula_that_was_written_is_read_as_the_same(formula: Formula) -> None:
    assert read_formula(write_formula(formula)) == formula


@given(FORMULAS)
def test_a_formula_comes_to_what_its_text_says(formula: Formula) -> None:
    values = {name: column([value, "1"]) for name, value in NAMES.items()}
    text = write_formula(formula)
    rows = [{name: Fraction(each) for name, each in NAMES.items()}, dict.fromkeys(NAMES, 1)]
    try:
        wanted = [value_of(text, lambda name, row=row: Fraction(row[name])) for row in rows]  # type: ignore[misc]
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            evaluate(formula, values, 2)
        return
    found = evaluate(formula, values, 2)
    assert [fraction_at(found, 0), fraction_at(found, 1)] == wanted


def test_numbers_are_what_is_written() -> None:
    assert read_formula("0.62") == Number(Decimal("0.62"))
    assert read_formula(" 1_000 ") == Number(Decimal(1000))
    assert read_formula("-0.5") == Number(Decimal("-0.5"))
    assert read_formula("- -5") == Number(Decimal(5))
    assert names_of(read_formula("max(a, b * (1/748)) - c")) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a formula of 1 to 500 characters is needed"),
        ("  ", "a formula of 1 to 500 characters is needed"),
        ("1+" * 250 + "1", "a formula of 1 to 500 characters is needed"),
        ("a b", "'a b' is no formula"),
        ("2 +", "'2 +' is no formula"),
        ("(" * 240, "is no formula"),
        ("a ** 2", "'a ** 2': only names, numbers"),
        ("a % 2", "'a % 2': only names, numbers"),
        ("a.b", "'a.b': only names, numbers"),
        ("a[0]", "'a[0]': only names, numbers"),
        ("'a'", "only names, numbers"),
        ("True", "'True': only names, numbers"),
        ("1j", "'1j': only names, numbers"),
        ("min(a)", "'min(a)': only names, numbers"),
        ("min(a, *b)", "only names, numbers"),
        ("min(a, b, key=c)", "only names, numbers"),
        ("abs(a, b)", "only names, numbers"),
        ("__import__('os').system('x')", "only names, numbers"),
        ("a if b else c", "only names, numbers"),
        ("a < b", "only names, numbers"),
        ("+a", "'+a': only names, numbers"),
        ("0x1F", "'0x1F' is no decimal number"),
        ("1e13", "is beyond 12 digits"),
        ("1e-13", "is beyond 12 digits"),
        ("1e999999", "is beyond 12 digits"),
        ("-" * 200 + "a", "more than 150 levels"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadFormula, match=re.escape(said)):
        read_formula(text)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-sNaN", "1E+13"])
def test_a_number_of_a_formula_is_one(value: str) -> None:
    with pytest.raises(BadFormula, match="is beyond 12 digits"):
        Number(Decimal(value))
