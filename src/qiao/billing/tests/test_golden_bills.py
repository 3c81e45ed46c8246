"""Bills reckoned by hand: each figure can be followed with pencil and paper."""

from typing import Any

import pytest

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.explaining import Explained, Line, explain
from qiao.billing.rules.tariffs.inputs import Allowances, CannotRate, Rows
from qiao.billing.rules.tariffs.owrs_text import read_owrs_text
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.tests import oracle
from qiao.billing.tests.inputs import Inputs, fractions_of, rows_of
from qiao.billing.tests.oracle import coins

WATER: dict[str, Any] = {
    "currency": "CNY",
    "unit": "m3",
    "charges": [
        {
            "key": "water",
            "kind": "tiered",
            "period": "year",
            "starts": ["0", "180 + 45 * max(people - 4, 0)", "260 + 65 * max(people - 4, 0)"],
            "prices": ["2.07", "4.07", "6.07"],
        },
        {"key": "resource_tax", "kind": "per_unit", "price": "1.57", "owner": "tax office"},
        {"key": "sewage", "kind": "per_unit", "price": "1.36", "owner": "city"},
    ],
    "numbers": {"people": "4"},
}


def _bill(data: dict[str, Any], inputs: Inputs) -> Explained:
    """One bill by the engine; the oracle must say the same."""
    tariff = read_tariff(data)
    rated = rate(tariff, rows_of([inputs]))
    told = explain(tariff, rated, 0)
    numbers, before = fractions_of(inputs.numbers), fractions_of(inputs.before)
    found = oracle.bill(data, inputs.labels, numbers, before)
    assert {key: int(each[0]) for key, each in rated.amounts.items()} == found.amounts
    assert told.minor == found.total
    return told


def _amounts(told: Explained) -> dict[str, int]:
    return {line.charge.key: line.minor for line in told.lines}


def _walk(line: Line) -> list[tuple[str, str | None, str, str, int]]:
    return [
        (
            f"{step.begins:f}",
            None if step.ends is None else f"{step.ends:f}",
            f"{step.quantity:f}",
            f"{step.price:f}",
            step.minor,
        )
        for step in line.steps
    ]


def test_a_household_passes_into_the_second_tier_of_the_year() -> None:
    told = _bill(WATER, Inputs(numbers={"usage": "25"}, before={"usage": "170"}))
    # 180 - 170 = 10 m3 at 2.07 = 20.70; 15 m3 at 4.07 = 61.05
    assert _walk(told.lines[0]) == [
        ("0", "180", "10", "2.07", coins("20.70")),
        ("180", "260", "15", "4.07", coins("61.05")),
    ]
    # 25 at 1.57 = 39.25; 25 at 1.36 = 34.00; 81.75 + 39.25 + 34.00 = 155.00
    assert _amounts(told) == {
        "water": coins("81.75"),
        "resource_tax": coins("39.25"),
        "sewage": coins("34.00"),
    }
    assert told.minor == coins("155.00")
    assert [line.charge.owner for line in told.lines] == ["company", "tax office", "city"]


def test_six_people_have_more_of_the_cheaper_water() -> None:
    numbers = {"usage": "120", "people": "6"}
    told = _bill(WATER, Inputs(numbers=numbers, before={"usage": "200"}))
    # tiers begin at 180 + 90 = 270 and 260 + 130 = 390: 70 at 2.07 = 144.90, 50 at 4.07 = 203.50
    assert _walk(told.lines[0]) == [
        ("0", "270", "70", "2.07", coins("144.90")),
        ("270", "390", "50", "4.07", coins("203.50")),
    ]
    assert told.lines[0].minor == coins("348.40")


def test_a_household_that_grew_in_july_has_half_of_each_allowance() -> None:
    rows = rows_of([Inputs(numbers={"usage": "200", "people": "6"}, before={"usage": "100"})])
    halves = Allowances(
        column([0, 0]).above,
        column(["0.5", "0.5"]),
        rows_of([Inputs(numbers={"people": "4"}), Inputs(numbers={"people": "6"})]),
    )
    told = explain(read_tariff(WATER), rate(read_tariff(WATER), rows, halves), 0)
    # half of 180 and half of 270 = 225; half of 260 and half of 390 = 325
    # 225 - 100 = 125 at 2.07 = 258.75; 300 - 225 = 75 at 4.07 = 305.25
    assert _walk(told.lines[0]) == [
        ("0", "225", "125", "2.07", coins("258.75")),
        ("225", "325", "75", "4.07", coins("305.25")),
    ]
    assert told.lines[0].minor == coins("564.00")


def test_a_household_on_welfare_has_water_free_and_is_exempt_from_a_fee() -> None:
    tariff: dict[str, Any] = {
        "currency": "CNY",
        "unit": "m3",
        "defaults": {"welfare": "no"},
        "charges": [
            {
                "key": "water", "kind": "tiered", "period": "month",
                "starts": {
                    "by": ["welfare"], "rows": [[["yes"], ["0", "6"]], [["*"], ["0", "0"]]],
                },
                "prices": ["0", "2.07"],
            },
            {"key": "sewage", "kind": "per_unit", "price": "1.36", "owner": "city"},
            {
                "key": "garbage", "kind": "fixed", "per": "month", "amount": "8",
                "owner": "city", "when": {"welfare": ["no"]},
            },
        ],
    }  # fmt: skip
    numbers = {"usage": "20", "months": "2"}
    # two months have 12 m3 free: 8 at 2.07 = 16.56; 20 at 1.36 = 27.20; no garbage fee
    told = _bill(tariff, Inputs(labels={"welfare": "yes"}, numbers=numbers))
    assert _amounts(told) == {"water": coins("16.56"), "sewage": coins("27.20")}
    # others pay 20 at 2.07 = 41.40, and 16.00 for garbage
    told = _bill(tariff, Inputs(numbers=numbers))
    assert _amounts(told) == {
        "water": coins("41.40"), "sewage": coins("27.20"), "garbage": coins("16.00"),
    }  # fmt: skip


def test_a_correction_gives_back_what_the_last_cubic_metres_cost() -> None:
    told = _bill(WATER, Inputs(numbers={"usage": "-20"}, before={"usage": "190"}))
    # 10 of the 20 lay in the second tier: -10 at 4.07 and -10 at 2.07
    assert told.lines[0].minor == -coins("61.40")
    assert told.minor == -coins("61.40") - coins("31.40") - coins("27.20")


def test_less_than_nothing_in_a_year_is_refused() -> None:
    with pytest.raises(CannotRate, match="usage: less than nothing cannot lie in tiers"):
        rate(read_tariff(WATER), rows_of([Inputs(numbers={"usage": "-20"})]))


def test_sewage_is_nine_tenths_of_the_water() -> None:
    data = {
        "currency": "CNY",
        "unit": "m3",
        "quantities": [{"key": "sewage_volume", "value": "0.9 * usage", "digits": 1}],
        "charges": [
            {"key": "sewage", "kind": "per_unit", "quantity": "sewage_volume", "price": "0.95"}
        ],
    }
    # 0.9 of 23 = 20.7; at 0.95 = 19.665, half a fen goes up
    told = _bill(data, Inputs(numbers={"usage": "23"}))
    assert told.minor == coins("19.67")
    assert f"{told.quantities['sewage_volume']:f}" == "20.7"
    # 0.9 of 23.17 = 20.853, rounded 20.9; at 0.95 = 19.855
    assert _bill(data, Inputs(numbers={"usage": "23.17"})).minor == coins("19.86")


def test_electricity_by_the_hour_and_the_season() -> None:
    def price(summer: str, otherwise: str) -> dict[str, Any]:
        return {"by": ["season"], "rows": [[["summer"], summer], [["*"], otherwise]]}

    data = {
        "currency": "CNY",
        "unit": "kWh",
        "charges": [
            {"key": key, "kind": "per_unit", "quantity": f"{key}_kwh", "price": price(*prices)}
            for key, prices in {
                "peak": ("1.1837", "1.0500"),
                "flat": ("0.6950", "0.6950"),
                "valley": ("0.3250", "0.3000"),
            }.items()
        ],
    }
    used = {"peak_kwh": "120.5", "flat_kwh": "200", "valley_kwh": "310.4"}
    # 120.5 at 1.1837 = 142.63585; 200 at 0.695 = 139.00; 310.4 at 0.325 = 100.88
    told = _bill(data, Inputs({"season": "summer"}, used))
    assert _amounts(told) == {
        "peak": coins("142.64"),
        "flat": coins("139.00"),
        "valley": coins("100.88"),
    }
    assert told.minor == coins("382.52")
    # 120.5 at 1.05 = 126.525; 310.4 at 0.30 = 93.12
    told = _bill(data, Inputs({"season": "winter"}, used))
    assert told.minor == coins("126.53") + coins("139.00") + coins("93.12")


def test_two_parts_and_the_power_factor() -> None:
    rates = {"0.85": "0.025", "0.90": "0", "0.95": "-0.0075"}
    data = {
        "currency": "CNY",
        "unit": "kWh",
        "charges": [
            {"key": "demand", "kind": "per_unit", "quantity": "demand_kw", "price": "40"},
            {"key": "energy", "kind": "per_unit", "price": "0.6543"},
            {
                "key": "power_factor",
                "kind": "share",
                "of": ["demand", "energy"],
                "rate": {
                    "by": ["power_factor"],
                    "rows": [[[name], rate_] for name, rate_ in rates.items()],
                },
            },
            {"key": "fund", "kind": "per_unit", "price": "0.0019", "owner": "water works fund"},
        ],
    }
    numbers = {"demand_kw": "800", "usage": "150000"}
    # 800 at 40 = 32,000.00; 150,000 at 0.6543 = 98,145.00; together 130,145.00
    # 2.5 % of it = 3,253.625; 150,000 at 0.0019 = 285.00
    told = _bill(data, Inputs({"power_factor": "0.85"}, numbers))
    assert _amounts(told) == {
        "demand": coins("32000"),
        "energy": coins("98145"),
        "power_factor": coins("3253.63"),
        "fund": coins("285"),
    }
    assert told.minor == coins("133683.63")
    # a good factor is rewarded: 0.75 % of 130,145.00 = 976.0875
    told = _bill(data, Inputs({"power_factor": "0.95"}, numbers))
    assert told.minor == coins("130145") - coins("976.09") + coins("285")


def test_a_least_amount_for_each_month() -> None:
    data = {
        "currency": "CNY",
        "unit": "m3",
        "charges": [
            {"key": "water", "kind": "per_unit", "price": "2.50"},
            {"key": "least", "kind": "at_least", "of": ["water"], "amount": "30", "per": "month"},
        ],
    }
    # 5 at 2.50 = 12.50; twice 30 are asked for at least: 47.50 lack
    told = _bill(data, Inputs(numbers={"usage": "5", "months": "2"}))
    assert _amounts(told) == {"water": coins("12.50"), "least": coins("47.50")}
    assert told.minor == coins("60.00")
    # 30 at 2.50 = 75.00: nothing lacks, and nothing is said
    told = _bill(data, Inputs(numbers={"usage": "30", "months": "2"}))
    assert _amounts(told) == {"water": coins("75.00")}


def test_three_per_cent_of_tax_are_contained_in_the_price() -> None:
    tax = {"key": "vat", "kind": "share", "of": ["water"], "rate": "0.03", "included": True}
    data = WATER | {"charges": [*WATER["charges"], {**tax, "owner": "tax office"}]}
    told = _bill(data, Inputs(numbers={"usage": "25"}, before={"usage": "170"}))
    # 81.75 / 1.03 = 79.3689...; 81.75 - 79.37 = 2.38
    assert told.lines[-1].minor == coins("2.38")
    assert not told.lines[-1].adds
    assert told.minor == coins("155.00")


def test_two_months_have_two_allowances_of_a_month() -> None:
    data = {
        "currency": "CNY",
        "unit": "m3",
        "charges": [
            {"key": "water", "kind": "tiered", "period": "month",
             "starts": [0, 15, 25], "prices": ["2", "3", "5"]},
        ],
    }  # fmt: skip
    # tiers end at 30 and 50: 30 at 2 = 60, 20 at 3 = 60, 7 at 5 = 35
    told = _bill(data, Inputs(numbers={"usage": "57", "months": "2"}))
    assert _walk(told.lines[0]) == [
        ("0", "30", "30", "2", coins("60")),
        ("30", "50", "20", "3", coins("60")),
        ("50", None, "7", "5", coins("35")),
    ]
    assert told.minor == coins("155.00")


SANTA_MONICA = """
metadata:
  effective_date: 2016-03-01
  utility_name: "City of Santa Monica"
  bill_frequency: bimonthly
rate_structure:
  RESIDENTIAL_SINGLE:
    tier_starts: [0, 15, 41, 149]
    tier_prices: [2.87, 4.29, 6.44, 10.07]
    commodity_charge: Tiered
    bill: commodity_charge
"""


@pytest.mark.parametrize(
    ("start_is", "dollars"), [("first_unit", "78.79"), ("threshold", "77.37")]
)
def test_twenty_three_hundred_cubic_feet_in_santa_monica(start_is: Any, dollars: str) -> None:
    # the fifteenth is dearer: 14 at 2.87 = 40.18, 9 at 4.29 = 38.61
    # beyond fifteen is dearer: 15 at 2.87 = 43.05, 8 at 4.29 = 34.32
    tariff = read_owrs_text(SANTA_MONICA, start_is=start_is).tariffs["RESIDENTIAL_SINGLE"]
    rated = rate(tariff, Rows(1, numbers={"usage": column([23])}))
    assert rated.totals.tolist() == [coins(dollars)]


def test_parts_of_a_line_add_up_to_it_where_each_would_be_rounded() -> None:
    data = {
        "currency": "CNY",
        "unit": "m3",
        "charges": [{"key": "w", "kind": "tiered", "starts": [0, 1, 2], "prices": ["0.005"] * 3}],
    }
    # three times 0.005 = 0.015, two fen; each alone would be a fen
    told = _bill(data, Inputs(numbers={"usage": "3"}))
    assert told.minor == 2
    assert sorted(step.minor for step in told.lines[0].steps) == [0, 1, 1]
