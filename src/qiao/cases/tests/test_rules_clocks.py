"""Clocks: exact examples, an oracle that walks minutes, and thousands of random histories."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from qiao.cases.rules.clock_rows import state_data, state_from_data
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clock_words import explained, words
from qiao.cases.rules.clocks import OutOfOrder, apply, recompute
from qiao.cases.rules.promises import ClockEvent, Promise, Window, promise_data
from qiao.cases.rules.working_time import (
    CalendarVersion,
    UnknownCalendar,
    WorkingTime,
    newest_known,
)
from qiao.cases.tests.clock_oracle import walk
from qiao.core.rules.calendar import Calendar, Spans, Week

HOUR = 3600
DAY_SPANS: Spans = ((510, 720), (810, 1050))
LONG_SPANS: Spans = ((480, 720), (780, 1200))


def _week(spans: Spans, days: int = 5) -> Week:
    week = [spans] * days + [()] * (7 - days)
    return (week[0], week[1], week[2], week[3], week[4], week[5], week[6])


OFFICE = Calendar(timezone="Asia/Shanghai", week=_week(DAY_SPANS))
LONGER = Calendar(timezone="Asia/Shanghai", week=_week(LONG_SPANS, 7))
ALWAYS = Calendar(timezone="Asia/Shanghai", week=_week(()), round_the_clock=True)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def local(text: str) -> datetime:
    """A moment of June 2026 in Shanghai; the 15th is a Monday."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    moment = datetime(2026, 6, int(day), int(hour), int(minute), tzinfo=UTC)
    return moment - timedelta(hours=8)


CALENDARS = {
    "office": (CalendarVersion(1, EPOCH, OFFICE), CalendarVersion(2, local("17 12:00"), LONGER)),
    "always": (CalendarVersion(1, EPOCH, ALWAYS),),
}
RESPOND = Promise(
    "respond", ("opened",), ("first_response",), {"*": 900}, "always", pausable=False
)
ARRIVE = Promise(
    "arrive",
    ("opened",),
    ("arrived",),
    {"urgent": HOUR, "*": 4 * HOUR},
    "always",
    windows=(Window(22 * 60, 6 * 60, {"urgent": 90 * 60}),),
)
RESOLVE = Promise(
    "resolve",
    ("opened", "reopened"),
    ("work_done",),
    {"urgent": 2 * HOUR, "high": 6 * HOUR, "normal": 14 * HOUR, "low": 30 * HOUR},
    "office",
)
ANSWER = Promise(
    "answer", ("work_done",), ("answered",), {"high": 2 * HOUR, "*": 8 * HOUR}, "office"
)
LIMIT = Promise(
    "limit", ("step_entered:look",), ("step_left:look",), {"*": HOUR}, "office", pausable=False
)
ALL = (RESPOND, ARRIVE, RESOLVE, ANSWER, LIMIT)


def history(*rows: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[ClockEvent]:
    return [
        ClockEvent(seq, row[1], local(row[0]), row[2] if len(row) > 2 else {})
        for seq, row in enumerate(rows, start=1)
    ]


def clock(state: ClockState, promise: str) -> Clock:
    found = state.latest(promise)
    assert found is not None
    return found


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


KINDS = (
    "priority_changed",
    "paused",
    "resumed",
    "calendar_changed",
    "first_response",
    "arrived",
    "work_done",
    "answered",
    "closed",
    "reopened",
    "step_entered",
    "step_left",
    "type_changed",
    "promise_set",
)
PRIORITIES = ("urgent", "high", "normal", "low")


def random_history(dice: random.Random) -> list[ClockEvent]:
    """A history of 3 to 10 events over some days, in an order a careless world might make."""
    at = local("15 00:00") + timedelta(minutes=dice.randrange(3 * 1440))
    opened = {"priority": dice.choice(PRIORITIES), "calendars": {"office": 1}}
    events = [ClockEvent(1, "opened", at, opened)]
    for seq in range(2, dice.randint(4, 11)):
        at += timedelta(seconds=dice.choice((0, 1, 59, 60)) or dice.randrange(20 * HOUR))
        kind = dice.choice(KINDS)
        events.append(ClockEvent(seq, kind, at, _random_data(dice, kind)))
    return events


def _random_data(dice: random.Random, kind: str) -> dict[str, Any]:
    if kind == "priority_changed":
        return {"priority": dice.choice(PRIORITIES)}
    if kind == "paused":
        return {"reason": dice.choice(("customer", "weather", "road permit"))}
    if kind == "calendar_changed":
        return {"calendars": {"office": 2}}
    if kind in ("step_entered", "step_left"):
        return {"step": dice.choice(("look", "other"))}
    if kind in ("type_changed", "promise_set"):
        chosen = [item for item in ALL if dice.random() < 0.8]
        changed = [replace(item, targets={"*": dice.randrange(1, 40 * HOUR)}) for item in chosen]
        return {"promises": [promise_data(item) for item in changed]}
    return {}


def test_folding_event_by_event_through_stored_rows_equals_recomputing_10_000_histories() -> None:
    dice = random.Random(20261121)
    for number in range(10_000):
        events = random_history(dice)
        stored_at = dice.randrange(3 * len(events))
        state = ClockState(promises=ALL)
        for position, event in enumerate(events):
            state = apply(state, event, CALENDARS)
            if position == stored_at:
                state = state_from_data(json.loads(json.dumps(state_data(state))))
        whole = recompute(dice.sample(events, len(events)), ALL, CALENDARS)
        assert whole == state, f"history {number}"
        for item in whole.clocks:
            check_sums(item, events[-1].at)


def check_sums(item: Clock, last: datetime) -> None:
    """Pieces join without gap and sum to the clock; at the due moment the target is used."""
    pieces = item.pieces
    for left, right in pairwise(pieces):
        assert left.end == right.start
    assert sum(piece.seconds for piece in pieces if piece.counted) == item.elapsed_seconds
    assert sum(piece.seconds for piece in pieces if not piece.counted) == item.paused_seconds
    assert item.open == (bool(pieces) and pieces[-1].end is None)
    if item.state == "running" and item.due_at is not None and item.due_at > last:
        time = WorkingTime.of(CALENDARS, item.calendar, item.calendar_version)
        left_seconds = time.seconds_between(pieces[-1].start, item.due_at)
        assert item.elapsed_seconds + left_seconds == item.target_seconds
    if item.stopped_at is not None and item.due_at is not None:
        assert (item.state in ("late", "late_met")) <= (item.due_at < item.stopped_at)


def test_a_pause_never_brings_the_due_moment_forward() -> None:
    dice = random.Random(7)
    compared = 0
    for _ in range(300):
        events = random_history(dice)
        before = recompute(events, ALL, CALENDARS)
        at = events[-1].at + timedelta(minutes=dice.randrange(600))
        length = timedelta(minutes=dice.randrange(3000))
        pause = ClockEvent(100, "paused", at, {"reason": "customer"})
        resumed = ClockEvent(101, "resumed", at + length)
        after = recompute([*events, pause, resumed], ALL, CALENDARS)
        for old, new in zip(before.clocks, after.clocks, strict=True):
            if old.open and old.due_at is not None:
                assert new.due_at is not None
                assert new.due_at >= old.due_at
                compared += 1
    assert compared > 150


def test_an_edit_of_priority_or_calendar_keeps_every_earlier_piece() -> None:
    dice = random.Random(8)
    for _ in range(300):
        events = random_history(dice)
        before = recompute(events, ALL, CALENDARS)
        at = events[-1].at + timedelta(minutes=dice.randrange(600))
        edit = dice.choice(
            (
                ClockEvent(100, "priority_changed", at, {"priority": dice.choice(PRIORITIES)}),
                ClockEvent(100, "calendar_changed", at, {"calendars": {"office": 2}}),
            )
        )
        after = recompute([*events, edit], ALL, CALENDARS)
        for old in before.clocks:
            new = next(
                item
                for item in after.clocks
                if (item.promise, item.round) == (old.promise, old.round)
            )
            ended = [piece for piece in old.pieces if piece.end is not None]
            assert list(new.pieces[: len(ended)]) == ended
            assert new.paused_seconds >= old.paused_seconds
            assert new.elapsed_seconds >= old.elapsed_seconds


def test_the_engine_agrees_with_a_walk_minute_by_minute() -> None:
    dice = random.Random(99)
    kinds = ("priority_changed", "paused", "resumed", "calendar_changed", "work_done")
    for number in range(60):
        at = local("16 07:00") + timedelta(minutes=dice.randrange(2 * 1440))
        events = [ClockEvent(1, "opened", at, {"priority": "normal", "calendars": {"office": 1}})]
        for seq in range(2, dice.randint(3, 9)):
            at += timedelta(minutes=dice.randrange(1, 300))
            kind = dice.choices(kinds, (4, 4, 4, 1, 1))[0]
            events.append(ClockEvent(seq, kind, at, _random_data(dice, kind)))
        promise = replace(RESOLVE, starts_on=("opened",), pausable=dice.random() < 0.8)
        engine = clock(recompute(events, (promise,), CALENDARS), "resolve")
        end = engine.stopped_at or at + timedelta(hours=90)
        walked = walk(promise, events, CALENDARS, end)
        said = words(engine, end, CALENDARS)
        assert said.used_seconds // 60 in (walked.used, walked.used - 1), number
        assert engine.stopped_at == walked.stopped_at
        if walked.due_at is not None:
            assert engine.due_at == walked.due_at, number
        else:
            assert not engine.is_late(end), number
