"""Working time agrees with a naive walk over minutes, and with itself."""

from collections.abc import Callable
from cProfile import Profile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.core.rules.calendar import (
    WHOLE_DAY,
    BadCalendar,
    Calendar,
    NoWorkingTime,
    Spans,
    Week,
    add_working_seconds,
    add_working_time,
    is_working,
    next_working_moment,
    working_seconds_between,
    working_spans,
    working_time_between,
)

OFFICE: Spans = ((540, 720), (780, 1020))
OFFICE_WEEK: Week = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())
# No shift; an hour; half an hour; an hour at midnight, in two ways.
ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Santiago",
]


def office(**changes: object) -> Calendar:
    return Calendar(**{"timezone": "Asia/Shanghai", "week": OFFICE_WEEK, **changes})  # type: ignore[arg-type]


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))  # type: ignore[misc,arg-type]


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    return tuple((a * 15, b * 15) for a, b in zip(edges[::2], edges[1::2], strict=True))


dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
moments = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis wants naive limits
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return Calendar(
        timezone=draw(st.sampled_from(ZONES)),
        week=draw(st.tuples(*[spans()] * 7)),
        holidays=draw(st.frozensets(dates, max_size=5)),
        special_days=draw(st.dictionaries(dates, spans(), max_size=5)),
        round_the_clock=draw(st.sampled_from([False] * 9 + [True])),
    )


def minutes_by_walking(calendar: Calendar, start: datetime, minutes: int) -> int:
    """Count working minutes with nothing but the wall clock of each minute."""
    zone, worked = ZoneInfo(calendar.timezone), 0
    for step in range(minutes):
        local = (start + timedelta(minutes=step)).astimezone(zone)
        minute = local.hour * 60 + local.minute
        if calendar.round_the_clock:
            worked += 1
        elif local.date() in calendar.special_days:
            worked += any(a <= minute < b for a, b in calendar.special_days[local.date()])
        elif local.date() not in calendar.holidays:
            worked += any(a <= minute < b for a, b in calendar.week[local.weekday()])
    return worked


@given(calendars(), moments, st.integers(0, 3000))
@settings(max_examples=150, deadline=None)
def test_working_time_equals_a_walk_over_minutes(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    assert working_seconds_between(calendar, start, end) == 60 * minutes_by_walking(
        calendar, start, minutes
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", range(1, 13))
def test_every_day_of_a_year_equals_a_walk_in_steps_of_a_quarter(zone: str, month: int) -> None:
    half_days: Week = (((0, 165), (180, 1440)),) * 7
    calendar = Calendar(timezone=zone, week=half_days)
    start = datetime(2026, month, 1, tzinfo=UTC)
    end = start + timedelta(days=31)
    quarters = 0
    moment = start
    while moment < end:
        quarters += is_working(calendar, moment)
        moment += timedelta(minutes=15)
    assert working_seconds_between(calendar, start, end) == quarters * 900


@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(days=90)))
@settings(deadline=None)
def test_what_was_added_is_found_between(
    calendar: Calendar, start: datetime, amount: timedelta
) -> None:
    try:
        end = add_working_time(calendar, start, amount)
    except NoWorkingTime:
        assert not any(calendar.week)
        return
    assert working_time_between(calendar, start, end) == amount
    assert end >= start


@given(calendars(), moments, st.integers(1, 10**6))
@settings(deadline=None)
def test_the_end_is_the_earliest_moment_that_fulfils_the_amount(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    try:
        end = add_working_seconds(calendar, start, seconds)
    except NoWorkingTime:
        return
    earlier = end - timedelta(microseconds=1)
    assert working_time_between(calendar, start, earlier) < timedelta(seconds=seconds)
    assert is_working(calendar, earlier)


@given(calendars(), moments, st.integers(0, 10**6), st.integers(0, 10**6))
@settings(deadline=None)
def test_more_seconds_and_later_starts_never_end_earlier(
    calendar: Calendar, start: datetime, less: int, extra: int
) -> None:
    try:
        early = add_working_seconds(calendar, start, less)
        late = add_working_seconds(calendar, start, less + extra)
        delayed = add_working_seconds(calendar, start + timedelta(seconds=extra), less)
    except NoWorkingTime:
        return
    assert early <= late
    assert early <= delayed


@given(calendars(), moments, moments, moments)
@settings(deadline=None)
def test_parts_sum_to_the_whole_and_direction_only_changes_the_sign(
    calendar: Calendar, a: datetime, b: datetime, c: datetime
) -> None:
    whole = working_time_between(calendar, a, c)
    assert whole == working_time_between(calendar, a, b) + working_time_between(calendar, b, c)
    assert whole == -working_time_between(calendar, c, a)


@given(moments, moments, st.sampled_from(ZONES))
def test_round_the_clock_is_the_wall_clock(a: datetime, b: datetime, zone: str) -> None:
    calendar = office(timezone=zone, round_the_clock=True, holidays=frozenset({a.date()}))
    assert working_time_between(calendar, a, b) == b - a
    if b >= a:
        assert add_working_time(calendar, a, b - a) == b


@given(calendars(), moments)
@settings(deadline=None)
def test_the_next_working_moment_works_and_nothing_before_it_does(
    calendar: Calendar, moment: datetime
) -> None:
    try:
        following = next_working_moment(calendar, moment)
    except NoWorkingTime:
        return
    assert is_working(calendar, following)
    assert not working_time_between(calendar, moment, following)


def test_a_promise_of_eight_hours_over_lunch_night_and_weekend() -> None:
    calendar = office()
    due = add_working_seconds(calendar, shanghai(2026, 11, 20, 16, 0), 8 * 3600)
    assert due == shanghai(2026, 11, 23, 17, 0)


def test_a_holiday_counts_nothing_and_a_shifted_sunday_counts() -> None:
    calendar = office(
        holidays=frozenset({date(2026, 10, 1)}), special_days={date(2026, 9, 27): OFFICE}
    )
    day = timedelta(days=1)
    holiday, sunday = shanghai(2026, 10, 1), shanghai(2026, 9, 27)
    assert working_seconds_between(calendar, holiday, holiday + day) == 0
    assert working_seconds_between(calendar, sunday, sunday + day) == 7 * 3600
    assert working_spans(calendar, date(2026, 9, 27)) == OFFICE
    assert working_spans(calendar, date(2026, 10, 1)) == ()


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 7, 1), 24)]
)
def test_whole_days_have_the_hours_of_the_zone(day: tuple[int, int, int], hours: int) -> None:
    zone = ZoneInfo("America/New_York")
    calendar = Calendar(timezone="America/New_York", week=(WHOLE_DAY,) * 7)
    start = datetime(*day, tzinfo=zone)
    end = datetime(day[0], day[1], day[2] + 1, tzinfo=zone)
    assert working_seconds_between(calendar, start, end) == hours * 3600


def test_ends_are_exclusive() -> None:
    calendar = office()
    assert is_working(calendar, shanghai(2026, 11, 20, 11, 59, 59))
    assert not is_working(calendar, shanghai(2026, 11, 20, 12, 0))
    assert next_working_moment(calendar, shanghai(2026, 11, 20, 17, 0)) == shanghai(
        2026, 11, 23, 9, 0
    )


def test_a_calendar_without_hours_says_so_instead_of_searching_for_ever() -> None:
    empty = Calendar(timezone="Asia/Shanghai", week=((),) * 7)
    with pytest.raises(NoWorkingTime):
        add_working_seconds(empty, shanghai(2026, 1, 1), 1)
    with pytest.raises(NoWorkingTime):
        next_working_moment(empty, shanghai(2026, 1, 1))


def test_a_calendar_of_one_special_day_is_found_years_ahead() -> None:
    once = office(week=((),) * 7, special_days={date(2031, 5, 1): OFFICE})
    assert next_working_moment(once, shanghai(2026, 1, 1)) == shanghai(2031, 5, 1, 9, 0)
    with pytest.raises(NoWorkingTime):
        add_working_seconds(once, shanghai(2026, 1, 1), 7 * 3600 + 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Asia/Atlantis"},
        {"week": OFFICE_WEEK[:6]},
        {"week": (((600, 540),), (), (), (), (), (), ())},
        {"week": (((0, 1441),), (), (), (), (), (), ())},
        {"week": (((540, 700), (690, 800)), (), (), (), (), (), ())},
        {"special_days": {date(2026, 1, 1): ((-1, 5),)}},
    ],
)
def test_a_senseless_calendar_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadCalendar):
        office(**changes)


def test_a_naive_moment_and_a_negative_amount_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        is_working(office(), datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        add_working_seconds(office(), shanghai(2026, 1, 1), -1)


def test_two_thousand_working_hours_take_as_few_steps_as_two() -> None:
    calendar = office(
        holidays=frozenset(date(2026, 1, 1) + timedelta(days=9 * n) for n in range(99))
    )
    start = shanghai(2026, 1, 1)
    two = _calls_of(partial(add_working_seconds, calendar, start, 7_200))
    two_thousand = _calls_of(partial(add_working_seconds, calendar, start, 7_200_000))
    assert two_thousand < 2 * two + 20


def _calls_of(act: Callable[[], object]) -> int:
    """How many functions, ours and built in, are called while it acts."""
    profile = Profile()
    profile.runcall(act)
    return sum(entry.callcount for entry in profile.getstats())
