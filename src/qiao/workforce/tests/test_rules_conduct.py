"""Adherence and load: what was kept of a shift, who carries too much."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.workforce.rules.adherence import Stood, kept, together
from qiao.workforce.rules.load import Load, mood, of_group, warnings

BEGIN = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def stood(start: float, end: float, state: str = "ready", reason: str = "") -> Stood:
    return Stood(at(start), at(end), state, reason)


SHIFT = (at(0), at(480))
BREAKS = [(at(240), at(285))]


def minutes(time: timedelta) -> float:
    return time.total_seconds() / 60


def test_who_works_as_planned_has_kept_all_of_it() -> None:
    found = kept(SHIFT, BREAKS, [
        stood(0, 200), stood(200, 240, "busy"), stood(240, 285, "break", "meal"),
        stood(285, 480, "break", "training"),
    ])  # fmt: skip
    assert found.percent == 100
    assert minutes(found.planned) == 435
    assert [found.late, found.early, found.overrun] == [timedelta()] * 3
    assert not found.absent


def test_coming_late_going_early_and_long_breaks_are_told_from_five_minutes_on() -> None:
    found = kept(SHIFT, BREAKS, [
        stood(20, 240), stood(240, 300, "break", "meal"), stood(300, 460),
    ])  # fmt: skip
    assert (minutes(found.late), minutes(found.early), minutes(found.overrun)) == (20, 20, 15)
    assert found.percent == pytest.approx(100 * (435 - 55) / 435)
    nearly = kept(
        SHIFT, BREAKS, [stood(4, 240), stood(240, 288, "break", "meal"), stood(288, 477)]
    )
    assert [nearly.late, nearly.early, nearly.overrun] == [timedelta()] * 3


def test_work_through_a_break_takes_nothing_away_and_not_answering_is_no_work() -> None:
    assert kept(SHIFT, BREAKS, [stood(0, 480, "busy")]).percent == 100
    missed = kept(SHIFT, [], [stood(0, 240), stood(240, 480, "not_ready")])
    assert missed.percent == 50


def test_who_was_not_heard_of_was_not_there() -> None:
    found = kept(SHIFT, BREAKS, [stood(-600, -10), stood(490, 600)])
    assert (found.absent, found.percent, minutes(found.late)) == (True, 0, 0)


SPANS = st.lists(
    st.tuples(st.integers(-60, 540), st.sampled_from(["ready", "busy", "break", "off"])),
    min_size=1, max_size=12, unique_by=lambda each: each[0],
)  # fmt: skip


@given(SPANS)
def test_adherence_is_between_nothing_and_all(changes: list[tuple[int, str]]) -> None:
    points = sorted(changes)
    ends = [*(point for point, _ in points[1:]), 600]
    spans = [
        stood(a, b, state, "rest") for (a, state), b in zip(points, ends, strict=True) if a < b
    ]
    found = kept(SHIFT, BREAKS, spans)
    assert 0 <= found.percent <= 100
    assert timedelta() <= found.worked <= found.planned
    whole = together([found, found])
    assert whole.percent == pytest.approx(found.percent)


def load(
    bills: int, leaks: int = 0, *, hours: float = 150, busy: float = 40, nights: int = 0
) -> Load:
    return Load({"bills": bills, "leaks": leaks}, busy, hours, nights, 0)


def test_who_has_far_more_than_the_group_and_who_always_has_the_same_is_told() -> None:
    loads = {1: load(300, 250), 2: load(100, 90), 3: load(110, 100)}
    mean = of_group(loads)
    assert mean == pytest.approx(950 / 450)
    assert warnings(loads[1], mean) == ["much"]
    assert warnings(loads[2], mean) == []
    assert warnings(load(90, 10), mean) == ["one_matter"]
    assert warnings(load(20, 0), mean) == []  # too few to say anything
    assert warnings(load(40, 40, busy=140, nights=9), mean) == ["busy", "nights"]
    insulted = [Load({"bills": 5}, 1, 150, 0, 0, abusive) for abusive in (2, 3)]
    assert [warnings(each, mean) for each in insulted] == [[], ["abusive"]]


def test_contacts_without_a_matter_make_nobody_monotonous() -> None:
    assert Load({"": 90, "bills": 10, "leaks": 10}, 1, 100, 0, 0).top == ("leaks", 0.5)
    assert Load({"": 90}, 1, 100, 0, 0).top is None


@given(st.dictionaries(st.integers(1, 5), st.integers(0, 3)))
def test_a_mood_is_told_from_five_answers_on(counts: dict[int, int]) -> None:
    found = mood(counts)
    assert (found is None) == (sum(counts.values()) < 5)
    if found:
        assert 1 <= found[0] <= 5
