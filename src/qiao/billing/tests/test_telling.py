"""What is told of bills by telephone: the period, the use, and what is true of the amount."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.bills.telling import (
    ARREARS,
    BILL,
    Told,
    ToldBill,
    arrears_told,
    bill_told,
)
from qiao.core.rules.money import Money
from qiao.core.rules.months import Month, month_from, month_of, months_between

MARCH = (date(2026, 3, 1), date(2026, 4, 1))
KINDS = {"money": Money, "month": Month, "number": Decimal, "date": date, "text": str}


def a_bill(
    minor: int = 5230, open_minor: int = 0, *, days: tuple[date, date] = MARCH, unit: str = "m3",
    usage: str | None = "15.5",
) -> ToldBill:  # fmt: skip
    used = None if usage is None else Decimal(usage)
    return ToldBill(*days, minor, open_minor, "CNY", unit, used)


@pytest.mark.parametrize(
    ("minor", "open_minor", "told"),
    [
        (5230, 0, {"paid": 5230}),
        (0, 0, {"paid": 0}),
        (5230, 5230, {"unpaid": 5230}),
        (5230, 1, {"billed": 5230, "rest": 1}),
        (5230, 5300, {"billed": 5230, "rest": 5300}),  # with a late fee
        (-5230, 0, {"credit": 5230}),
        (5230, -10, {"paid": 5230}),
    ],
)
def test_an_amount_is_told_by_what_is_true_of_it(
    minor: int, open_minor: int, told: dict[str, int]
) -> None:
    found = bill_told(a_bill(minor, open_minor))
    amounts = {name: each.minor for name, each in found.items() if isinstance(each, Money)}
    assert amounts == told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (*MARCH, {"month": Month(2026, 3)}),
        (
            date(2025, 12, 1),
            date(2026, 2, 1),
            {"first_month": Month(2025, 12), "last_month": Month(2026, 1)},
        ),
        (
            date(2026, 3, 15),
            date(2026, 4, 15),
            {"since": date(2026, 3, 15), "until": date(2026, 4, 14)},
        ),
        (
            date(2026, 3, 1),
            date(2026, 3, 31),
            {"since": date(2026, 3, 1), "until": date(2026, 3, 30)},
        ),
    ],
)
def test_a_period_is_told_by_months_where_it_is_whole_ones(
    start: date, end: date, told: Told
) -> None:
    found = bill_told(a_bill(days=(start, end), usage=None))
    assert {name: value for name, value in found.items() if name != "paid"} == told


def test_the_use_is_told_by_its_unit_and_not_where_there_is_none() -> None:
    for unit, told in (
        ("m3", {"m3": Decimal("15.5")}),
        ("kWh", {"kwh": Decimal("15.5")}),
        ("kgal", {"use": Decimal("15.5"), "unit": "kgal"}),
    ):
        found = bill_told(a_bill(unit=unit))
        assert {name: each for name, each in found.items() if name in BILL.keys() - ARREARS.keys()
                and name != "paid"} == told  # fmt: skip
    assert bill_told(a_bill(usage=None)).keys() == {"month", "paid"}


def test_arrears_are_told_month_by_month_the_oldest_first_and_one_period_once() -> None:
    april = (date(2026, 4, 1), date(2026, 5, 1))
    two_months = (date(2026, 3, 1), date(2026, 5, 1))
    told = arrears_told(
        [a_bill(open_minor=3, days=april), a_bill(open_minor=5), a_bill(open_minor=7),
         a_bill(open_minor=11, days=two_months)]
    )  # fmt: skip
    assert told == [
        {"month": Month(2026, 3), "arrears": Money(12, "CNY")},
        {"first_month": Month(2026, 3), "last_month": Month(2026, 4),
         "arrears": Money(11, "CNY")},
        {"month": Month(2026, 4), "arrears": Money(3, "CNY")},
    ]  # fmt: skip
    assert arrears_told([]) == []


@given(
    st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.dates(), st.integers(1, 400),
    st.sampled_from(["m3", "kwh", "kgal", ""]), st.none() | st.decimals(0, 10**6, places=3),
)  # fmt: skip
def test_whatever_a_bill_is_its_values_are_of_their_kinds_and_one_amount_is_it(
    minor: int, open_minor: int, start: date, days: int, unit: str, usage: Decimal | None
) -> None:
    end = date.fromordinal(min(start.toordinal() + days, date.max.toordinal()))
    if end <= start:
        return
    told = bill_told(ToldBill(start, end, minor, open_minor, "CNY", unit, usage))
    assert all(type(value) is KINDS[BILL[name]] for name, value in told.items())
    assert len(told.keys() & {"paid", "unpaid", "billed", "credit"}) == 1
    assert len(told.keys() & {"month", "first_month", "since"}) == 1
    assert ("rest" in told) is ("billed" in told)


@given(st.dates(date(2, 1, 1), date(9000, 1, 1)))
def test_months_are_written_and_read_again(day: date) -> None:
    month = month_of(day)
    assert month_from(str(month)) == month
    assert month.start <= day < month.end
    assert months_between(month.start, month.end) == (month, month)
    assert months_between(month.start, month.start) is None


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "x-1"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        month_from(text)
