"""Periods of customer managers: nothing overlaps, nothing before the day is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.periods import Period, overlaps
from qiao.customers.rules.managing import due_after, ended_on, overdue_days

FIRST = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def chains(draw: st.DrawFn) -> list[Period]:
    """Periods one after the other, with or without gaps; the last one may be open."""
    edges = sorted(draw(st.sets(days, min_size=0, max_size=12)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    found = [Period(start, end) for start, end in pairs]
    if len(edges) % 2:
        found.append(Period(edges[-1]))
    return found


@given(chains(), days)
def test_a_new_manager_overlaps_nobody_and_no_day_before_is_lost(
    chain: list[Period], day: date
) -> None:
    change = ended_on(chain, day)

    assert not any(overlaps(kept, Period(day)) for kept in change.kept)
    for n in range(402):
        known = FIRST + timedelta(days=n)
        was = any(known in period for period in chain)
        assert any(known in period for period in change.kept) == (was and known < day)


@given(chains(), days)
def test_every_period_is_either_kept_or_dropped(chain: list[Period], day: date) -> None:
    change = ended_on(chain, day)

    assert len(change.kept) + len(change.dropped) == len(chain)
    assert [period.start for period in change.kept + change.dropped] == [p.start for p in chain]


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
