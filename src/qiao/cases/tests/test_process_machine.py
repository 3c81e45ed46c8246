"""Random processes that pass the checks, walked by random people: what always holds."""

from typing import Any

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qiao.cases.rules.process import (
    Action,
    Process,
    State,
    Step,
    StepField,
    advance,
    offers,
    start,
)
from qiao.cases.rules.process_checks import validate
from qiao.cases.rules.process_layout import lay_out
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import is_given, parse_condition
from qiao.core.rules.texts import Text

NAME = Text("x", "x", "x")
ROLES = ("agent", "clerk", "")
FIELDS = ("f1", "f2", "f3")
CONDITIONS = (
    None,
    parse_condition({"field": "f1", "op": "eq", "value": "a"}),
    parse_condition({"field": "f2", "op": "given"}),
)


@st.composite
def processes(draw: Any) -> Process:
    """A process of three to seven steps: a main line, and ways aside and back at random."""
    count = draw(st.integers(3, 7))
    keys = [f"s{number}" for number in range(count)]
    steps = []
    for number, key in enumerate(keys):
        final = number == count - 1
        actions = [] if final else [_action(draw, "on", keys[number + 1], "forward", None)]
        for extra in range(draw(st.integers(0, 2))):
            target = draw(st.integers(0, count - 1))
            kind = "return" if target <= number else "branch"
            if final and kind != "return":
                continue
            when = draw(st.sampled_from(CONDITIONS))
            actions.append(_action(draw, f"x{extra}", keys[target], kind, when))
        some = st.lists(st.sampled_from(FIELDS), unique=True, max_size=2)
        required = [] if final else draw(some)
        steps.append(
            Step(
                key,
                NAME,
                "closed" if final else "work",
                role=draw(st.sampled_from(ROLES)),
                fields=tuple(StepField(each, required=True) for each in required),
                actions=tuple(actions),
                time_limit_seconds=None if final else 3600,
                calendar="always",
                final=final,
            )
        )
    fields = tuple(Field(key, NAME, "text") for key in FIELDS)
    return Process("p", 1, NAME, keys[0], tuple(steps), fields)


def _action(draw: Any, key: str, to: str, kind: str, when: Any) -> Action:
    needs = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=1))
    return Action(key, NAME, to, kind, when, tuple(needs), reason_required=kind == "return")


class Walk(RuleBasedStateMachine):
    """One case in one random process; every step taken is held against the definition."""

    process: Process
    state: State

    @initialize(process=processes())
    def begin(self, process: Process) -> None:
        assume(not validate(process))
        self.process = process
        self.facts: dict[str, object] = {}
        self.state = start(process).state
        self.open = [self.state.step]
        self.passed: list[str] = []

    def _possible(self) -> bool:
        return hasattr(self, "state")

    @precondition(_possible)
    @rule(
        which=st.integers(0, 5),
        roles=st.sets(st.sampled_from(("agent", "clerk"))),
        given=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(("a", "b", ""))),
        reason=st.sampled_from(("", "because")),
    )
    def act(self, which: int, roles: set[str], given: dict[str, str], reason: str) -> None:
        at = self.process.step(self.state.step)
        if not at.actions:
            return
        action = at.actions[which % len(at.actions)]
        asked = {*(each.key for each in at.fields), *action.needs}
        values: dict[str, object] = {k: v for k, v in given.items() if k in asked}
        try:
            move = advance(
                self.process,
                self.state,
                action.key,
                facts=self.facts,
                given={**values, "reason": reason},
                roles=roles,
            )
        except ProcessRefusal:
            return
        role = action.role or at.role
        known = {**self.facts, **values}
        assert not role or role in roles
        if action.kind != "return":
            assert all(is_given(known.get(key)) for key in at.required)
        assert all(is_given(known.get(key)) for key in action.needs)
        assert not action.reason_required or reason
        assert move.passages[0].from_step == at.key
        for one, other in zip(move.passages, move.passages[1:], strict=False):
            assert one.to_step == other.from_step
            assert other.automatic
        self.facts |= dict(move.given)
        self.state = move.state
        self.open.remove(at.key)
        self.open.append(move.state.step)

    @precondition(_possible)
    @invariant()
    def exactly_one_step_is_open_and_has_an_owner_and_a_clock(self) -> None:
        assert self.open == [self.state.step]
        step = self.process.step(self.state.step)
        assert step.final or step.time_limit_seconds
        assert step.final or any(
            offer.refusal is None
            for offer in offers(self.process, step.key, facts=self.facts, roles={"agent", "clerk"})
        )

    @precondition(_possible)
    @invariant()
    def every_step_has_a_place_of_its_own_in_the_drawing(self) -> None:
        drawing = lay_out(self.process)
        places = {(each.column, each.row) for each in drawing.places}
        assert len(places) == len(self.process.steps) == len(drawing.places)
        assert len(drawing.arrows) == sum(len(step.actions) for step in self.process.steps)


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestRandomProcesses = Walk.TestCase
