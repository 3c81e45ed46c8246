"""Cases whose history grows beside their process, because of another case that concerns them."""

import zoneinfo
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qiao.cases import definitions
from qiao.cases.journal.locking import lock_many, merged_ids
from qiao.cases.journal.many import ManyJournals
from qiao.cases.models import Case
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.joining import CARRIED, CARRIED_TO_SAME_CUSTOMER
from qiao.core.actor import Actor
from qiao.staff.queries import organisation


def close_apart(journal: ManyJournals, case: Case, *, why: str, at: datetime) -> None:
    """Close a case beside its process, because the case that it waited for was closed.

    `why` is what its last step is said to have been left by. The step is kept in the entry, so
    that a reopening finds it again.
    """
    process = definitions.process_of(case.process)
    landed = next(step.key for step in process.steps if step.final)
    journal.add(case, "step_left", {"step": case.step, "to": landed, "by": why}, at=at)
    journal.add(case, "step_entered", {"step": landed}, at=at)
    journal.add(
        case, "closed", {"outcome": case.outcome, "from_step": case.step, "by": why}, at=at
    )
    case.step, case.phase = landed, "closed"
    case.closed_at = max(at, case.opened_at)
    zone = zoneinfo.ZoneInfo(organisation(case.organisation_id).timezone)
    case.closed_date = case.closed_at.astimezone(zone).date()


def reopen_apart(
    journal: ManyJournals, case: Case, *, step: str, at: datetime, data: Mapping[str, Any]
) -> None:
    """Open a case again in `step`, the one it was closed from, with a new round of its clocks."""
    process = definitions.process_of(case.process)
    case.closed_at = case.closed_date = case.answered_at = None
    case.outcome = ""
    case.reopened_count += 1
    case.step, case.phase = step, process.step(step).phase
    journal.add(case, "reopened", {"n": case.reopened_count, **data}, at=at)
    journal.add(case, "step_entered", {"step": step}, at=at)


def closed_from(case: Case) -> str:
    """The step that a case was in when it was closed beside its process; its first one if that
    is not known."""
    data = (
        case.events.filter(kind="closed").order_by("-seq").values_list("data", flat=True).first()
    )
    process = definitions.process_of(case.process)
    step = str((data or {}).get("from_step", ""))
    return step if step in process.index else process.start


def is_same_customer(one: Case, other: Case) -> bool:
    """Whether two cases are one customer's, or of one caller whom nobody knows."""
    if one.customer_id is not None or other.customer_id is not None:
        return one.customer_id == other.customer_id
    return bool(one.caller_phone) and one.caller_phone == other.caller_phone


def carry(survivor: Case, entries: Sequence[Entry], *, actor: Actor | None, now: datetime) -> None:
    """Write into the merged cases what happened to the one that stands for them.

    An arrival and finished work concern them all, the end and a reopening too. That the customer
    was answered concerns only cases of the same customer: another one has his own answer to get.
    """
    carried = [entry for entry in entries if entry.kind in CARRIED_TO_SAME_CUSTOMER]
    if not carried:
        return
    cases = lock_many(merged_ids(survivor.pk))
    journal = ManyJournals(cases, actor=actor, now=now)
    for case in cases:
        kinds = CARRIED_TO_SAME_CUSTOMER if is_same_customer(survivor, case) else CARRIED
        for entry in carried:
            if entry.kind in kinds:
                _carry(journal, case, entry, survivor)
    journal.write()


def _carry(journal: ManyJournals, case: Case, entry: Entry, survivor: Case) -> None:
    by = {"through": survivor.pk, "number": survivor.number}
    if entry.kind == "closed":
        if case.closed_at is None:
            case.outcome = survivor.outcome
            close_apart(journal, case, why="merged", at=entry.at)
    elif entry.kind == "reopened":
        if case.closed_at is not None:
            reopen_apart(journal, case, step=closed_from(case), at=entry.at, data=by)
    elif case.closed_at is None:
        journal.add(case, entry.kind, by, at=entry.at)
        if entry.kind == "answered":
            case.answered_at = entry.at
