"""Columns of interval data judged, ordered and summed by days: plain calculation."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules import interval_columns as columns
from qiao.metering.rules.intervals import (
    CODES,
    Clock,
    Rows,
    Told,
    day_of,
    days_of,
    in_order,
    judge,
    latest,
    number_of,
)

CHINA = ZoneInfo("Asia/Shanghai")
SYDNEY = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


def at(text: str, zone: ZoneInfo = CHINA) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def rows(*told: tuple[int, int, int, int]) -> Rows:
    """Rows of register, start, minutes and amount, all measured."""
    table = np.array(told, dtype=np.int64).reshape(-1, 4)
    register, start, minutes, amount = table.T
    return Rows(register, start, minutes, amount, np.zeros(len(told), dtype=bool))


def told_of(many: Rows, **more: object) -> Told:
    count = len(many)
    values = {
        "since": np.full(count, number_of(date(2026, 1, 1))),
        "until": np.full(count, number_of(date(2026, 11, 20))),
        "most": np.full(count, 10**9),
        "has_moment": np.ones(count, dtype=bool),
        "is_ambiguous": np.zeros(count, dtype=bool),
        "has_number": np.ones(count, dtype=bool),
        "has_quality": np.ones(count, dtype=bool),
    }
    return Told(**(values | more))  # type: ignore[arg-type]


def words(many: Rows, told: Told | None = None) -> list[str]:
    clock = Clock(CHINA)
    found = judge(many, told or told_of(many), clock.days(many.start), clock, now=NOW)
    return [CODES[place] for place in found]


def test_each_fault_is_told_by_its_own_word() -> None:
    start = at("2026-11-01 00:30")
    many = rows(
        (1, start, 30, 5),
        (0, start, 30, 5),
        (1, at("2026-12-24 00:30"), 30, 5),
        (1, at("2025-12-31 23:30"), 30, 5),
        (1, at("2026-11-20 00:00"), 30, 5),
        (1, at("2026-11-02 00:30"), 7, 5),
        (1, at("2026-11-02 00:10"), 30, 5),
        (1, at("2026-11-03 00:30"), 30, -1),
        (1, at("2026-11-04 00:30"), 30, 10**9),
    )
    assert words(many) == [
        "", "meter", "future", "removed", "removed", "step", "grid", "negative", "large",
    ]  # fmt: skip


def test_what_could_not_be_read_is_told_by_what_it_was() -> None:
    many = rows(*[(1, at(f"2026-11-0{day} 00:30"), 30, 5) for day in (1, 2, 3, 4)])
    lacking = [np.arange(4) != place for place in range(4)]
    told = told_of(
        many, has_moment=lacking[0], is_ambiguous=~lacking[1], has_number=lacking[2],
        has_quality=lacking[3],
    )  # fmt: skip
    assert words(many, told) == ["moment", "ambiguous", "number", "quality"]


def test_what_is_said_twice_alike_counts_once_and_otherwise_not_at_all() -> None:
    first, second = at("2026-11-01 00:30"), at("2026-11-01 01:00")
    alike = rows((1, second, 30, 5), (1, first, 30, 5), (1, second, 30, 5))
    assert words(alike) == ["", "", ""]
    ordered = in_order(alike)
    assert ordered.start.tolist() == [first, second]
    apart = rows((1, second, 30, 5), (1, first, 30, 5), (1, second, 30, 6), (2, second, 30, 6))
    assert words(apart) == ["twice", "", "twice", ""]


def test_a_day_is_summed_with_its_peak_and_what_is_missing() -> None:
    start = at("2026-11-01 00:00")
    many = rows(
        *[(7, start + place * 1_800, 30, 10_000 if place == 17 else 100) for place in range(48)],
        (7, start + 48 * 1_800, 30, 300),
        (7, start + 50 * 1_800, 30, 300),
    )
    first, second = days_of(many, Clock(CHINA))
    assert (first.register, first.day, first.used) == (7, date(2026, 11, 1), 10_000 + 47 * 100)
    assert (first.peak, first.peak_at) == (20_000, start + 17 * 1_800)
    assert first.slots == "1" * 48
    assert (second.day, second.used) == (date(2026, 11, 2), 600)
    assert second.slots == "101" + "0" * 45
    assert second.peak_at == start + 48 * 1_800  # the earlier of two


def test_days_on_which_the_clock_is_set_have_as_many_intervals_as_hours() -> None:
    clock = Clock(SYDNEY)
    for day, hours in ((date(2026, 10, 4), 23), (date(2026, 4, 5), 25), (date(2026, 7, 1), 24)):
        begin = clock.midnight(number_of(day))
        many = rows(*[(1, begin + place * 1_800, 30, 1) for place in range(hours * 2)])
        (found,) = days_of(many, clock)
        assert (found.day, found.slots, found.used) == (day, "1" * hours * 2, hours * 2)


@given(
    st.sampled_from([CHINA, SYDNEY, ZoneInfo("America/St_Johns")]),
    st.lists(st.integers(1_600_000_000, 1_900_000_000), min_size=1, max_size=30),
)
def test_days_are_those_of_the_calendar(zone: ZoneInfo, moments: list[int]) -> None:
    clock = Clock(zone)
    found = clock.days(np.array(moments, dtype=np.int64))
    assert [day_of(int(day)) for day in found] == [
        datetime.fromtimestamp(each, UTC).astimezone(zone).date() for each in moments
    ]


@given(
    st.sampled_from([CHINA, SYDNEY]),
    st.lists(st.integers(0, 2_000), min_size=1, max_size=20),
)
def test_local_columns_are_read_as_single_texts_are(zone: ZoneInfo, steps: list[int]) -> None:
    """Around the days on which clocks are set, by half hours."""
    begins = datetime(2026, 4, 1), datetime(2026, 9, 28)  # noqa: DTZ001 - what a clock shows
    shown = [begins[step % 2] + timedelta(minutes=30 * (step // 2)) for step in steps]
    local = np.array([int(each.replace(tzinfo=UTC).timestamp()) for each in shown])
    found, whole, twice = columns.from_local(local, Clock(zone))
    for place, each in enumerate(shown):
        moment, again = columns.read_moment(f"{each:%Y-%m-%d %H:%M}", zone)
        assert (moment is not None) == bool(whole[place])
        assert again == bool(twice[place])
        if moment is not None:
            assert moment == found[place]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01 00:30", at("2026-11-01 00:30")),
        ("2026-11-01T00:30:00Z", at("2026-11-01 08:30")),
        ("2026-11-01T00:30:00+09:00", at("2026-10-31 23:30")),
        ("2026/11/1 0:30", at("2026-11-01 00:30")),
        ("2026年11月1日 24:00", at("2026-11-02 00:00")),
        ("soon", None),
        ("2026-02-30 00:30", None),
        ("9999-12-31 24:00", None),
    ],
)
def test_moments_are_read_as_people_and_programs_write_them(
    text: str, expected: int | None
) -> None:
    assert columns.read_moment(text, CHINA) == (expected, False)


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 5), st.integers(0, 9)),
            max_size=6, unique_by=lambda row: row[:2],
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_of_several_versions_the_latest_holds(files: list[list[tuple[int, int, int]]]) -> None:
    versions = [
        in_order(rows(*[(r, s * 1_800, 30, amount) for r, s, amount in each])) for each in files
    ]
    expected = {(r, s * 1_800): amount for each in files for r, s, amount in each}
    found = latest(versions)
    pairs = zip(found.register.tolist(), found.start.tolist(), strict=True)
    assert dict(zip(pairs, found.amount.tolist(), strict=True)) == expected
    assert len(found) == len(expected)


def test_columns_are_known_by_their_names() -> None:
    assert columns.columns_in(["Meter", "电量", "开始时间", "x"]) == {
        "meter": "Meter", "value": "电量", "start": "开始时间",
    }  # fmt: skip
    with pytest.raises(columns.MissingColumns) as missing:
        columns.columns_in(["Meter", "x"])
    assert missing.value.fields == ["value", "start"]
