"""One meter for a business and a dwelling: the dwelling's part is fixed by contract."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.queries.pack_tariffs import load_tariffs
from qiao.billing.rules.tariffs.asked import asks_of, quantities_of, read_terms
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.inputs import Rows
from qiao.billing.rules.tariffs.model import Tariff
from qiao.billing.rules.tariffs.rating import rate
from qiao.core.packs import SHIPPED

D = Decimal
CENT = D("0.01")


@cache
def combined(pack: str) -> Tariff:
    (found,) = [each for each in load_tariffs(SHIPPED / pack) if each.key == "combined"]
    return found.versions[-1].tariff


def lines(tariff: Tariff, usage: D, months: int = 1, **numbers: D) -> dict[str, int]:
    rows = Rows.one({}, {"usage": usage, "months": D(months), **numbers}, {})
    told = explain(tariff, rate(tariff, rows), 0)
    return {line.charge.key: line.minor for line in told.lines if line.adds and line.minor}


@pytest.mark.parametrize(
    ("usage", "months", "percent", "fixed", "dwelling"),
    [
        (1000, 1, 30, 0, 300),  # a share alone
        (1000, 1, 0, 150, 150),  # an amount alone
        (1000, 2, 30, 150, 510),  # 2 × 150, and 30 % of the 700 that are left
        (100, 1, 30, 150, 100),  # less was used than the amount
        (101, 1, 50, 0, D("50.5")),
        (0, 1, 30, 150, 0),
    ],
)
def test_the_power_of_a_shop_by_hand(
    usage: int, months: int, percent: int, fixed: int, dwelling: D
) -> None:
    found = lines(
        combined("power"), D(usage), months,
        household_percent=D(percent), household_kwh=D(fixed),
    )  # fmt: skip
    business = usage - dwelling
    expected = {
        "household": int((dwelling * D("55.8")).quantize(D(1), ROUND_HALF_UP)),
        "business": int(business * 68),
        "fund": usage * 3,
    }
    assert found == {key: minor for key, minor in expected.items() if minor}


@given(
    usage=st.decimals(min_value=0, max_value=99_999, places=3),
    months=st.integers(1, 12),
    percent=st.decimals(min_value=0, max_value=100, places=2),
    fixed=st.integers(0, 5_000),
)
def test_the_parts_are_the_whole_and_each_has_its_price(
    usage: D, months: int, percent: D, fixed: int
) -> None:
    """Against a reckoning of its own, in decimals, for water and its sewage."""
    first = min(fixed * months * D(1), usage)
    dwelling = (first + (usage - first) * percent / 100).quantize(D("0.001"), ROUND_HALF_UP)
    business = usage - dwelling
    prices = {
        "household": (dwelling, "2.85"),
        "business": (business, "3.35"),
        "sewage": (dwelling, "0.95"),
        "sewage_business": (business, "1.40"),
    }
    expected = {
        key: int((amount * D(price)).quantize(CENT, ROUND_HALF_UP) * 100)
        for key, (amount, price) in prices.items()
    }
    found = lines(
        combined("water"), usage, months, household_percent=percent, household_m3=D(fixed)
    )
    assert found == {key: minor for key, minor in expected.items() if minor}


def test_a_share_is_a_term_and_not_a_part_of_the_use() -> None:
    tariff = combined("power")
    asks = asks_of(tariff, {"household_percent": {"least": "0", "most": "100"}})
    assert [each.name for each in asks] == ["household_kwh", "household_percent"]
    assert not quantities_of(tariff) - {"usage"}
    said, faults = read_terms(asks, {"household_percent": "30"})
    assert (said.numbers, faults) == ({"household_percent": "30"}, [])
    _said, faults = read_terms(asks, {"household_percent": "100.5"})
    assert [(each.code, each.expected) for each in faults] == [("too_high", "100")]
