"""When visits are due, and which visit was made."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.managing import due_after, first_day_of, is_planned_one, overdue_days

FIRST = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))


@given(days, days)
def test_a_visit_is_the_planned_one_from_two_weeks_before_its_day_on(
    planned: date, day: date
) -> None:
    assert is_planned_one(day, planned) == ((planned - day).days <= 14)
    assert is_planned_one(first_day_of(planned), planned)


@pytest.mark.parametrize(
    ("visited", "months", "due"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 5, 15), 12, date(2027, 5, 15)),
    ],
)
def test_the_next_visit_is_due_so_many_months_later(visited: date, months: int, due: date) -> None:
    assert due_after(visited, months) == due


@given(days, st.integers(1, 24))
def test_a_longer_rhythm_is_never_due_earlier(visited: date, months: int) -> None:
    assert visited < due_after(visited, months) <= due_after(visited, months + 1)


def test_a_rhythm_is_a_month_or_more() -> None:
    with pytest.raises(ValueError, match="every 0 months"):
        due_after(FIRST, 0)


def test_only_a_day_that_has_passed_is_overdue() -> None:
    assert overdue_days(FIRST, FIRST) == 0
    assert overdue_days(FIRST, FIRST + timedelta(days=3)) == 3
    assert overdue_days(None, FIRST) == 0
