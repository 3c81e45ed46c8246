"""The duty roster: who is on duty when, and no hole that is silent."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qiao.staff.rules.roster import Change, Need, Roster, Shift, duties, holes, moment, on_duty

MONDAY = date(2026, 11, 23)
SHANGHAI = "Asia/Shanghai"
NIGHT = (1050, 510)  # 17:30 to 08:30 of the next day


def nightly(*people: int, zone: str = SHANGHAI, changes: tuple[Change, ...] = ()) -> Roster:
    """Every night of the week, one week for each person in turn."""
    return Roster(
        zone=zone,
        weeks=len(people),
        anchor=MONDAY,
        shifts=tuple(
            Shift(week, weekday, *NIGHT, staff_id)
            for week, staff_id in enumerate(people)
            for weekday in range(7)
        ),
        needs=tuple(Need(weekday, *NIGHT) for weekday in range(7)),
        changes=changes,
    )


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return moment(day, hour * 60 + minute, SHANGHAI)


def test_a_night_goes_on_into_the_morning_and_ends_to_the_minute() -> None:
    roster = nightly(7)
    assert on_duty(roster, at(MONDAY, 17, 29)) == []
    assert on_duty(roster, at(MONDAY, 17, 30)) == [7]
    assert on_duty(roster, at(MONDAY + timedelta(days=1), 8, 29)) == [7]
    assert on_duty(roster, at(MONDAY + timedelta(days=1), 8, 30)) == []


def test_weeks_take_turns_also_over_the_end_of_a_year_and_before_the_anchor() -> None:
    roster = nightly(1, 2, 3)
    seen = [on_duty(roster, at(MONDAY + timedelta(weeks=week), 20)) for week in range(-3, 9)]
    assert seen == [[1], [2], [3]] * 4
    assert on_duty(roster, at(date(2027, 1, 1), 0)) == on_duty(roster, at(date(2026, 12, 31), 20))


def test_a_change_counts_on_its_day_alone_and_a_shift_without_anybody_is_a_hole() -> None:
    wednesday = MONDAY + timedelta(days=2)
    swapped = nightly(1, changes=(Change(wednesday, 1050, 9),))
    assert on_duty(swapped, at(wednesday, 23)) == [9]
    assert on_duty(swapped, at(wednesday + timedelta(days=1), 23)) == [1]
    empty = nightly(1, changes=(Change(wednesday, 1050, None),))
    (hole,) = holes(empty, MONDAY, MONDAY + timedelta(days=6))
    assert (hole.start, hole.end) == (
        at(wednesday, 17, 30),
        at(wednesday + timedelta(days=1), 8, 30),
    )


def test_who_left_covers_nothing() -> None:
    found = holes(nightly(1, 2), MONDAY, MONDAY + timedelta(days=13), available=frozenset({2}))
    assert len(found) == 7


def test_a_night_with_a_clock_change_is_as_long_as_the_clocks_make_it() -> None:
    berlin = nightly(1, zone="Europe/Berlin")
    (spring,) = duties(berlin, date(2027, 3, 27), date(2027, 3, 27))
    (autumn,) = duties(berlin, date(2027, 10, 30), date(2027, 10, 30))
    (usual,) = duties(berlin, date(2027, 6, 1), date(2027, 6, 1))
    assert usual.end - usual.start == timedelta(hours=15)
    assert spring.end - spring.start == timedelta(hours=14)
    assert autumn.end - autumn.start == timedelta(hours=16)
    assert holes(berlin, date(2027, 3, 20), date(2027, 11, 5)) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)), max_size=12
    ),
    st.integers(0, 13 * 1440),
)
def test_whenever_somebody_is_needed_they_are_on_duty_or_it_is_told_as_a_hole(
    spans: list[tuple[int, int, int]], minute: int
) -> None:
    shifts = {(weekday, start): end for weekday, start, end in spans}
    roster = Roster(
        zone=SHANGHAI,
        weeks=1,
        anchor=MONDAY,
        shifts=tuple(Shift(0, day, start, end, 5) for (day, start), end in shifts.items()),
        needs=tuple(Need(weekday, 0, 1440) for weekday in range(7)),
    )
    now = (at(MONDAY, 0) + timedelta(minutes=minute)).astimezone(UTC)
    found = holes(roster, MONDAY, MONDAY + timedelta(days=13))
    in_hole = any(hole.start <= now < hole.end for hole in found)
    assert bool(on_duty(roster, now)) != in_hole
