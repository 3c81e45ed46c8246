"""A macro as data: its steps, for which cases it is offered, and what it will do to one.

A step is a mapping with its `kind`, the key that the kind takes (`priority`, `team`, `action`),
and `text`: the words of a note or an answer, or the reason. `fields` are values for an action.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from qiao.core.rules.conditions import Condition, ConditionInvalid, holds, parse_condition

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "note": "",
        "answer": "",
        "open_answer": "",
        "priority": "priority",
        "take": "",
        "transfer": "team",
        "action": "action",
        "pause": "",
        "escalate": "",
    }
)
WORDED: Final = frozenset({"note", "answer", "open_answer", "transfer", "pause", "escalate"})
MOST_STEPS: Final = 8
FACTS: Final = ("type", "group", "phase", "priority")


class BadSteps(ValueError):  # noqa: N818 - a finding about data
    """Steps that cannot be kept: the `place` of the first fault, and why."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(f"step {place + 1}: {reason}")
        self.place, self.reason = place, reason


@dataclass(frozen=True, slots=True)
class MacroStep:
    """One step. `key` is the priority, team id or action that its kind takes."""

    kind: str
    key: str = ""
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": self.kind,
            "key": self.key,
            "text": self.text,
            "fields": dict(self.fields),
        }


def read_steps(data: Sequence[Mapping[str, Any]]) -> tuple[MacroStep, ...]:
    """Steps from their stored form. Raises `BadSteps`."""
    if not data or len(data) > MOST_STEPS:
        raise BadSteps(0, "count")
    found = []
    for place, item in enumerate(data):
        step = MacroStep(
            str(item.get("kind", "")),
            str(item.get("key", "")),
            str(item.get("text", "")),
            {str(k): str(v) for k, v in (item.get("fields") or {}).items()},
        )
        if step.kind not in KINDS:
            raise BadSteps(place, "kind")
        if bool(KINDS[step.kind]) != bool(step.key):
            raise BadSteps(place, "key")
        if step.kind in WORDED and not step.text.strip():
            raise BadSteps(place, "text")
        found.append(step)
    return tuple(found)


def offered_for(**lists: Iterable[str]) -> dict[str, Any] | None:
    """The condition that each named fact is one of its list; empty lists ask for nothing."""
    tests = [
        {"field": name, "op": "in", "value": sorted(values)}
        for name, values in lists.items()
        if name in FACTS and values
    ]
    return {"all": tests} if tests else None


def read_condition(data: Any) -> Condition | None:
    """The condition in the engine's form; one that cannot be read never holds.

    Raises `ConditionInvalid`.
    """
    return None if data is None else parse_condition(data)


def is_offered(data: Any, facts: Mapping[str, object]) -> bool:
    """Whether a macro with this condition is offered for a case of these facts."""
    try:
        return holds(read_condition(data), facts)
    except ConditionInvalid:
        return False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a plan has to know of the case and of whoever runs it."""

    priority: str
    team_id: int
    assignee_id: int | None
    staff_id: int | None
    is_paused: bool
    escalated: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with what becomes of it: `skipped` says that the case is so already."""

    step: MacroStep
    skipped: bool


def plan(steps: Iterable[MacroStep], standing: Standing) -> tuple[Planned, ...]:
    """What a macro will do to a case, step by step; each step sees what those before it did."""
    priority, team, assignee = standing.priority, standing.team_id, standing.assignee_id
    paused, escalated = standing.is_paused, standing.escalated
    found = []
    for step in steps:
        skipped = False
        if step.kind == "priority":
            skipped, priority = step.key == priority, step.key
        elif step.kind == "take":
            skipped, assignee = assignee == standing.staff_id, standing.staff_id
        elif step.kind == "transfer":
            skipped = step.key == str(team) and assignee is None
            team, assignee = int(step.key), None
        elif step.kind == "pause":
            skipped, paused = paused, True
        elif step.kind == "escalate":
            skipped, escalated = escalated, True
        found.append(Planned(step, skipped))
    return tuple(found)
