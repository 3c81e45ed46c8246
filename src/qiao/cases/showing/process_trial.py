"""The outcome of a trial in words, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases import definitions
from qiao.cases.queries.trials import Tested
from qiao.cases.rules.process import Process
from qiao.cases.rules.process_trial import (
    ELSEWHERE,
    GONE,
    REFUSED,
    SAME,
    Hindrance,
    Stay,
    Trial,
    Tried,
)
from qiao.cases.showing import names
from qiao.cases.showing.process_words import condition_words, keys_words
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import condition_data
from qiao.core.wording import said

VERDICTS: Final[Mapping[str, LazyText]] = {
    SAME: pgettext_lazy("trial", "goes the same way"),
    ELSEWHERE: pgettext_lazy("trial", "leads elsewhere"),
    REFUSED: pgettext_lazy("trial", "is refused"),
    GONE: pgettext_lazy("trial", "no such action"),
}
TONES: Final[Mapping[str, str]] = {SAME: "ok", ELSEWHERE: "info", REFUSED: "bad", GONE: "bad"}


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One action: as it was taken, what the draft says, and the limit of the step it left."""

    at: datetime
    who: str
    step: str
    action: str
    verdict: str
    tone: str
    why: tuple[str, ...]
    landed: str
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """How many actions go the same way, lead elsewhere, are refused; how many steps are late."""

    same: int
    elsewhere: int
    refused: int
    late: int
    lost: bool


def trial_summary(trial: Trial) -> TrialSummary:
    """The trial in figures."""
    verdicts = [each.verdict for each in trial.tried]
    return TrialSummary(
        same=verdicts.count(SAME),
        elsewhere=verdicts.count(ELSEWHERE),
        refused=verdicts.count(REFUSED) + verdicts.count(GONE),
        late=sum(stay.late for stay in trial.stays),
        lost=trial.lost,
    )


def trial_rows(tested: Tested, process: Process, fields: Mapping[str, Field]) -> list[TrialRow]:
    """Every action in the order in which it was taken."""
    rows = []
    stays = tested.trial.stays
    before = definitions.process_of(tested.case.process)
    for each, stay, who in zip(tested.trial.tried, stays, tested.people, strict=False):
        rows.append(_row(each, stay, who, (process, before), fields))
    return rows


def _row(
    each: Tried,
    stay: Stay,
    who: str,
    processes: tuple[Process, Process],
    fields: Mapping[str, Field],
) -> TrialRow:
    process, before = processes
    words, tone = VERDICTS[each.verdict], TONES[each.verdict]
    step = before.index.get(each.taken.step)
    action = step.action(each.taken.action) if step else None
    return TrialRow(
        at=each.taken.at,
        who=who,
        step=step_words(process, each.step),
        action=said(action.name) if action else each.taken.action,
        verdict=str(words),
        tone=tone,
        why=tuple(_why(hindrance, fields) for hindrance in each.hindrances),
        landed=step_words(process, each.landed) if each.landed else "",
        due_at=stay.due_at,
        late=stay.late,
    )


def step_words(process: Process, key: str) -> str:
    """The name of a step of a process."""
    step = process.index.get(key)
    return (said(step.name) if step else "") or key


def _why(hindrance: Hindrance, fields: Mapping[str, Field]) -> str:
    if hindrance.code == "role":
        role = names.role_name(hindrance.role)
        return _("belongs to %(role)s, which the person was not") % {"role": role}
    if hindrance.code == "condition":
        tree = condition_data(hindrance.condition) if hindrance.condition else None
        return _("only when %(what)s") % {"what": condition_words(tree, fields)}
    if hindrance.code == "fields":
        held = keys_words(hindrance.fields, fields)
        return _("not filled in then: %(fields)s") % {"fields": held}
    if hindrance.code == "duty":
        duty = names.DUTIES.get(hindrance.duty, hindrance.duty)
        return _("not reported done then: %(duty)s") % {"duty": duty}
    return _("no reason was given then")
