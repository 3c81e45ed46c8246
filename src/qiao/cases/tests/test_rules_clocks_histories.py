"""Clocks: thousands of random histories, and an oracle that walks minutes."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from qiao.cases.rules.clock_rows import state_data, state_from_data
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clock_words import words
from qiao.cases.rules.clocks import apply, recompute
from qiao.cases.rules.levels import ORDER, standing
from qiao.cases.rules.promises import ClockEvent, promise_data
from qiao.cases.rules.working_time import WorkingTime
from qiao.cases.tests.clock_oracle import walk
from qiao.cases.tests.clock_promises import ALL, CALENDARS, HOUR, RESOLVE, clock, local

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


def test_the_level_of_a_case_is_the_worst_that_its_clocks_tell_and_turns_when_it_is_said() -> None:
    dice = random.Random(20261128)
    for _number in range(1_500):
        events = random_history(dice)
        state = recompute(events, ALL, CALENDARS)
        now = events[-1].at + timedelta(seconds=dice.randrange(60 * HOUR))
        seen = standing(state, now, CALENDARS)
        told = [words(item, now, CALENDARS).level for item in state.clocks if item.open]
        assert seen.level == max(told, key=ORDER.index, default="ok")
        if seen.changes_at is not None:
            just_before = standing(state, seen.changes_at - timedelta(seconds=1), CALENDARS)
            assert just_before.level == seen.level
            assert just_before.changes_at == seen.changes_at
