"""Invoices that are wanted by themselves: never, when a bill is issued, when it is paid."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiao.billing import operations as ops
from qiao.billing.models import Bill, Invoice
from qiao.billing.operations import invoices
from qiao.billing.operations.asking import ask_waiver, waiver_agreed
from qiao.billing.queries.late_fees import rate_key
from qiao.billing.tests.invoicing import (
    DAY,
    FIRM,
    a_billed_account,
    ask,
    bills_without_invoices,
    lives,
    wish,
)
from qiao.billing.tests.lives import NOW, a_bill, an_account, audit, issue, pay
from qiao.core import settings
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")


def _statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        act()
    return [str(each["sql"]) for each in asked.captured_queries]


def _of_invoices(statements: Sequence[str]) -> list[str]:
    return [each for each in statements if "billing_invoice" in each]


def _issued_and_paid(company: Company, count: int) -> tuple[Sequence[str], list[Bill]]:
    """Accounts that paid ahead are billed together; the statements of that."""
    accounts = [an_account(company) for _ in range(count)]
    for account in accounts:
        pay(account, 100_000)
    bills: list[Bill] = []
    wanted = [a_bill(account, 0, "17") for account in accounts]
    statements = _statements(lambda: bills.extend(issue(*wanted)))
    return statements, bills


def test_never_by_themselves_unless_the_unit_has_it_so(company: Company) -> None:
    statements, bills = _issued_and_paid(company, 3)
    assert not _of_invoices(statements)
    run_deliveries()
    account, (bill,) = a_billed_account(company)
    assert not _of_invoices(_statements(lambda: pay(account, bill.total_minor)))
    assert not Invoice.objects.exists()
    assert bills


def test_when_a_bill_is_issued(company: Company) -> None:
    wish(company, invoices.ISSUED)
    owner = make_customer(company.agent, name="临江造纸厂", kind="organisation")
    account = an_account(company, owner=owner)
    (bill,) = issue(a_bill(account, 0, "17"))
    assert not Invoice.objects.exists(), "a worker does it"
    run_deliveries()
    made = Invoice.objects.get(bill=bill)
    assert (made.title, made.asked_by_id, made.customer_id) == ("临江造纸厂", None, owner.pk)
    assert (made.minor, made.asked_date) == (bill.total_minor, DAY)
    assert made.tax_minor > 0
    invoices.want_by_itself({company.lake.pk: [bill.pk]}, when=invoices.ISSUED, now=NOW)
    pay(account, bill.total_minor)
    assert lives(bill) == [("blue", "wanted", True)]
    invoices.take_back_invoice(invoice_id=made.pk, reason="x", actor=company.agent, now=NOW)
    invoices.want_by_itself({company.lake.pk: [bill.pk]}, when=invoices.ISSUED, now=NOW)
    assert lives(bill) == [("blue", "cancelled", False)], "what people gave up stays so"
    (second,) = issue(a_bill(account, 1, "21"))
    ask(company, second, FIRM)
    run_deliveries()
    assert lives(second) == [("blue", "wanted", True)]
    (third,) = issue(a_bill(account, 2, "9"))
    run_deliveries()
    assert Invoice.objects.get(bill=third).tax_number == FIRM.tax_number, "as the last time"


def test_when_a_bill_is_paid_in_full(company: Company) -> None:
    wish(company, invoices.PAID)
    account, (first, second) = a_billed_account(company, "17", "21")
    run_deliveries()
    assert not Invoice.objects.exists()
    pay(account, first.total_minor - 1)
    assert not Invoice.objects.exists()
    pay(account, 1 + second.total_minor)
    assert [lives(bill) for bill in (first, second)] == [[("blue", "wanted", True)]] * 2
    pay(account, 50_000)
    (third,) = issue(a_bill(account, 2, "9"))
    assert lives(third) == [("blue", "wanted", True)], "paid by what was paid ahead"
    assert not audit()


def test_when_nothing_but_the_late_fee_was_owed_and_it_is_waived(company: Company) -> None:
    wish(company, invoices.PAID)
    settings.put(
        rate_key("water", "household"), 10, valid_from=date(2020, 1, 1), source="contract",
        actor=None, now=NOW,
    )  # fmt: skip
    account, (bill,) = a_billed_account(company)
    pay(account, bill.total_minor)
    assert not lives(bill), "its late fee is open"
    asked = ask_waiver(
        bill_id=bill.pk, minor=None, reason="hardship", actor=company.agent, now=NOW
    )
    waiver_agreed(approval=asked, actor=company.colleague, now=NOW)
    assert lives(bill) == [("blue", "wanted", True)]


def test_a_payment_that_bounces_leaves_the_invoice_as_it_is(company: Company) -> None:
    wish(company, invoices.PAID)
    account, (bill,) = a_billed_account(company)
    payment = pay(account, bill.total_minor)
    ops.take_back_payment(payment_id=payment.pk, day=DAY, reason="bounced", actor=None, now=NOW)
    pay(account, bill.total_minor)
    assert lives(bill) == [("blue", "wanted", True)]


def test_a_batch_takes_as_many_statements_as_one_bill(company: Company) -> None:
    wish(company, invoices.PAID)
    one, _bills = _issued_and_paid(company, 1)
    many, bills = _issued_and_paid(company, 12)
    assert len(_of_invoices(many)) == len(_of_invoices(one)) == 2
    assert Invoice.objects.filter(bill__in=bills).count() == 12
    run_deliveries()
    wish(company, invoices.ISSUED)
    accounts = [an_account(company) for _ in range(12)]
    issue(*(a_bill(account, 0, "17") for account in accounts))
    issued = _statements(run_deliveries)
    assert len(_of_invoices(issued)) == 2
    assert Invoice.objects.filter(account__in=accounts).count() == 12


def test_bills_of_nothing_and_of_nobody_are_left_alone(company: Company) -> None:
    wish(company, invoices.ISSUED)
    bills_without_invoices(company)
    run_deliveries()
    assert not Invoice.objects.exists()
