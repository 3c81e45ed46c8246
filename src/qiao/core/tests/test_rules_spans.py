"""Spans of days: parts cover the whole, the span before touches it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.spans import (
    Span,
    Step,
    first_of,
    last_days,
    last_months,
    outside,
    whole_months,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
STEPS: st.SearchStrategy[Step] = st.sampled_from(["day", "week", "month"])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    since = draw(DAYS)
    return Span(since, since + timedelta(days=draw(st.integers(0, 800))))


@given(spans(), STEPS)
def test_the_parts_cover_every_day_once(span: Span, step: Step) -> None:
    parts = list(span.parts(step))
    assert parts[0].since == span.since
    assert parts[-1].until == span.until
    assert sum(part.days for part in parts) == span.days
    for before, after in pairwise(parts):
        assert after.since - before.until == timedelta(days=1)


@given(spans(), STEPS)
def test_a_part_lies_in_one_week_or_month(span: Span, step: Step) -> None:
    for part in span.parts(step):
        assert first_of(part.since, step) == first_of(part.until, step)


@given(spans())
def test_the_span_before_is_as_long_and_touches(span: Span) -> None:
    before = span.before()
    assert before.days == span.days
    assert before.until + timedelta(days=1) == span.since


@given(spans())
def test_a_year_before_keeps_month_and_day(span: Span) -> None:
    before = span.year_before()
    assert before.since.year == span.since.year - 1
    assert before.since.month == span.since.month


@given(DAYS, st.integers(1, 60))
def test_last_months_begin_with_a_month_and_have_as_many(today: date, months: int) -> None:
    span = last_months(today, months)
    assert span.since.day == 1
    assert span.until == today
    assert len(list(span.parts("month"))) == months


@given(DAYS, st.integers(1, 400))
def test_last_days_end_today(today: date, days: int) -> None:
    span = last_days(today, days)
    assert span.until == today
    assert span.days == days
    assert today in span


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        Span(date(2026, 1, 2), date(2026, 1, 1))


@given(spans())
def test_whole_months_and_what_lies_outside_make_up_the_span(span: Span) -> None:
    whole = whole_months(span)
    if whole is None:
        for part in span.parts("month"):
            assert part.since.day > 1 or (part.until + timedelta(days=1)).day > 1
        return
    assert whole.since.day == 1
    assert (whole.until + timedelta(days=1)).day == 1
    rest = outside(span, whole)
    assert whole.days + sum(part.days for part in rest) == span.days
    assert all(part.days < 31 for part in rest)
