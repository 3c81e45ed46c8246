"""Equal instalments: what is asked of each bill of a year, in whole numbers that add up."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.money.budget import (
    Charged,
    asked_by_owner,
    bills_in_year,
    ends_year,
    equalised_entries,
    foresee,
    instalment,
    settled_entries,
)
from qiao.billing.rules.money.postings import Event, Ledger, checked
from qiao.core.rules.months import months_after

months = st.integers(1, 12)
minors = st.integers(-10_000, 500_000)
owners = st.dictionaries(
    st.sampled_from(["company", "sewage", "garbage"]), minors, min_size=1, max_size=3
)


def test_a_year_is_shared_evenly_and_rounded_up() -> None:
    assert instalment(120_000, months=1, unit=100) == 10_000
    assert instalment(120_001, months=1, unit=100) == 10_100
    assert instalment(120_000, months=2, unit=100) == 20_000
    assert instalment(1_000, months=1, unit=1) == 84
    assert instalment(0, months=1, unit=100) == instalment(-5, months=1, unit=100) == 0


@given(st.integers(1, 10**9), months, st.sampled_from([1, 100, 1000]))
def test_instalments_of_a_year_are_never_less_than_it(year: int, length: int, unit: int) -> None:
    asked = instalment(year, months=length, unit=unit)
    assert asked > 0
    assert asked % unit == 0
    assert asked * 12 >= year * length
    assert (asked - unit) * 12 < year * length


def test_a_year_ends_with_the_bill_that_reaches_it_or_nearly() -> None:
    until = date(2027, 1, 1)
    assert ends_year(date(2027, 1, 1), until)
    assert ends_year(date(2026, 12, 22), until)
    assert not ends_year(date(2026, 12, 21), until)
    assert [bills_in_year(each) for each in (1, 2, 5, 12)] == [12, 6, 3, 1]


@given(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    months,
    st.integers(1, 90_000),
    st.lists(st.integers(-2_000, 60_000), max_size=12),
    st.integers(0, 10**6),
)
def test_the_year_ahead_adds_up(
    start: date, length: int, asked: int, amounts: list[int], year: int
) -> None:
    begun = months_after(start, -12)
    step = max((start - begun).days // max(len(amounts), 1), 1)
    bills = [
        Charged(begun + timedelta(days=n * step), begun + timedelta(days=(n + 1) * step), minor)
        for n, minor in enumerate(amounts)
    ]
    rows = foresee(start=start, months=length, asked=asked, bills=bills, year_minor=year)
    count = bills_in_year(length)
    assert len(rows) == count
    assert rows[0].period.start == start
    assert all(one.period.end == two.period.start for one, two in pairwise(rows))
    assert sum(row.expected for row in rows) == round(year * count * length / 12)
    assert {row.asked for row in rows[:-1]} <= {asked}
    assert sum(row.asked for row in rows) == sum(row.expected for row in rows)
    assert rows[-1].balance == 0


def test_the_year_ahead_is_like_the_year_before() -> None:
    bills = [
        Charged(date(2025, n, 1), months_after(date(2025, n, 1), 1), 1_000 * n)
        for n in range(1, 13)
    ]
    rows = foresee(start=date(2026, 1, 1), months=1, asked=6_500, bills=bills, year_minor=78_000)
    assert [row.expected for row in rows] == [1_000 * n for n in range(1, 13)]
    assert rows[5].balance == 21_000 - 6 * 6_500
    assert rows[-1].asked == 78_000 - 11 * 6_500


@given(owners, st.integers(1, 200_000))
def test_an_instalment_is_shared_over_owners_and_balances(
    owed: dict[str, int], asked: int
) -> None:
    shares = asked_by_owner(owed, asked)
    assert sum(shares.values()) == asked
    assert all(minor >= 0 for minor in shares.values())
    entries = equalised_entries(account=1, bill=2, owed=owed, asked=asked)
    if entries:
        checked(Event.BUDGET_EQUALISED, entries)
    for owner in shares:
        moved = sum(e.minor for e in entries if e.ledger == Ledger.RECEIVABLE and e.owner == owner)
        assert owed.get(owner, 0) + moved == shares[owner]


@given(owners)
def test_what_is_settled_leaves_nothing(balance: dict[str, int]) -> None:
    entries = settled_entries(account=1, bill=2, balance=balance)
    if entries:
        checked(Event.BUDGET_SETTLED, entries)
    left = {e.owner: e.minor for e in entries if e.ledger == Ledger.BUDGET}
    assert all(balance[owner] + minor == 0 for owner, minor in left.items())
