"""Reopening: until when it may be done, and taking it back."""

from datetime import date, datetime
from typing import Any, Final

from qiao.cases.events import CaseChanged, CaseClosed
from qiao.cases.journal import INTERNAL, Journal, lock_case
from qiao.cases.models import Case
from qiao.cases.operations.merging import JOIN, end_duties
from qiao.cases.operations.splitting import BuiltOn, built_on
from qiao.cases.queries.reopening import reopen_until
from qiao.core import events
from qiao.core.actor import Actor

REOPEN: Final = "cases.reopen"


class TooLateToReopen(Exception):  # noqa: N818 - names the finding
    """The case was closed too long ago: `until` was the last moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"cases are reopened until {until}")
        self.until = until


class NotReopened(Exception):  # noqa: N818 - names the finding
    """The case was not reopened, or that was taken back already."""


def refuse_late(case: Case, *, actor: Actor, now: datetime) -> None:
    """Raises `TooLateToReopen` for an archived case whose time is over, unless the actor may
    reopen older ones as well."""
    until = reopen_until(case)
    if until is not None and now > until and not actor.can_in(REOPEN, case.organisation_id):
        raise TooLateToReopen(until)


def end_before(case: Case) -> dict[str, Any]:
    """How the case had ended, kept in the entry of its reopening."""
    return {
        "step": case.step,
        "outcome": case.outcome,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "closed_date": case.closed_date.isoformat() if case.closed_date else None,
        "answered_at": case.answered_at.isoformat() if case.answered_at else None,
    }


def undo_reopening(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Take the latest reopening back: the case is closed as it was, its clocks as if it had never
    been reopened. Words written meanwhile stay.

    Raises `Forbidden`, `MergedAway`, `NotReopened`, `BuiltOn`.
    """
    case = lock_case(case_id)
    actor.require(JOIN, case.organisation_id)
    entry = case.events.filter(kind="reopened").order_by("-seq").first()
    if entry is None or case.closed_at is not None or not entry.data.get("before"):
        raise NotReopened(case.number)
    before = entry.data["before"]
    if case.events.filter(kind="undone", data__since=entry.seq).exists():
        raise NotReopened(case.number)
    if built_on(case, entry):
        raise BuiltOn(case.number)
    end_duties(case.pk, now=now)
    case.step, case.phase, case.outcome = before["step"], "closed", before["outcome"]
    case.closed_at = datetime.fromisoformat(before["closed_at"])
    case.closed_date = date.fromisoformat(before["closed_date"])
    answered = before["answered_at"]
    case.answered_at = datetime.fromisoformat(answered) if answered else None
    case.reopened_count -= 1
    journal = Journal(case, actor=actor, now=now)
    journal.add("undone", {"since": entry.seq, "what": "reopened"}, visibility=INTERNAL)
    journal.write()
    events.publish(
        CaseClosed(case.pk, case.outcome, case.promise_kept),
        organisation_id=case.organisation_id,
        actor=actor,
        now=now,
    )
    events.publish(
        CaseChanged(case.pk, "undone"),
        organisation_id=case.organisation_id,
        actor=actor,
        now=now,
    )
    return case
