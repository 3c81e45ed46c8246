"""A process tried on what happened: the actions taken on a case, one by one, under another text.

Nothing is guessed: an action that the other text refuses is told with every reason, and the case
then goes on as if what was missing had been given. Where the other text has no such action, it is
taken up again in the step in which the case really was; without that step the trial ends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from qiao.cases.rules.process import Action, Process, Step, choose_branch, needed_fields, start
from qiao.cases.rules.process_refusals import NoBranch, UnknownStep
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import Condition, Facts, holds, is_given

SAME: Final = "same"
ELSEWHERE: Final = "elsewhere"
REFUSED: Final = "refused"
GONE: Final = "gone"
Deadline = Callable[[str, datetime, int], datetime | None]
"""Calendar, beginning and working seconds to the moment by which they have passed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An action as it was taken: where, what was typed, who did it (`roles`), what had been
    reported done (`duties`), and in which step the case then waited (`landed`)."""

    at: datetime
    step: str
    action: str
    landed: str
    given: Facts = field(default_factory=dict)
    reason: str = ""
    roles: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why an action would have been refused: ``role``, ``condition``, ``fields``, ``reason`` or
    ``duty``, with what that is about."""

    code: str
    role: str = ""
    condition: Condition | None = None
    fields: tuple[str, ...] = ()
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """An action under the other text: in which step it met the case, whether it goes the same way,
    `elsewhere`, is `refused` or `gone` (no such action), and where the case waits then."""

    taken: Taken
    step: str
    verdict: str
    hindrances: tuple[Hindrance, ...] = ()
    landed: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a step under the other text; `due_at` is its limit, if it has one; `left_at` is
    None for the last one."""

    step: str
    entered_at: datetime
    left_at: datetime | None
    due_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether the step was left after its limit."""
        return self.due_at is not None and self.left_at is not None and self.left_at > self.due_at


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: every action, every stay, the step where the case stands at the end, and
    whether it could not be followed to there (`lost`)."""

    tried: tuple[Tried, ...]
    stays: tuple[Stay, ...]
    ends_in: str
    lost: bool = False

    @property
    def same(self) -> bool:
        """Whether everything goes as it went."""
        return not self.lost and all(each.verdict == SAME for each in self.tried)


def try_out(
    process: Process,
    taken: Sequence[Taken],
    *,
    facts: Facts,
    opened_at: datetime,
    deadline: Deadline,
    fields: Sequence[Field] = (),
) -> Trial:
    """Run a case's history through `process`, beginning with what was known when it was opened.

    `fields` are the definitions of what may be asked for, as in `advance`.
    """
    known = dict(facts)
    try:
        here = start(process, known).state.step
    except (NoBranch, UnknownStep):
        return Trial((), (), "", lost=True)
    tried: list[Tried] = []
    entered: list[tuple[str, datetime]] = [(here, opened_at)]
    for each in taken:
        known |= each.given
        row = _try(process, here, each, known, fields)
        if row is None:
            tried.append(Tried(each, here, GONE))
            return Trial(tuple(tried), _stays(process, entered, deadline), here, lost=True)
        tried.append(row)
        here = row.landed
        entered.append((here, each.at))
    return Trial(tuple(tried), _stays(process, entered, deadline), here)


def _try(
    process: Process,
    here: str,
    taken: Taken,
    known: Mapping[str, object],
    fields: Sequence[Field],
) -> Tried | None:
    """One action; None if it cannot be followed any further."""
    step = process.step(here)
    action = step.action(taken.action)
    if action is None or action.automatic:
        other = process.index.get(taken.landed)
        return None if other is None else Tried(taken, here, GONE, landed=taken.landed)
    hindrances = tuple(_hindrances(step, action, taken, known, fields))
    landed = _landing(process, action.to, known)
    if landed is None:
        return None
    verdict = REFUSED if hindrances else SAME if landed == taken.landed else ELSEWHERE
    return Tried(taken, here, verdict, hindrances, landed)


def _landing(process: Process, key: str, known: Mapping[str, object]) -> str | None:
    """The step in which the case waits after automatic ones; None where no branch holds."""
    for _passage in range(len(process.steps) + 1):
        step = process.index.get(key)
        if step is None:
            return None
        if not step.automatic:
            return key
        try:
            key = choose_branch(step, known).to
        except NoBranch:
            return None
    return None


def _hindrances(
    step: Step,
    action: Action,
    taken: Taken,
    known: Mapping[str, object],
    fields: Sequence[Field],
) -> list[Hindrance]:
    found = []
    role = action.role or step.role
    if role and role not in taken.roles:
        found.append(Hindrance("role", role=role))
    if not holds(action.when, known):
        found.append(Hindrance("condition", condition=action.when))
    wanted = needed_fields(step, action, known, fields)
    missing = [key for key in wanted if not is_given(known.get(key))]
    if missing:
        found.append(Hindrance("fields", fields=tuple(missing)))
    if action.reason_required and not taken.reason.strip():
        found.append(Hindrance("reason"))
    if step.duty and not action.duty_free and step.duty not in taken.duties:
        found.append(Hindrance("duty", duty=step.duty))
    return found


def _stays(
    process: Process,
    entered: Sequence[tuple[str, datetime]],
    deadline: Deadline,
) -> tuple[Stay, ...]:
    stays = []
    for number, (key, since) in enumerate(entered):
        left = entered[number + 1][1] if number + 1 < len(entered) else None
        step = process.index[key]
        due = None
        if step.time_limit_seconds:
            due = deadline(step.calendar, since, step.time_limit_seconds)
        stays.append(Stay(key, since, left, due))
    return tuple(stays)
