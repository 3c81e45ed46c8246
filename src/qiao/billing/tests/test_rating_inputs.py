"""What a bill must be known by: labels, numbers, what is taken where nothing is known."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.inputs import Allowances, CannotRate, Labels, Rows
from qiao.billing.rules.tariffs.model import labels_needed, numbers_needed
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.tests.inputs import Inputs, rows_of


def _tariff(*charges: dict[str, Any], **more: Any) -> Any:
    named = [{"key": f"c{place}"} | charge for place, charge in enumerate(charges)]
    return read_tariff({"currency": "CNY", "unit": "m3", "charges": named} | more)


def _totals(tariff: Any, *bills: Inputs) -> list[int]:
    return [int(each) for each in rate(tariff, rows_of(bills)).totals]


BY_SIZE = {"by": ["size"], "rows": [[["15"], "2.50"], [["20"], "4"]]}
BY_TWO = {"by": ["size", "zone"], "rows": [[["15", "hill"], "3"], [["20", "plain"], "4"]]}
METER = {"kind": "fixed", "amount": BY_SIZE}
PRICE = {"kind": "per_unit", "price": "2"}
TIERS = {"kind": "tiered", "starts": [0, 10], "prices": [1, 2], "period": "month"}
YEAR = {"period": "year"}


@pytest.mark.parametrize(
    ("charge", "bill", "said"),
    [
        (METER, Inputs(), "size: a value is needed, one of 15, 20"),
        (METER, Inputs({"size": "25"}), "size: '25' is none of 15, 20"),
        (METER, Inputs({"size": ""}), "size: a value is needed, one of 15, 20"),
        ({"kind": "fixed", "amount": BY_TWO}, Inputs({"size": "15", "zone": "plain"}),
         "size 15 and zone plain: there is no figure for all of them together"),
        (METER | {"when": {"season": ["dry"]}}, Inputs({"size": "15"}),
         "season: a value is needed, such as dry"),
        (METER | {"when": {"season": ["dry"]}}, Inputs({"size": "15", "season": ""}),
         "season: a value is needed, such as dry"),
        (PRICE, Inputs(), "usage: a number is needed"),
        (PRICE | {"quantity": "kw"}, Inputs(numbers={"usage": "1"}), "kw: a number is needed"),
        ({"kind": "fixed", "amount": "1", "per": "month"}, Inputs(), "months: a number is needed"),
        ({"kind": "fixed", "amount": "1", "per": "day"}, Inputs(), "days: a number is needed"),
        (TIERS, Inputs(numbers={"usage": "1"}), "months: a number is needed"),
        ({"kind": "reckoned", "amount": "2 * people"}, Inputs(), "people: a number is needed"),
        ({"kind": "reckoned", "amount": "2 / people"}, Inputs(numbers={"people": "0"}),
         "a formula divides by zero"),
        (TIERS | {"starts": [0, "people"]}, Inputs(numbers={"usage": "1", "months": "1"}),
         "people: a number is needed"),
    ],
)  # fmt: skip
def test_what_a_bill_lacks_is_named(charge: dict[str, Any], bill: Inputs, said: str) -> None:
    with pytest.raises(CannotRate) as refusal:
        rate(_tariff(charge), rows_of([bill]))
    assert str(refusal.value) == said


def test_a_share_of_all_and_more_cannot_be_contained() -> None:
    share = {"kind": "share", "of": ["c0"], "rate": "-1", "included": True}
    with pytest.raises(CannotRate, match="a share of -1"):
        _totals(_tariff({"kind": "fixed", "amount": "5"}, share), Inputs())


def test_before_below_nothing_is_refused() -> None:
    with pytest.raises(CannotRate, match="usage: less than nothing"):
        _totals(_tariff(TIERS | YEAR), Inputs({}, {"usage": "5"}, {"usage": "-1"}))


def test_a_credit_by_the_unit_may_lie_below_nothing() -> None:
    assert _totals(_tariff(PRICE), Inputs(numbers={"usage": "-2.5"})) == [-500]


def test_what_is_not_known_of_a_customer_is_taken_from_the_tariff() -> None:
    tariff = _tariff(METER, {"kind": "fixed", "amount": "0.10", "per": "day"},
                     defaults={"size": "20"}, numbers={"days": "30"})  # fmt: skip
    assert _totals(tariff, Inputs()) == [700]
    assert _totals(tariff, Inputs({"size": "15"}, {"days": "10"})) == [350]
    some = Inputs({"size": ""}, {"days": "10"}), Inputs({"size": "15"}, {"days": "0"})
    assert _totals(tariff, *some) == [500, 250]


def test_defaults_hold_for_allowances_too() -> None:
    starts = {"by": ["size"], "rows": [[["15"], [0, "people"]], [["20"], [0, "2 * people"]]]}
    tariff = _tariff(
        TIERS | YEAR | {"starts": starts}, defaults={"size": "20"}, numbers={"people": "5"}
    )
    rows = Rows(1, numbers={"usage": column([12])})
    rated = rate(tariff, rows, Allowances(np.array([0]), column([1]), Rows(1)))
    assert rated.totals.tolist() == [10 * 100 + 2 * 200]


def test_a_charge_that_is_not_charged_asks_for_nothing() -> None:
    tariff = _tariff(
        PRICE,
        METER | {"when": {"kind": ["works"]}},
        {"kind": "reckoned", "amount": "1 / demand", "when": {"kind": ["works"]}},
        TIERS | {"quantity": "night", "when": {"kind": ["works"]}},
    )
    home = Inputs({"kind": "home", "size": "?"}, {"usage": "3", "demand": "0", "night": "-1",
                                                  "months": "1"})  # fmt: skip
    works = Inputs({"kind": "works", "size": "15"}, {"usage": "3", "demand": "4", "night": "11",
                                                     "months": "1"})  # fmt: skip
    assert _totals(tariff, home, works, home) == [600, 600 + 250 + 25 + 1200, 600]
    assert _totals(tariff, home) == [600]
    told = explain(tariff, rate(tariff, rows_of([home, works])), 0)
    assert [line.charge.key for line in told.lines] == ["c0"]


def test_a_formula_of_another_row_of_the_table_asks_for_nothing() -> None:
    amount = {"by": ["kind"], "rows": [[["works"], "10 / demand"], [["*"], "3"]]}
    tariff = _tariff({"kind": "reckoned", "amount": amount})
    homes = Inputs({"kind": "home"}, {"demand": "0"}), Inputs({"kind": "works"}, {"demand": "4"})
    assert _totals(tariff, *homes) == [300, 250]
    assert _totals(tariff, Inputs({"kind": "home"})) == [300]


def test_of_rows_that_fit_the_closest_holds() -> None:
    rows = [[["*", "*"], 1], [["15", "*"], 2], [["*", "hill"], 3], [["15", "hill"], 4]]
    tariff = _tariff({"kind": "fixed", "amount": {"by": ["size", "zone"], "rows": rows}})

    def of(size: str, zone: str) -> int:
        return _totals(tariff, Inputs({"size": size, "zone": zone}))[0]

    assert [of("9", "x"), of("15", "x"), of("9", "hill"), of("15", "hill")] == [100, 200, 300, 400]
    upper = {"by": ["size", "zone"], "rows": [rows[2], rows[1]]}
    both = _tariff({"kind": "fixed", "amount": upper})
    assert _totals(both, Inputs({"size": "15", "zone": "hill"})) == [300]


def test_rows_may_have_more_tiers_than_others() -> None:
    def table(few: list[int], many: list[int]) -> dict[str, Any]:
        return {"by": ["size"], "rows": [[["15"], few], [["20"], many]]}

    charge = {"kind": "tiered", "starts": table([0, 10], [0, 10, 20]),
              "prices": table([1, 2], [1, 2, 3])}  # fmt: skip
    tariff = _tariff(charge)
    used = {"usage": "100"}
    bills = Inputs({"size": "15"}, used), Inputs({"size": "20"}, used)
    assert _totals(tariff, *bills) == [1000 + 18000, 1000 + 2000 + 24000]
    told = explain(tariff, rate(tariff, rows_of(bills)), 0)
    assert [step.ends for step in told.lines[0].steps] == [Decimal(10), None]
    # only the row with fewer tiers is in the starts at all: the other has no start to be billed by
    few = charge | {"starts": {"by": ["size"], "rows": [[["15"], [0, 10]]]}}
    assert _totals(_tariff(few), bills[0]) == [19000]


def test_a_tier_that_a_formula_leaves_no_room_is_empty() -> None:
    tariff = _tariff({"kind": "tiered", "starts": [0, 10, "5 * people"], "prices": [1, 2, 3]})

    def of(people: str) -> int:
        return _totals(tariff, Inputs(numbers={"usage": "20", "people": people}))[0]

    # the third tier begins at 15; at 5, where only what lies above the first ten is left to it
    assert of("3") == 1000 + 5 * 200 + 5 * 300
    assert of("1") == 1000 + 10 * 300


def test_a_row_without_allowances_lies_in_its_last_tier() -> None:
    def table(few: list[int], many: list[int]) -> dict[str, Any]:
        return {"by": ["size"], "rows": [[["15"], few], [["20"], many]]}

    tariff = _tariff({"kind": "tiered", "period": "year", "starts": table([0, 10], [0, 10, 20]),
                      "prices": table([1, 2], [1, 2, 3])})  # fmt: skip
    used = {"usage": "100"}
    rows = rows_of([Inputs({"size": "15"}, used), Inputs({"size": "20"}, used)])
    other = Allowances(np.array([1]), column(["0.5"]), rows_of([Inputs({"size": "20"})]))
    rated = rate(tariff, rows, other)
    assert rated.totals.tolist() == [20000, 500 + 1000 + 27000]
    told = explain(tariff, rated, 0)
    assert [step.ends for step in told.lines[0].steps] == [None]


def test_the_number_of_tiers_may_not_change_within_their_period() -> None:
    def table(few: list[int], many: list[int]) -> dict[str, Any]:
        return {"by": ["size"], "rows": [[["15"], few], [["20"], many]]}

    tariff = _tariff({"kind": "tiered", "period": "year", "starts": table([0, 10], [0, 10, 20]),
                      "prices": table([1, 2], [1, 2, 3])})  # fmt: skip
    rows = rows_of([Inputs({"size": "15"}, {"usage": "100"})])
    two = rows_of([Inputs({"size": "15"}), Inputs({"size": "20"})])
    with pytest.raises(CannotRate, match="usage: the number of tiers changes within their period"):
        rate(tariff, rows, Allowances(np.array([0, 0]), column(["0.5", "0.5"]), two))


def test_no_bills_are_no_trouble() -> None:
    share = {"kind": "share", "of": ["c0"], "rate": "0.06"}
    tariff = _tariff(METER, PRICE | {"price": BY_SIZE}, TIERS, share)
    none = Labels.of([])
    rows = Rows(0, {"size": none}, {"usage": column([]), "months": column([])})
    rated = rate(tariff, rows)
    assert rated.totals.tolist() == []
    assert {len(each) for each in rated.amounts.values()} == {0}


def test_amounts_beyond_64_bits_are_whole() -> None:
    tariff = _tariff(*[{"kind": "reckoned", "amount": "big * big * 1000000"}] * 3)
    rated = rate(tariff, Rows(1, numbers={"big": column([10**12])}))
    assert int(rated.totals[0]) == 3 * 10**32
    near = _tariff(*[PRICE | {"price": "1"}] * 5)
    rated = rate(near, Rows(1, numbers={"usage": column([4 * 10**16])}))
    assert int(rated.totals[0]) == 5 * 4 * 10**18


def test_a_tariff_says_what_it_asks_for() -> None:
    tariff = _tariff(
        METER | {"per": "day"},
        PRICE | {"quantity": "sewage", "when": {"season": ["dry", "wet"]}},
        TIERS | {"starts": [0, "10 * people"]},
        {"kind": "at_least", "of": ["c0"], "amount": BY_TWO, "per": "month"},
        quantities=[{"key": "sewage", "value": "0.9 * usage - garden"}],
    )
    assert labels_needed(tariff) == {
        "size": {"15", "20"},
        "zone": {"hill", "plain"},
        "season": {"dry", "wet"},
    }
    assert numbers_needed(tariff) == {"days", "months", "usage", "people", "garden"}
