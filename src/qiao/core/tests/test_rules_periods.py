"""Periods behave as the sets of days they stand for."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.periods import (
    BadPeriod,
    Period,
    contains,
    encloses,
    intersect,
    meets,
    merge,
    overlaps,
    split,
    subtract,
)

FIRST = date(2026, 1, 1)
HORIZON = 80


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 40))
    length = draw(st.one_of(st.none(), st.integers(1, 30)))
    return Period(day(start), None if length is None else day(start + length))


def days_of(*several: Period) -> set[int]:
    return {n for n in range(HORIZON) for p in several if day(n) in p}


@given(periods(), periods())
def test_overlap_and_intersection_are_those_of_the_days(one: Period, other: Period) -> None:
    both = days_of(one) & days_of(other)
    assert overlaps(one, other) == bool(both) == overlaps(other, one)
    common = intersect(one, other)
    assert (days_of(common) if common else set()) == both
    assert common == intersect(other, one)


@given(periods(), periods())
def test_subtraction_leaves_the_days_of_the_first_alone(one: Period, other: Period) -> None:
    rest = subtract(one, other)
    assert days_of(*rest) == days_of(one) - days_of(other)
    assert len(rest) <= 2


@given(periods(), periods())
def test_a_period_encloses_another_when_it_has_all_its_days(one: Period, other: Period) -> None:
    assert encloses(one, other) == (days_of(other) <= days_of(one))
    assert encloses(one, one)


@given(periods(), st.lists(st.integers(-5, HORIZON).map(day)))
def test_the_parts_of_a_split_meet_and_cover_the_period(period: Period, cuts: list[date]) -> None:
    parts = split(period, cuts)
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    assert all(meets(a, b) for a, b in pairwise(parts))
    assert {part.start for part in parts} == {period.start} | {c for c in cuts if c in period}


@given(st.lists(periods(), max_size=8))
def test_merged_periods_have_the_same_days_and_gaps_between_them(several: list[Period]) -> None:
    merged = merge(several)
    assert days_of(*merged) == days_of(*several)
    for before, after in pairwise(merged):
        assert before.end is not None
        assert before.end < after.start


def test_the_first_day_belongs_and_the_last_does_not() -> None:
    may = Period(date(2026, 5, 1), date(2026, 6, 1))
    assert contains(may, date(2026, 5, 31))
    assert not contains(may, date(2026, 6, 1))
    assert not overlaps(may, Period(date(2026, 6, 1)))
    assert may.days == 31
    assert Period(date(2026, 6, 1)).days is None
    assert date(2999, 1, 1) in Period(date(2026, 6, 1))


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(BadPeriod):
        Period(date(2026, 5, 1), date(2026, 5, 1))
