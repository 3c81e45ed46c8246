"""Random lives with equal instalments: the ledger balances, years are settled in full."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BudgetPlan, Payment
from qiao.billing.operations.budget import BudgetRuns, NoBudget, change_budget, end_budget
from qiao.billing.operations.budget import start_budget as begin
from qiao.billing.queries.budget import balance_of, running_plan
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_tariff,
    an_account,
    assert_reckons_again,
    audit,
    balance,
    issue,
    pay,
    standing,
)
from qiao.staff.tests.cast import Company

DAY = date(2026, 11, 22)
uses = st.decimals(min_value=0, max_value=90, places=3).map(str)
amounts = st.integers(1, 30_000)
which = st.integers(0, 1)


class Lives(RuleBasedStateMachine):
    """Two accounts are billed, pay, are asked instalments, change and end them, and are billed
    anew, in any order; six months of bills at a time, so that years come to their end."""

    company: Company

    @initialize()
    def open_two(self) -> None:
        """Two accounts under one tariff, bills of one month and of four."""
        self.savepoint = transaction.savepoint()
        tariff = a_tariff()
        self.ids = [an_account(self.company, tariff), an_account(self.company, tariff, 6)]
        self.months = [0, 0]
        self.paid = [0, 0]

    @rule(place=which, used=st.lists(uses, min_size=1, max_size=6))
    def bill(self, place: int, used: list[str]) -> None:
        """The next months are billed."""
        for use in used:
            if self.months[place] < 40:
                issue(a_bill(self.ids[place], self.months[place], use, day=self._day(place)))
                self.months[place] += 1

    def _day(self, place: int) -> date:
        return max(a_bill(self.ids[place], self.months[place], "0").issued_date, DAY)

    @rule(place=which, minor=amounts)
    def start(self, place: int, minor: int) -> None:
        """Equal instalments are asked from now on."""
        try:
            begin(account_id=self.ids[place], minor=minor, actor=self.company.agent, now=NOW)
        except BudgetRuns:
            assert running_plan(self.ids[place])

    @rule(place=which, minor=amounts)
    def change(self, place: int, minor: int) -> None:
        """Another amount."""
        try:
            change_budget(
                account_id=self.ids[place], minor=minor, reason="agreed",
                actor=self.company.agent, now=NOW,
            )  # fmt: skip
        except NoBudget:
            plan = running_plan(self.ids[place])
            assert plan is None or plan.ends

    @rule(place=which)
    def end(self, place: int) -> None:
        """No instalments any more."""
        try:
            end_budget(
                account_id=self.ids[place], reason="wished", actor=self.company.agent, now=NOW
            )
        except NoBudget:
            plan = running_plan(self.ids[place])
            assert plan is None or plan.ends

    @rule(place=which, minor=st.integers(1, 90_000))
    def pay(self, place: int, minor: int) -> None:
        """A payment of any size."""
        pay(self.ids[place], minor)
        self.paid[place] += minor

    @rule(place=which)
    def bounce(self, place: int) -> None:
        """The latest payment bounces."""
        rows = Payment.objects.filter(account=self.ids[place], taken_back_by__isnull=True)
        last = rows.order_by("-pk").first()
        if last:
            ops.take_back_payment(
                payment_id=last.pk, day=DAY, reason="bounced", actor=None, now=NOW
            )
            self.paid[place] -= last.minor

    @rule(place=which, times=st.integers(1, 4))
    def take_back(self, place: int, times: int) -> None:
        """The latest bills were wrong."""
        for _ in range(times):
            rows = Bill.objects.filter(account=self.ids[place], state="issued")
            last = rows.order_by("-end_date").first()
            if last:
                ops.reverse_bill(bill_id=last.pk, day=DAY, reason="x", actor=None, now=NOW)
                self.months[place] -= 1

    @rule(place=which)
    def leave(self, place: int) -> None:
        """Whoever has the account leaves with a final bill."""
        if self.months[place] < 40:
            new = a_bill(self.ids[place], self.months[place], "10", day=self._day(place))
            final = ops.NewBill(
                new.account_id, new.period, new.uses, new.issued_date, new.due_date,
                kind=Bill.Kind.FINAL,
            )  # fmt: skip
            (bill,) = issue(final)
            self.months[place] += 1
            assert balance_of(self.ids[place]) == 0
            assert bill.budget_minor in (None, 0)

    def teardown(self) -> None:
        """The next life begins as this one did."""
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    @invariant()
    def holds(self) -> None:
        """The ledger is whole; what is owed, paid ahead and to be settled is what was billed less
        what was paid; nobody is asked less than nothing but by the bill that settles."""
        if not hasattr(self, "ids"):
            return
        assert not audit()
        assert_reckons_again(self.ids)
        for place, pk in enumerate(self.ids):
            bills = list(Bill.objects.filter(account=pk, state="issued"))
            left = balance_of(pk)
            billed = sum(bill.total_minor for bill in bills)
            assert balance(pk) + left == billed - self.paid[place]
            assert left == sum(bill.total_minor - bill.asked for bill in bills)
            assert all(minor >= 0 for minor in standing(pk).values())
            assert all(minor <= 0 for minor in standing(pk, Ledger.PREPAID).values())
            settling = set(
                BudgetPlan.objects.filter(account=pk, state="settled").values_list(
                    "settled_by", flat=True
                )
            )
            for bill in bills:
                if bill.asked_minor is not None and bill.pk not in settling:
                    assert bill.asked_minor > 0
                if bill.pk in settling:
                    assert bill.budget_minor == 0


def test_any_life_with_equal_instalments_is_settled_in_full(company: Company) -> None:
    class Run(Lives):
        pass

    Run.company = company
    told: dict[str, Any] = {
        "max_examples": 12,
        "stateful_step_count": 14,
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
    }
    run_state_machine_as_test(Run, settings=settings(**told))


def test_years_are_settled_one_after_the_other(company: Company) -> None:
    account = an_account(company)
    begin(account_id=account, minor=4_000, actor=company.agent, now=NOW)
    stood = []
    for month in range(37):
        issue(a_bill(account, month, str(month % 7 * 9), day=DAY if month < 12 else None))
        stood.append(balance_of(account))
    assert [month for month, minor in enumerate(stood) if minor == 0] == [11, 23, 35]
    plans = BudgetPlan.objects.filter(account=account).order_by("pk")
    assert [plan.state for plan in plans] == ["settled"] * 3 + ["running"]
    assert not audit()


@pytest.mark.parametrize("months", [2, 5, 12])
def test_bills_of_more_months_settle_within_their_year(company: Company, months: int) -> None:
    account = an_account(company)
    row = ops.lock_accounts([account])[account]
    row.months = months
    row.save(update_fields=["months"])
    begin(account_id=account, minor=9_000, actor=company.agent, now=NOW)
    for month in range(12):
        issue(a_bill(account, month, "20", day=DAY))
    assert balance_of(account) == 0
