"""Checks of a process definition before it may run a case."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qiao.cases.rules.process import ACTION_KINDS, PHASES, SYSTEM_FACTS, Action, Process, Step
from qiao.cases.rules.promises import MARKS
from qiao.core.rules.conditions import holds, sample_facts, tests_in


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition. `place` names step and action as ``step/action``."""

    code: str
    place: str
    message: str


def validate(process: Process, known_fields: Collection[str] | None = None) -> list[Problem]:
    """All faults of a definition, in reading order; an empty list means it may run.

    `known_fields` are field keys that the case types using the process bring along; with None the
    check of field keys covers the process' own fields only when it has any.

    Codes: duplicate_step, duplicate_action, duplicate_field, no_start, dangling_to, unknown_phase,
    unknown_kind, dead_end, final_goes_on, mixed_automatic, automatic_asks, unreachable, no_final,
    cannot_finish, automatic_loop, ambiguous, stuck, missing_field, unknown_mark, duty_action.
    """
    problems = [*_duplicates(process), *_words(process), *_targets(process)]
    if problems:
        return [*problems, *_fields(process, known_fields)]
    return [
        *_ends(process),
        *_reach(process),
        *_automatic_loops(process),
        *_branches(process),
        *_fields(process, known_fields),
    ]


def _duplicates(process: Process) -> Iterator[Problem]:
    for key, count in Counter(step.key for step in process.steps).items():
        if count > 1:
            yield Problem("duplicate_step", key, f"{count} steps have the key {key}")
    for step in process.steps:
        for key, count in Counter(action.key for action in step.actions).items():
            if count > 1:
                text = f"{count} actions have the key {key}"
                yield Problem("duplicate_action", f"{step.key}/{key}", text)
    for key, count in Counter(item.key for item in process.fields).items():
        if count > 1:
            yield Problem("duplicate_field", key, f"{count} fields have the key {key}")


def _words(process: Process) -> Iterator[Problem]:
    for step in process.steps:
        if step.phase not in PHASES:
            expected = f"expected one of {', '.join(PHASES)}, found {step.phase!r}"
            yield Problem("unknown_phase", step.key, expected)
        for action in step.actions:
            if action.kind not in ACTION_KINDS:
                expected = f"expected one of {', '.join(ACTION_KINDS)}, found {action.kind!r}"
                yield Problem("unknown_kind", _place(step, action), expected)
            for mark in set(action.marks) - set(MARKS):
                expected = f"expected one of {', '.join(MARKS)}, found {mark!r}"
                yield Problem("unknown_mark", _place(step, action), expected)
        yield from _duty_action(step)


def _duty_action(step: Step) -> Iterator[Problem]:
    if not step.duty_action:
        return
    action = step.action(step.duty_action)
    if not step.duty:
        yield Problem("duty_action", step.key, "a duty_action without a duty")
    elif action is None or action.automatic:
        yield Problem("duty_action", step.key, f"{step.duty_action} is no action of this step")


def _targets(process: Process) -> Iterator[Problem]:
    if process.start not in process.index:
        yield Problem("no_start", process.start, f"there is no step {process.start} to start in")
    for step in process.steps:
        for action in step.actions:
            if action.to not in process.index:
                text = f"leads to {action.to}, which is no step"
                yield Problem("dangling_to", _place(step, action), text)


def _ends(process: Process) -> Iterator[Problem]:
    if not any(step.final for step in process.steps):
        yield Problem("no_final", process.key, "no step is final")
    for step in process.steps:
        if step.final and any(action.kind != "return" for action in step.actions):
            yield Problem("final_goes_on", step.key, "a final step may only have returns")
        if step.final and step.automatic:
            yield Problem("final_goes_on", step.key, "a final step cannot be passed through")
        if not step.final and not step.actions:
            yield Problem("dead_end", step.key, "not final, and no action leads out")
        yield from _automatic_form(step)


def _automatic_form(step: Step) -> Iterator[Problem]:
    automatic = [action for action in step.actions if action.automatic]
    if automatic and len(automatic) < len(step.actions):
        text = "automatic actions and actions of people in one step"
        yield Problem("mixed_automatic", step.key, text)
    asks = [action for action in automatic if action.needs or action.reason_required]
    if step.automatic and (asks or step.required or step.duty):
        text = "a step that is passed through can ask for nothing"
        yield Problem("automatic_asks", step.key, text)


def _reach(process: Process) -> Iterator[Problem]:
    ahead = {step.key: {action.to for action in step.actions} for step in process.steps}
    reachable = _closure({process.start}, ahead)
    back: dict[str, set[str]] = {step.key: set() for step in process.steps}
    for key, targets in ahead.items():
        for target in targets:
            back[target].add(key)
    finishing = _closure({step.key for step in process.steps if step.final}, back)
    for step in process.steps:
        if step.key not in reachable:
            yield Problem("unreachable", step.key, f"cannot be reached from {process.start}")
        elif step.key not in finishing and finishing:
            yield Problem("cannot_finish", step.key, "no path leads to a final step")


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for key in edges.get(waiting.pop(), set()) - seen:
            seen.add(key)
            waiting.append(key)
    return seen


def _automatic_loops(process: Process) -> Iterator[Problem]:
    edges = {
        step.key: {action.to for action in step.actions}
        for step in process.steps
        if step.automatic
    }
    for key, targets in edges.items():
        if key in _closure(targets, edges):
            yield Problem("automatic_loop", key, "automatic steps lead round in a circle")


def _branches(process: Process) -> Iterator[Problem]:
    for step in process.steps:
        if step.automatic:
            yield from _automatic_choice(step)
        elif step.actions and not step.final:
            yield from _some_way_out(step)


def _automatic_choice(step: Step) -> Iterator[Problem]:
    defaults = [action.key for action in step.actions if action.when is None]
    if len(defaults) > 1:
        text = f"{' and '.join(defaults)} have no condition: which one is meant?"
        yield Problem("ambiguous", step.key, text)
    conditional = [action for action in step.actions if action.when is not None]
    found: dict[str, str] = {}
    for facts in sample_facts(action.when for action in conditional):
        held = [action.key for action in conditional if holds(action.when, facts)]
        if len(held) > 1:
            found.setdefault("ambiguous", f"{' and '.join(held)} both hold for {_spoken(facts)}")
        if not held and not defaults:
            found.setdefault("stuck", f"no branch holds for {_spoken(facts)}")
    for code, text in found.items():
        yield Problem(code, step.key, text)


def _some_way_out(step: Step) -> Iterator[Problem]:
    if any(action.when is None for action in step.actions):
        return
    for facts in sample_facts(action.when for action in step.actions):
        if not any(holds(action.when, facts) for action in step.actions):
            yield Problem("stuck", step.key, f"no action is possible for {_spoken(facts)}")
            return


def _fields(process: Process, known_fields: Collection[str] | None) -> Iterator[Problem]:
    if known_fields is None and not process.fields:
        return
    known = {*SYSTEM_FACTS, *(known_fields or ()), *(item.key for item in process.fields)}
    for step in process.steps:
        for item in step.fields:
            if item.key not in known:
                text = f"asks for {item.key}, which is no field"
                yield Problem("missing_field", step.key, text)
        for action in step.actions:
            used = [*action.needs, *(test.field for test in tests_in(action.when))]
            for key in used:
                if key not in known:
                    text = f"uses {key}, which is no field"
                    yield Problem("missing_field", _place(step, action), text)


def _place(step: Step, action: Action) -> str:
    return f"{step.key}/{action.key}"


def _spoken(facts: dict[str, object]) -> str:
    return ", ".join(f"{key} = {value!r}" for key, value in facts.items()) or "every case"
