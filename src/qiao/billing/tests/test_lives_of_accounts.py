"""Random lives of accounts: after every step the ledger is whole and bills reckon again."""

from contextlib import suppress
from datetime import date, timedelta
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
from qiao.billing.models import Bill, Payment
from qiao.billing.operations.late_fees import late_fee_of
from qiao.billing.operations.terms import NothingChanged
from qiao.billing.queries.disputed import disputed_bills
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.lives import (
    NOW,
    SINCE,
    a_bill,
    a_tariff,
    an_account,
    assert_reckons_again,
    audit,
    balance,
    issue,
    pay,
    say_terms,
    standing,
)
from qiao.cases import operations as cases
from qiao.cases.tests.world import a_case, pack_installed
from qiao.core import settings as parameters
from qiao.staff.tests.cast import Company

uses = st.lists(st.decimals(min_value=0, max_value=90, places=3).map(str), min_size=1, max_size=3)
which = st.integers(0, 1)
DAY = date(2026, 11, 22)


class Lives(RuleBasedStateMachine):
    """Two accounts are billed, pay, pay late, bounce, are corrected, grow, pay ahead, dispute and
    settle, in any order."""

    company: Company

    @initialize()
    def open_two(self) -> None:
        """Two accounts under one tariff."""
        self.savepoint = transaction.savepoint()
        tariff = a_tariff()
        self.ids = [an_account(self.company, tariff), an_account(self.company, tariff, 6)]
        self.months = [0, 0]
        self.bills: list[list[int]] = [[], []]
        self.expected = [0, 0]
        self.payments: list[list[int]] = [[], []]
        self.disputes: list[list[int]] = [[], []]
        self.cases = [
            a_case(self.company, account_id=pk, type_key="water.bill").pk for pk in self.ids
        ]
        for who in ("household", "others"):
            parameters.put(
                rate_key("water", who), 10, valid_from=date(2020, 1, 1), source="contract",
                actor=None, now=NOW,
            )  # fmt: skip

    @rule(place=which, used=uses)
    def bill(self, place: int, used: list[str]) -> None:
        """The next month is billed, read once or more (an exchange of the meter)."""
        if self.months[place] > 15:
            return
        (bill,) = issue(a_bill(self.ids[place], self.months[place], *used))
        self.months[place] += 1
        self.bills[place].append(bill.pk)
        self.expected[place] += bill.total_minor

    @rule(used=uses)
    def bill_both(self, used: list[str]) -> None:
        """Both are billed in one go, each where it stands."""
        if max(self.months) > 15:
            return
        found = issue(*(a_bill(pk, n, *used) for pk, n in zip(self.ids, self.months, strict=True)))
        for place, bill in enumerate(found):
            self.months[place] += 1
            self.bills[place].append(bill.pk)
            self.expected[place] += bill.total_minor

    @rule(place=which)
    def take_back(self, place: int) -> None:
        """The latest bill was wrong."""
        if not self.bills[place]:
            return
        bill_id = self.bills[place].pop()
        late = late_fee_of(bill_id)
        bill = ops.reverse_bill(bill_id=bill_id, day=DAY, reason="misread", actor=None, now=NOW)
        self.months[place] -= 1
        self.expected[place] -= bill.total_minor + late

    @rule(place=which)
    def take_back_an_earlier_one(self, place: int) -> None:
        """One that others go on from is not taken back before them."""
        if len(self.bills[place]) > 1:
            with pytest.raises(ops.NotLatest):
                ops.reverse_bill(
                    bill_id=self.bills[place][0], day=DAY, reason="x", actor=None, now=NOW
                )

    @rule(place=which, people=st.integers(1, 9))
    def household(self, place: int, people: int) -> None:
        """The household is another from the middle of the next month on."""
        account_id = self.ids[place]
        until = Bill.objects.filter(account=account_id, state="issued").order_by("-end_date")
        day = (until[0].end_date if until else SINCE) + timedelta(days=14)
        with suppress(NothingChanged):
            say_terms(account_id, day, people=people, reason="household")

    @rule(place=which, minor=st.integers(1, 40_000))
    def pay(self, place: int, minor: int) -> None:
        """A payment of any size; what is late costs, once a day."""
        late = sum(each.minor for each in accrued([self.ids[place]], day=DAY))
        paid = pay(self.ids[place], minor)
        self.payments[place].append(paid.pk)
        self.expected[place] += late - minor
        assert not any(each.minor for each in accrued([self.ids[place]], day=DAY))

    @rule(place=which, pick=st.integers(0, 20), back=st.integers(0, 200))
    def dispute(self, place: int, pick: int, back: int) -> None:
        """A bill, perhaps an old one, is disputed since some day."""
        if not self.bills[place]:
            return
        bill_id = self.bills[place][pick % len(self.bills[place])]
        opened = cases.open_dispute(
            case_id=self.cases[place],
            bill=Bill.objects.get(pk=bill_id).number,
            amount=None,
            actor=self.company.agent,
            now=NOW - timedelta(days=back),
        )
        if opened.pk not in self.disputes[place]:
            self.disputes[place].append(opened.pk)

    @rule(place=which)
    def end_dispute(self, place: int) -> None:
        """The customer was right, or was not: the bill is to be paid."""
        if self.disputes[place]:
            cases.end_dispute(
                dispute_id=self.disputes[place].pop(), outcome="explained",
                actor=self.company.agent, now=NOW,
            )  # fmt: skip

    @rule(place=which)
    def pay_again(self, place: int) -> None:
        """The bank tells of the same payment again."""
        if self.payments[place]:
            known = Payment.objects.get(pk=self.payments[place][-1])
            assert pay(known.account_id, known.minor, known.reference).pk == known.pk

    @rule(place=which, pick=st.integers(0, 20))
    def bounce(self, place: int, pick: int) -> None:
        """A payment is taken back, the latest or an old one."""
        if not self.payments[place]:
            return
        payment_id = self.payments[place].pop(pick % len(self.payments[place]))
        payment = ops.take_back_payment(
            payment_id=payment_id, day=DAY, reason="bounced", actor=None, now=NOW
        )
        self.expected[place] += payment.minor

    def teardown(self) -> None:
        """The next life begins as this one did."""
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    @invariant()
    def holds(self) -> None:
        """The ledger is whole, owes what it should, and bills reckon again."""
        if not hasattr(self, "ids"):
            return
        assert not audit()
        assert [balance(pk) for pk in self.ids] == self.expected
        assert_reckons_again(self.ids)
        for pk in self.ids:
            owed = standing(pk)
            ahead = -sum(standing(pk, Ledger.PREPAID).values())
            assert all(minor >= 0 for minor in owed.values())
            if ahead:  # it pays what is owed, but for what was or is disputed
                assert {bill for bill, _owner in owed} <= set(disputed_bills([pk]))


def test_any_life_leaves_the_ledger_whole(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Run(Lives):
        pass

    Run.company = company
    told: dict[str, Any] = {
        "max_examples": 15,
        "stateful_step_count": 14,
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
    }
    with pack_installed(monkeypatch):
        run_state_machine_as_test(Run, settings=settings(**told))
