"""A third party pays: bills are addressed to it, and both pages say so."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from qiao.billing.models import Bill
from qiao.billing.operations.telling import tell_bills
from qiao.billing.queries.bill_facts import balances_of, past_bills
from qiao.billing.queries.panels import account_money, money_of
from qiao.billing.queries.told import ToldMoney, arrears_of, money_told
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_tariff,
    an_account,
    issue,
    pay,
    told_to_owner,
)
from qiao.billing.tests.reading_papers import paper_of, printed
from qiao.core.panels import load_panels
from qiao.customers.models import AccountParty, Customer
from qiao.customers.operations.payers import end_paying, let_pay
from qiao.customers.tests.factories import make_customer
from qiao.messaging.models import Message
from qiao.messaging.tests.factories import reachable
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(days=60)
TODAY = date(2026, 11, 22)


@pytest.fixture
def account(company: Company) -> int:
    """An account of 用水人, billed up to a day after which 雇主 pays."""
    owner = make_customer(company.agent, name="用水人")
    found = an_account(company, a_tariff(), owner=owner)
    for month in range(11):
        issue(a_bill(found, month, "10"))
    return found


@pytest.fixture
def employer(company: Company, account: int) -> Customer:
    """Who pays from today on."""
    found = make_customer(company.agent, name="雇主", kind="organisation")
    let_pay(
        actor=company.agent, now=NOW, account_id=account, customer_id=found.pk, from_date=TODAY
    )
    return found


def test_a_bill_is_addressed_to_the_payer_of_the_day_on_which_it_is_issued(
    account: int, employer: Customer
) -> None:
    assert employer.name == "雇主"
    before = Bill.objects.filter(account=account).latest("end_date")
    assert paper_of(before).name == "用水人"
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    paper = paper_of(bill)
    assert paper.name == "雇主"
    assert ("Supplied to", "用水人") in paper.facts[0]
    assert "雇主" in printed(bill, "zh-hans")
    assert "用户" in printed(bill, "zh-hans")


def test_a_notice_goes_to_the_payer(company: Company, account: int) -> None:
    payer = reachable(company.agent, "office@example.com", name="民政局")
    let_pay(
        actor=company.agent, now=NOW, account_id=account, customer_id=payer.pk, from_date=TODAY
    )
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    assert tell_bills(bill_ids=[bill.pk], now=NOW) == 1
    message = Message.objects.get()
    assert (message.customer_id, message.to_address) == (payer.pk, "office@example.com")


def test_a_payer_who_pays_no_more_is_told_no_more(
    company: Company, account: int, employer: Customer
) -> None:
    part = AccountParty.objects.get(customer=employer)
    end_paying(actor=company.agent, now=NOW, party_id=part.pk, day=TODAY + timedelta(days=5))
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY + timedelta(days=5)))
    assert paper_of(bill).name == "用水人"
    assert not any("Supplied to" in pair for pair in paper_of(bill).facts[0])


def test_both_customers_pages_say_who_pays(
    company: Company, account: int, employer: Customer
) -> None:
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    owner = AccountParty.objects.get(account=account, role="owner").customer
    told = {}
    for customer in (owner, employer):
        panels = load_panels(company.agent, "customer", customer.pk, NOW)
        (rows,) = [data for panel, data in panels if panel.key == "billing.money"]
        told[customer.pk] = account_money(rows[0])
    of_owner, of_payer = told[owner.pk], told[employer.pk]
    assert of_owner.payer
    assert of_payer.payer
    assert (of_owner.payer.name, of_owner.payer.is_own_page) == ("雇主", False)
    assert (of_payer.payer.name, of_payer.payer.is_own_page) == ("用水人", True)
    assert len(of_owner.bars) == 12
    assert [bar.href for bar in of_payer.bars] == [reverse("billing:bill", args=[bill.pk])], (
        "what was billed before they paid is no business of the payer"
    )


def test_the_pages_of_account_and_bill_say_it(
    company: Company, account: int, employer: Customer
) -> None:
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(reverse("billing:bill", args=[bill.pk])).content.decode()
    assert reverse("customers:page", args=[employer.pk]) in page
    assert "雇主" in page
    own = client.get(reverse("billing:account", args=[account])).content.decode()
    assert reverse("customers:payer_new", args=[account]) in own


def _told(company: Company, account: int, customer: Customer, now: datetime = NOW) -> ToldMoney:
    found = money_told(
        account_id=account, customer_ids=[customer.pk], organisation_ids=[company.lake.pk], now=now
    )
    assert found
    return found


def test_each_is_asked_for_what_is_theirs_and_both_together_for_all(
    company: Company, account: int, employer: Customer
) -> None:
    before = sum(bill.total_minor for bill in Bill.objects.filter(account=account))
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    whole = money_of(actor=company.agent, account_id=account, now=NOW)
    assert whole
    assert whole["owed"] == before + bill.total_minor
    assert whole["payer"]["asked"] == bill.total_minor
    of_owner = told_to_owner(company, account)
    of_payer = _told(company, account, employer)
    assert of_owner
    assert (of_owner.owed, of_owner.asked_of_payer) == (before, bill.total_minor)
    assert (of_payer.owed, of_payer.asked_of_payer) == (bill.total_minor, 0)
    assert (of_payer.late, of_payer.older) == (0, 0)
    assert [each.elsewhere for each in of_owner.bills] == [True, *[False] * 11]
    assert [each.minor for each in of_payer.bills] == [bill.total_minor]
    owner = AccountParty.objects.get(account=account, role="owner").customer
    arrears = {
        who.pk: arrears_of(account_id=account, customer_ids=[who.pk], now=LATER)
        for who in (owner, employer)
    }
    assert sum(each.open_minor for each in arrears[owner.pk]) == before
    assert [each.open_minor for each in arrears[employer.pk]] == [bill.total_minor]


def test_a_payer_is_told_of_no_payment_made_before(
    company: Company, account: int, employer: Customer
) -> None:
    owed = sum(bill.total_minor for bill in Bill.objects.filter(account=account))
    pay(account, owed + 500, received_at=NOW - timedelta(days=9))
    told = _told(company, account, employer)
    assert (told.owed, told.ahead) == (0, 0)
    of_owner = told_to_owner(company, account)
    assert of_owner
    assert of_owner.ahead == 500
    panels = load_panels(company.agent, "customer", employer.pk, NOW)
    (rows,) = [data for panel, data in panels if panel.key == "billing.money"]
    assert rows[0]["last_payment"] is None


def test_what_a_payer_left_is_asked_of_who_uses_the_supply(
    company: Company, account: int, employer: Customer
) -> None:
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    part = AccountParty.objects.get(customer=employer)
    end_paying(actor=company.agent, now=NOW, party_id=part.pk, day=TODAY + timedelta(days=5))
    asked = told_to_owner(company, account)
    later = told_to_owner(company, account, NOW + timedelta(days=6))
    assert asked
    assert later
    assert later.owed == asked.owed + bill.total_minor
    assert later.asked_of_payer == 0


def test_a_payers_bill_speaks_of_nothing_before_they_paid(
    company: Company, account: int, employer: Customer
) -> None:
    assert employer.pk
    old = Bill.objects.filter(account=account).latest("end_date")
    (bill,) = issue(a_bill(account, 11, "10", day=TODAY))
    assert [each.bill_id for each in past_bills([bill])[bill.pk]] == [bill.pk]
    assert len(past_bills([old])[old.pk]) == 11
    balance = balances_of([bill])[bill.pk]
    assert (balance.before, balance.due) == (0, bill.total_minor)
    assert balances_of([old])[old.pk].before > 0
    pay(account, 700, received_at=NOW)
    (next_bill,) = issue(a_bill(account, 12, "10", day=TODAY + timedelta(days=31)))
    balance = balances_of([next_bill])[next_bill.pk]
    assert (balance.before, balance.due) == (
        bill.total_minor,
        bill.total_minor + next_bill.total_minor,
    ), "what was paid of older bills is not the payer's"
