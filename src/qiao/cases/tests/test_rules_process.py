"""The process engine: nine steps walked to their ends, and definitions whose faults are found."""

import random
from typing import Any

import pytest

from qiao.cases.rules.pack import read_process
from qiao.cases.rules.process import (
    REASON,
    Action,
    Process,
    State,
    Step,
    StepField,
    advance,
    available_actions,
    offers,
    start,
)
from qiao.cases.rules.process_checks import validate
from qiao.cases.rules.process_refusals import (
    ConditionNotMet,
    DutyOpen,
    FieldsNotAsked,
    MissingFields,
    NoBranch,
    NotAllowed,
    UnknownAction,
    UnknownStep,
)
from qiao.cases.rules.stepper import path
from qiao.cases.tests.process_walks import EVERYBODY, NINE, PERMIT, Case, random_walk
from qiao.core.packs.model import Field
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.conditions import parse_condition
from qiao.core.rules.texts import Text

NAME = Text("x", "x", "x")


def test_a_small_permit_goes_the_straight_way() -> None:
    case = Case(PERMIT)
    move = case.take("take", area_m2=12)
    assert [item.to_step for item in move.passages] == ["size", "survey"]
    assert [item.automatic for item in move.passages] == [False, True]
    assert move.passages[0].marks == ("first_response",)
    case.take("surveyed", plan="A", duties=("work_order",))
    case.take("approve")
    case.take("cash_in", paid=True)
    case.take("issued", result="No. 17")
    assert case.process.step(case.state.step).final
    assert case.facts == {"area_m2": 12, "plan": "A", "paid": True, "result": "No. 17"}


def test_a_large_permit_branches_to_the_hearing_returns_once_and_is_denied() -> None:
    case = Case(PERMIT)
    case.take("take", area_m2=80)
    assert case.state.step == "hearing"
    case.take("heard", opinion="neighbours agree")
    case.take("surveyed", plan="A", duties=("work_order",))
    move = case.take("again", reason="plan incomplete ")
    assert (move.reason, move.passages[0].kind, case.state.step) == (
        "plan incomplete",
        "return",
        "survey",
    )
    case.take("surveyed", plan="B", duties=("work_order",))
    case.take("deny")
    case.take("posted", result="letter of today")
    assert case.history.count("survey") == 2
    assert case.process.step(case.state.step).final


def test_every_step_of_the_nine_is_reached() -> None:
    reached: set[str] = set()
    dice = random.Random(3)
    for _ in range(60):
        reached |= set(random_walk(PERMIT, dice).history)
    assert reached == set(PERMIT.index)
    assert len(PERMIT.steps) == 9


def test_the_stepper_shows_done_now_and_todo_and_counts_returns() -> None:
    case = Case(PERMIT)
    case.take("take", area_m2=80)
    case.take("heard", opinion="yes")
    case.take("surveyed", plan="A", duties=("work_order",))
    case.take("again", reason="once more")
    rows = [(row.step.key, row.state, row.returns) for row in path(PERMIT, case.history)]
    assert rows == [
        ("desk", "done", 0),
        ("hearing", "done", 0),
        ("survey", "now", 1),
        ("review", "todo", 0),
        ("fee", "todo", 0),
        ("issue", "todo", 0),
        ("filed", "todo", 0),
    ]
    fresh = [row.step.key for row in path(PERMIT, [], {"area_m2": 80})]
    assert fresh == ["desk", "hearing", "survey", "review", "fee", "issue", "filed"]
    ended = path(PERMIT, ["desk", "survey", "review", "letter", "filed"])
    assert {row.state for row in ended} == {"done"}


def test_refusals_say_exactly_what_stands_in_the_way() -> None:
    case = Case(PERMIT)
    with pytest.raises(UnknownAction):
        case.take("approve")
    with pytest.raises(NotAllowed) as refused:
        case.take("take", area_m2=1, roles=("clerk",))
    assert refused.value.role == "agent"
    with pytest.raises(MissingFields) as missing:
        case.take("take", area_m2=" ")
    assert missing.value.fields == ("area_m2",)
    with pytest.raises(FieldsNotAsked) as unasked:
        case.take("take", area_m2=1, plan="A")
    assert unasked.value.fields == ("plan",)
    case.take("take", area_m2=1)
    with pytest.raises(DutyOpen) as duty:
        case.take("surveyed", plan="A")
    assert duty.value.duty == "work_order"
    case.take("surveyed", plan="A", duties=("work_order",))
    with pytest.raises(MissingFields) as reason:
        case.take("again")
    assert reason.value.fields == (REASON,)
    case.take("approve")
    with pytest.raises(ConditionNotMet):
        case.take("cash_in", paid=False)
    with pytest.raises(UnknownStep):
        PERMIT.step("nowhere")


def test_automatic_actions_are_not_for_people() -> None:
    with pytest.raises(UnknownAction):
        advance(
            PERMIT,
            State("test.permit", 3, "size"),
            "small",
            facts={},
            given={},
            roles=EVERYBODY,
        )


def test_offers_keep_a_blocked_action_visible_with_its_rule() -> None:
    shown = offers(PERMIT, "fee", facts={}, roles=("agent",))
    assert [(item.action.key, item.refusal) for item in shown] == [
        ("cash_in", "condition"),
        ("waive", "role"),
    ]
    survey = offers(PERMIT, "survey", facts={}, roles=("technician",))[0]
    assert (survey.refusal, survey.missing) == ("duty", ("plan",))
    open_to = available_actions(PERMIT, "fee", {"paid": True}, ("agent",))
    assert [action.key for action in open_to] == ["cash_in"]


def step(key: str, *actions: Action, **more: Any) -> Step:
    return Step(key, NAME, more.pop("phase", "work"), actions=actions, **more)


def go(key: str, to: str, **more: Any) -> Action:
    when = more.pop("when", None)
    return Action(key, NAME, to, when=parse_condition(when) if when else None, **more)


def end(key: str = "end") -> Step:
    return step(key, phase="closed", final=True)


def faults(*steps: Step, begin: str = "a", **more: Any) -> set[str]:
    process = Process("p", 1, NAME, begin, steps, **more)
    return {problem.code for problem in validate(process, more.pop("known", None))}


def test_a_sound_definition_has_no_problems() -> None:
    assert faults(step("a", go("x", "end")), end()) == set()
    assert validate(PERMIT) == []


def test_each_fault_of_a_definition_is_found() -> None:
    yes = {"field": "f", "op": "eq", "value": "yes"}
    no = {"field": "f", "op": "eq", "value": "no"}
    some = {"field": "f", "op": "in", "value": ["yes", "perhaps"]}
    assert faults(step("a", go("x", "end")), end(), begin="z") == {"no_start"}
    assert faults(step("a", go("x", "z")), end()) == {"dangling_to"}
    assert faults(step("a", go("x", "end")), end(), end()) == {"duplicate_step"}
    assert faults(step("a", go("x", "end"), go("x", "end")), end()) == {"duplicate_action"}
    assert faults(step("a", go("x", "end")), step("b", go("y", "end")), end()) == {"unreachable"}
    assert faults(step("a", go("x", "end"), go("y", "b")), step("b"), end()) == {
        "dead_end",
        "cannot_finish",
    }
    assert faults(step("a", go("x", "a"))) == {"no_final"}
    assert faults(step("a", go("x", "end")), step("end", go("y", "a"), final=True)) == {
        "final_goes_on"
    }
    assert faults(step("a", go("x", "end"), phase="middle"), end()) == {"unknown_phase"}
    assert faults(step("a", go("x", "end", kind="jump")), end()) == {"unknown_kind"}
    assert faults(step("a", go("x", "end", marks=("sung",))), end()) == {"unknown_mark"}
    assert faults(step("a", go("x", "end"), duty_action="x"), end()) == {"duty_action"}
    assert faults(step("a", go("x", "end"), duty="d", duty_action="y"), end()) == {"duty_action"}
    auto = {"automatic": True}
    assert faults(step("a", go("x", "end", **auto), go("y", "end")), end()) == {"mixed_automatic"}
    assert faults(step("a", go("x", "end", **auto, needs=("f",))), end()) == {"automatic_asks"}
    assert faults(
        step("a", go("x", "end", **auto, when=yes), go("y", "end", **auto, when=some)), end()
    ) == {"ambiguous", "stuck"}
    assert faults(step("a", go("x", "end", **auto), go("y", "end", **auto)), end()) == {
        "ambiguous"
    }
    assert faults(
        step("a", go("x", "end", **auto, when=yes), go("y", "end", **auto, when=no)), end()
    ) == {"stuck"}
    assert faults(step("a", go("x", "end", when=yes)), end()) == {"stuck"}
    assert faults(
        step("a", go("x", "b", **auto), go("y", "end", **auto, when=yes)),
        step("b", go("z", "a", **auto)),
        end(),
    ) == {"automatic_loop"}


def test_a_field_that_nobody_has_is_found() -> None:
    field = Field("known", NAME, "text")
    wrong = step("a", go("x", "end", needs=("unknown",)), fields=(StepField("odd"),))
    process = Process("p", 1, NAME, "a", (wrong, end()), fields=(field,))
    assert [item.code for item in validate(process)] == ["missing_field", "missing_field"]
    assert validate(process, {"unknown", "odd"}) == []


def test_an_unchecked_automatic_circle_stops_instead_of_hanging() -> None:
    loop = Process(
        "p",
        1,
        NAME,
        "a",
        (step("a", go("x", "b", automatic=True)), step("b", go("y", "a", automatic=True))),
    )
    with pytest.raises(NoBranch):
        start(loop)


def test_errors_in_a_process_name_file_and_key() -> None:
    problems: list[PackProblem] = []
    data = NINE | {"step": [{**NINE["step"][0], "phase": "begin", "colour": "red"}]}
    read_process(Table(data, file="processes.toml", place="process[p]", problems=problems))
    told = [str(problem) for problem in problems]
    assert "processes.toml: process[p].step[desk].phase: expected one of intake, assign" in told[0]
    assert told[1].startswith("processes.toml: process[p].step[desk].colour: unknown key")
