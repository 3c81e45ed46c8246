"""The steps of a process as a list: the drawing for the keyboard and for screen readers."""

from collections.abc import Mapping
from dataclasses import dataclass

from qiao.cases.queries.processes import known_fields_of
from qiao.cases.rules.draft_parts import Data, Part
from qiao.cases.rules.process import Process
from qiao.cases.showing import names
from qiao.cases.showing.process_words import KINDS, keys_words
from qiao.cases.showing.times import span_words
from qiao.core.wording import said


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action: its name, where it leads, and whether it has faults."""

    part: str
    name: str
    to: str
    kind: str
    kind_name: str
    faults: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step: who, until when, what must be typed, and its ways out."""

    part: str
    number: int
    name: str
    phase: str
    tone: str
    role: str
    time: str
    required: str
    final: bool
    actions: tuple[ActionLine, ...]
    faults: int


def step_lines(
    process: Process, key: str, data: Data, faulty: Mapping[str, int] | None = None
) -> list[StepLine]:
    """Every step in the order of the definition; `faulty` counts faults by part."""
    fields, faulty = known_fields_of(key, data), faulty or {}
    lines = []
    for number, step in enumerate(process.steps, start=1):
        part = str(Part("step", key=step.key))
        actions = []
        for action in step.actions:
            own = str(Part("action", step.key, action.key))
            target = process.index.get(action.to)
            actions.append(
                ActionLine(
                    own,
                    said(action.name) or action.key,
                    said(target.name) if target else action.to,
                    action.kind,
                    str(KINDS.get(action.kind, action.kind)),
                    faulty.get(own, 0),
                )
            )
        lines.append(
            StepLine(
                part=part,
                number=number,
                name=said(step.name) or step.key,
                phase=str(names.PHASES.get(step.phase, step.phase)),
                tone=names.PHASE_TONES.get(step.phase, "mute"),
                role=names.role_name(step.role) if step.role else "",
                time=span_words(step.time_limit_seconds) if step.time_limit_seconds else "",
                required=keys_words(step.required, fields),
                final=step.final,
                actions=tuple(actions),
                faults=faulty.get(part, 0),
            )
        )
    return lines
