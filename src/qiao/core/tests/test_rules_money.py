"""Money adds up to the last minor unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.money import (
    EXPONENTS,
    LARGEST_MINOR,
    BadMoney,
    Money,
    format_amount,
    money_of,
    split,
    to_decimal,
    to_minor,
)

amounts = st.integers(-(10**14), 10**14)
currencies = st.sampled_from(sorted(EXPONENTS))
weights = st.lists(
    st.one_of(st.integers(0, 10**6), st.decimals(0, 10**4, places=4)), min_size=1, max_size=30
).filter(any)


@given(amounts, weights)
def test_the_parts_of_a_split_sum_to_the_whole_and_keep_its_sign(
    amount: int, shares: list[int | Decimal]
) -> None:
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert len(parts) == len(shares)
    assert all(part * amount >= 0 for part in parts)


@given(amounts, weights)
def test_only_the_largest_line_differs_from_its_exact_share_by_a_unit_or_more(
    amount: int, shares: list[int | Decimal]
) -> None:
    parts = split(amount, shares)
    exact = [Fraction(share) for share in shares]
    largest = exact.index(max(exact))
    for place, (part, share) in enumerate(zip(parts, exact, strict=True)):
        off = abs(part - Fraction(amount) * share / sum(exact))
        assert off < (len(parts) if place == largest else 1)


def test_the_residual_goes_to_the_first_of_the_largest_lines() -> None:
    assert split(100, [1, 1, 1]) == (34, 33, 33)
    assert split(-100, [1, 2, 2]) == (-20, -40, -40)
    assert split(101, [Decimal("0.2"), Decimal("0.5"), Decimal("0.3")]) == (20, 51, 30)
    assert split(5, [1] * 10) == (5, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [0.5], [Decimal("NaN")], [True]])
def test_senseless_weights_are_refused(shares: list[int | Decimal]) -> None:
    with pytest.raises(BadMoney):
        split(100, shares)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0.005", "CNY", 1),
        ("-0.005", "CNY", -1),
        ("0.0049999", "CNY", 0),
        ("1,284", "CNY", 128400),
        ("2.675", "USD", 268),
        ("1284.5", "JPY", 1285),
        ("0.0005", "KWD", 1),
    ],
)
def test_rounding_is_half_up_by_the_digits_of_the_currency(
    text: str, currency: str, minor: int
) -> None:
    assert to_minor(text, currency) == minor


@given(amounts, currencies)
def test_minor_units_survive_the_way_through_decimal_and_text(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor
    assert to_minor(format_amount(Money(minor, currency)), currency) == minor


@given(amounts, amounts, currencies)
def test_addition_and_subtraction_undo_each_other(a: int, b: int, currency: str) -> None:
    one, other = Money(a, currency), Money(b, currency)
    assert one + other - other == one
    assert (one < other) == (a < b)
    assert one - other == -(other - one)
    assert 3 * one == one + one + one


@given(amounts, st.decimals(-1000, 1000, places=6))
def test_a_product_is_within_half_a_unit_of_the_exact_one(minor: int, factor: Decimal) -> None:
    off = Money(minor, "CNY").times(factor).minor - Fraction(minor) * Fraction(factor)
    assert abs(off) <= Fraction(1, 2)


def test_amounts_are_written_plainly() -> None:
    assert format_amount(Money(128400, "CNY")) == "1,284.00"
    assert format_amount(Money(-5, "HKD")) == "-0.05"
    assert format_amount(Money(1284000, "JPY")) == "1,284,000"
    assert str(money_of("12.3", "USD")) == "12.30 USD"


@pytest.mark.parametrize("value", [1.0, True, "1", None, Decimal(1), LARGEST_MINOR + 1])
def test_money_is_made_of_whole_minor_units_only(value: int) -> None:
    with pytest.raises(BadMoney):
        Money(value, "CNY")


@pytest.mark.parametrize("value", [0.1, True, None, "twelve", "NaN", "Infinity", "1e9999"])
def test_what_is_no_exact_number_is_refused(value: str) -> None:
    with pytest.raises(BadMoney):
        to_minor(value, "CNY")


def test_currencies_do_not_mix() -> None:
    yuan, dollars = Money(1, "CNY"), Money(1, "USD")
    for attempt in (
        lambda: yuan + dollars,
        lambda: yuan < dollars,
        lambda: yuan + 1,  # type: ignore[operator]
        lambda: yuan * 1.5,  # type: ignore[operator]
        lambda: yuan.times(1.5),  # type: ignore[arg-type]
        lambda: Money(1, "XXX"),
    ):
        with pytest.raises(BadMoney):
            attempt()
    assert yuan != dollars
    assert not Money(0, "CNY")
