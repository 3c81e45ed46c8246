"""Bills over changes of price, household and year, reckoned by hand and held to the whole."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.parts import RatedPart, rate_parts
from qiao.billing.rules.tariffs.planning import Part, Terms, TierYear, Use, plan
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.core.rules.periods import Period

D = Decimal
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def water(first: str, second: str, period: str = "year") -> dict[str, object]:
    """Two tiers above 180 m³ (15 in a month), more for households above four; a meter charge."""
    start = {"year": "180 + 36 * max(0, people - 4)", "month": "15"}[period]
    return {
        "currency": "CNY", "unit": "m3", "numbers": {"people": "4"},
        "charges": [
            {"key": "water", "kind": "tiered", "period": period, "starts": [0, start],
             "prices": [first, second]},
            {"key": "meter", "kind": "fixed", "per": "bill", "amount": "6.10"},
        ],
    }  # fmt: skip


TARIFFS = {
    "old": read_tariff(water("2", "3")),
    "new": read_tariff(water("2.5", "4")),
    "monthly": read_tariff(water("2", "3", "month")),
    "monthly, dearer": read_tariff(water("3", "5", "month")),
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def terms(start: str, end: str | None, version: str, people: int = 4) -> Terms:
    period = Period(day(start), day(end) if end else None)
    return Terms(period, version, {}, {"people": D(people)})


def parts_of(
    start: str, end: str, usage: str, *under: Terms, before: str = "0", months: int = 2
) -> tuple[Part, ...]:
    period = Period(day(start), day(end))
    return plan(
        period=period, months=months, uses=[Use(period, {"usage": D(usage)})], terms=under,
        years=[TierYear(YEAR, 365, {"usage": D(before)})],
    )  # fmt: skip


def amounts(rated: list[RatedPart]) -> list[dict[str, int]]:
    return [
        {line.charge.key: line.minor for line in explain(each.tariff, each.rated, each.row).lines}
        for each in rated
    ]


def test_a_price_that_changes_amid_the_bill_holds_from_its_day() -> None:
    """61 m³ in 61 days after 160 in the year, the price rises on 1 April: 31 m³ under the old, of
    which 20 in the first tier (40.00) and 11 in the second (33.00); 30 under the new, all in the
    second (120.00). The meter's 6.10: 3.10 and 3.00."""
    parts = parts_of(
        "2026-03-01", "2026-05-01", "61", terms("2020-01-01", "2026-04-01", "old"),
        terms("2026-04-01", None, "new"), before="160",
    )  # fmt: skip
    assert amounts(rate_parts(TARIFFS, parts)) == [
        {"water": 7_300, "meter": 310}, {"water": 12_000, "meter": 300},
    ]  # fmt: skip


def test_a_household_that_grows_gets_its_share_of_the_year() -> None:
    """Six people from 1 July: the year's first tier is 180 + 72 × 184 ÷ 365 = 216.2958… m³. After
    200, July's 31 m³: 16.2958… at 2 and 14.7041… at 3 are 32.5917… + 44.1123… = 76.70."""
    parts = parts_of(
        "2026-07-01", "2026-08-01", "31", terms("2020-01-01", "2026-07-01", "old"),
        terms("2026-07-01", None, "old", 6), before="200", months=1,
    )  # fmt: skip
    (rated,) = rate_parts(TARIFFS, parts)
    assert amounts([rated])[0]["water"] == 7_670
    (first, second) = explain(rated.tariff, rated.rated, rated.row).lines[0].steps
    assert first.minor + second.minor == 7_670
    whole = Fraction(180) + Fraction(72 * 184, 365)
    assert abs(Fraction(first.ends or 0) - whole) < Fraction(1, 10**11)


def test_what_hangs_on_the_use_is_no_part_of_an_allowance() -> None:
    sewage = {
        "quantities": [{"key": "sewage_volume", "value": "usage * 0.9"}],
        "charges": [
            {"key": "water", "kind": "tiered", "period": "year", "starts": [0, 180],
             "prices": ["2", "3"]},
            {"key": "sewage", "kind": "per_unit", "quantity": "sewage_volume", "price": "1"},
        ],
    }  # fmt: skip
    tariffs = {"v": read_tariff({"currency": "CNY", "unit": "m3", **sewage})}
    period = Period(day("2026-03-01"), day("2026-04-01"))
    parts = plan(
        period=period, months=1, uses=[Use(period, {"usage": D(100)})],
        terms=[Terms(YEAR, "v")], years=[TierYear(YEAR, 365, {"usage": D(130)})],
    )  # fmt: skip
    (rated,) = rate_parts(tariffs, parts)
    assert int(rated.rated.totals[rated.row]) == 50 * 200 + 50 * 300 + 90 * 100


def test_tiers_of_a_month_are_shared_out_by_days_over_a_price_change() -> None:
    """Two months of 61 days, 30 m³ of first tier; 61 m³. 31 days: 15.2459 at 2, 15.7541 at 3;
    30 days: 14.7541 at 3 and 15.2459 at 5: 77.75 and 120.49."""
    parts = parts_of(
        "2026-03-01", "2026-05-01", "61", terms("2020-01-01", "2026-04-01", "monthly"),
        terms("2026-04-01", None, "monthly, dearer"),
    )  # fmt: skip
    assert [each["water"] for each in amounts(rate_parts(TARIFFS, parts))] == [7_775, 12_049]


def test_bills_are_rated_together_as_alone() -> None:
    bills = [
        parts_of("2026-03-01", "2026-05-01", str(usage), terms("2020-01-01", "2026-04-01", "old"),
                 terms("2026-04-01", None, version), before="150")
        for usage in (0, 17, 61, 400) for version in ("new", "monthly")
    ]  # fmt: skip
    together = rate_parts(TARIFFS, [part for bill in bills for part in bill])
    alone = [each for bill in bills for each in rate_parts(TARIFFS, bill)]
    assert amounts(together) == amounts(alone)


@given(
    usage=st.decimals(0, 900, places=3),
    before=st.decimals(0, 400, places=3),
    cut=st.integers(1, 60),
)
def test_a_cut_that_changes_nothing_changes_no_fen_but_by_rounding(
    usage: Decimal, before: Decimal, cut: int
) -> None:
    at = date.fromordinal(day("2026-03-01").toordinal() + cut).isoformat()
    whole = rate_parts(TARIFFS, parts_of(
        "2026-03-01", "2026-05-01", str(usage), terms("2020-01-01", None, "old"),
        before=str(before)))  # fmt: skip
    two = rate_parts(TARIFFS, parts_of(
        "2026-03-01", "2026-05-01", str(usage), terms("2020-01-01", at, "old"),
        terms(at, None, "old"), before=str(before)))  # fmt: skip
    total = sum(int(each.rated.totals[each.row]) for each in two)
    assert abs(total - int(whole[0].rated.totals[0])) <= 2


def test_a_version_that_is_not_there_is_named() -> None:
    (part,) = parts_of("2026-03-01", "2026-05-01", "1", terms("2020-01-01", None, "lost"))
    with pytest.raises(CannotRate, match="lost: there is no such version"):
        rate_parts(TARIFFS, [part])
