"""Entering steps: history, owners, duties of other modules, and the end of a case."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.cases.events import CaseClosed, StepEntered
from qiao.cases.journal import Journal
from qiao.cases.models import Case, CaseDuty
from qiao.cases.rules.process import Passage, Process, Step
from qiao.core import events
from qiao.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Arrival:
    """A step that was entered and what follows once the case is saved."""

    step: Step
    entered_seq: int
    at: datetime

    def finish(self, *, case: Case, actor: Actor | None, now: datetime) -> None:
        """Open the step's duty and tell others where the case is."""
        if self.step.duty:
            CaseDuty.objects.create(
                case=case, duty=self.step.duty, entered_seq=self.entered_seq, entered_at=self.at
            )
        told: StepEntered | CaseClosed = StepEntered(
            case.pk, self.step.key, self.step.phase, self.step.duty, self.entered_seq, case.due_at
        )
        if self.step.final:
            told = CaseClosed(case.pk, case.outcome, case.promise_kept)
        events.publish(told, organisation_id=case.organisation_id, actor=actor, now=now)


def enter_steps(
    journal: Journal,
    process: Process,
    passages: Sequence[Passage],
    landed: str,
    *,
    at: datetime | None = None,
    reason: str = "",
) -> Arrival:
    """Write the passages and the step they end in; a final step closes the case."""
    case, moment = journal.case, at or journal.now
    for passage in passages:
        journal.add(
            "step_left",
            {
                "step": passage.from_step,
                "action": passage.action,
                "to": passage.to_step,
                "kind": passage.kind,
                "automatic": passage.automatic,
                "reason": reason,
            },
            at=moment,
        )
        for kind in passage.marks:
            journal.add(kind, {}, at=moment)
            if kind == "answered":
                case.answered_at = moment
        if passage.to_step != landed:
            journal.add("step_entered", {"step": passage.to_step}, at=moment)
    step = process.step(landed)
    case.step, case.phase = step.key, step.phase
    seq = journal.add("step_entered", {"step": step.key}, at=moment)
    if step.final:
        _close(journal, moment)
    return Arrival(step, seq, moment)


def _close(journal: Journal, moment: datetime) -> None:
    case = journal.case
    journal.add("closed", {"outcome": case.outcome}, at=moment)
    case.closed_at = max(moment, case.opened_at)
    zone = zoneinfo.ZoneInfo(case.organisation.timezone)
    case.closed_date = case.closed_at.astimezone(zone).date()
    case.phase = "closed"
