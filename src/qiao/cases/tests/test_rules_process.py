"""The process engine: nine steps walked to their ends, and random walks that never cheat."""

import ast
import random
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qiao
from qiao.cases.rules.clocks import recompute
from qiao.cases.rules.pack import (
    calendar_of,
    inspect_processes,
    process_from_data,
    processes_of,
    promises_of,
    read_process,
)
from qiao.cases.rules.process import (
    REASON,
    Action,
    ConditionNotMet,
    DutyOpen,
    FieldsNotAsked,
    MissingFields,
    NoBranch,
    NotAllowed,
    Process,
    State,
    Step,
    StepField,
    UnknownAction,
    UnknownStep,
    advance,
    asked_fields,
    available_actions,
    offers,
    start,
)
from qiao.cases.rules.process_checks import validate
from qiao.cases.rules.promises import ClockEvent
from qiao.cases.rules.stepper import path
from qiao.cases.rules.working_time import CalendarVersion
from qiao.core.packs import SHIPPED, available_packs, load_pack, qualified
from qiao.core.packs.model import Field
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.conditions import parse_condition
from qiao.core.rules.texts import Text

NAME = Text("x", "x", "x")
EVERYBODY = (
    "agent",
    "clerk",
    "dispatcher",
    "technician",
    "complaint_officer",
    "supervisor",
    "leader",
)
NINE = tomllib.loads(Path(__file__).with_name("nine_steps.toml").read_text(encoding="utf-8"))
PERMIT = process_from_data("test.permit", 3, NINE)
SHIPPED_PACKS = [
    load_pack(folder, inspect=[inspect_processes]) for folder in available_packs(SHIPPED).values()
]
SHIPPED_PROCESSES = processes_of(qualified(pack) for pack in SHIPPED_PACKS)


class Case:
    """A case as a caller keeps it: state, facts, the steps entered."""

    def __init__(self, process: Process, **facts: object) -> None:
        self.process = process
        self.facts: dict[str, object] = facts
        self.history: list[str] = []
        self.state = State(process.key, process.version, process.start)
        self._moved(start(process, facts))

    def _moved(self, move: Any) -> None:
        self.state = move.state
        self.facts |= dict(move.given)
        self.history += [item.to_step for item in move.passages if item.to_step != move.state.step]
        self.history.append(move.state.step)

    def take(
        self,
        action: str,
        *,
        roles: tuple[str, ...] = EVERYBODY,
        duties: tuple[str, ...] = (),
        **given: Any,
    ) -> Any:
        move = advance(
            self.process,
            self.state,
            action,
            facts=self.facts,
            given=given,
            roles=roles,
            duties_done=duties,
        )
        self._moved(move)
        return move


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


def test_limits_of_steps_become_promises() -> None:
    case_type = SHIPPED_PACKS[0].case_types[0]
    keys = [promise.key for promise in promises_of(case_type, PERMIT)]
    assert keys[-1] == "step:desk"


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


def fitting_value(field: Field | None, dice: random.Random) -> Any:
    """A value that the field could take."""
    if field is None:
        return "text"
    values: dict[str, object] = {
        "choice": [choice.key for choice in field.choices] or ["text"],
        "bool": [True, False],
        "number": list(range(100)),
    }
    options = values.get(field.kind)
    return dice.choice(options) if isinstance(options, list) else "text"


def random_walk(process: Process, dice: random.Random, steps: int = 200) -> Case:
    """Walk a case at random until it ends, checking each refusal and each move on the way."""
    facts = {
        "priority": dice.choice(("urgent", "normal")),
        "needs_follow_up": dice.random() < 0.5,
        "repeat_count": dice.randrange(4),
        "customer_known": dice.random() < 0.5,
        "emergency": dice.random() < 0.2,
    }
    case = Case(process, **facts)
    fields = {field.key: field for field in process.fields}
    for _ in range(steps):
        at = process.step(case.state.step)
        assert not at.automatic
        if at.final:
            return case
        action = dice.choice(at.actions)
        roles = tuple(dice.sample(EVERYBODY, dice.randrange(len(EVERYBODY) + 1)))
        given = {
            key: fitting_value(fields.get(key), dice)
            for key in asked_fields(at, action)
            if dice.random() < 0.9
        }
        if action.reason_required and dice.random() < 0.9:
            given[REASON] = "because"
        duties = (at.duty,) if dice.random() < 0.7 else ()
        check_move(case, at, action, given, roles, duties)
    return case


def check_move(
    case: Case,
    at: Step,
    action: Action,
    given: dict[str, Any],
    roles: tuple[str, ...],
    duties: tuple[str, ...],
) -> None:
    """Take an action; whatever comes out must agree with the rules read straight off the data."""
    role = action.role or at.role
    wanted = set(action.needs) | (set() if action.kind == "return" else set(at.required))
    known = {**case.facts, **given}
    before = case.state
    missing: tuple[str, ...] = ()
    try:
        move = case.take(action.key, roles=roles, duties=duties, **given)
    except NotAllowed:
        assert role not in roles
    except MissingFields as refused:
        missing = refused.fields
    except ConditionNotMet:
        assert action.when is not None
    except DutyOpen:
        assert at.duty not in duties
    else:
        assert not role or role in roles
        assert wanted <= set(known)
        assert not at.duty or action.duty_free or at.duty in duties
        assert move.passages[0].from_step == before.step
        assert move.passages[-1].to_step == case.state.step
        return
    assert case.state == before
    assert set(missing) <= (wanted | {REASON}) - set(known)


@given(seed=st.integers(0, 2**32), key=st.sampled_from(sorted(SHIPPED_PROCESSES)))
def test_random_walks_through_shipped_processes_never_break_a_rule(seed: int, key: str) -> None:
    random_walk(SHIPPED_PROCESSES[key], random.Random(seed))


@pytest.mark.parametrize("key", [*sorted(SHIPPED_PROCESSES), "test.permit"])
def test_from_every_reachable_state_a_final_step_can_be_reached(key: str) -> None:
    process = SHIPPED_PROCESSES.get(key, PERMIT)
    ends = 0
    for seed in range(25):
        case = random_walk(process, random.Random(seed), steps=seed)
        rescued = random_walk_from(case, random.Random(seed))
        ends += process.step(rescued.state.step).final
    assert ends == 25


def random_walk_from(case: Case, dice: random.Random) -> Case:
    """Go on with everything allowed and given until the case ends."""
    fields = {field.key: field for field in case.process.fields}
    for _ in range(2_000):
        at = case.process.step(case.state.step)
        if at.final:
            break
        action = dice.choice(at.actions)
        given = {key: fitting_value(fields.get(key), dice) for key in asked_fields(at, action)}
        given[REASON] = "because"
        try:
            case.take(action.key, duties=(at.duty,), **given)
        except ConditionNotMet:
            continue
    return case


# These cannot know a step, and may use its word for something of their own.
BELOW_CASES = {"core", "staff", "customers"}
WORDS_OF_OTHERS = {  # where OpenAPI, or a kept record, calls something so
    ("api/views/openapi.py", "content"),
    ("api/views/services.py", "content"),
    ("config/cli/importing_values.py", "found"),  # a faulty cell of a file keeps what stood there
}


def test_no_key_of_a_shipped_step_or_action_occurs_in_python() -> None:
    keys = {item.key for process in SHIPPED_PROCESSES.values() for item in process.steps}
    keys |= {
        action.key
        for process in SHIPPED_PROCESSES.values()
        for item in process.steps
        for action in item.actions
    }
    root = Path(qiao.__file__).parent
    found = {
        (str(file.relative_to(root)), word)
        for file in root.rglob("*.py")
        if "tests" not in file.parts and file.relative_to(root).parts[0] not in BELOW_CASES
        for word in string_words(file) & keys
    }
    assert found - WORDS_OF_OTHERS == set()


def string_words(file: Path) -> set[str]:
    """All plain string literals of a source file, the list of its public names left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if "__all__" not in ast.unparse(node)[:8]]
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str)}


def test_a_field_of_only_some_users_is_no_fact_of_the_process() -> None:
    pack = SHIPPED_PACKS[0]
    source = pack.processes[0]
    data = {**source.data, "step": [dict(item) for item in source.data["step"]]}
    data["step"][0]["optional"] = ["field_of_nobody"]
    broken = replace(pack, processes=(replace(source, data=data), *pack.processes[1:]))
    assert any("field_of_nobody" in str(problem) for problem in inspect_processes(broken))


def test_the_promises_of_water_run_on_its_calendars() -> None:
    water = qualified(next(pack for pack in SHIPPED_PACKS if pack.key == "water"))
    calendars = {
        spec.key: (CalendarVersion(1, datetime(2026, 1, 1, tzinfo=UTC), calendar_of(spec)),)
        for spec in water.calendars
    }

    def due(case_type: str, promise: str, at: datetime) -> datetime | None:
        spec = water.case_type(case_type)
        promises = promises_of(spec, SHIPPED_PROCESSES[spec.process])
        opened = ClockEvent(1, "opened", at, {"priority": spec.default_priority})
        found = recompute([opened], promises, calendars).latest(promise)
        assert found is not None
        return found.due_at

    half_past_ten_at_night = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    noon = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    night, day = timedelta(minutes=90), timedelta(minutes=60)
    assert due("water.burst_main", "arrive", half_past_ten_at_night) == (
        half_past_ten_at_night + night
    )
    assert due("water.burst_main", "arrive", noon) == noon + day
    # Friday noon: two working days later is Tuesday at the end of the same break.
    assert due("water.bill_query", "answer", noon) == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
