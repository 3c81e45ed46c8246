"""Clocks: exact examples."""

from dataclasses import replace
from typing import Any

import pytest

from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.clock_words import explained, words
from qiao.cases.rules.clocks import OutOfOrder, apply, recompute
from qiao.cases.rules.promises import ClockEvent, promise_data
from qiao.cases.rules.working_time import UnknownCalendar, WorkingTime, newest_known
from qiao.cases.tests.clock_promises import (
    ALL,
    ANSWER,
    ARRIVE,
    CALENDARS,
    HOUR,
    LIMIT,
    RESOLVE,
    RESPOND,
    clock,
    local,
)


def history(*rows: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[ClockEvent]:
    return [
        ClockEvent(seq, row[1], local(row[0]), row[2] if len(row) > 2 else {})
        for seq, row in enumerate(rows, start=1)
    ]


def test_a_clock_counts_working_time_only_and_is_met_in_time() -> None:
    state = recompute(
        history(("15 16:30", "opened"), ("16 10:30", "work_done")), (RESOLVE,), CALENDARS
    )
    resolve = clock(state, "resolve")
    assert resolve.state == "met"
    assert resolve.elapsed_seconds == 3 * HOUR
    assert resolve.due_at == local("17 15:30")


def test_a_pause_moves_the_due_moment_on_and_is_explained() -> None:
    rows = (
        ("15 08:30", "opened"),
        ("15 09:30", "paused", {"reason": "customer"}),
        ("15 14:30", "resumed"),
    )
    before = clock(recompute(history(*rows[:1]), (RESOLVE,), CALENDARS), "resolve")
    during = clock(recompute(history(*rows[:2]), (RESOLVE,), CALENDARS), "resolve")
    after = clock(recompute(history(*rows), (RESOLVE,), CALENDARS), "resolve")
    assert before.due_at == local("16 16:30")
    assert (during.state, during.due_at) == ("paused", None)
    assert after.due_at == local("17 11:00")
    assert after.paused_seconds == 3 * HOUR + 1800
    told = [(item.counted, item.reason, item.note, item.seconds) for item in after.pieces]
    assert told == [
        (True, "opened", "", HOUR),
        (False, "paused", "customer", 3 * HOUR + 1800),
        (True, "resumed", "", 0),
    ]
    assert explained(after, local("15 15:30"), CALENDARS)[-1].seconds == HOUR


def test_a_change_of_priority_keeps_used_time_and_earlier_pauses() -> None:
    state = recompute(
        history(
            ("15 08:30", "opened", {"priority": "normal"}),
            ("15 09:30", "paused", {"reason": "customer"}),
            ("15 11:30", "resumed"),
            ("15 13:30", "priority_changed", {"priority": "high"}),
        ),
        (RESOLVE,),
        CALENDARS,
    )
    resolve = clock(state, "resolve")
    assert (resolve.elapsed_seconds, resolve.paused_seconds) == (HOUR + 1800, 2 * HOUR)
    assert resolve.due_at == local("16 09:00")
    assert [piece.priority for piece in resolve.pieces] == ["normal", "normal", "normal", "high"]


def test_spent_time_makes_a_raised_case_due_at_the_change_and_not_before() -> None:
    rows = (
        ("15 08:30", "opened", {"priority": "low"}),
        ("15 16:30", "priority_changed", {"priority": "urgent"}),
        ("16 08:30", "priority_changed", {"priority": "low"}),
    )
    raised = clock(recompute(history(*rows[:2]), (RESOLVE,), CALENDARS), "resolve")
    assert raised.due_at == local("15 16:30")
    assert raised.is_late(local("15 16:31"))
    lowered = clock(recompute(history(*rows), (RESOLVE,), CALENDARS), "resolve")
    assert not lowered.is_late(local("16 08:31"))
    assert lowered.breached_at == local("15 16:30")


def test_an_edit_of_the_calendar_counts_from_its_moment_and_only_once_the_case_is_told() -> None:
    rows = (
        ("16 08:30", "opened", {"priority": "low", "calendars": {"office": 1}}),
        ("16 17:00", "calendar_changed", {"calendars": {"office": 2}}),
    )
    untold = clock(recompute(history(*rows[:1]), (RESOLVE,), CALENDARS), "resolve")
    told = clock(recompute(history(*rows), (RESOLVE,), CALENDARS), "resolve")
    assert untold.due_at == local("19 17:30")
    # 7.5 h on the 16th, 3.5 h on the 17th until noon, then 7 h, 11 h and the last hour.
    assert told.due_at == local("19 09:00")
    assert [piece.calendar for piece in told.pieces] == ["office@1", "office@2"]


def test_night_figures_are_chosen_by_the_start_and_stay() -> None:
    state = recompute(
        history(
            ("15 23:10", "opened", {"priority": "high"}),
            ("16 00:10", "priority_changed", {"priority": "urgent"}),
        ),
        (ARRIVE,),
        CALENDARS,
    )
    assert clock(state, "arrive").due_at == local("16 00:40")
    day = recompute(history(("15 21:59", "opened", {"priority": "urgent"})), (ARRIVE,), CALENDARS)
    assert clock(day, "arrive").due_at == local("15 22:59")


def test_a_promise_that_cannot_pause_runs_through_a_pause() -> None:
    state = recompute(
        history(("15 09:00", "opened"), ("15 09:05", "paused", {"reason": "customer"})),
        (RESPOND, RESOLVE),
        CALENDARS,
    )
    assert clock(state, "respond").state == "running"
    assert clock(state, "resolve").state == "paused"


def test_reopening_opens_another_round_and_keeps_the_first() -> None:
    state = recompute(
        history(
            ("15 09:00", "opened"),
            ("15 10:00", "work_done"),
            ("15 11:00", "closed"),
            ("18 09:00", "reopened"),
        ),
        (RESOLVE, ANSWER),
        CALENDARS,
    )
    rounds = [(item.promise, item.round, item.state) for item in state.clocks]
    assert rounds == [("resolve", 1, "met"), ("answer", 1, "cancelled"), ("resolve", 2, "running")]
    assert clock(state, "resolve").elapsed_seconds == 0


def test_closing_a_case_ends_what_is_owed_as_late_or_cancelled() -> None:
    state = recompute(
        history(("15 09:00", "opened"), ("15 12:00", "closed")), (RESPOND, ARRIVE), CALENDARS
    )
    assert clock(state, "respond").state == "late"
    assert clock(state, "arrive").state == "cancelled"


def test_a_step_limit_runs_once_for_each_time_the_step_is_entered() -> None:
    state = recompute(
        history(
            ("15 09:00", "opened"),
            ("15 09:00", "step_entered", {"step": "look"}),
            ("15 09:30", "step_left", {"step": "look"}),
            ("15 14:00", "step_entered", {"step": "look"}),
            ("15 15:30", "step_left", {"step": "look"}),
        ),
        (LIMIT,),
        CALENDARS,
    )
    assert [(item.round, item.state) for item in state.clocks] == [(1, "met"), (2, "late_met")]


def test_a_promise_new_to_the_case_counts_from_its_own_start_event() -> None:
    given = {"promises": [promise_data(item) for item in (RESPOND, RESOLVE)]}
    state = recompute(
        history(
            ("15 09:00", "opened"),
            ("15 10:00", "paused", {"reason": "customer"}),
            ("15 11:00", "resumed"),
            ("15 11:30", "type_changed", given),
        ),
        (RESPOND,),
        CALENDARS,
    )
    resolve = clock(state, "resolve")
    assert resolve.started_at == local("15 09:00")
    assert resolve.paused_seconds == HOUR
    assert words(resolve, local("15 11:30"), CALENDARS).used_seconds == HOUR + 1800


def test_a_promise_dropped_and_owed_again_is_not_reset_by_that() -> None:
    both = {"promises": [promise_data(RESPOND), promise_data(RESOLVE)]}
    one = {"promises": [promise_data(RESPOND)]}
    state = recompute(
        history(
            ("15 08:30", "opened"),
            ("15 10:30", "type_changed", one),
            ("15 11:30", "type_changed", both),
        ),
        (RESPOND, RESOLVE),
        CALENDARS,
    )
    resolve = clock(state, "resolve")
    assert (resolve.round, resolve.state) == (1, "running")
    assert words(resolve, local("15 11:30"), CALENDARS).used_seconds == 3 * HOUR


def test_words_give_working_time_left_and_say_when_the_clock_stands_still() -> None:
    state = recompute(history(("15 15:30", "opened", {"priority": "high"})), (RESOLVE,), CALENDARS)
    resolve = clock(state, "resolve")
    evening = words(resolve, local("15 21:00"), CALENDARS)
    assert (evening.left_seconds, evening.level, evening.working) == (4 * HOUR, "ok", False)
    warned = words(resolve, local("16 10:06"), CALENDARS)
    assert (warned.used_percent, warned.level) == (60, "warn")
    bad = words(resolve, local("16 11:40"), CALENDARS)
    assert bad.level == "bad"
    late = words(resolve, local("16 15:30"), CALENDARS)
    assert (late.state, late.left_seconds) == ("late", -HOUR - 1800)
    assert late.late_seconds == HOUR + 1800


def test_events_fold_once_and_in_order() -> None:
    first, second = history(("15 09:00", "opened"), ("15 10:00", "work_done"))
    state = apply(ClockState(promises=ALL), second, CALENDARS)
    with pytest.raises(OutOfOrder):
        apply(state, first, CALENDARS)
    with pytest.raises(OutOfOrder):
        apply(state, second, CALENDARS)


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(UnknownCalendar) as caught:
        recompute(history(("15 09:00", "opened")), (replace(RESOLVE, calendar="x"),), CALENDARS)
    assert caught.value.key == "x"
    with pytest.raises(UnknownCalendar):
        WorkingTime.of(CALENDARS, "office", 0)


def test_a_case_that_was_told_of_no_version_takes_the_one_in_effect() -> None:
    assert newest_known(CALENDARS, "office", local("16 09:00")) == 1
    assert newest_known(CALENDARS, "office", local("18 09:00")) == 2
