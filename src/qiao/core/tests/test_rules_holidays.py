"""Holidays come from the published notices, and years without one are reported."""

from datetime import UTC, date, datetime

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.calendar import Calendar, working_seconds_between, working_spans
from qiao.core.rules.holidays import seed, special_days

SPANS = ((510, 720), (810, 1050))


def test_the_national_day_of_2025_is_as_published() -> None:
    seeded = seed(2025, 2025)
    assert {date(2025, 10, day) for day in range(1, 9)} <= seeded.holidays
    assert {date(2025, 9, 28), date(2025, 10, 11)} <= seeded.workdays
    assert seeded.names[date(2025, 10, 1)] == "国庆节"
    assert seeded.source.startswith("chinesecalendar ")


def test_years_without_a_notice_are_reported_and_not_guessed() -> None:
    seeded = seed(2003, 2099)
    assert seeded.known_years[0] == 2004
    assert seeded.unknown_years[0] == 2003
    assert seeded.unknown_years[-1] == 2099
    assert set(seeded.known_years) | set(seeded.unknown_years) == set(range(2003, 2100))
    assert {day.year for day in seeded.holidays} == set(seeded.known_years)
    assert not seed(2090, 2091).holidays


def test_years_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        seed(2026, 2025)


@given(st.dates(date(2004, 1, 1), date(2025, 12, 31)))
def test_a_calendar_of_the_seed_works_on_the_days_the_package_calls_workdays(day: date) -> None:
    seeded = seed(day.year, day.year)
    calendar = Calendar(
        timezone="Asia/Shanghai",
        week=(SPANS, SPANS, SPANS, SPANS, SPANS, (), ()),
        holidays=seeded.holidays,
        special_days=special_days(seeded, SPANS),
    )
    assert bool(working_spans(calendar, day)) == chinese_calendar.is_workday(day)


def test_a_year_has_the_working_hours_of_its_working_days() -> None:
    seeded = seed(2025, 2025)
    calendar = Calendar(
        timezone="Asia/Shanghai",
        week=(SPANS, SPANS, SPANS, SPANS, SPANS, (), ()),
        holidays=seeded.holidays,
        special_days=special_days(seeded, SPANS),
    )
    start = datetime(2024, 12, 31, 16, tzinfo=UTC)
    end = datetime(2025, 12, 31, 16, tzinfo=UTC)
    days = len(chinese_calendar.get_workdays(date(2025, 1, 1), date(2025, 12, 31)))
    assert working_seconds_between(calendar, start, end) == days * 450 * 60


def test_every_shifted_working_day_is_a_weekend_and_no_holiday() -> None:
    seeded = seed(2004, 2026)
    assert all(day.weekday() >= 5 for day in seeded.workdays)
    assert not seeded.workdays & seeded.holidays
    assert set(seeded.names) == seeded.holidays | seeded.workdays
