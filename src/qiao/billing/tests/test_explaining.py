"""What a bill says of itself."""

from decimal import Decimal
from typing import Any

import pytest

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.explaining import decimal_at, explain
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.tests.inputs import Inputs, rows_of


def _lines(bill: Inputs, *charges: dict[str, Any]) -> list[tuple[str, int, bool]]:
    named = [{"key": f"c{place}"} | charge for place, charge in enumerate(charges)]
    tariff = read_tariff({"currency": "CNY", "unit": "m3", "charges": named})
    told = explain(tariff, rate(tariff, rows_of([bill])), 0)
    assert told.minor == sum(line.minor for line in told.lines if line.adds)
    return [(line.charge.key, line.minor, line.adds) for line in told.lines]


@pytest.mark.parametrize(
    ("above", "below", "shown"),
    [
        ("1", "3", "0.333333333333"),
        ("-2", "3", "-0.666666666667"),
        ("10", "4", "2.5"),
        ("1200", "1", "1200"),
        ("0", "7", "0"),
        ("1", "10000000000000", "0"),
        ("12345678901234567890123456789.5", "1", "12345678901234567890123456789.5"),
    ],
)
def test_numbers_are_shown_exactly_or_to_twelve_digits(above: str, below: str, shown: str) -> None:
    found = decimal_at(column([Decimal(above), "1"]) / column([Decimal(below), "1"]), 0)
    assert f"{found:f}" == shown


def test_lines_of_nothing_are_left_out_but_what_was_billed_by_no_use() -> None:
    lines = _lines(
        Inputs({"kind": "home"}, {"usage": "0"}),
        {"kind": "per_unit", "price": "2"},
        {"kind": "tiered", "starts": [0, 5], "prices": [1, 2]},
        {"kind": "fixed", "amount": "5"},
        {"kind": "fixed", "amount": "9", "when": {"kind": ["works"]}},
        {"kind": "share", "of": ["c0"], "rate": "0.06"},
        {"kind": "at_least", "of": ["c2"], "amount": "4"},
    )
    assert lines == [("c0", 0, True), ("c1", 0, True), ("c2", 500, True)]


def test_a_tax_that_is_contained_is_shown_and_not_added() -> None:
    tax = {"kind": "share", "of": ["c0"], "rate": "0.03", "included": True, "owner": "tax office"}
    lines = _lines(Inputs(), {"kind": "fixed", "amount": "103"}, tax)
    assert lines == [("c0", 10300, True), ("c1", 300, False)]
