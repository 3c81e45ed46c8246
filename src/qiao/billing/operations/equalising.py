"""Bills of accounts with equal instalments: what is asked of each, and the year's end.

A bill is charged and posted as always; a second posting of the same transaction makes it ask the
instalment. The bill that ends the year, the last of whoever leaves, and the next one after a clerk
ended it settle what is left over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from qiao.billing.models import Bill, BillingAccount, BudgetPlan
from qiao.billing.operations.posting import NewPosting
from qiao.billing.operations.rating import RatedBill
from qiao.billing.queries.budget import balances_by_owner, unit_of, years_before
from qiao.billing.rules.money.budget import (
    MONTHS,
    ends_year,
    equalised_entries,
    instalment,
    settled_entries,
)
from qiao.billing.rules.money.postings import Event
from qiao.core.rules.months import months_after

SOURCE: Final = "budget"
State = BudgetPlan.State


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a bill under a plan, and what then stands to be settled, in minor units.
    `before` is what stood by owner; it `settles` all of that, and `renews` the plan for another
    year."""

    plan: BudgetPlan
    minor: int
    balance: int
    before: Mapping[str, int]
    settles: bool
    renews: bool


def asked_of(
    rated: Sequence[RatedBill], accounts: Mapping[int, BillingAccount]
) -> dict[int, Asked]:
    """What is asked of bills that are rated, by account: of those with equal instalments."""
    plans = BudgetPlan.objects.filter(
        account__in=[each.bill.account_id for each in rated], state=State.RUNNING
    )
    by_account = {plan.account_id: plan for plan in plans}
    if not by_account:
        return {}
    stood = balances_by_owner(by_account)
    return {
        each.bill.account_id: _asked(
            each, by_account[each.bill.account_id], accounts[each.bill.account_id],
            stood.get(each.bill.account_id, {}),
        )
        for each in rated
        if _is_under(each, by_account.get(each.bill.account_id))
    }  # fmt: skip


def _is_under(rated: RatedBill, plan: BudgetPlan | None) -> bool:
    """Whether a plan asks its instalment of a bill: not of days before the first one began, which
    are billed anew."""
    if plan is None:
        return False
    return plan.previous_id is not None or rated.bill.period.start >= plan.start_date


def _asked(
    rated: RatedBill, plan: BudgetPlan, account: BillingAccount, before: Mapping[str, int]
) -> Asked:
    end = rated.bill.period.end or rated.bill.period.start
    leaves = rated.bill.kind == Bill.Kind.FINAL or _closes(account, end)
    over = ends_year(end, plan.until_date)
    stood = sum(before.values())
    if leaves or over or plan.ends:
        renews = over and not leaves and not plan.ends
        return Asked(plan, rated.minor + stood, 0, before, settles=True, renews=renews)
    balance = stood + rated.minor - plan.instalment_minor
    return Asked(plan, plan.instalment_minor, balance, before, settles=False, renews=False)


def _closes(account: BillingAccount, end: date) -> bool:
    return account.closed_date is not None and end >= account.closed_date


def asked_posting(
    bill_id: int,
    asked: Asked,
    *,
    account: BillingAccount,
    owed: Mapping[str, int],
    booked_date: date,
) -> NewPosting | None:
    """What makes a bill ask that in place of what is `owed` for it by owner; None where it is the
    same."""
    if asked.settles:
        event = Event.BUDGET_SETTLED
        entries = settled_entries(account=account.pk, bill=bill_id, balance=asked.before)
    else:
        event = Event.BUDGET_EQUALISED
        entries = equalised_entries(account=account.pk, bill=bill_id, owed=owed, asked=asked.minor)
    if not entries:
        return None
    return NewPosting(
        event=event,
        organisation_id=account.organisation_id,
        currency=account.currency,
        booked_date=booked_date,
        source=SOURCE,
        key=str(bill_id),
        entries=entries,
    )


def go_on(
    asked: Mapping[int, Asked],
    bills: Mapping[int, int],
    accounts: Mapping[int, BillingAccount],
    *,
    ends: Mapping[int, date],
    now: datetime,
) -> None:
    """After bills were written, `bills` by account: plans that they settled are settled, and those
    whose year is over go on with an instalment that is reckoned anew."""
    settled = [each for each in asked.values() if each.settles]
    for each in settled:
        each.plan.state = State.SETTLED
        each.plan.settled_by_id = bills[each.plan.account_id]
    BudgetPlan.objects.bulk_update([each.plan for each in settled], ["state", "settled_by"])
    renewed = {each.plan.account_id: each.plan for each in settled if each.renews}
    if not renewed:
        return
    years = years_before({account: ends[account] for account in renewed})
    new = (
        _next_year(plan, accounts[pk], ends[pk], years[pk].minor, now)
        for pk, plan in renewed.items()
    )
    BudgetPlan.objects.bulk_create(
        [plan for plan in new if plan.instalment_minor > 0], batch_size=1_000
    )


def _next_year(
    plan: BudgetPlan, account: BillingAccount, start: date, minor: int, now: datetime
) -> BudgetPlan:
    """Reckoned from the year that is over; a year of nothing has no instalments."""
    return BudgetPlan(
        account_id=plan.account_id,
        start_date=start,
        until_date=months_after(start, MONTHS),
        instalment_minor=instalment(minor, months=account.months, unit=unit_of(account.currency)),
        year_minor=minor,
        basis=BudgetPlan.Basis.OWN,
        previous=plan,
        created_at=now,
    )


def put_back(bill: Bill) -> None:
    """A bill was taken back, with what it moved of equal instalments: the plan that it settled
    runs again, and what came after that one never did."""
    plans = list(BudgetPlan.objects.filter(account=bill.account_id).order_by("pk"))
    again = next((plan for plan in plans if plan.settled_by_id == bill.pk), None)
    if again is None and not _is_left_over(bill, plans):
        return
    standing = [plan for plan in plans if plan.state != State.WITHDRAWN]
    if again is None:
        again = standing[-1]
        again.ends = True
    _withdraw(plan for plan in standing if plan.pk > again.pk)
    again.state, again.settled_by_id = State.RUNNING, None
    again.save(update_fields=["state", "settled_by", "ends"])


def _is_left_over(bill: Bill, plans: Sequence[BudgetPlan]) -> bool:
    """Whether something stands to be settled, and nothing runs that would."""
    if not plans or any(plan.state == State.RUNNING for plan in plans):
        return False
    return any(balances_by_owner([bill.account_id]).get(bill.account_id, {}).values())


def _withdraw(plans: Iterable[BudgetPlan]) -> None:
    ids = [plan.pk for plan in plans]
    BudgetPlan.objects.filter(pk__in=ids).update(state=State.WITHDRAWN)
