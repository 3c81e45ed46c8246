"""Bills fall into parts by days; nothing is lost on the way, whatever changes when."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.planning import (
    CannotPlan,
    Part,
    Terms,
    TierYear,
    Use,
    plan,
    tier_year,
)
from qiao.core.rules.periods import Period

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
D = Decimal


def bill(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def under(start: str, end: str | None, version: str = "1", **labels: str) -> Terms:
    period = Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)
    return Terms(period, version, labels)


def used(start: str, end: str, usage: str) -> Use:
    return Use(bill(start, end), {"usage": D(usage)})


def test_a_bill_without_changes_is_one_part() -> None:
    (part,) = plan(
        period=bill("2026-03-01", "2026-05-01"), months=2,
        uses=[used("2026-03-01", "2026-05-01", "23")], terms=[under("2020-01-01", None)],
    )  # fmt: skip
    assert part.quantities == {"usage": D(23)}
    assert (part.share, part.months, part.before) == (Fraction(1), Fraction(2), {"usage": D(0)})
    assert part.year_rooms == ()


def test_a_price_that_changes_takes_its_share_of_the_use_by_days() -> None:
    """31 of 61 days lie before 1 April: 30 m³ × 31 ÷ 61 = 15.2459…, cut to the litre; what is left
    goes to the longer part."""
    first, second = plan(
        period=bill("2026-03-01", "2026-05-01"), months=2,
        uses=[used("2026-03-01", "2026-05-01", "30")],
        terms=[under("2020-01-01", "2026-04-01", "old"), under("2026-04-01", None, "new")],
    )  # fmt: skip
    assert (first.version, second.version) == ("old", "new")
    assert first.quantities["usage"] == D("15.246")
    assert second.quantities["usage"] == D("14.754")
    assert (first.share, second.share) == (Fraction(31, 61), Fraction(30, 61))
    assert first.months + second.months == 2


def test_an_exchanged_meter_makes_no_part_of_its_own() -> None:
    (part,) = plan(
        period=bill("2026-03-01", "2026-05-01"), months=2,
        uses=[used("2026-03-01", "2026-03-20", "8.5"), used("2026-03-20", "2026-05-01", "11")],
        terms=[under("2020-01-01", None)],
    )  # fmt: skip
    assert part.quantities == {"usage": D("19.5")}


def test_tiers_of_a_year_go_on_filling_over_a_price_change_and_begin_with_the_year() -> None:
    years = [
        TierYear(YEAR, 365, {"usage": D(170)}),
        TierYear(Period(date(2027, 1, 1), date(2028, 1, 1)), 365),
    ]
    parts = plan(
        period=bill("2026-12-01", "2027-02-01"), months=2,
        uses=[used("2026-12-01", "2027-02-01", "62")],
        terms=[under("2020-01-01", "2026-12-11", "old"), under("2026-12-11", None, "new")],
        years=years,
    )  # fmt: skip
    assert [(p.version, p.quantities["usage"], p.before["usage"]) for p in parts] == [
        ("old", D(10), D(170)), ("new", D(21), D(180)), ("new", D(31), D(0)),
    ]  # fmt: skip


def test_a_household_that_grows_has_each_size_for_its_days_of_the_year() -> None:
    terms = [
        under("2020-01-01", "2026-07-01", people="4"), under("2026-07-01", None, people="6"),
    ]  # fmt: skip
    parts = plan(
        period=bill("2026-06-01", "2026-08-01"), months=2,
        uses=[used("2026-06-01", "2026-08-01", "61")], terms=terms,
        years=[TierYear(YEAR, 365, {"usage": D(100)})],
    )  # fmt: skip
    assert [(p.labels["people"], p.before["usage"]) for p in parts] == [
        ("4", D(100)),
        ("6", D(130)),
    ]
    for part in parts:
        rooms = [(room.weight, room.labels["people"]) for room in part.year_rooms]
        assert rooms == [(Fraction(181, 365), "4"), (Fraction(184, 365), "6")]


def test_a_leap_day_is_a_day_of_its_month_and_of_its_year() -> None:
    """From 29 February 2028 on six people: 28 of the 29 days of the month lie before it, 59 of the
    366 of the year."""
    parts = plan(
        period=bill("2028-02-01", "2028-03-01"), months=1,
        uses=[used("2028-02-01", "2028-03-01", "29")],
        terms=[
            under("2020-01-01", "2028-02-29", people="4"),
            under("2028-02-29", None, people="6"),
        ],
        years=[TierYear(tier_year(date(2028, 2, 29)), 366)],
    )  # fmt: skip
    assert [part.quantities["usage"] for part in parts] == [D(28), D(1)]
    assert [part.share for part in parts] == [Fraction(28, 29), Fraction(1, 29)]
    for part in parts:
        rooms = [(room.weight, room.labels["people"]) for room in part.year_rooms]
        assert rooms == [(Fraction(59, 366), "4"), (Fraction(307, 366), "6")]


def test_who_moves_in_has_the_rest_of_the_year() -> None:
    (part,) = plan(
        period=bill("2026-05-11", "2026-06-01"), months=1,
        uses=[used("2026-05-11", "2026-06-01", "9")], terms=[under("2026-05-11", None)],
        years=[TierYear(Period(date(2026, 5, 11), date(2027, 1, 1)), 365)],
    )  # fmt: skip
    assert [room.weight for room in part.year_rooms] == [Fraction(235, 365)]


@pytest.mark.parametrize(
    ("day", "starts", "begins"),
    [
        ("2026-05-11", (1, 1), "2026-01-01"),
        ("2026-04-30", (5, 1), "2025-05-01"),
        ("2026-05-01", (5, 1), "2026-05-01"),
        ("2027-02-28", (2, 29), "2026-03-01"),
        ("2028-02-29", (2, 29), "2028-02-29"),
    ],
)
def test_a_year_of_tiers_begins_where_the_city_says(
    day: str, starts: tuple[int, int], begins: str
) -> None:
    year = tier_year(date.fromisoformat(day), starts=starts)
    assert year.start == date.fromisoformat(begins)
    assert year.days in (365, 366)


def test_a_day_without_terms_and_a_use_outside_are_refused() -> None:
    period = bill("2026-03-01", "2026-05-01")
    with pytest.raises(CannotPlan, match="2026-04-10: no tariff holds"):
        plan(period=period, months=2, uses=[], terms=[
            under("2020-01-01", "2026-04-10"), under("2026-04-12", None)
        ])  # fmt: skip
    with pytest.raises(CannotPlan, match="2026-02-28: a use lies outside"):
        plan(
            period=period, months=2, uses=[used("2026-02-28", "2026-03-10", "3")],
            terms=[under("2020-01-01", None)],
        )  # fmt: skip
    with pytest.raises(CannotPlan, match="do not cover the year"):
        plan(
            period=period, months=2, uses=[], terms=[under("2026-02-01", None)],
            years=[TierYear(YEAR, 365)],
        )  # fmt: skip


DAYS = st.integers(0, 120)


@given(
    cuts=st.lists(DAYS, max_size=4),
    reads=st.lists(DAYS, max_size=3),
    usage=st.lists(st.decimals(-500, 5_000, places=3), min_size=4, max_size=4),
)
def test_parts_together_are_the_bill(
    cuts: list[int], reads: list[int], usage: list[Decimal]
) -> None:
    first = date(2026, 10, 1)
    period = Period(first, first + timedelta(days=121))
    at = sorted({first + timedelta(days=n) for n in cuts} | {date(2020, 1, 1)})
    terms = [
        Terms(Period(one, two), str(place))
        for place, (one, two) in enumerate(zip(at, [*at[1:], None], strict=True))
    ]
    stops = sorted({first + timedelta(days=n) for n in reads} | {first, first + timedelta(121)})
    uses = [
        Use(Period(one, two), {"usage": quantity})
        for one, two, quantity in zip(stops, stops[1:], usage, strict=False)
    ]
    years = [TierYear(YEAR, 365, {"usage": D(7)}),
             TierYear(Period(date(2027, 1, 1), date(2028, 1, 1)), 365)]  # fmt: skip
    parts = plan(period=period, months=4, uses=uses, terms=terms, years=years)
    assert sum(_used(part) for part in parts) == sum(use.quantities["usage"] for use in uses)
    assert sum(part.share for part in parts) == 1
    assert sum(part.months for part in parts) == 4
    assert [part.period.start for part in parts][1:] == [part.period.end for part in parts][:-1]
    for year, start in ((YEAR, D(7)), (years[1].period, D(0))):
        mine = [part for part in parts if part.period.start in year]
        walked = [part.before["usage"] for part in mine]
        assert walked == [
            start + sum((_used(p) for p in mine[:n]), D(0)) for n in range(len(mine))
        ]
        for part in mine:
            assert sum(room.weight for room in part.year_rooms) == 1


def _used(part: Part) -> Decimal:
    return part.quantities["usage"]
