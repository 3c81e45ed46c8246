"""Pages of invoices: the bill, the receipt, the account, the list; dialogs that ask and take
back."""

import re

import pytest
from django.urls import reverse

from qiao.billing.models import Bill, Invoice
from qiao.billing.operations import invoices
from qiao.billing.tests.counter import at, open_drawer, take, text_of
from qiao.billing.tests.invoicing import (
    CREDIT_CODE,
    FIRM,
    a_billed_account,
    ask,
    lives,
    tell_issued,
    tell_refused,
    told,
)
from qiao.billing.tests.lives import NOW, owners_of
from qiao.core.timeline import load_timeline
from qiao.staff.tests.cast import Company, person

FORM = {"title": "临江造纸厂", "tax_number": CREDIT_CODE, "email": "mill@example.com"}


@pytest.fixture
def bill(company: Company) -> Bill:
    """A bill of an account."""
    return a_billed_account(company)[1][0]


def test_an_invoice_is_asked_for_on_the_page_of_a_bill(company: Company, bill: Bill) -> None:
    client = at(company.agent_staff)
    page = reverse("billing:bill", args=[bill.pk])
    url = reverse("billing:invoice_ask", args=[bill.pk])
    shown = client.get(page).content.decode()
    assert url in shown
    assert "None was asked for." in shown
    form = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert re.search(r'name="title" value="[^"]+"', form), "the customer’s name is proposed"
    wrong = client.post(url, FORM | {"tax_number": CREDIT_CODE[:-1] + "I"})
    assert wrong.status_code == 422
    assert "15 to 20 letters" not in text_of(wrong)
    assert "no social credit code" in text_of(wrong)
    short = client.post(url, FORM | {"tax_number": "123"})
    assert "15 to 20 letters and digits" in text_of(short)
    done = client.post(url, FORM)
    assert (done.status_code, done.headers["Location"]) == (302, page)
    made = Invoice.objects.get(bill=bill)
    after = text_of(client.get(page))
    assert made.number in after
    assert CREDIT_CODE in after
    assert "Wanted" in after
    assert url not in client.get(page).content.decode(), "one stands already"
    other = client.post(url, FORM | {"title": "另一家"})
    assert other.status_code == 422
    assert made.number in text_of(other)
    tell_issued(company, made, told(7, "https://invoices.example/7.pdf"))
    issued = client.get(page).content.decode()
    assert told(7).number in issued
    assert 'href="https://invoices.example/7.pdf"' in issued


def test_what_the_provider_said_stands_there_and_is_asked_for_again(
    company: Company, bill: Bill
) -> None:
    client = at(company.agent_staff)
    page = reverse("billing:bill", args=[bill.pk])
    tell_refused(company, ask(company, bill), "税号与名称不一致")
    assert "税号与名称不一致" in text_of(client.get(page))
    dialog = text_of(client.get(reverse("billing:invoice_ask", args=[bill.pk])))
    assert "税号与名称不一致" in dialog
    row = Invoice.objects.get(bill=bill)
    done = client.post(reverse("billing:invoices_again"), {"invoice": row.pk, "bill": bill.pk})
    assert done.headers["Location"] == page
    assert lives(bill) == [("blue", "cancelled", False), ("blue", "wanted", True)]


def test_one_is_taken_back_with_a_reason(company: Company, bill: Bill) -> None:
    client = at(company.agent_staff)
    made = ask(company, bill)
    url = reverse("billing:invoice_take_back", args=[made.pk])
    assert url in client.get(reverse("billing:bill", args=[bill.pk])).content.decode()
    assert "was faster" in text_of(client.get(url))
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "抬头有误"}).status_code == 302
    assert client.post(url, {"reason": "抬头有误"}).status_code == 422, "it was done already"
    blue = tell_issued(company, ask(company, bill))
    url = reverse("billing:invoice_take_back", args=[blue.pk])
    assert "A red invoice is wanted" in text_of(client.get(url))
    assert client.post(url, {"reason": "抬头有误"}).status_code == 302
    shown = text_of(client.get(reverse("billing:bill", args=[bill.pk])))
    assert "Red invoice" in shown
    assert "Cancelled by a red one" in shown


def test_after_a_payment_the_receipt_offers_it(company: Company) -> None:
    account, (bill,) = a_billed_account(company)
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    payment = take(client, account)
    receipt = reverse("billing:receipt", args=[payment.pk])
    url = f"{reverse('billing:invoice_ask', args=[bill.pk])}?payment={payment.pk}"
    assert url in client.get(receipt).content.decode()
    done = client.post(url, FORM)
    assert done.headers["Location"] == receipt
    made = Invoice.objects.get(bill=bill)
    shown = client.get(receipt).content.decode()
    assert made.number in shown
    assert url not in shown
    account_page = text_of(client.get(reverse("billing:account", args=[account])))
    assert made.number in account_page


def test_a_bill_that_was_taken_back_says_why_a_red_one_is_wanted(
    company: Company, bill: Bill
) -> None:
    made = ask(company, bill)
    invoices.take_back_invoice(invoice_id=made.pk, reason="抬头有误", actor=company.agent, now=NOW)
    tell_issued(company, made)
    page = reverse("billing:bill", args=[bill.pk])
    assert "issued when it was not wanted any more" in text_of(at(company.agent_staff).get(page))
    chinese = text_of(at(company.agent_staff, "zh-hans").get(page))
    assert "not wanted any more" not in chinese


def test_the_list_narrows_counts_and_asks_many_again(company: Company) -> None:
    _account, bills = a_billed_account(company, "17", "21", "9")
    rows = [ask(company, each) for each in bills]
    for row in rows[:2]:
        tell_refused(company, row, "额度不足")
    client = at(company.agent_staff)
    url = reverse("billing:invoices")
    assert url in client.get(reverse("billing:list")).content.decode()
    shown = text_of(client.get(url))
    assert all(row.number in shown for row in rows)
    assert "Refused 2" in shown
    assert "Wanted 1" in shown
    assert 'name="invoice"' not in client.get(url).content.decode()
    refused = client.get(url, {"state": "refused", "since": "2026-11-22", "unit": "x"})
    assert rows[2].number not in text_of(refused)
    assert "额度不足" in text_of(refused)
    assert refused.content.decode().count('name="invoice"') == 2
    part = client.get(url, {"q": rows[0].number}, headers={"hx-request": "true"})
    assert rows[0].number in text_of(part)
    assert rows[1].number not in text_of(part)
    assert "No invoice fits" in text_of(client.get(url, {"q": "nothing"}))
    done = client.post(
        reverse("billing:invoices_again"), {"invoice": [*(row.pk for row in rows), "x"]}
    )
    assert done.status_code == 302
    assert Invoice.objects.filter(state="wanted").count() == 3


def test_who_may_not_ask_is_shown_no_door(company: Company, bill: Bill) -> None:
    ask(company, bill, FIRM)
    reader = at(
        person(
            number="8801",
            name="查账员",
            branch=company.lake,
            permissions=("bills.view", "customers.view"),
        )
    )
    page = reader.get(reverse("billing:bill", args=[bill.pk]))
    assert FIRM.title in text_of(page), "what became of it is told with the bill"
    assert reverse("billing:invoice_ask", args=[bill.pk]) not in page.content.decode()
    assert reader.get(reverse("billing:invoices")).status_code == 403
    outside = at(company.outsider_staff)
    assert outside.get(reverse("billing:invoice_ask", args=[bill.pk])).status_code == 404
    row = Invoice.objects.get(bill=bill)
    assert outside.get(reverse("billing:invoice_take_back", args=[row.pk])).status_code == 404
    tell_refused(company, row)
    outside.post(reverse("billing:invoices_again"), {"invoice": row.pk})
    assert Invoice.objects.count() == 1


@pytest.mark.usefixtures("english")
def test_an_issued_invoice_stands_in_the_timeline(company: Company) -> None:
    account, (bill,) = a_billed_account(company)
    tell_issued(company, ask(company, bill), told(9))
    (owner,) = owners_of(account)
    entries = load_timeline(company.agent, owner, NOW).entries
    found = [each for each in entries if each.number == told(9).number]
    assert [each.url for each in found] == [reverse("billing:bill", args=[bill.pk])]
    assert "invoiced" in found[0].title
