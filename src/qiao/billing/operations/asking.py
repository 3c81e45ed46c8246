"""What takes money off an account is asked for by one and agreed to by another: a bill that is
taken back, a late fee that is waived, an instalment that is lowered."""

from datetime import date, datetime
from typing import Final

from django.utils import timezone

from qiao.billing.models import Bill, BudgetPlan
from qiao.billing.operations.billing import refuse_reversal, reverse_bill
from qiao.billing.operations.budget import (
    BadInstalment,
    BudgetMoved,
    BudgetRuns,
    change_budget,
    require_running,
    start_budget,
)
from qiao.billing.operations.invoices.wanting import want_when_paid
from qiao.billing.operations.late_fees import charge_late_fees, late_fee_of, waive_late_fee
from qiao.billing.operations.posting import lock_accounts
from qiao.billing.queries.asked import LOWER, REVERSE, WAIVE
from qiao.billing.queries.budget import running_plan, suggested, year_of
from qiao.billing.queries.late_fees import accrued
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.shifts import CLOSE
from qiao.billing.queries.standings import open_of
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import actor_by_id, local_days

REASON_LENGTH: Final = 300


class NothingToWaive(Exception):  # noqa: N818 - a refusal, not a fault
    """No late fee runs on the bill, or less than what is to be waived; `minor` is what does."""

    def __init__(self, minor: int) -> None:
        super().__init__(str(minor))
        self.minor = minor


def ask_reversal(*, bill_id: int, reason: str, actor: Actor, now: datetime) -> Approval:
    """Ask that a bill be taken back (红冲).

    Raises what `refuse_reversal` does, `AlreadyPending`, `BadText` without a reason, `Forbidden`.
    """
    required()
    bill = Bill.objects.get(pk=bill_id)
    actor.require(ISSUE, bill.organisation_id)
    refuse_reversal(bill)
    return _ask(REVERSE, bill.pk, bill.organisation_id, {}, reason, actor, now)


def ask_waiver(
    *, bill_id: int, minor: int | None, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Ask that so much of the late fee of a bill be waived, charged or running; all of it (None).

    Raises `NothingToWaive`, `AlreadyPending`, `BadText` without a reason, `Forbidden`.
    """
    required()
    bill = Bill.objects.get(pk=bill_id)
    actor.require(CLOSE, bill.organisation_id)
    most = late_fee_to(bill, local_days(now)[bill.organisation_id])
    wanted = most if minor is None else minor
    if not 0 < wanted <= most:
        raise NothingToWaive(most)
    about = {"minor": wanted}
    return _ask(WAIVE, bill.pk, bill.organisation_id, about, reason, actor, now)


def start_or_ask(
    *, account_id: int, minor: int, reason: str, actor: Actor, now: datetime
) -> BudgetPlan | Approval:
    """Ask equal instalments of an account; where they are lower than what its year says, or
    nothing tells what that comes to, ask a second person first.

    Raises what `start_budget` raises; `AlreadyPending`, `BadText` without a reason that a second
    person could judge.
    """
    account = lock_accounts([account_id])[account_id]
    actor.require(ISSUE, account.organisation_id)
    usual = suggested(account, year_of(account))
    if 0 < usual <= minor or minor <= 0:
        return start_budget(
            account_id=account_id, minor=minor, reason=reason, actor=actor, now=now
        )
    if running_plan(account_id) is not None:
        raise BudgetRuns(account_id)
    about = {"minor": minor, "before": usual, "starts": 1}
    return _ask(LOWER, account_id, account.organisation_id, about, reason, actor, now)


def change_or_ask(
    *, account_id: int, minor: int, reason: str, actor: Actor, now: datetime
) -> BudgetPlan | Approval:
    """Ask another instalment from the next bill on; a lower one is asked of a second person first.

    Raises what `change_budget` raises; `AlreadyPending`.
    """
    account = lock_accounts([account_id])[account_id]
    actor.require(ISSUE, account.organisation_id)
    plan = require_running(account)
    if minor <= 0:
        raise BadInstalment(minor)
    if minor >= plan.instalment_minor:
        return change_budget(
            account_id=account_id, minor=minor, reason=reason, actor=actor, now=now
        )
    about = {"minor": minor, "before": plan.instalment_minor, "starts": 0}
    return _ask(LOWER, account_id, account.organisation_id, about, reason, actor, now)


def late_fee_to(bill: Bill, day: date) -> int:
    """The late fee of a bill on a day that could be waived: charged and left, and running."""
    running = sum(
        each.minor for each in accrued([bill.account_id], day=day) if each.bill_id == bill.pk
    )
    return late_fee_of(bill.pk) + running


def _ask(
    kind: str,
    subject_id: int,
    organisation_id: int,
    payload: dict[str, int],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    said = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
    return request_approval(
        kind=kind, subject_id=subject_id, organisation_id=organisation_id, payload=payload,
        reason=said, actor=actor, now=now,
    )  # fmt: skip


def reversal_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the bill is taken back today.

    Raises what `reverse_bill` raises.
    """
    del actor
    reverse_bill(
        bill_id=approval.subject_id,
        day=_today(approval, now),
        reason=approval.reason,
        actor=_asker(approval, now),
        now=now,
    )


def waiver_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the late fee up to today is charged, and so much of it waived.

    Raises `NothingToWaive`, `DayClosed`, `Forbidden`.
    """
    del actor
    asker, day = _asker(approval, now), _today(approval, now)
    bill = Bill.objects.get(pk=approval.subject_id)
    asker.require(CLOSE, bill.organisation_id)
    accounts = lock_accounts([bill.account_id])
    charge_late_fees(accounts, days={bill.account_id: day}, actor=asker, now=now)
    charged = late_fee_of(bill.pk)
    minor = min(approval.payload["minor"], charged)
    if minor <= 0:
        raise NothingToWaive(0)
    waive_late_fee(
        accounts[bill.account_id], bill_id=bill.pk, minor=minor, day=day,
        reason=approval.reason, key=str(approval.pk), actor=asker, now=now,
    )  # fmt: skip
    if open_of(bill) == 0:  # nothing but the fee was owed any more
        want_when_paid({bill.account_id: [bill.pk]}, accounts, now=now)


def lowering_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the lower instalment is asked from the next bill on.

    Raises `BudgetMoved` where another one is asked by now, and what `start_budget` and
    `change_budget` raise.
    """
    del actor
    account_id, asker = approval.subject_id, _asker(approval, now)
    act = start_budget if approval.payload["starts"] else change_budget
    if act is change_budget:
        account = lock_accounts([account_id])[account_id]
        if require_running(account).instalment_minor != approval.payload["before"]:
            raise BudgetMoved(account_id)
    act(
        account_id=account_id, minor=approval.payload["minor"], reason=approval.reason,
        actor=asker, now=now,
    )  # fmt: skip


def _asker(approval: Approval, now: datetime) -> Actor:
    """Who asked, with the rights of today."""
    return actor_by_id(approval.requested_by_id, day=timezone.localdate(now))


def _today(approval: Approval, now: datetime) -> date:
    return local_days(now)[approval.organisation_id]
