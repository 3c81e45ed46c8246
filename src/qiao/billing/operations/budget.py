"""Equal instalments begin, change and end, by a clerk who issues bills; lower ones by way of
`asking`, which asks a second person first."""

from datetime import datetime
from typing import Final

from qiao.billing.models import BillingAccount, BudgetPlan
from qiao.billing.operations.posting import lock_accounts
from qiao.billing.queries.budget import balance_of, running_plan, suggested, year_of
from qiao.billing.queries.runs import ISSUE
from qiao.billing.rules.money.budget import MONTHS
from qiao.core.actor import Actor
from qiao.core.rules.months import months_after
from qiao.core.rules.text import clean

REASON_LENGTH: Final = 300


class BudgetRuns(Exception):  # noqa: N818 - a refusal, not a fault
    """The account has equal instalments already."""


class NoBudget(Exception):  # noqa: N818 - a refusal, not a fault
    """The account has no equal instalments, or they are ending."""


class BudgetMoved(Exception):  # noqa: N818 - a refusal, not a fault
    """Another instalment is asked than when somebody asked to lower it."""


class NothingToReckon(Exception):  # noqa: N818 - a refusal, not a fault
    """Neither the account's own bills, of so many `days`, nor so many `neighbours` tell what a
    year comes to: an amount has to be given."""

    def __init__(self, days: int, neighbours: int) -> None:
        super().__init__(f"{days} days, {neighbours} neighbours")
        self.days, self.neighbours = days, neighbours


class BadInstalment(Exception):  # noqa: N818 - a refusal, not a fault
    """An instalment is more than nothing."""


class AccountCloses(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is closed, or its last day is known: no year lies ahead."""


def start_budget(
    *, account_id: int, minor: int | None, reason: str = "", actor: Actor, now: datetime
) -> BudgetPlan:
    """Ask equal instalments of an account from its next bill on: `minor` of each, or what its last
    twelve months, else its neighbours, say (None).

    Raises `BudgetRuns`, `NothingToReckon`, `BadInstalment`, `AccountCloses`, `AccountMissing`,
    `BadText`, `Forbidden`.
    """
    account = _locked(account_id, actor)
    words = _words(reason, required=False)
    if account.closed_date is not None:
        raise AccountCloses(account_id)
    if running_plan(account_id) is not None:
        raise BudgetRuns(account_id)
    year = year_of(account)
    usual = suggested(account, year)
    if minor is None and not usual:
        raise NothingToReckon(year.days, year.neighbours)
    asked = usual if minor is None else minor
    if asked <= 0:
        raise BadInstalment(asked)
    basis = year.basis if asked == usual and year.basis else BudgetPlan.Basis.GIVEN
    return BudgetPlan.objects.create(
        account=account,
        start_date=account.billed_until,
        until_date=months_after(account.billed_until, MONTHS),
        instalment_minor=asked,
        year_minor=year.minor or asked * MONTHS // account.months,
        basis=basis,
        reason=words,
        created_at=now,
        created_by_id=actor.person_id,
    )


def change_budget(
    *, account_id: int, minor: int, reason: str, actor: Actor, now: datetime
) -> BudgetPlan:
    """Ask another instalment from the next bill on; the year and what stands of it stay.

    Raises `NoBudget`, `BadInstalment`, `AccountMissing`, `BadText` without a reason, `Forbidden`.
    """
    account = _locked(account_id, actor)
    words = _words(reason)
    plan = require_running(account)
    if minor <= 0:
        raise BadInstalment(minor)
    plan.state = BudgetPlan.State.CHANGED
    plan.save(update_fields=["state"])
    return BudgetPlan.objects.create(
        account=account,
        start_date=max(plan.start_date, account.billed_until),
        until_date=plan.until_date,
        instalment_minor=minor,
        year_minor=plan.year_minor,
        basis=BudgetPlan.Basis.GIVEN,
        previous=plan,
        reason=words,
        created_at=now,
        created_by_id=actor.person_id,
    )


def end_budget(*, account_id: int, reason: str, actor: Actor, now: datetime) -> BudgetPlan:
    """Ask no instalments any more: the next bill settles what stands; where nothing does, it is
    over at once.

    Raises `NoBudget`, `AccountMissing`, `BadText` without a reason, `Forbidden`.
    """
    del now
    account = _locked(account_id, actor)
    plan = require_running(account)
    plan.reason = _words(reason)
    if balance_of(account_id):
        plan.ends = True
    else:
        plan.state = BudgetPlan.State.SETTLED
    plan.save(update_fields=["reason", "ends", "state"])
    return plan


def _locked(account_id: int, actor: Actor) -> BillingAccount:
    account = lock_accounts([account_id])[account_id]
    actor.require(ISSUE, account.organisation_id)
    return account


def require_running(account: BillingAccount) -> BudgetPlan:
    """The equal instalments that run on an account and do not end. Raises `NoBudget`."""
    plan = running_plan(account.pk)
    if plan is None or plan.ends:
        raise NoBudget(account.pk)
    return plan


def _words(reason: str, *, required: bool = True) -> str:
    return clean(
        reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=required
    )
