"""The usual way onward of a case, for those who bring it to where it already is elsewhere."""

from dataclasses import dataclass

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.rules.process import PHASES, asked_fields


@dataclass(frozen=True, slots=True)
class Forward:
    """The first way forward from the case's step, with the fields that it asks for."""

    key: str
    asked: tuple[str, ...]
    leaves_intake: bool


def forward_action(case: Case, *, until: str) -> Forward | None:
    """The action that brings the case nearer to the phase `until`; None once it is there.

    None, too, where the step has no way forward. Raises `ValueError` for an unknown phase.
    """
    step = definitions.process_of(case.process).step(case.step)
    if PHASES.index(step.phase) >= PHASES.index(until):
        return None
    onward = next((action for action in step.actions if action.kind == "forward"), None)
    if onward is None:
        return None
    return Forward(onward.key, asked_fields(step, onward), step.phase == PHASES[0])
