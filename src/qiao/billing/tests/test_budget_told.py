"""Equal instalments as they are told: bill, paper, telephone, notice, and the pages of clerks."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qiao.billing.models import Bill
from qiao.billing.operations.telling import tell_bills
from qiao.billing.queries.budget import running_plan
from qiao.billing.queries.panels import account_money, money_of
from qiao.billing.queries.told import ToldInstalments
from qiao.billing.rules.bills.telling import bill_told
from qiao.billing.showing import money
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_billed_year,
    a_free_tariff,
    an_account,
    begin_budget,
    issue,
    pay,
    told_to_owner,
)
from qiao.billing.tests.reading_papers import paper_of, plain, printed
from qiao.billing.voice import _owed as owed_answer
from qiao.core.rules.money import Money
from qiao.customers.operations import CallerAccount
from qiao.messaging.models import Message
from qiao.messaging.tests.factories import reachable
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
DAY = date(2026, 11, 22)


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills, all paid."""
    return a_billed_year(company)


def test_bill_page_and_paper_say_charge_instalment_and_balance(
    company: Company, account: int
) -> None:
    begin_budget(company, account, 10_000)
    (bill,) = issue(a_bill(account, 12, "30", day=DAY))
    for language, said in (("en", "Askedbyequalinstalments"), ("zh-hans", "均衡缴费")):
        text = printed(bill, language)
        with override(language):
            amounts = [money(minor, "CNY") for minor in (bill.total_minor, 10_000)]
        assert all(plain(amount) in text for amount in amounts)
        assert said in text
    paper = paper_of(bill)
    assert paper.due_amount == money(10_000, "CNY")
    assert dict(paper.budget)["Asked by equal instalments"] == money(10_000, "CNY")
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(reverse("billing:bill", args=[bill.pk])).content.decode()
    assert "Asked by equal instalments" in page
    pay(account, 10_000)
    assert "Paid" in client.get(reverse("billing:account", args=[account])).content.decode()


def test_the_account_and_the_telephone_say_what_is_asked(company: Company, account: int) -> None:
    begin_budget(company, account, 10_000)
    issue(a_bill(account, 12, "30", day=DAY))
    row = money_of(actor=company.agent, account_id=account, now=NOW)
    assert row
    said = account_money(row).budget
    assert said
    assert (said.asked, said.until) == (money(10_000, "CNY"), date(2027, 11, 1))
    told = told_to_owner(company, account)
    assert told
    bill = Bill.objects.filter(account=account).latest("end_date")
    assert (told.bills[0].minor, told.bills[0].open_minor) == (10_000, 10_000)
    assert told.instalments == ToldInstalments(
        10_000, bill.total_minor - 10_000, date(2027, 11, 1), ends=False
    )
    assert bill_told(told.bills[0])["charged"] == Money(bill.total_minor, "CNY")
    answer = owed_answer(told, CallerAccount(account, "", ()), NOW)
    assert answer.outcome == "owes"
    assert answer.values["instalment"] == Money(10_000, "CNY")
    assert answer.values["owed"] == Money(row["owed"], "CNY")
    rest = {"to_settle": bill.total_minor - 10_000, "asked_ahead": 10_000 - bill.total_minor}
    for name, minor in rest.items():
        assert answer.values.get(name) == (Money(minor, "CNY") if minor > 0 else None)
    assert answer.values["settled_day"] == date(2027, 11, 1)


def test_a_notice_says_what_is_asked(company: Company) -> None:
    moment = datetime(2025, 12, 1, 4, 0, tzinfo=UTC)
    account = an_account(company, a_free_tariff(), owner=reachable(company.agent, "a@example.com"))
    begin_budget(company, account, 3_000)
    (bill,) = issue(a_bill(account, 0, "0"))
    assert tell_bills(bill_ids=[bill.pk], now=moment) == 1
    assert "30.00" in Message.objects.get().body


def test_pages_preview_begin_change_and_end(company: Company, account: int) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    url = reverse("billing:budget", args=[account])
    page = client.get(url).content.decode()
    assert page.count("2027-") >= 12
    other = client.get(url, {"minor": "123"}).content.decode()
    assert "123.00" in other
    assert client.post(url, {"minor": "0"}).status_code == 422
    assert client.post(url, {"minor": "88"}).status_code == 302
    plan = running_plan(account)
    assert plan
    assert plan.instalment_minor == 8_800
    assert client.get(url).status_code == 302
    assert "88.00" in client.get(reverse("billing:account", args=[account])).content.decode()
    change = reverse("billing:budget_change", args=[account])
    assert client.get(change).status_code == 200
    assert client.post(change, {"minor": "90", "reason": ""}).status_code == 422
    assert client.post(change, {"minor": "90", "reason": "agreed"}).status_code == 302
    assert client.post(change, {"minor": "80", "reason": "hardship"}).status_code == 302
    page = client.get(reverse("billing:account", args=[account])).content.decode()
    assert "80.00 a bill be asked waits for a second person" in page
    assert client.post(change, {"minor": "70", "reason": "more"}).status_code == 422
    end = reverse("billing:budget_end", args=[account])
    assert client.get(end).status_code == 200
    assert client.post(end, {"reason": "wished"}).status_code == 302
    assert running_plan(account) is None
    assert client.get(change).status_code == 404
