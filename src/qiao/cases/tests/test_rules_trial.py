"""A process tried on what happened: the same text goes the same way, another tells where not."""

import dataclasses
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.cases.rules.process import REASON, Process, Step, StepField, asked_fields
from qiao.cases.rules.process_refusals import ConditionNotMet
from qiao.cases.rules.process_trial import (
    ELSEWHERE,
    GONE,
    REFUSED,
    SAME,
    Taken,
    Trial,
    try_out,
)
from qiao.cases.tests.process_walks import EVERYBODY, PERMIT, Case, fitting_value
from qiao.core.packs.model import Field
from qiao.core.rules.texts import Text

MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAME = Text("x", "x", "x")


def in_seconds(_calendar: str, since: datetime, seconds: int) -> datetime:
    return since + timedelta(seconds=seconds)


def walk(process: Process, dice: random.Random, **facts: Any) -> list[Taken]:
    """A case taken to its end at random, with everything given, one action an hour."""
    case, taken = Case(process, **facts), []
    fields = {field.key: field for field in process.fields}
    for number in range(1, 60):
        at = process.step(case.state.step)
        if at.final:
            break
        action = dice.choice(at.actions)
        values = {key: fitting_value(fields.get(key), dice) for key in asked_fields(at, action)}
        values[REASON] = "because"
        try:
            case.take(action.key, duties=(at.duty,), **values)
        except ConditionNotMet:
            continue
        del values[REASON]
        taken.append(
            Taken(
                MORNING + number * HOUR,
                at.key,
                action.key,
                case.state.step,
                values,
                "because",
                frozenset(EVERYBODY),
                frozenset({at.duty}),
            )
        )
    return taken


def tried(process: Process, taken: list[Taken], **facts: Any) -> Trial:
    return try_out(process, taken, facts=facts, opened_at=MORNING, deadline=in_seconds)


def with_step(process: Process, key: str, **changes: Any) -> Process:
    """The process with one step altered."""
    steps = tuple(
        dataclasses.replace(step, **changes) if step.key == key else step for step in process.steps
    )
    return dataclasses.replace(process, steps=steps)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_under_its_own_text_every_case_goes_the_same_way(seed: int) -> None:
    taken = walk(PERMIT, random.Random(seed))
    trial = tried(PERMIT, taken)
    assert trial.same
    assert [each.step for each in trial.tried] == [each.step for each in taken]
    assert len(trial.stays) == len(taken) + 1


@given(st.integers(0, 2**32), st.sampled_from([step.key for step in PERMIT.steps]))
@settings(max_examples=80, deadline=None)
def test_a_field_that_nobody_gave_is_told_at_every_action_that_needs_it_and_nowhere_else(
    seed: int, key: str
) -> None:
    dice = random.Random(seed)
    taken = walk(PERMIT, dice)
    step = PERMIT.step(key)
    if step.automatic:
        return
    field = Field("photo", NAME, "text")
    wanting = with_step(PERMIT, key, fields=(*step.fields, StepField("photo", required=True)))
    wanting = dataclasses.replace(wanting, fields=(*PERMIT.fields, field))
    trial = tried(wanting, taken)
    for each in trial.tried:
        action = PERMIT.step(each.taken.step).action(each.taken.action)
        assert action is not None
        if each.taken.step == key and action.kind != "return":
            assert each.verdict == REFUSED
            assert each.hindrances[0].fields == ("photo",)
        else:
            assert each.verdict == SAME
        assert each.landed == each.taken.landed


@given(st.integers(0, 2**32), st.sampled_from([step.key for step in PERMIT.steps]))
@settings(max_examples=60, deadline=None)
def test_a_step_taken_out_of_the_way_never_breaks_the_trial(seed: int, key: str) -> None:
    taken = walk(PERMIT, random.Random(seed))
    lesser = dataclasses.replace(
        PERMIT, steps=tuple(step for step in PERMIT.steps if step.key != key)
    )
    trial = tried(lesser, taken)
    assert len(trial.tried) <= len(taken)
    assert trial.lost or len(trial.tried) == len(taken)
    known = {step.key for step in lesser.steps}
    assert {stay.step for stay in trial.stays} <= known


def test_every_reason_is_told_at_once() -> None:
    step: Step = PERMIT.step("survey")
    action = dataclasses.replace(step.actions[0], role="leader", reason_required=True)
    other = with_step(PERMIT, "survey", actions=(action, *step.actions[1:]))
    taken = [
        Taken(MORNING + HOUR, "desk", "take", "survey", {"area_m2": 12}, "", frozenset({"agent"})),
        Taken(MORNING + 2 * HOUR, "survey", action.key, "review"),
    ]
    last = tried(other, taken).tried[-1]
    assert last.verdict == REFUSED
    assert [each.code for each in last.hindrances] == ["role", "fields", "reason", "duty"]


def test_another_branch_leads_elsewhere_and_an_action_that_is_gone_is_taken_up_again() -> None:
    taken = [
        Taken(MORNING + HOUR, "desk", "take", "survey", {"area_m2": 80}, "", frozenset(EVERYBODY)),
    ]
    assert tried(PERMIT, taken).tried[0].verdict == ELSEWHERE
    renamed = dataclasses.replace(PERMIT.step("desk").actions[0], key="accept_it")
    other = with_step(PERMIT, "desk", actions=(renamed, *PERMIT.step("desk").actions[1:]))
    trial = tried(other, taken)
    assert (trial.tried[0].verdict, trial.tried[0].landed, trial.lost) == (GONE, "survey", False)


def test_the_limits_of_the_draft_fall_where_the_steps_were_entered() -> None:
    limited = with_step(PERMIT, "desk", time_limit_seconds=1800, calendar="always")
    taken = [
        Taken(MORNING + HOUR, "desk", "take", "survey", {"area_m2": 12}, "", frozenset(EVERYBODY))
    ]
    stay = tried(limited, taken).stays[0]
    assert stay.due_at == MORNING + timedelta(minutes=30)
    assert stay.late
