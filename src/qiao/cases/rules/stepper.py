"""The way of one case through its process, as a stepper shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from qiao.cases.rules.process import Action, Process, Step, choose_branch
from qiao.cases.rules.process_refusals import NoBranch
from qiao.core.rules.conditions import Facts, holds


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step on the path: `state` is ``done``, ``now`` or ``todo``; `visits` counts entries so
    far."""

    step: Step
    state: str
    visits: int

    @property
    def returns(self) -> int:
        """How many times the case came back to this step."""
        return max(0, self.visits - 1)


def path(
    process: Process, history: Sequence[str], facts: Facts = MappingProxyType({})
) -> tuple[PathStep, ...]:
    """The stepper: steps done before the present one, the present one, and the expected rest.

    `history` holds the keys of the steps entered, oldest first, the present step last. After a
    return the steps that must be done again are ``todo`` and keep their visits. The rest follows
    the main line under `facts`, without steps that are passed through.
    """
    if not history:
        return tuple(PathStep(step, "todo", 0) for step in _route(process, process.start, facts))
    now = history[-1]
    before = list(dict.fromkeys(history[: list(history).index(now)]))
    done = [process.step(key) for key in before if not process.step(key).automatic]
    ahead = _route(process, now, facts)[1:]
    known = {step.key for step in done}
    rows = [PathStep(step, "done", history.count(step.key)) for step in done]
    present = process.step(now)
    rows.append(PathStep(present, "done" if present.final else "now", history.count(now)))
    rows.extend(
        PathStep(step, "todo", history.count(step.key)) for step in ahead if step.key not in known
    )
    return tuple(rows)


def _route(process: Process, start: str, facts: Facts) -> list[Step]:
    """The main line from `start` to a final step, automatic steps left out, no step twice."""
    step, seen, route = process.step(start), {start}, [process.step(start)]
    while not step.final:
        action = _next(step, facts)
        if action is None or action.to in seen:
            break
        step = process.step(action.to)
        seen.add(step.key)
        if not step.automatic:
            route.append(step)
    return route


def _next(step: Step, facts: Facts) -> Action | None:
    if step.automatic:
        try:
            return choose_branch(step, facts)
        except NoBranch:
            return step.actions[-1]
    ahead = [action for action in step.actions if action.kind != "return"]
    ahead.sort(key=lambda action: (action.kind != "forward", not holds(action.when, facts)))
    return ahead[0] if ahead else None
