"""Random lives of a metered account, from what is read to what is owed: readings come, late ones
too, are estimated, the meter is exchanged, the account handed over, the household changes; it is
billed, pays, and bills are taken back. After every step the ledger is whole, bills reckon again,
and bills up to a day that was read sum to what the meter went on by."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

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
from qiao.billing.models import Bill, BillingAccount
from qiao.billing.operations.running import run_bills
from qiao.billing.operations.terms import NothingChanged
from qiao.billing.tests.lives import (
    NOW,
    SINCE,
    a_tariff,
    assert_reckons_again,
    audit,
    balance,
    pay,
    say_terms,
)
from qiao.billing.tests.reading import a_read_account
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import AccountParty
from qiao.customers.operations import (
    Coming,
    HandOver,
    NewMeter,
    exchange_meter,
    hand_over_account,
)
from qiao.customers.tests.factories import make_customer
from qiao.metering.models import Reading
from qiao.metering.operations import (
    NewReading,
    accept_reading,
    estimate_missing,
    take_readings,
)
from qiao.staff.tests.cast import Company

SECOND, LAST = date(2025, 12, 1), date(2026, 11, 20)
_meters = count(1)
days = st.integers(1, 60)
uses = st.integers(0, 90)


class MeteredLives(RuleBasedStateMachine):
    """One account whose meter goes on; `went` is the use since the first day, by days of real
    readings that are known."""

    company: Company

    @initialize()
    def open_one(self) -> None:
        """An account that was read twice: what it used tells what may be estimated."""
        self.savepoint = transaction.savepoint()
        self.account, self.point, self.meter = a_read_account(
            self.company.agent, values={SINCE: "100", SECOND: "130"}, tariff=a_tariff(),
            months=1,
        )  # fmt: skip
        self.day, self.stands, self.used = SECOND, 130, 30
        self.went = {SINCE: 0, SECOND: 30}
        self.withheld: list[tuple[str, date, int, int]] = []
        self.paid = 0

    def _on(self, after: int, use: int) -> bool:
        """Days pass and the meter goes on; whether they still lie before today."""
        if self.day + timedelta(days=after) > LAST:
            return False
        self.day += timedelta(days=after)
        self.stands += use
        self.used += use
        return True

    def _take(self, meter: str, day: date, value: int) -> None:
        (taken,) = take_readings(
            actor=self.company.agent, now=NOW, source="test",
            readings=[NewReading(f"{meter}:{day}", str(value), day, meter_number=meter)],
        )  # fmt: skip
        assert taken.outcome != "refused", taken
        self._decide()

    def _decide(self) -> None:
        """What a check stopped is let stand: it is what the meter showed."""
        waiting = Reading.objects.filter(service_point=self.point, state="exception")
        for pk in waiting.values_list("pk", flat=True):
            accept_reading(
                reading_id=pk, why="seen", is_rolled=False, actor=self.company.agent, now=NOW
            )

    @rule(after=days, use=uses, is_billed=st.booleans())
    def read(self, after: int, use: int, is_billed: bool) -> None:
        """The meter is read and told at once, and billed perhaps."""
        if self._on(after, use):
            self._take(self.meter, self.day, self.stands)
            self.went[self.day] = self.used
            if is_billed:
                self.bill()

    @rule(after=days, use=uses)
    def read_but_not_tell(self, after: int, use: int) -> None:
        """It is read, and the reader's phone keeps that to itself."""
        if self._on(after, use):
            self.withheld.append((self.meter, self.day, self.stands, self.used))

    @rule(pick=st.integers(0, 9))
    def tell(self, pick: int) -> None:
        """One that was kept comes late, whichever."""
        if self.withheld:
            meter, day, value, used = self.withheld.pop(pick % len(self.withheld))
            self._take(meter, day, value)
            self.went[day] = used

    @rule(after=days, use=uses, is_billed=st.booleans())
    def estimate(self, after: int, use: int, is_billed: bool) -> None:
        """Nobody could read it: it is estimated, whatever it really used, and billed perhaps."""
        if self._on(after, use):
            estimate_missing(
                actor=self.company.agent, now=NOW, service_point_ids=[self.point], day=self.day
            )
            if is_billed:
                self.bill()

    @rule(after=days, use=uses)
    def exchange(self, after: int, use: int) -> None:
        """Another meter is hung, which stands at nought."""
        if not self._on(after, use):
            return
        number = f"X-{next(_meters):06}"
        exchange_meter(
            actor=self.company.agent, now=NOW, service_point_id=self.point, day=self.day,
            meter=NewMeter(number, opening_reading=Decimal(0)),
            closing_reading=Decimal(self.stands),
        )  # fmt: skip
        run_deliveries()
        self._decide()
        self.meter, self.stands = number, 0
        self.went[self.day] = self.used

    @rule(after=days, use=uses)
    def hand_over(self, after: int, use: int) -> None:
        """Somebody else moves in; the meter is read with them."""
        if not self._on(after, use):
            return
        owner = AccountParty.objects.get(
            account=self.account, role="owner", period__endswith__isnull=True
        )
        comer = make_customer(self.company.agent, name="后任")
        hand_over_account(
            actor=self.company.agent, now=NOW, account_id=self.account,
            hand_over=HandOver(
                self.day, (owner.pk,), (Coming(comer.pk, ("owner",)),),
                final_reading=Decimal(self.stands),
            ),
        )  # fmt: skip
        run_deliveries()
        self._decide()
        self.went[self.day] = self.used

    @rule()
    def bill(self) -> None:
        """It is billed as far as it was read."""
        run_bills(
            account_ids=[self.account], until=self.day, issued_date=self.day, due_days=20,
            actor=None, now=NOW, tell=False,
        )  # fmt: skip

    @rule()
    def take_back(self) -> None:
        """The latest bill was wrong."""
        bill = self._bills().order_by("-end_date").first()
        if bill is not None:
            ops.reverse_bill(bill_id=bill.pk, day=LAST, reason="misread", actor=None, now=NOW)

    @rule(people=st.integers(1, 9))
    def household(self, people: int) -> None:
        """The household is another from amid the next bill on."""
        since = BillingAccount.objects.get(pk=self.account).billed_until + timedelta(days=14)
        with suppress(NothingChanged):
            say_terms(self.account, since, people=people, reason="household")

    @rule(minor=st.integers(1, 40_000))
    def pay(self, minor: int) -> None:
        """A payment of any size."""
        pay(self.account, minor)
        self.paid += minor

    def _bills(self) -> Any:
        return Bill.objects.filter(account=self.account, state=Bill.State.ISSUED)

    def teardown(self) -> None:
        """The next life begins as this one did."""
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    @invariant()
    def holds(self) -> None:
        """The ledger is whole, and what was billed is what was used."""
        if not hasattr(self, "account"):
            return
        assert not audit()
        assert_reckons_again([self.account])
        bills = list(self._bills().order_by("start_date"))
        assert balance(self.account) == sum(each.total_minor for each in bills) - self.paid
        ends = [SINCE, *(each.end_date for each in bills)]
        assert [each.start_date for each in bills] == ends[:-1]  # no day twice, none left out
        if ends[-1] in self.went and not self.withheld:
            last = Reading.objects.filter(
                service_point=self.point, read_date=ends[-1], state="billed"
            )
            if all(each.method != "estimated" for each in last):
                assert sum(each.usage for each in bills) == self.went[ends[-1]]


def test_any_metered_life_bills_what_was_used(company: Company) -> None:
    class Run(MeteredLives):
        pass

    Run.company = company
    told: dict[str, Any] = {
        "max_examples": 15,
        "stateful_step_count": 16,
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
    }
    run_state_machine_as_test(Run, settings=settings(**told))
