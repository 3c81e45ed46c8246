"""Weeks: what binds is never broken, gaps are told with their rule, by solver and by hand."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.workforce.rules.cover import gaps, heads, missing, present
from qiao.workforce.rules.limits import Limit, faults, why_not
from qiao.workforce.rules.plan import (
    DAY_SLOTS,
    DAYS,
    WEEK_SLOTS,
    Limits,
    Person,
    ShiftSpec,
    Week,
    Wish,
)
from qiao.workforce.rules.solving import Unsolvable, solve

EARLY = ShiftSpec(1, 480, 960, ((705, 750),))
LATE = ShiftSpec(2, 720, 1230, ((1020, 1065),))
NIGHT = ShiftSpec(3, 1200, 1920, is_night=True)
SHIFTS = {each.key: each for each in (EARLY, LATE, NIGHT)}
NOTHING = (0,) * WEEK_SLOTS
BY_DAY = ((0,) * 16 + (1,) * 16 + (0,) * 16) * DAYS  # one person from 8 to 16


def people(count: int, **more: Any) -> dict[int, Person]:
    """So many who can serve all."""
    return {n: Person(n, frozenset({"bills"}), **more) for n in range(1, count + 1)}


def week(**more: Any) -> Week:
    values: dict[str, Any] = {"shifts": SHIFTS, "people": people(3), "needs": BY_DAY}
    return Week(**values | more)


def test_working_time_is_without_meals_and_with_short_rests() -> None:
    assert EARLY.paid_minutes == 435
    assert ShiftSpec(9, 480, 960, ((600, 620), (720, 765))).paid_minutes == 435


@given(
    st.integers(0, 287).map(lambda n: 5 * n), st.integers(1, 144).map(lambda n: 5 * n), st.data()
)
def test_parts_at_work_are_the_minutes_of_the_shift_without_breaks(
    start: int, length: int, data: st.DataObject
) -> None:
    end = start + length
    at = data.draw(st.integers(start // 5, end // 5 - 1)) * 5
    shift = ShiftSpec(1, start, end, ((at, at + 5),))
    assert sum(shift.parts_at_work(0).values()) == (length - 5) // 5


def test_a_shift_of_the_sunday_night_is_cut_at_the_end_of_the_week() -> None:
    assert max(NIGHT.parts_at_work(6)) == WEEK_SLOTS - 1
    assert sum(NIGHT.parts_at_work(6).values()) == 4 * 12


def test_breaks_are_taken_in_turn_and_stay_within_the_shift() -> None:
    assert EARLY.breaks_in_turn(0) == ((705, 750),)
    assert EARLY.breaks_in_turn(1) == ((750, 795),)
    tight = ShiftSpec(1, 480, 960, ((880, 940),))
    assert tight.breaks_in_turn(2) == ((880, 940),)
    assert {Person(n, frozenset()).turn for n in range(9)} == {0, 1, 2}


@pytest.mark.parametrize(
    ("start", "end", "breaks"),
    [(600, 600, ()), (1500, 1600, ()), (0, 1500, ()), (480, 960, ((900, 990),))],
)
def test_a_shift_that_cannot_be_worked_is_refused(
    start: int, end: int, breaks: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(ValueError, match=r"shift|breaks"):
        ShiftSpec(1, start, end, breaks)


def test_leave_duty_and_skills_bind_whatever_else_is_planned() -> None:
    away = Person(1, frozenset({"bills"}), away=frozenset({2}))
    busy = Person(2, frozenset({"bills"}), duties=((1440 + 1200, 2880 + 480),))
    other = Person(3, frozenset({"leaks"}))
    plan = week(people={1: away, 2: busy, 3: other}, queue_needs={"bills": NOTHING})
    assert why_not(plan, {}, (1, 2), EARLY) == [Limit.AWAY]
    assert why_not(plan, {}, (1, 1), NIGHT) == [Limit.AWAY]  # it ends on the day of leave
    assert why_not(plan, {}, (2, 2), EARLY) == [Limit.DUTY]  # on duty till 8 that morning
    assert why_not(plan, {}, (2, 2), NIGHT) == []
    assert why_not(plan, {}, (3, 0), EARLY) == [Limit.SKILL]


def test_rest_counts_from_the_week_before_and_to_the_day_after() -> None:
    tired = Person(1, frozenset({"bills"}), before={-1: NIGHT})
    plan = week(people={1: tired})
    assert why_not(plan, {}, (1, 0), EARLY) == [Limit.REST]
    assert why_not(plan, {(1, 3): 1}, (1, 2), NIGHT) == [Limit.REST]
    assert why_not(plan, {(1, 3): 1}, (1, 2), EARLY) == []


def test_days_in_a_row_and_hours_of_the_week_are_counted_over_all_shifts() -> None:
    long = Person(1, frozenset({"bills"}), before={-1: EARLY, -2: EARLY, -4: EARLY})
    assert long.run_before == 2
    plan = week(people={1: long}, limits=Limits(days_in_row=4, week_minutes=4 * 435))
    assert why_not(plan, {(1, 0): 1}, (1, 1), EARLY) == []
    assert why_not(plan, {(1, 0): 1, (1, 1): 1}, (1, 2), EARLY) == [Limit.IN_ROW]
    full = {(1, 0): 1, (1, 1): 1, (1, 3): 1, (1, 4): 1}
    assert why_not(plan, full, (1, 6), EARLY) == [Limit.HOURS]


def test_what_is_pinned_to_something_else_is_told() -> None:
    plan = week(pinned={(1, 0): None, (2, 0): 2})
    assert why_not(plan, {}, (1, 0), EARLY) == [Limit.PINNED]
    assert (2, 0) in {cell for cell, _limit in faults(plan, {})}


def test_cover_is_of_who_is_at_work_and_can_serve_the_queue() -> None:
    able = Person(1, frozenset({"bills"}))
    other = Person(2, frozenset({"leaks"}))
    plan = week(people={1: able, 2: other}, queue_needs={"bills": BY_DAY, "leaks": NOTHING})
    there = present(plan, {(1, 0): 1, (2, 0): 1})
    assert heads(there[""])[16] == 2
    assert heads(there["bills"])[16] == 1
    assert heads(there[""])[25] == 1  # one is at the meal, from 12:30; the other goes after them
    assert missing(plan, {(1, 0): 1, (2, 0): 1})["bills"][25] == 1
    assert missing(plan, {(1, 0): 1, (2, 0): 1})[""][25] == 0


def test_a_gap_names_its_hours_and_what_keeps_each_of_the_others_away() -> None:
    crew = {
        1: Person(1, frozenset({"bills"}), away=frozenset({0})),
        2: Person(2, frozenset({"bills"}), before={-1: NIGHT}),
        3: Person(3, frozenset({"bills"})),
    }
    plan = week(people=crew, needs=BY_DAY[:DAY_SLOTS] + NOTHING[DAY_SLOTS:])
    (gap,) = gaps(plan, {})
    assert (gap.day, gap.first, gap.last, gap.missing) == (0, 16, 31, 1)
    assert gap.reasons == {Limit.AWAY: 1, Limit.REST: 1}
    assert gap.free == 1
    assert gaps(plan, {(3, 0): 1})[0].first == 24  # only the meal is left


def test_the_solver_covers_what_can_be_covered_and_breaks_no_rule() -> None:
    found = solve(week(people=people(4, weekly_minutes=5 * 435)), seconds=5)
    plan = week(people=people(4, weekly_minutes=5 * 435))
    assert faults(plan, found.assigned) == []
    lacking = missing(plan, found.assigned)[""]
    assert sum(lacking) == 0


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_no_rule_is_broken_whatever_is_asked(seed: int) -> None:
    rng = random.Random(seed)
    crew = {
        n: Person(
            n,
            frozenset(rng.sample(["bills", "leaks", "moves"], rng.randint(1, 2))),
            away=frozenset(rng.sample(range(7), rng.randint(0, 3))),
            duties=((rng.randrange(0, 9000), 9500),) if rng.random() < 0.2 else (),
            before={-1 - k: rng.choice([EARLY, LATE, NIGHT]) for k in range(rng.randint(0, 5))},
            nights_before=rng.randint(0, 5),
        )
        for n in range(1, 7)
    }
    plan = week(
        people=crew,
        needs=tuple(rng.randint(0, 4) for _ in range(WEEK_SLOTS)),
        queue_needs={
            "bills": tuple(rng.randint(0, 2) for _ in range(WEEK_SLOTS)),
            "leaks": NOTHING,
        },
        wishes=tuple(Wish(n, rng.randrange(7), rng.choice([None, 1])) for n in crew),
    )
    found = solve(plan, seconds=1.0)
    assert faults(plan, found.assigned) == []


def test_pins_stay_wishes_are_heeded_and_nights_go_to_who_had_fewest() -> None:
    crew = people(4, weekly_minutes=3 * 435)
    crew[1] = Person(1, frozenset({"bills"}), 3 * 435, nights_before=4)
    one_night = list(NOTHING)
    for slot in range(40, 48):
        one_night[slot] = 1
    plan = week(
        people=crew,
        needs=tuple(max(a, b) for a, b in zip(BY_DAY, one_night, strict=True)),
        wishes=(Wish(2, 3, None),),
        pinned={(3, 4): 1, (4, 5): None},
    )
    found = solve(plan, seconds=4)
    assert found.assigned[3, 4] == 1
    assert (4, 5) not in found.assigned
    assert (2, 3) not in found.assigned
    assert found.assigned.get((1, 0)) != NIGHT.key
    assert NIGHT.key in {found.assigned.get((n, 0)) for n in (2, 3, 4)}


def test_where_the_solver_has_no_time_the_first_plan_stands() -> None:
    plan = week(people=people(4, weekly_minutes=5 * 435))
    found = solve(plan, seconds=0.0)
    assert found.assigned
    assert not found.is_best
    assert faults(plan, found.assigned) == []


def test_pins_that_break_rules_leave_no_plan() -> None:
    with pytest.raises(Unsolvable):
        solve(week(pinned={(1, 0): 3, (1, 1): 1}), seconds=2)
