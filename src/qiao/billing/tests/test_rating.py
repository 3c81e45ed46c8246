"""The engine against the oracle, line by line and coin by coin."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.inputs import Allowances
from qiao.billing.rules.tariffs.rating import Rated, rate
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.rules.tariffs.writing import write_tariff
from qiao.billing.tests import oracle, strategies
from qiao.billing.tests.inputs import Inputs, fraction_at, fractions_of, rows_of
from qiao.billing.tests.oracle import Part

CASES = st.data()


def _agree(rated: Rated, row: int, found: oracle.Bill) -> None:
    assert {key: int(each[row]) for key, each in rated.amounts.items()} == found.amounts
    assert int(rated.totals[row]) == found.total
    for key, lies in found.tiers.items():
        portions = [fraction_at(each, row) for each in rated.walks[key].portions]
        more = [each for each in portions[len(lies) :] if each]
        assert (portions[: len(lies)], more) == (lies, [])


def _explained(data: dict[str, Any], rated: Rated, row: int) -> None:
    told = explain(read_tariff(data), rated, row)
    assert told.minor == int(rated.totals[row])
    assert sum(line.minor for line in told.lines if line.adds) == told.minor
    for line in told.lines:
        if line.steps:
            assert sum(step.minor for step in line.steps) == line.minor


def _of_oracle(data: dict[str, Any], bills: Sequence[Inputs]) -> list[oracle.Bill]:
    return [
        oracle.bill(data, each.labels, fractions_of(each.numbers), fractions_of(each.before))
        for each in bills
    ]


@given(strategies.tariffs(), CASES)
def test_what_the_engine_makes_of_any_bill_is_what_the_oracle_makes_of_it(
    data: dict[str, Any], case: st.DataObject
) -> None:
    bills = case.draw(strategies.bills([each["key"] for each in data["quantities"]]))
    rated = rate(read_tariff(data), rows_of(bills))
    for row, found in enumerate(_of_oracle(data, bills)):
        _agree(rated, row, found)
        _explained(data, rated, row)


@given(strategies.tariffs())
def test_a_tariff_that_was_written_is_read_as_the_same(data: dict[str, Any]) -> None:
    tariff = read_tariff(data)
    written = write_tariff(tariff)
    assert read_tariff(written) == tariff
    assert write_tariff(read_tariff(written)) == written


@settings(max_examples=50)
@given(strategies.tariffs(), CASES)
def test_allowances_of_a_household_that_changed_are_what_the_oracle_adds_up(
    data: dict[str, Any], case: st.DataObject
) -> None:
    keys = [each["key"] for each in data["quantities"]]
    # The number of tiers goes by size: that may not change within a period.
    bills = case.draw(strategies.bills(keys, frozenset({"zone", "season"})))
    parts = case.draw(strategies.parts(len(bills)))
    owners, weights, people = zip(*parts, strict=True)
    allowances = Allowances(column(owners).above, column(weights), rows_of(people))
    rated = rate(read_tariff(data), rows_of(bills), allowances)
    for row, each in enumerate(bills):
        own = [
            Part(Fraction(weight), {}, fractions_of(lived.numbers))
            for owner, weight, lived in parts
            if owner == row
        ]
        numbers, before = fractions_of(each.numbers), fractions_of(each.before)
        _agree(rated, row, oracle.bill(data, each.labels, numbers, before, own))
