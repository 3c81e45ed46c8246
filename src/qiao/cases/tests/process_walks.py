"""A permit of nine steps, a case as a caller keeps it, and walks at random that never cheat."""

import random
import tomllib
from pathlib import Path
from typing import Any

from qiao.cases.rules.pack import process_from_data
from qiao.cases.rules.process import (
    REASON,
    Action,
    Process,
    State,
    Step,
    advance,
    asked_fields,
    start,
)
from qiao.cases.rules.process_refusals import ConditionNotMet, DutyOpen, MissingFields, NotAllowed
from qiao.core.packs.model import Field

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
