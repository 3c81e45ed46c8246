"""Macros in words: their names, what each step will do, why one was stopped."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from qiao.cases.operations.macros import MacroStopped
from qiao.cases.queries.macros import action_names
from qiao.cases.rules.macros import MacroStep, Planned
from qiao.cases.showing import names
from qiao.cases.showing.refusals import refusal_words
from qiao.cases.showing.writing_history import nearest
from qiao.core.actor import Forbidden
from qiao.core.wording import said
from qiao.knowledge.queries import fill_text
from qiao.staff.queries import find_team


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One line of a preview. `gap` says that a place of its words has no value here."""

    icon: str
    title: str
    words: str
    skipped: bool
    gap: bool
    warns: bool


ICONS = {
    "note": "lock",
    "answer": "message-circle",
    "open_answer": "message-2",
    "priority": "adjustments",
    "take": "hand-grab",
    "transfer": "arrow-guide",
    "action": "route",
    "pause": "player-pause",
    "escalate": "trending-up",
}


def macro_name(texts: Mapping[str, str]) -> str:
    """A macro's name in the reader's language, or the nearest."""
    return nearest(texts)


def step_title(step: MacroStep) -> str:
    """What a step does, in one line."""
    if step.kind == "priority":
        label = str(names.PRIORITIES.get(step.key, step.key))
        return _("Set the priority to %(priority)s") % {"priority": label}
    if step.kind == "transfer":
        team = find_team(int(step.key)) if step.key.isdecimal() else None
        name = names.unit_name(team) if team else "?"
        return _("Transfer to %(team)s") % {"team": name}
    if step.kind == "action":
        found = action_names().get(step.key)
        return _("Take the action “%(action)s”") % {"action": said(found) if found else step.key}
    return plain_titles()[step.kind]


def plain_titles() -> dict[str, str]:
    """What steps do that take nothing but words."""
    return {
        "note": _("Add an internal note"),
        "answer": _("Keep what the customer was told"),
        "open_answer": _("Put words into the answer, to be finished by hand"),
        "take": _("Take the case over"),
        "pause": _("Pause the clock"),
        "escalate": _("Escalate to the supervisor"),
    }


def show_plan(steps: tuple[Planned, ...], values: Mapping[str, str]) -> list[ShownStep]:
    """What a macro will do, with its words filled."""
    shown = []
    for planned in steps:
        step = planned.step
        text, missing = fill_text(step.text, values)
        fields = [f"{key} = {value}" for key, value in step.fields.items()]
        shown.append(
            ShownStep(
                icon=ICONS[step.kind],
                title=step_title(step),
                words="\n".join([*fields, text]).strip(),
                skipped=planned.skipped,
                gap=bool(missing),
                warns=bool(missing) and step.kind == "answer",
            )
        )
    return shown


def stopped_words(stopped: MacroStopped) -> str:
    """Why nothing of a macro was done."""
    cause = stopped.cause
    if cause is None:
        why = _("its words lack a value")
    elif isinstance(cause, Forbidden):
        why = _("you have no right to do this")
    else:
        why = refusal_words(cause)
    return _("Nothing was done. Step %(n)s (%(step)s): %(why)s") % {
        "n": stopped.place + 1,
        "step": step_title(stopped.step),
        "why": why,
    }
