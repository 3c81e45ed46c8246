"""The buttons that give a bill or a receipt as a PDF: who may, in which language, what is kept."""

from datetime import date

import pytest
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing.models import Bill
from qiao.billing.showing import money
from qiao.billing.tests.counter import at
from qiao.billing.tests.lives import NOW, a_bill, an_account, issue, pay
from qiao.billing.tests.reading_papers import plain, text_of
from qiao.core.models import Disclosure
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, person


@pytest.fixture
def bill(company: Company) -> Bill:
    """A bill of somebody who reads English."""
    owner = make_customer(company.agent, name="Ann Lee")
    Customer.objects.filter(pk=owner.pk).update(language="en")
    (made,) = issue(a_bill(an_account(company, owner=owner), 0, "4"))
    return made


def test_a_bill_is_given_in_its_customers_language_and_that_is_kept(
    company: Company, bill: Bill
) -> None:
    url = reverse("billing:bill_paper", args=[bill.pk])
    agent = at(company.agent_staff, "zh-hans")
    sent = agent.post(url)
    assert sent["Content-Type"] == "application/pdf"
    assert sent["Cache-Control"] == "private, no-store"
    assert bill.number in sent["Content-Disposition"]
    assert "Waterbill" in text_of(sent.content)
    assert "水费账单" in text_of(agent.post(url, {"language": "zh-hans"}).content)
    kept = Disclosure.objects.filter(subject="billing.bill", subject_id=bill.pk)
    assert [(row.actor_id, row.kind, row.reason) for row in kept] == [
        (company.agent.staff_id, "export", "pdf")
    ] * 2
    page = agent.get(reverse("billing:bill", args=[bill.pk])).content.decode()
    assert url in page


def test_nobody_from_next_door_and_nobody_without_the_right_gets_it(
    company: Company, bill: Bill
) -> None:
    url = reverse("billing:bill_paper", args=[bill.pk])
    assert at(company.outsider_staff).post(url).status_code == 404
    bare = person(number="1099", name="王芳", branch=company.lake, permissions=("customers.view",))
    assert at(bare).post(url).status_code == 403
    blind = person(number="1098", name="李芳", branch=company.lake, permissions=("bills.view",))
    assert at(blind).post(url).status_code == 404
    assert at(company.agent_staff).get(url).status_code == 405
    assert not Disclosure.objects.filter(subject="billing.bill").exists()


def test_a_receipt_is_given_as_a_pdf_with_what_it_paid(company: Company, bill: Bill) -> None:
    payment = pay(bill.account_id, bill.total_minor + 1_000)
    url = reverse("billing:receipt_paper", args=[payment.pk])
    sent = at(company.agent_staff).post(url)
    text = text_of(sent.content)
    assert payment.number in text
    assert bill.number in text
    for amount in (bill.total_minor, 1_000, payment.minor, 0):
        assert plain(money(amount, "CNY")) in text
    assert Disclosure.objects.get(subject="billing.payment").subject_id == payment.pk
    assert "收据" in text_of(at(company.agent_staff).post(url, {"language": "zh-hans"}).content)
    assert at(company.outsider_staff).post(url).status_code == 404


def test_a_receipt_of_money_given_back_says_so_across_the_page(
    company: Company, bill: Bill
) -> None:
    payment = pay(bill.account_id, bill.total_minor)
    ops.take_back_payment(
        payment_id=payment.pk, day=date(2026, 11, 22), reason="bounced", actor=None, now=NOW
    )
    url = reverse("billing:receipt_paper", args=[payment.pk])
    text = text_of(at(company.agent_staff).post(url).content)
    assert "Takenbackon2026-11-22" in text
