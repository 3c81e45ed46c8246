"""A process as data: the steps of a case, who may act in each, and what each move needs.

The engine knows no step by name. A definition is read from a pack (see `qiao.cases.rules.pack`),
checked with `qiao.cases.rules.process_checks.validate`, kept with its version, and run by
`start` and `advance`: pure functions from a state, facts and an action to a `Move`, which the
caller writes down.

Facts are the values of the case's fields (its type's and its process') and the `SYSTEM_FACTS`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from qiao.cases.rules.form_rules import hidden_keys, needed_keys
from qiao.cases.rules.process_refusals import (
    ChecksOpen,
    ConditionNotMet,
    DutyOpen,
    FieldsNotAsked,
    MissingFields,
    NoBranch,
    NotAllowed,
    UnknownAction,
    UnknownStep,
)
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import Condition, Facts, holds, is_given
from qiao.core.rules.texts import Text

PHASES: Final = ("intake", "assign", "work", "confirm", "closed")
ACTION_KINDS: Final = ("forward", "return", "branch")
TELLS: Final = ("case_accepted", "case_visit", "case_waiting", "case_step")
REASON: Final = "reason"
SYSTEM_FACTS: Final = (
    "priority",
    "channel",
    "tier",
    "emergency",
    "needs_follow_up",
    "repeat_count",
    "reopened_count",
    "customer_known",
    "main_cause",
)
# What the desk itself keeps and an action may all the same ask for, as it does for a field.
ASKED_FACTS: Final = ("main_cause",)


@dataclass(frozen=True, slots=True)
class Action:
    """A way out of a step.

    `kind` is ``forward`` on the main line, ``branch`` off it, ``return`` back to an earlier step.
    `when` must hold for the action to be possible. `needs` are fields required for this action
    beside the step's own. `role` replaces the step's role. An `automatic` action is taken by the
    engine, never by a person. A `duty_free` action may be taken while the step's duty is still
    open. `marks` are milestones (kinds of clock events) that taking it reaches.
    """

    key: str
    name: Text
    to: str
    kind: str = "forward"
    when: Condition | None = None
    needs: tuple[str, ...] = ()
    reason_required: bool = False
    automatic: bool = False
    role: str = ""
    duty_free: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepField:
    """A field that may (or must, if `required`) be given in a step."""

    key: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `role` empty means anyone who may see the case.

    `time_limit_seconds` is counted in the working time of `calendar`. `duty` names work in another
    module that must be reported done before the step can be left (``work_order``, ``follow_up``);
    `duty_action` is the action that then follows by itself, with the result as its given fields.
    Required fields bind forward and branch actions; a return does not ask for them. `tells` is the
    occasion on which the customer is told that the case came here.
    """

    key: str
    name: Text
    phase: str
    role: str = ""
    fields: tuple[StepField, ...] = ()
    actions: tuple[Action, ...] = ()
    time_limit_seconds: int | None = None
    calendar: str = ""
    duty: str = ""
    duty_action: str = ""
    final: bool = False
    tells: str = ""

    @property
    def automatic(self) -> bool:
        """True for a step that is passed through: all its actions are automatic."""
        return bool(self.actions) and all(action.automatic for action in self.actions)

    def action(self, key: str) -> Action | None:
        """The action with this key, or None."""
        return next((action for action in self.actions if action.key == key), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Keys of the required fields."""
        return tuple(item.key for item in self.fields if item.required)


@dataclass(frozen=True)
class Process:
    """A versioned process; running cases keep theirs. `index` finds steps by key."""

    key: str
    version: int
    name: Text
    start: str
    steps: tuple[Step, ...]
    fields: tuple[Field, ...] = ()
    index: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps: dict[str, Step] = {}
        for step in self.steps:
            steps.setdefault(step.key, step)
        object.__setattr__(self, "index", MappingProxyType(steps))

    def step(self, key: str) -> Step:
        """The step with this key.

        Raises:
            UnknownStep: this version of the process has no such step.
        """
        try:
            return self.index[key]
        except KeyError:
            raise UnknownStep(process=self.key, step=key) from None


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands: the process version it runs and the step it waits in."""

    process: str
    version: int
    step: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One step left for another. `automatic` passages were chosen by the engine."""

    from_step: str
    action: str
    to_step: str
    kind: str
    automatic: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What `advance` decided: passages in order, values to keep, and the state to store."""

    state: State
    passages: tuple[Passage, ...]
    given: Mapping[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a person meets it: possible, or visible with the rule that stops it.

    `refusal` is None when the action can be taken once `missing` fields are given, else one of
    ``role``, ``condition``, ``duty``.
    """

    action: Action
    refusal: str | None
    missing: tuple[str, ...]
    reason_required: bool


def start(process: Process, facts: Facts = MappingProxyType({})) -> Move:
    """Enter the first step, passing through automatic ones.

    Raises:
        UnknownStep, NoBranch: the definition is broken.
    """
    step, passages = _pass_through(process, process.step(process.start), facts)
    return Move(State(process.key, process.version, step.key), passages, MappingProxyType({}))


def offers(
    process: Process,
    step: str,
    *,
    facts: Facts,
    roles: Collection[str],
    duties_done: Collection[str] = (),
    fields: Sequence[Field] = (),
) -> tuple[Offer, ...]:
    """Every action of a step that a person could take, refused ones included with the reason.

    `fields` as in `advance`.
    """
    at = process.step(step)
    return tuple(
        Offer(
            action=action,
            refusal=_refusal(at, action, facts, roles, duties_done),
            missing=_missing(at, action, facts, fields),
            reason_required=action.reason_required,
        )
        for action in at.actions
        if not action.automatic
    )


def available_actions(
    process: Process, step: str, facts: Facts, roles: Collection[str]
) -> tuple[Action, ...]:
    """The actions of a step that these roles may take under these facts.

    Fields still missing and an open duty do not hide an action: `offers` tells about them.
    """
    at = process.step(step)
    return tuple(
        action
        for action in at.actions
        if not action.automatic and _may(at, action, roles) and holds(action.when, facts)
    )


def ends_case(process: Process, action: Action, facts: Facts) -> bool:
    """Whether taking the action ends the case, under these facts."""
    landed, _passages = _pass_through(process, process.step(action.to), facts)
    return landed.final


def advance(
    process: Process,
    state: State,
    action: str,
    *,
    facts: Facts,
    given: Facts,
    roles: Collection[str],
    duties_done: Collection[str] = (),
    checks_open: Sequence[Mapping[str, str]] = (),
    fields: Sequence[Field] = (),
) -> Move:
    """Take `action` in the state's step, then pass through automatic steps.

    `given` are the values typed for this move (with ``reason`` where one is required); they
    count as facts for conditions and required fields. `checks_open` are required items of
    checklists that are not ticked off; they bind as required fields do, but not what a duty
    sets going. `fields` are the definitions of what may be
    asked for: one that its condition hides is not asked for, one that its condition makes
    required must be given.

    Raises:
        UnknownStep, UnknownAction, NotAllowed, FieldsNotAsked, ConditionNotMet, MissingFields,
        DutyOpen, ChecksOpen:
            in this order of checking; nothing has changed.
    """
    step = process.step(state.step)
    chosen = step.action(action)
    if chosen is None or chosen.automatic:
        raise UnknownAction(step=step.key, action=action)
    if not _may(step, chosen, roles):
        raise NotAllowed(chosen.role or step.role)
    kept = {key: value for key, value in given.items() if key != REASON}
    now_known = {**facts, **kept}
    _check_given(step, chosen, given, now_known, fields)
    if _duty_blocks(step, chosen, duties_done):
        raise DutyOpen(step.duty)
    if checks_open and chosen.kind != "return" and chosen.key != step.duty_action:
        raise ChecksOpen(checks_open)
    first = Passage(step.key, chosen.key, chosen.to, chosen.kind, marks=chosen.marks)
    landed, passages = _pass_through(process, process.step(chosen.to), now_known)
    state = State(process.key, process.version, landed.key)
    return Move(state, (first, *passages), kept, str(given.get(REASON) or "").strip())


def asked_fields(step: Step, action: Action) -> tuple[str, ...]:
    """Keys of all fields that a form for this action shows, the step's own first."""
    return tuple(dict.fromkeys([*(item.key for item in step.fields), *action.needs]))


def _check_given(
    step: Step, action: Action, given: Facts, facts: Facts, fields: Sequence[Field]
) -> None:
    asked = {*asked_fields(step, action), REASON}
    extra = [key for key in given if key not in asked]
    if extra:
        raise FieldsNotAsked(extra)
    if not holds(action.when, facts):
        raise ConditionNotMet(action=action.key, condition=action.when)
    missing = _missing(step, action, facts, fields)
    if action.reason_required and not is_given(given.get(REASON)):
        missing += (REASON,)
    if missing:
        raise MissingFields(missing)


def needed_fields(
    step: Step, action: Action, facts: Facts, fields: Sequence[Field] = ()
) -> tuple[str, ...]:
    """Keys of the fields that must be given to take an action, under these facts."""
    own = () if action.kind == "return" else step.required
    asked = set() if action.kind == "return" else set(asked_fields(step, action))
    by_form = [key for key in needed_keys(fields, facts) if key in asked]
    hidden = hidden_keys(fields, facts)
    return tuple(k for k in dict.fromkeys([*own, *action.needs, *by_form]) if k not in hidden)


def _missing(step: Step, action: Action, facts: Facts, fields: Sequence[Field]) -> tuple[str, ...]:
    wanted = needed_fields(step, action, facts, fields)
    return tuple(key for key in wanted if not is_given(facts.get(key)))


def _may(step: Step, action: Action, roles: Collection[str]) -> bool:
    role = action.role or step.role
    return not role or role in roles


def _duty_blocks(step: Step, action: Action, duties_done: Collection[str]) -> bool:
    return bool(step.duty) and not action.duty_free and step.duty not in duties_done


def _refusal(
    step: Step,
    action: Action,
    facts: Facts,
    roles: Collection[str],
    duties_done: Collection[str],
) -> str | None:
    if not _may(step, action, roles):
        return "role"
    if not holds(action.when, facts):
        return "condition"
    return "duty" if _duty_blocks(step, action, duties_done) else None


def choose_branch(step: Step, facts: Facts) -> Action:
    """The automatic action that holds: a conditional one, else the one without a condition.

    Raises:
        NoBranch: neither exists.
    """
    for action in sorted(step.actions, key=lambda item: item.when is None):
        if action.automatic and holds(action.when, facts):
            return action
    raise NoBranch(step.key)


def _pass_through(process: Process, step: Step, facts: Facts) -> tuple[Step, tuple[Passage, ...]]:
    passages: list[Passage] = []
    while step.automatic:
        if len(passages) > len(process.steps):
            raise NoBranch(step.key)
        action = choose_branch(step, facts)
        taken = Passage(step.key, action.key, action.to, action.kind, marks=action.marks)
        passages.append(replace(taken, automatic=True))
        step = process.step(action.to)
    return step, tuple(passages)
