"""Invoices in tests: buyers with numbers that are right, and what a provider says."""

from dataclasses import replace
from datetime import date

from qiao.billing.models import Bill, Invoice
from qiao.billing.operations import invoices
from qiao.billing.operations.invoices import Buyer, Issued
from qiao.billing.tests.lives import NOW, a_bill, a_free_tariff, an_account, issue
from qiao.core import settings
from qiao.core.rules.identity import credit_check_character
from qiao.staff.tests.cast import Company

BODY = "91330000MA27W2XB3"
CREDIT_CODE = BODY + credit_check_character(BODY)
FIRM = Buyer("临江造纸厂", CREDIT_CODE, "滨江大道 8 号", "mill@example.com")
PERSON = Buyer("陈慧敏")
DAY = date(2026, 11, 22)


def told(serial: int = 1, url: str = "") -> Issued:
    """What the tax platform says, by a serial number."""
    return Issued(f"26332000{serial:012}", DAY, url)


def a_billed_account(company: Company, *uses: str) -> tuple[int, list[Bill]]:
    """An account and its bills, a month each."""
    account = an_account(company)
    return account, [issue(a_bill(account, n, use))[0] for n, use in enumerate(uses or ("17",))]


def bills_without_invoices(company: Company) -> list[Bill]:
    """A bill of nothing, and one that was taken over from another system."""
    nothing = a_bill(an_account(company, a_free_tariff()), 0, "0")
    taken_over = a_bill(an_account(company), 0, "17")
    return issue(nothing, replace(taken_over, kind=Bill.Kind.TAKEN_OVER))


def ask(company: Company, bill: Bill, buyer: Buyer = FIRM) -> Invoice:
    """The agent asks for an invoice."""
    return invoices.ask_invoice(bill_id=bill.pk, buyer=buyer, actor=company.agent, now=NOW)


def tell_issued(company: Company, invoice: Invoice, issued: Issued | None = None) -> Invoice:
    """The provider has issued it."""
    return invoices.tell_issued(
        invoice_id=invoice.pk, issued=issued or told(invoice.pk), actor=company.agent, now=NOW
    )


def tell_refused(company: Company, invoice: Invoice, reason: str = "抬头有误") -> Invoice:
    """The provider refuses it."""
    return invoices.tell_refused(
        invoice_id=invoice.pk, reason=reason, actor=company.agent, now=NOW
    )


def wish(company: Company, when: str) -> None:
    """The lake branch has invoices wanted by themselves."""
    settings.put(
        invoices.WISH, when, valid_from=date(2020, 1, 1), source="company rule", actor=None,
        now=NOW, organisation_id=company.lake.pk,
    )  # fmt: skip


def lives(bill: Bill) -> list[tuple[str, str, bool]]:
    """Kind, state and whether it stands of all invoices of a bill, in the order of asking."""
    rows = Invoice.objects.filter(bill=bill).order_by("pk")
    return list(rows.values_list("kind", "state", "stands"))
