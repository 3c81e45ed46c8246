"""Closing an account is one act: billing ends, and the account is closed with that day, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing import tasks
from qiao.billing.models import Bill, BillingAccount
from qiao.billing.operations.closing import close_ended
from qiao.billing.personal import hinders
from qiao.billing.tests.balances import number_of
from qiao.billing.tests.counter import at, text_of
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import (
    NOW,
    SINCE,
    a_bill,
    a_tariff,
    an_account,
    balance,
    issue,
    pay,
)
from qiao.core.personal import Person
from qiao.core.transactions import acting
from qiao.customers import operations as customers
from qiao.customers.models import Account
from qiao.customers.operations.moving import HandOver
from qiao.customers.operations.refusals import WrongState
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
TODAY = NOW.date()


def state(account_id: int) -> tuple[str, date | None]:
    """Whether an account is closed, and since when."""
    row = Account.objects.get(pk=account_id)
    return row.status, row.closed_date


def end(company: Company, account_id: int, until: date) -> None:
    """Its billing ends."""
    ops.end_billing(
        account_id=account_id, until=until, reason="torn down", actor=company.agent, now=NOW
    )


def test_an_account_is_closed_with_the_day_on_which_its_billing_ends(company: Company) -> None:
    owner = make_customer(company.agent)
    account = an_account(company, owner=owner)
    (bill,) = issue(a_bill(account, 0, "4"))
    end(company, account, bill.end_date)
    assert state(account) == ("closed", bill.end_date)
    assert balance(account) == bill.total_minor, "what is owed is owed on"
    with pytest.raises(WrongState):
        customers.hand_over_account(
            actor=company.agent, now=NOW, account_id=account, hand_over=HandOver(TODAY)
        )
    person = Person((owner.pk,))
    (hinder,) = [each for each in hinders(person) if "owed" in str(each.text)]
    assert number_of(account) in str(hinder.text)
    pay(account, bill.total_minor)
    assert not hinders(person)


def test_it_is_in_service_until_its_last_bill_is_issued(company: Company) -> None:
    account, other = an_account(company), an_account(company)
    last = a_bill(account, 0, "4")
    assert last.period.end
    end(company, account, last.period.end)
    tasks.close_ended_accounts(NOW)
    assert state(account) == ("active", None), "its meter is still to be read"
    (bill,) = issue(replace(last, kind=Bill.Kind.FINAL))
    tasks.close_ended_accounts(NOW)
    assert (state(account), state(other)) == (("closed", bill.end_date), ("active", None))
    with acting(None):
        assert close_ended(now=NOW) == [], "once"
    ops.reverse_bill(bill_id=bill.pk, day=TODAY, reason="x", actor=None, now=NOW)
    assert state(account) == ("active", None)


def test_a_day_that_has_not_come_closes_nothing(company: Company) -> None:
    account = an_account(company)
    (bill,) = issue(a_bill(account, 0, "4"))
    end(company, account, bill.end_date)
    Account.objects.filter(pk=account).update(status="active", closed_date=None)
    with acting(None):
        early = datetime.combine(bill.end_date - timedelta(days=1), time(2), UTC)
        assert close_ended(now=early) == []
        assert close_ended(now=NOW) == [account]


def test_billing_that_begins_anew_opens_it_again(company: Company) -> None:
    account = an_account(company)
    (bill,) = issue(a_bill(account, 0, "4"))
    end(company, account, bill.end_date)
    assert state(account) == ("closed", bill.end_date)
    new = ops.NewTerms(account, TODAY, a_tariff().pk, {"people": "4"}, "new house")
    ops.begin_billing(new, months=1, actor=company.agent, now=NOW)
    assert state(account) == ("active", None)
    with acting(None):
        assert close_ended(now=NOW) == []


def test_what_another_system_bills_is_left_to_it(company: Company) -> None:
    account = an_account(company)
    BillingAccount.objects.filter(pk=account).update(feed=a_feed(company), closed_date=SINCE)
    with acting(None):
        assert close_ended(now=NOW) == []
    assert state(account) == ("active", None)


def test_the_page_says_that_it_closes_the_account(company: Company) -> None:
    account, client = an_account(company), at(company.agent_staff)
    address = reverse("billing:terms_end", args=[account])
    assert "the account is closed with that day" in text_of(client.get(address))
    (bill,) = issue(a_bill(account, 0, "4"))
    client.post(address, {"until": bill.end_date.isoformat(), "reason": "torn down"})
    assert state(account) == ("closed", bill.end_date)
    assert number_of(account) in text_of(client.get(reverse("billing:terms", args=[account])))
