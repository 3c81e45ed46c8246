"""Disputes of bills: said on a case, ended with it, and told to whoever collects."""

from datetime import datetime
from typing import Final

from qiao.cases.events import CaseChanged, DisputeEnded, DisputeOpened
from qiao.cases.journal import CaseClosedAlready, Journal, lock_case
from qiao.cases.models import Case, Dispute
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

BILL_LENGTH: Final = 60
REASON_LENGTH: Final = 300


class NoAccount(Exception):  # noqa: N818 - names the finding
    """The case names no account, so no bill can be disputed."""


class BadDispute(Exception):  # noqa: N818 - a refusal
    """A value of a dispute cannot stand; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def open_dispute(
    *,
    case_id: int,
    bill: str,
    amount: int | None,
    stays_because: str = "",
    actor: Actor,
    now: datetime,
) -> Dispute:
    """Say that the customer disputes a bill of the case's account; saying it again changes
    nothing. `amount` in minor units is the disputed part, None for all of the bill.

    Raises `Forbidden`, `CaseClosedAlready`, `NoAccount`, `BadDispute`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    if case.account_id is None:
        raise NoAccount(case.number)
    which = clean(bill, field="bill", max_length=BILL_LENGTH, one_line=True)
    if not which:
        raise BadDispute("bill")
    if amount is not None and amount <= 0:
        raise BadDispute("amount")
    dispute, made = Dispute.objects.get_or_create(
        case=case,
        account_id=case.account_id,
        bill=which,
        ended_at=None,
        defaults={
            "amount": amount,
            "opened_at": now,
            "opened_by_id": actor.staff_id,
            "stays_because": clean(stays_because, field="reason", max_length=REASON_LENGTH),
        },
    )
    if made:
        journal = Journal(case, actor=actor, now=now)
        journal.add("dispute_opened", {"bill": which, "amount": amount})
        journal.write()
        told = DisputeOpened(dispute.pk, case.pk, dispute.account_id, which, amount)
        events.publish(told, organisation_id=case.organisation_id, actor=actor, now=now)
        _tell(case, "dispute_opened", actor, now)
    return dispute


def end_dispute(*, dispute_id: int, outcome: str, actor: Actor, now: datetime) -> Dispute:
    """Say what came of a dispute. Raises `Forbidden`, `BadDispute` (ended already, no outcome)."""
    dispute = Dispute.objects.get(pk=dispute_id)
    case = lock_case(dispute.case_id)
    actor.require("cases.work", case.organisation_id)
    words = clean(outcome, field="outcome", max_length=REASON_LENGTH)
    if not words:
        raise BadDispute("outcome")
    dispute.refresh_from_db()
    if dispute.ended_at is not None:
        raise BadDispute("")
    journal = Journal(case, actor=actor, now=now)
    journal.add("dispute_ended", {"bill": dispute.bill, "outcome": words})
    journal.write()
    _end(dispute, words, actor, now)
    _tell(case, "dispute_ended", actor, now)
    return dispute


def end_with_case(*, case_id: int, now: datetime) -> int:
    """End the disputes of an archived case, but those that go on for a reason; how many."""
    required()
    due = Dispute.objects.select_for_update().filter(
        case_id=case_id, case__closed_at__isnull=False, ended_at__isnull=True, stays_because=""
    )
    ended = list(due)
    for dispute in ended:
        _end(dispute, "", None, now)
    return len(ended)


def _end(dispute: Dispute, outcome: str, actor: Actor | None, now: datetime) -> None:
    dispute.ended_at, dispute.outcome = max(now, dispute.opened_at), outcome
    dispute.save()
    organisation_id = Case.objects.values_list("organisation_id", flat=True).get(
        pk=dispute.case_id
    )
    told = DisputeEnded(dispute.pk, dispute.case_id, dispute.account_id, dispute.bill)
    events.publish(told, organisation_id=organisation_id, actor=actor, now=now)


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
