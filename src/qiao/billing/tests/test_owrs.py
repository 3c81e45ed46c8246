"""The Open Water Rate Specification: what is read, by which convention, what is refused."""

from fractions import Fraction
from typing import Any

import pytest

from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.owrs import OwrsFile
from qiao.billing.rules.tariffs.owrs_parts import NotExpressed, label
from qiao.billing.rules.tariffs.owrs_text import LARGEST, read_owrs_text
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.tests.inputs import Inputs, fractions_of, rows_of
from qiao.billing.tests.oracle import coins
from qiao.billing.tests.oracle_owrs import OwrsBill, parts_of

HEAD = "metadata: {effective_date: 2017-01-01, utility_name: X, bill_frequency: Monthly}\n"


def _text(parts: str, head: str = HEAD) -> str:
    lines = "".join(f"    {line}\n" for line in parts.strip("\n").splitlines())
    return f"{head}rate_structure:\n  HOME:\n{lines}"


def _refused(parts: str) -> str:
    file = read_owrs_text(_text(parts))
    assert file.tariffs == {}
    return file.refused["HOME"]


def _total(parts: str, bill: Inputs, **conventions: Any) -> int:
    """The total by the engine, the same as the oracle's."""
    text = _text(parts)
    tariff = read_owrs_text(text, **conventions).tariffs["HOME"]
    rated = rate(tariff, rows_of([bill]))
    mine = OwrsBill(
        parts_of(text)["HOME"], bill.labels, fractions_of(bill.numbers),
        below=0 if conventions.get("start_is") == "threshold" else 1,
        replaces=conventions.get("surcharge") == "replaces",
    )  # fmt: skip
    assert Fraction(int(rated.totals[0]), 100) == sum(mine.lines().values())
    return int(rated.totals[0])


BUDGET = """
indoor: hhsize*gpcd*days_in_period/748
outdoor: 0.7*et_amount*irr_area*0.62/748
gpcd: 60
budget: indoor+outdoor
tier_starts: [0, indoor, "100%", "133%"]
tier_prices: [1, 2, 4, 8]
commodity_charge: Budget
bill: commodity_charge
"""


def test_parts_of_a_budget_are_whole_units_and_thresholds() -> None:
    numbers = {"usage": "30", "hhsize": "4", "days": "30.4", "et_amount": "5", "irr_area": "1300"}
    # indoor 4 * 60 * 30.4 / 748 = 9.75, so 10; outdoor 0.7 * 5 * 1300 * 0.62 / 748 = 3.77, so 4
    # the budget is 14, 133 % of it 18.62, so 19: 10 at 1, 4 at 2, 5 at 4, 11 at 8
    assert _total(BUDGET, Inputs(numbers=numbers)) == coins("126")


def test_a_start_that_is_no_part_of_the_budget_is_taken_as_it_stands() -> None:
    parts = BUDGET.replace('[0, indoor, "100%", "133%"]', "[0, 2.5, 3.75, 9]")
    numbers = {"usage": "4", "hhsize": "1", "days": "30", "et_amount": "1", "irr_area": "1"}
    # 2.5 at 1, 1.25 at 2, 0.25 at 4
    assert _total(parts, Inputs(numbers=numbers)) == coins("6")


TWO_BUDGETS = """
budget_commodity: 10
budget_drought: 20
tier_starts_commodity: [0, "100%"]
tier_prices_commodity: [1, 2]
tier_starts_drought: [0, "100%"]
tier_prices_drought: [0, 5]
service_charge: 7
commodity_charge: Budget
variable_drought_surcharge: Budget
fixed_drought_surcharge: 3
bill: service_charge + commodity_charge
"""


def test_each_kind_of_charge_has_parts_of_its_own_and_a_drought_is_on_or_not() -> None:
    used = {"usage": "25"}
    # 7; 10 at 1 and 15 at 2; in a drought 5 above 20 at 5, and 3
    assert _total(TWO_BUDGETS, Inputs({"drought": "none"}, used)) == coins("47")
    assert _total(TWO_BUDGETS, Inputs({"drought": "on"}, used)) == coins("75")
    assert _total(TWO_BUDGETS, Inputs({"drought": "on"}, used), surcharge="replaces") == coins(
        "28"
    )
    tariff = read_owrs_text(_text(TWO_BUDGETS)).tariffs["HOME"]
    assert rate(tariff, rows_of([Inputs(numbers=used)])).totals.tolist() == [coins("47")]


SIZES = """
service_charge:
  depends_on: [meter_size, city_limits]
  values:
    1|1/2"|inside: 10.50
    1_1/2"|outside: 12
    2"|inside: 3*units + 1
flat_rate: 2.1
commodity_charge: flat_rate*usage_ccf
bill: 1.015*(service_charge + commodity_charge)
"""


def test_sizes_of_meters_are_one_however_they_are_written() -> None:
    labels = {"meter_size": '1 1/2"', "city_limits": "inside"}
    assert label(' 1|1/2" ') == label('1_1/2"') == label('1 1/2"') == '1 1/2"'
    assert label('5/8"') == '5/8"'
    # 10.50 + 21.00 = 31.50; 1.5 % of it = 0.4725
    assert _total(SIZES, Inputs(labels, {"usage": "10", "units": "0"})) == coins("31.97")
    wrong = Inputs(labels | {"meter_size": '3"'}, {"usage": "10", "units": "0"})
    with pytest.raises(CannotRate, match=r"meter_size: .3\". is none of 1 1/2\", 2\""):
        _total(SIZES, wrong)
    two = {"meter_size": '2"', "city_limits": "inside"}
    # 3 * 5 + 1 = 16; with 21.00 = 37.00; 1.5 % of it = 0.555
    assert _total(SIZES, Inputs(two, {"usage": "10", "units": "5"})) == coins("37.56")


FLAT = "flat_rate: 2\ncommodity_charge: flat_rate*usage_ccf\nbill: commodity_charge\n"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (FLAT.replace("bill: commodity_charge", ""), "bill: is missing"),
        (FLAT.replace("bill: c", "bill: 2 - c"), "bill: a sum of charges is needed"),
        (FLAT.replace("bill: c", "bill: x + 2*c"), "bill: a factor over a part of the sum"),
        (FLAT.replace("bill: c", "bill: tax + c"), "tax: is named in bill, and not said what it"),
        (FLAT.replace("flat_rate*usage_ccf", "2 usage"), "commodity_charge: '2 usage' is no"),
        (FLAT.replace("flat_rate*usage_ccf", "Tiered"), "commodity_charge: is in tiers, and"),
        (FLAT.replace("flat_rate*usage_ccf", "[1, 2]"), "commodity_charge: one figure is needed"),
        (FLAT.replace("flat_rate: 2", "flat_rate: x\nx: flat_rate").replace("flat_rate*", "x+"),
         "x: is reckoned from itself"),
        (BUDGET.replace("budget: indoor+outdoor", ""), "tier_starts: 100% of a budget that the"),
        (BUDGET.replace(": Budget", ": Tiered"), "tier_starts: '100%' is no formula"),
        (BUDGET.replace("[1, 2, 4, 8]", "[1, 2]"), "commodity_charge.prices: 2 prices for"),
        (BUDGET.replace("[0, indoor", "[5, indoor"), "commodity_charge.starts: the first tier"),
        (SIZES.replace(' 2"|inside', ' 2"'), "service_charge: '2\"' are not 2 labels"),
        (SIZES.replace('1_1/2"|outside', '1_1/2"|inside'),
         "service_charge: 1 1/2\" and inside stands there twice"),
        (SIZES.replace("12", '""'), 'service_charge (1_1/2"|outside): has no value'),
        (SIZES.replace("depends_on", "by"), "service_charge: depends_on or values is missing"),
    ],
)  # fmt: skip
def test_a_class_that_the_file_does_not_say_is_refused_with_its_part(
    parts: str, said: str
) -> None:
    assert _refused(parts).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rate_structure: {}", "metadata: is missing"),
        ("- a\n- b", "metadata: is missing"),
        (HEAD, "rate_structure: is missing"),
        (_text(FLAT, HEAD.replace("Monthly", "often")), "bill_frequency: 'often' is none of"),
        (_text(FLAT, HEAD.replace("2017-01-01", "soon")), "effective_date: 'soon' is no date"),
        (_text(FLAT + "flat_rate: 3"), "line 7: flat_rate stands twice and differs"),
        (_text("\tflat_rate: 3"), "line 4: found character '\\t'"),
        (_text(FLAT + "? [a]\n: 1"), "line 7: a name is needed"),
        ("a: &a [*a", "line 1: "),
        ("[" * 100_000, "no YAML: "),
        ("x" * (LARGEST + 1), "the file has more than 2,000,000 characters"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(text: str, said: str) -> None:
    with pytest.raises(NotExpressed) as refusal:
        read_owrs_text(text)
    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize("day", ["2017-03-01", "03/01/2017", "3-1-2017"])
def test_a_file_says_whose_it_is_and_from_when(day: str) -> None:
    head = HEAD.replace("2017-01-01", day).replace("Monthly", "Bi-Monthly, bill_unit: kgal")
    text = _text(FLAT, head) + "  EMPTY:\nSHOP:\n  bill: 5\n"
    file = read_owrs_text(text)
    assert isinstance(file, OwrsFile)
    assert (file.utility, file.effective.isoformat()) == ("X", "2017-03-01")
    assert (file.months, file.unit) == (2, "kgal")
    assert file.refused == {
        "SHOP": "stands beside rate_structure, not in it",
        "EMPTY": "has no parts",
    }


def test_a_name_that_stands_twice_with_one_meaning_is_read() -> None:
    assert set(read_owrs_text(_text(FLAT + "flat_rate: 2")).tariffs) == {"HOME"}
