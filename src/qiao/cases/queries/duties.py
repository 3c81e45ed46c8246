"""What other modules need when they do the work that a case's step waits for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qiao.cases import definitions
from qiao.cases.models import Case, CaseDuty
from qiao.cases.queries.facts import facts_of
from qiao.cases.queries.subtasks import open_subtasks
from qiao.cases.rules.process import (
    Action,
    Step,
    asked_fields,
    available_actions,
    ends_case,
    needed_fields,
)
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import is_given
from qiao.core.rules.texts import Text


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a case's step once its duty is done.

    `fields` are those that it asks for, in order; `required` the keys among them that must be
    given and are not known yet. `marks` are milestones that taking it reaches. `follows` says
    that the process lets this one follow by itself when the duty is done.
    """

    action: str
    name: Text
    kind: str
    fields: tuple[Field, ...]
    required: frozenset[str]
    reason_required: bool
    marks: tuple[str, ...]
    follows: bool


def case_of_event(case_id: int) -> Case:
    """The case that an event tells of, with what subscribers look at. No rights: jobs only."""
    related = ("case_type", "process", "organisation", "team", "assignee", "premises", "customer")
    return Case.objects.select_related(*related).get(id=case_id)


def waits_at(*, case_id: int, duty: str, entered_seq: int) -> bool:
    """Whether the case still waits, on this very visit to the step, for `duty`."""
    newest = CaseDuty.objects.filter(case_id=case_id).order_by("-entered_seq").first()
    if newest is None or (newest.duty, newest.entered_seq) != (duty, entered_seq):
        return False
    if newest.done_at is not None or newest.case.closed_at is not None:
        return False
    later = newest.case.events.filter(kind="step_entered", seq__gt=entered_seq)
    return not later.exists()


def duty_exits(*, case: Case, duty: str, roles: Collection[str]) -> tuple[Exit, ...]:
    """The ways out of the step for these roles once `duty` is done, the one that follows first.

    Empty when the case's step waits for something else.
    """
    process = definitions.process_of(case.process)
    step = process.step(case.step)
    if step.duty != duty:
        return ()
    known = fields_of(case)
    facts = facts_of(case)
    # What is owed on the case keeps it from its end: then a person goes on.
    held = bool(open_subtasks(case))
    found = [
        _exit(step, action, known, facts)
        for action in available_actions(process, step.key, facts, roles)
        if not (held and ends_case(process, action, facts))
    ]
    return tuple(sorted(found, key=lambda item: not item.follows))


def fields_of(case: Case) -> dict[str, Field]:
    """The definitions of all fields that the case may carry: its type's, then its process's."""
    definition = definitions.type_of(case)
    process = definitions.process_of(case.process)
    return {field.key: field for field in (*definition.fields, *process.fields)}


def straight_to_work(*, case: Case, roles: Collection[str]) -> str | None:
    """The action that takes the case at once to a step where somebody owes work, asking nothing.

    None when the process has none for these roles: then a person decides.
    """
    process = definitions.process_of(case.process)
    facts = facts_of(case)
    step = process.step(case.step)
    for action in available_actions(process, step.key, facts, roles):
        asks = action.reason_required or any(not is_given(facts.get(k)) for k in action.needs)
        if process.step(action.to).duty and not asks and not step.required:
            return action.key
    return None


def following(exits: Sequence[Exit]) -> Exit | None:
    """The exit that follows by itself: the one the process names, else the only forward one."""
    named = [item for item in exits if item.follows]
    forward = [item for item in exits if item.kind == "forward" and not item.reason_required]
    return next(iter(named), forward[0] if len(forward) == 1 else None)


def _exit(step: Step, action: Action, known: dict[str, Field], facts: dict[str, object]) -> Exit:
    wanted = needed_fields(step, action, facts, tuple(known.values()))
    return Exit(
        action=action.key,
        name=action.name,
        kind=action.kind,
        fields=tuple(known[key] for key in asked_fields(step, action) if key in known),
        required=frozenset(key for key in wanted if not is_given(facts.get(key))),
        reason_required=action.reason_required,
        marks=action.marks,
        follows=action.key == step.duty_action,
    )
