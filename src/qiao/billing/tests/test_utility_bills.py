"""The sample tariffs of power and gas: bills reckoned by hand, checked by the oracle too."""

from functools import cache
from typing import Any

import pytest

from qiao.billing.queries.pack_tariffs import load_tariffs
from qiao.billing.rules.tariffs.explaining import Explained, explain
from qiao.billing.rules.tariffs.model import Tariff
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.rules.tariffs.writing import write_tariff
from qiao.billing.tests import oracle
from qiao.billing.tests.inputs import Inputs, fractions_of, rows_of
from qiao.billing.tests.oracle import coins
from qiao.core.packs import SHIPPED


@cache
def newest(pack: str, key: str) -> Tariff:
    return (
        next(each for each in load_tariffs(SHIPPED / pack) if each.key == key).versions[-1].tariff
    )


def bill(pack: str, key: str, labels: dict[str, str] | None = None, **numbers: Any) -> Explained:
    """One bill by the engine; the oracle must say the same. `before` is the year's use so far."""
    tariff = newest(pack, key)
    before = {"usage": str(numbers.pop("before", 0))}
    inputs = Inputs(labels or {}, {name: str(each) for name, each in numbers.items()}, before)
    rated = rate(tariff, rows_of([inputs]))
    told = explain(tariff, rated, 0)
    found = oracle.bill(
        write_tariff(tariff),
        {**tariff.defaults, **inputs.labels},
        fractions_of(inputs.numbers),
        fractions_of(inputs.before),
    )
    assert told.minor == found.total
    return told


def lines(told: Explained) -> dict[str, int]:
    return {line.charge.key: line.minor for line in told.lines}


FLAT, HOURS = {"plan": "flat"}, {"plan": "peak_valley"}
PLAIN, HEATED = {"heating": "none"}, {"heating": "heating"}


@pytest.mark.parametrize(
    ("usage", "before", "household", "yuan"),
    [
        (60, 2700, "usual", "31.20"),  # 60 at 0.52: the last of the first step
        (61, 2700, "usual", "31.77"),  # and one at 0.57
        (200, 2700, "usual", "111.00"),  # 60 at 0.52 = 31.20, 140 at 0.57 = 79.80
        (100, 4750, "usual", "69.50"),  # 50 at 0.57 = 28.50, 50 at 0.82 = 41.00
        (200, 3900, "large", "111.00"),  # five people: the first step ends at 2760 + 1200 = 3960
        (100, 5950, "large", "69.50"),  # and the second at 4800 + 1200 = 6000
        (200, 3900, "usual", "114.00"),  # four: all of it at 0.57
        (0, 0, "usual", "0.00"),
    ],
)
def test_power_for_a_household_by_steps_of_the_year(
    usage: int, before: int, household: str, yuan: str
) -> None:
    labels = FLAT | {"household": household}
    told = bill("power", "household", labels, usage=usage, before=before)
    assert told.minor == coins(yuan)


def test_power_by_day_and_night_with_the_steps_on_top() -> None:
    # 180 at 0.55 = 99.00; 120 at 0.30 = 36.00; 240 beyond 2760 at 0.05 = 12.00
    told = bill("power", "household", HOURS, usage=300, valley_kwh=120, before=2700)
    # tax within 147.00: 147 × 13 ÷ 113 = 16.9115
    assert lines(told) == {
        "peak": coins("99.00"),
        "valley": coins("36.00"),
        "step": coins("12.00"),
        "tax": coins("16.91"),
    }
    assert told.minor == coins("147.00")


def test_power_for_a_business_in_one_part() -> None:
    # 300 at 1.05 = 315; 500 at 0.68 = 340; 200 at 0.32 = 64; fund 1,000 at 0.03 = 30
    told = bill("power", "business", usage=1000, peak_kwh=300, valley_kwh=200)
    # tax within 719.00: 719 × 13 ÷ 113 = 82.7168; the fund is others' money
    assert lines(told) == {
        "peak": coins("315"),
        "flat": coins("340"),
        "valley": coins("64"),
        "fund": coins("30"),
        "tax": coins("82.72"),
    }
    assert told.minor == coins("749")
    assert bill("power", "business", usage=0).minor == 0


USED: dict[str, Any] = {"usage": 100_000, "peak_kwh": 30_000, "valley_kwh": 25_000, "months": 1}
# 30,000 at 0.95 = 28,500; 45,000 at 0.58 = 26,100; 25,000 at 0.28 = 7,000: 61,600
ENERGY = "61600"


@pytest.mark.parametrize(
    ("factor", "share"),
    [
        ("0.60", "0.25"),  # ten steps of ½ % to 0.80, ten more to 0.70, five of 1 %, five of 2 %
        ("0.65", "0.15"),
        ("0.70", "0.10"),
        ("0.85", "0.025"),
        ("0.846", "0.025"),  # taken as 0.85
        ("0.90", "0"),
        ("0.92", "-0.003"),
        ("0.95", "-0.0075"),
        ("1.00", "-0.0075"),
    ],
)
def test_two_parts_by_capacity_and_the_table_of_the_power_factor(factor: str, share: str) -> None:
    told = bill(
        "power", "two_part", {"basis": "capacity"}, capacity_kva=630, power_factor=factor, **USED
    )
    # 630 at 30 = 18,900; with the energy 80,500
    whole = coins("18900") + coins(ENERGY)
    adjusted = round(whole * float(share))
    assert lines(told)["capacity"] == coins("18900")
    assert lines(told).get("power_factor", 0) == adjusted
    assert told.minor == whole + adjusted + coins("3000")


def test_two_parts_by_demand_are_charged_four_tenths_of_the_capacity_at_least() -> None:
    labels = {"basis": "demand"}
    told = bill("power", "two_part", labels, capacity_kva=630, demand_kw=400, **USED)
    assert lines(told)["demand"] == coins("17600")  # 400 at 44
    low = bill("power", "two_part", labels, capacity_kva=630, demand_kw=200, **USED)
    assert lines(low)["demand"] == coins("11088")  # 252 at 44
    assert "capacity" not in lines(low)


def test_two_parts_cost_the_basic_charge_without_any_use() -> None:
    told = bill("power", "two_part", {"basis": "capacity"}, usage=0, capacity_kva=630, months=2)
    assert told.minor == coins("37800")  # two months of 18,900


@pytest.mark.parametrize(
    ("labels", "usage", "before", "people", "yuan"),
    [
        (PLAIN, 20, 340, 4, "56.00"),  # 20 at 2.80: the last of the first step
        (PLAIN, 21, 340, 4, "59.36"),  # and one at 3.36
        (PLAIN, 30, 340, 4, "89.60"),  # 20 at 2.80 = 56.00, 10 at 3.36 = 33.60
        (PLAIN, 20, 530, 4, "75.60"),  # 10 at 3.36 = 33.60, 10 at 4.20 = 42.00
        (PLAIN, 30, 530, 6, "95.20"),  # six people: 360 + 180; 10 at 2.80, 20 at 3.36
        (HEATED, 400, 1500, 4, "1176.00"),  # 300 at 2.80 = 840, 100 at 3.36 = 336
        (HEATED, 400, 1700, 6, "1187.20"),  # 1800 + 180; 280 at 2.80 = 784, 120 at 3.36 = 403.20
        (HEATED, 0, 1700, 4, "0.00"),
    ],
)
def test_gas_for_a_household_by_steps_and_heating(
    labels: dict[str, str], usage: int, before: int, people: int, yuan: str
) -> None:
    told = bill("gas", "household", labels, usage=usage, before=before, people=people)
    assert told.minor == coins(yuan)


def test_tax_is_contained_in_the_price_of_gas() -> None:
    told = bill("gas", "household", PLAIN, usage=30, before=340, people=4)
    # 89.60 × 9 ÷ 109 = 7.398
    assert lines(told) == {"gas": coins("89.60"), "tax": coins("7.40")}
    assert lines(bill("gas", "public", usage=200)) == {
        "gas": coins("590"),
        "tax": coins("48.72"),  # 590 × 9 ÷ 109 = 48.7156
    }


@pytest.mark.parametrize(
    ("season", "usage", "months", "yuan"),
    [
        ("heating", 100, 1, "410.00"),  # 100 at 4.10
        ("other", 100, 1, "360.00"),  # 100 at 3.60
        ("other", 10, 1, "90.00"),  # 36.00, and 54.00 lack to the least charge
        ("other", 10, 2, "180.00"),  # of two months
        ("other", 25, 1, "90.00"),  # just the least charge
        ("other", 0, 1, "90.00"),
    ],
)
def test_gas_for_a_business_by_season_with_a_least_charge(
    season: str, usage: int, months: int, yuan: str
) -> None:
    told = bill("gas", "business", {"season": season}, usage=usage, months=months)
    assert told.minor == coins(yuan)
