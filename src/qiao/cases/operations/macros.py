"""Keeping macros, and running one on a case: all of its steps or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases.journal import (
    INTERNAL,
    CaseClosedAlready,
    Journal,
    MergedAway,
    held,
    lock_case,
)
from qiao.cases.models import Case, Macro, MacroKept
from qiao.cases.operations.editing import keep_draft
from qiao.cases.operations.owning import AlreadyThere, NotATeam, escalate, take_over, transfer
from qiao.cases.operations.stepping import (
    NotPaused,
    StaleStep,
    change_priority,
    pause,
    take_action,
)
from qiao.cases.operations.talking import EmptyText, add_note, answer_customer
from qiao.cases.queries.macros import macro_facts, standing_of
from qiao.cases.rules.macros import (
    MacroStep,
    is_offered,
    offered_for,
    plan,
    read_steps,
)
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.rules.values import BadFact
from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.core.once import settled
from qiao.core.prepared import execute
from qiao.core.rules.text import BadText, clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.knowledge.queries import fill_text
from qiao.staff.queries import company_id

KEEP: Final = "cases.macros"
USE: Final = "cases.work"
NAME_LENGTH: Final = 60
TEXT_LENGTH: Final = 2_000


REFUSALS: Final = (
    Forbidden,
    BadFact,
    BadText,
    ProcessRefusal,
    AlreadyThere,
    CaseClosedAlready,
    EmptyText,
    MergedAway,
    NotATeam,
    NotPaused,
    StaleStep,
)


class MacroNotOffered(Exception):  # noqa: N818 - names the finding
    """There is no such macro for this person, or it is not for this case."""


class MacroStopped(Exception):  # noqa: N818 - names the finding
    """A step was refused, so nothing of the macro was done; `cause` is the refusal."""

    def __init__(self, place: int, step: MacroStep, cause: Exception | None) -> None:
        super().__init__(f"step {place + 1} ({step.kind}): {cause}")
        self.place, self.step, self.cause = place, step, cause


@dataclass(frozen=True, slots=True)
class MacroDraft:
    """A macro as somebody wrote it; empty lists ask for nothing of the case."""

    names: Mapping[str, str]
    steps: Sequence[MacroStep]
    scope: str = "own"
    organisation_id: int | None = None
    types: Iterable[str] = ()
    phases: Iterable[str] = ()
    position: int = 0


def save_macro(
    *, draft: MacroDraft, actor: Actor, now: datetime, macro_id: int | None = None
) -> Macro:
    """Keep a macro, new or changed.

    Raises `Forbidden`, `BadSteps`, `BadText`, `MacroNotOffered`.
    """
    required()
    macro = _mine(macro_id, actor) if macro_id else Macro()
    unit = draft.organisation_id if draft.scope == "unit" else None
    _require(actor, draft.scope, unit)
    macro.scope, macro.organisation_id = draft.scope, unit
    macro.owner_id = actor.person_id if draft.scope == "own" else None
    macro.names = _names(draft.names)
    macro.steps = [step.data() for step in read_steps([_clean(s).data() for s in draft.steps])]
    macro.condition = offered_for(type=list(draft.types), phase=list(draft.phases))
    macro.position = draft.position
    macro.changed_by_id, macro.changed_at = actor.person_id, now
    macro.save()
    MacroKept.objects.get_or_create(macro=macro)
    return macro


def retire_macro(*, macro_id: int, actor: Actor, now: datetime, back: bool = False) -> Macro:
    """Offer a macro no more, or again. Raises `Forbidden`, `MacroNotOffered`."""
    required()
    macro = _mine(macro_id, actor)
    macro.is_active = back
    macro.changed_by_id, macro.changed_at = actor.person_id, now
    macro.save()
    return macro


def _mine(macro_id: int, actor: Actor) -> Macro:
    macro = Macro.objects.visible_to(actor).select_for_update().filter(pk=macro_id).first()
    if macro is None:
        raise MacroNotOffered(str(macro_id))
    _require(actor, macro.scope, macro.organisation_id)
    return macro


def _require(actor: Actor, scope: str, organisation_id: int | None) -> None:
    if scope == "own":
        actor.require(USE)
    else:
        actor.require(KEEP, organisation_id if scope == "unit" else company_id())


def _names(names: Mapping[str, str]) -> dict[str, str]:
    found = {
        key: clean(names.get(key, ""), field="name", max_length=NAME_LENGTH, one_line=True)
        for key in DATA_KEYS
    }
    kept = {key: name for key, name in found.items() if name}
    if not kept:
        clean("", field="name", max_length=NAME_LENGTH, required=True)
    return kept


def _clean(step: MacroStep) -> MacroStep:
    text = clean(step.text, field="text", max_length=TEXT_LENGTH)
    return MacroStep(step.kind, step.key, text, step.fields)


_USED: Final = "UPDATE cases_macrokept SET use_count = use_count + 1 WHERE macro_id = %(macro)s"


@settled()
@events.together()
def run_macro(
    *, case_id: int, macro: Macro, values: Mapping[str, str], actor: Actor, now: datetime
) -> Case:
    """Run all steps of a macro on a case, each by its own operation and with its own rights;
    `values` fill the places of its texts.

    The history names the macro before what it did. What steps in a row write without reading it
    is written together, and so is what others hear of it. The caller's transaction must be undone
    when this raises: `MacroNotOffered`, `MacroStopped` with the refusal of a step, `Forbidden`.
    """
    case = lock_case(case_id)
    actor.require("cases.note", case.organisation_id)
    if not macro.is_active or not macro.is_for(actor):
        raise MacroNotOffered(str(macro.pk))
    if not is_offered(macro.condition, macro_facts(case)):
        raise MacroNotOffered(str(macro.pk))
    steps = plan(read_steps(macro.steps), standing_of(case, actor))
    with held(case):
        journal = Journal(lock_case(case_id, gathers=True), actor=actor, now=now)
        journal.add("macro_run", {"macro": macro.pk, "names": macro.names}, visibility=INTERNAL)
        journal.write()
        for place, planned in enumerate(steps):
            if not planned.skipped:
                _run(place, planned.step, case, values, actor, now)
    execute(_USED, {"macro": macro.pk})
    return case


def _run(
    place: int,
    step: MacroStep,
    case: Case,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    text, missing = fill_text(step.text, values)
    if missing and step.kind == "answer":  # a customer is not told of what is missing
        raise MacroStopped(place, step, None)
    told: dict[str, Any] = {"case_id": case.pk, "actor": actor, "now": now}
    try:
        _take(step, text, case.channel, told)
    except REFUSALS as refusal:
        raise MacroStopped(place, step, refusal) from refusal


def _take(step: MacroStep, text: str, channel: str, told: dict[str, Any]) -> None:
    runs: dict[str, Callable[[], Any]] = {
        "note": lambda: add_note(text=text, **told),
        "answer": lambda: answer_customer(text=text, channel=channel, **told),
        "open_answer": lambda: keep_draft(
            box="answer", values={"text": text, "channel": channel}, **told
        ),
        "priority": lambda: change_priority(priority=step.key, **told),
        "take": lambda: take_over(**told),
        "transfer": lambda: transfer(team_id=int(step.key), reason=text, **told),
        "action": lambda: take_action(
            action=step.key, given={**step.fields, "reason": text}, **told
        ),
        "pause": lambda: pause(reason=text, **told),
        "escalate": lambda: escalate(reason=text, **told),
    }
    runs[step.kind]()
