"""Invoices live as people and the tax platform have it: whatever comes in whatever order."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from qiao.billing import operations as ops
from qiao.billing.events import InvoiceIssued, InvoicesCancelled, InvoicesWanted
from qiao.billing.models import Bill, Invoice
from qiao.billing.operations import invoices
from qiao.billing.operations.invoices import (
    BadInvoice,
    Buyer,
    InvoiceStands,
    IssuedAlready,
    NothingStands,
    NotInvoiced,
    NumberTaken,
)
from qiao.billing.personal import PERSONAL
from qiao.billing.queries.invoice_lines import lines_of_invoice
from qiao.billing.queries.invoices import (
    InvoiceFilters,
    InvoiceMissing,
    counts_by_state,
    invoice_for,
    list_invoices,
    proposed_buyer,
)
from qiao.billing.tests.invoicing import (
    CREDIT_CODE,
    DAY,
    FIRM,
    PERSON,
    a_billed_account,
    ask,
    bills_without_invoices,
    lives,
    tell_issued,
    tell_refused,
    told,
)
from qiao.billing.tests.lives import NOW, a_bill, an_account, audit, issue, owners_of
from qiao.billing.tests.test_figures import drift
from qiao.core.actor import Forbidden
from qiao.core.events import type_of
from qiao.core.personal import Erasing, Person
from qiao.core.rules.text import BadText
from qiao.customers.operations.payers import let_pay
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
WANTED, ISSUED = ("blue", "wanted", True), ("blue", "issued", True)
GONE, RED = ("blue", "issued", False), ("red", "wanted", True)
CANCELLED, REFUSED = ("blue", "cancelled", False), ("blue", "refused", False)


@pytest.fixture
def bill(company: Company) -> Bill:
    """A bill of an account."""
    return a_billed_account(company)[1][0]


def _told_of(cls: type) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload::text FROM core_event WHERE name = %s ORDER BY id",
            [type_of(cls).name],
        )
        return [json.loads(payload) for (payload,) in cursor.fetchall()]


def _reverse(bill: Bill) -> None:
    ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW)


def test_an_invoice_is_asked_for_and_issued(company: Company, bill: Bill) -> None:
    made = ask(company, bill)
    assert (made.title, made.tax_number) == ("临江造纸厂", CREDIT_CODE)
    assert (made.minor, made.currency, made.asked_date) == (bill.total_minor, "CNY", DAY)
    assert made.number.startswith("FP261122")
    assert _told_of(InvoicesWanted) == [{"invoice_ids": [made.pk]}]
    lines = lines_of_invoice(made)
    assert sum(line.minor for line in lines) == bill.total_minor
    assert sum(line.tax_minor for line in lines) == made.tax_minor > 0
    rated = {line.charge: str(line.tax_rate) for line in lines if line.tax_rate is not None}
    assert rated == {"water": "0.03"}
    done = tell_issued(company, made, told(7, "https://invoices.example/7.pdf"))
    assert (done.invoice_number, done.issued_date) == ("26332000000000000007", DAY)
    assert lives(bill) == [ISSUED]
    (event,) = _told_of(InvoiceIssued)
    assert (event["invoice_id"], event["number"]) == (made.pk, done.invoice_number)
    assert not audit()
    assert not drift()


def test_the_same_is_asked_for_once(company: Company, bill: Bill) -> None:
    made = ask(company, bill)
    assert ask(company, bill).pk == made.pk
    with pytest.raises(InvoiceStands) as refusal:
        ask(company, bill, PERSON)
    assert refusal.value.invoice.pk == made.pk
    tell_issued(company, made)
    assert ask(company, bill).pk == made.pk
    assert lives(bill) == [ISSUED]


def test_the_same_told_twice_changes_nothing_and_else_is_refused(
    company: Company, bill: Bill
) -> None:
    made = ask(company, bill)
    tell_issued(company, made, told(1))
    again = tell_issued(company, made, told(1, "https://invoices.example/1.pdf"))
    assert again.url == "https://invoices.example/1.pdf", "the file may be told later"
    assert tell_issued(company, made, told(1)).url == again.url
    for other in (told(2), told(1, "https://invoices.example/2.pdf")):
        with pytest.raises(IssuedAlready) as refusal:
            tell_issued(company, made, other)
        assert refusal.value.invoice.invoice_number == told(1).number
    with pytest.raises(IssuedAlready):
        tell_refused(company, made)
    assert len(_told_of(InvoiceIssued)) == 1
    assert lives(bill) == [ISSUED]


def test_what_was_refused_is_asked_for_again_under_another_number(
    company: Company, bill: Bill
) -> None:
    first = ask(company, bill)
    assert tell_refused(company, first, "抬头有误").refusal == "抬头有误"
    assert tell_refused(company, first, "抬头有误").ended_at == NOW
    assert tell_refused(company, first, "税号有误").refusal == "税号有误"
    assert lives(bill) == [REFUSED]
    second = ask(company, bill, PERSON)
    assert second.number != first.number
    assert lives(bill) == [CANCELLED, WANTED], "nobody waits for the first any more"
    assert not invoices.ask_again(invoice_ids=[first.pk], actor=company.agent, now=NOW)
    tell_refused(company, second)
    (third,) = invoices.ask_again(invoice_ids=[first.pk, second.pk], actor=company.agent, now=NOW)
    assert third.title == PERSON.title, "the latest of a bill is asked for again"
    assert lives(bill) == [CANCELLED, CANCELLED, WANTED]
    with pytest.raises(BadText):
        tell_refused(company, third, " ")


def test_many_are_asked_for_again_in_as_many_statements_as_one(company: Company) -> None:
    bills = [a_billed_account(company)[1][0] for _ in range(6)]
    rows = [tell_refused(company, ask(company, bill)) for bill in bills]
    counts = []
    for some in (rows[:1], rows[1:]):
        with CaptureQueriesContext(connection) as asked:
            made = invoices.ask_again(
                invoice_ids=[row.pk for row in some], actor=company.agent, now=NOW
            )
        assert len(made) == len(some)
        # A process takes 64 numbers at a time, whenever it has none left.
        counts.append(sum("core_number_seq" not in each["sql"] for each in asked))
    assert counts[0] == counts[1]
    assert all(lives(bill) == [CANCELLED, WANTED] for bill in bills)


def test_a_bill_that_is_taken_back_gives_up_what_is_only_wanted(
    company: Company, bill: Bill
) -> None:
    made = ask(company, bill)
    _reverse(bill)
    assert lives(bill) == [CANCELLED]
    assert _told_of(InvoicesCancelled) == [{"invoice_ids": [made.pk]}]
    assert tell_refused(company, made).state == "cancelled", "it stays given up"
    with pytest.raises(NotInvoiced):
        ask(company, bill)
    late = tell_issued(company, made)
    assert late.invoice_number
    assert lives(bill) == [GONE, RED], "what was issued is kept, and cancelled"


def test_a_bill_that_is_taken_back_has_its_invoice_cancelled_by_a_red_one(
    company: Company, bill: Bill
) -> None:
    blue = tell_issued(company, ask(company, bill))
    _reverse(bill)
    assert lives(bill) == [GONE, RED]
    red = Invoice.objects.get(kind="red")
    assert (red.original_id, red.minor, red.tax_minor) == (blue.pk, -blue.minor, -blue.tax_minor)
    assert (red.title, red.reason) == (blue.title, "misread")
    assert sum(line.minor for line in lines_of_invoice(red)) == -bill.total_minor
    assert all(line.quantity is None or line.quantity <= 0 for line in lines_of_invoice(red))
    tell_refused(company, red, "额度不足")
    (again,) = invoices.ask_again(invoice_ids=[red.pk], actor=company.agent, now=NOW)
    tell_issued(company, again)
    assert lives(bill) == [GONE, ("red", "cancelled", False), ("red", "issued", True)]
    tell_issued(company, red)
    assert lives(bill)[1] == ("red", "issued", False), "it is kept, and does not count"
    assert not drift()


def test_a_red_one_that_was_refused_and_issued_after_all_needs_no_other(
    company: Company, bill: Bill
) -> None:
    tell_issued(company, ask(company, bill))
    _reverse(bill)
    red = Invoice.objects.get(kind="red")
    tell_refused(company, red)
    invoices.ask_again(invoice_ids=[red.pk], actor=company.agent, now=NOW)
    tell_issued(company, red)
    assert lives(bill) == [GONE, ("red", "issued", True), ("red", "cancelled", False)]


def test_a_refused_one_that_is_issued_after_all_counts_unless_another_stands(
    company: Company,
) -> None:
    _account, (one, other) = a_billed_account(company, "17", "21")
    first = tell_refused(company, ask(company, one))
    tell_issued(company, first)
    assert lives(one) == [ISSUED]
    second = tell_refused(company, ask(company, other))
    ask(company, other, PERSON)
    tell_issued(company, second)
    assert lives(other) == [GONE, WANTED, RED]
    red = Invoice.objects.get(kind="red")
    assert red.original_id == second.pk


def test_a_refused_one_of_a_bill_that_is_taken_back_waits_for_nobody(
    company: Company, bill: Bill
) -> None:
    made = tell_refused(company, ask(company, bill))
    _reverse(bill)
    assert lives(bill) == [CANCELLED]
    tell_issued(company, made)
    assert lives(bill) == [GONE, RED]


def test_people_take_one_back_to_have_another_title(company: Company, bill: Bill) -> None:
    made = ask(company, bill)
    invoices.take_back_invoice(
        invoice_id=made.pk, reason="wrong title", actor=company.agent, now=NOW
    )
    assert lives(bill) == [CANCELLED]
    with pytest.raises(NothingStands):
        invoices.take_back_invoice(invoice_id=made.pk, reason="x", actor=company.agent, now=NOW)
    blue = tell_issued(company, ask(company, bill, PERSON))
    with pytest.raises(BadText):
        invoices.take_back_invoice(invoice_id=blue.pk, reason="", actor=company.agent, now=NOW)
    invoices.take_back_invoice(
        invoice_id=blue.pk, reason="wrong title", actor=company.agent, now=NOW
    )
    anew = ask(company, bill)
    assert lives(bill) == [CANCELLED, GONE, RED, WANTED]
    red = Invoice.objects.get(kind="red")
    with pytest.raises(NothingStands):
        invoices.take_back_invoice(invoice_id=red.pk, reason="x", actor=company.agent, now=NOW)
    _reverse(bill)
    anew.refresh_from_db()
    assert anew.state == "cancelled"


def test_no_invoice_is_issued_of_nothing_or_of_what_another_system_issued(
    company: Company,
) -> None:
    for bill in bills_without_invoices(company):
        with pytest.raises(NotInvoiced):
            ask(company, bill)


def test_numbers_of_the_tax_platform_are_given_once(company: Company) -> None:
    _account, (one, other) = a_billed_account(company, "17", "21")
    first, second = ask(company, one), ask(company, other)
    tell_issued(company, first, told(5))
    with pytest.raises(NumberTaken) as refusal:
        tell_issued(company, second, told(5))
    assert refusal.value.invoice.pk == first.pk
    with pytest.raises(BadInvoice):
        tell_issued(company, second, invoices.Issued(told(6).number, DAY + timedelta(days=1)))
    short = invoices.Issued("12345678", DAY)
    tell_issued(company, second, short)
    assert lives(other) == [ISSUED]


def test_the_database_itself_keeps_one_of_a_bill(company: Company, bill: Bill) -> None:
    made = ask(company, bill)
    made.pk, made.number = None, "FP-other"
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)
    for wrong in (
        {"state": "issued"},
        {"stands": False},
        {"kind": "red"},
        {"title": ""},
        {"state": "refused", "stands": False, "ended_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(bill=bill).update(**wrong)


def test_the_last_buyer_is_proposed_to_the_same_customer_alone(company: Company) -> None:
    account, (first, second) = a_billed_account(company, "17", "21")
    name = proposed_buyer(first).title
    assert name
    ask(company, first)
    assert proposed_buyer(second) == FIRM
    payer = make_customer(company.agent, name="王小明")
    let_pay(actor=company.agent, now=NOW, account_id=account, customer_id=payer.pk, from_date=DAY)
    (third,) = issue(a_bill(account, 2, "9", day=DAY))
    assert proposed_buyer(third) == Buyer("王小明")


def test_only_who_holds_the_right_asks_sees_and_tells(company: Company, bill: Bill) -> None:
    with pytest.raises(Forbidden):
        invoices.ask_invoice(bill_id=bill.pk, buyer=FIRM, actor=company.outsider, now=NOW)
    made = ask(company, bill)
    with pytest.raises(InvoiceMissing):
        invoice_for(actor=company.outsider, invoice_id=made.pk)
    about: dict[str, Any] = {"invoice_id": made.pk, "actor": company.outsider, "now": NOW}
    with pytest.raises(Forbidden):
        invoices.tell_issued(issued=told(), **about)
    with pytest.raises(Forbidden):
        invoices.tell_refused(reason="x", **about)
    with pytest.raises(Forbidden):
        invoices.take_back_invoice(reason="x", **about)
    tell_refused(company, made)
    with pytest.raises(Forbidden):
        invoices.ask_again(invoice_ids=[made.pk], actor=company.outsider, now=NOW)
    assert not list_invoices(actor=company.outsider, filters=InvoiceFilters()).rows
    assert counts_by_state(actor=company.outsider, filters=InvoiceFilters()) == {}


@pytest.fixture
def listed(company: Company) -> list[Invoice]:
    """Five invoices of an account: refused, issued, and three that are wanted."""
    _account, bills = a_billed_account(company, "17", "21", "9", "30", "5")
    made = [ask(company, bill) for bill in bills]
    return [tell_refused(company, made[0]), tell_issued(company, made[1], told(77)), *made[2:]]


def _numbers(company: Company, **about: object) -> set[int]:
    filters = InvoiceFilters(**about)  # type: ignore[arg-type]
    return {row.invoice_id for row in list_invoices(actor=company.agent, filters=filters).rows}


def test_the_list_goes_page_by_page_and_counts_what_is_kept(
    company: Company, listed: list[Invoice]
) -> None:
    found, after = list[int](), ""
    while True:
        page = list_invoices(actor=company.agent, filters=InvoiceFilters(), after=after, limit=2)
        found += [row.invoice_id for row in page.rows]
        after = page.following
        if not after:
            break
    assert found == [row.pk for row in reversed(listed)]
    counts = counts_by_state(actor=company.agent, filters=InvoiceFilters())
    assert counts == {"wanted": 3, "refused": 1, "issued": 1}
    past = InvoiceFilters(until=DAY)
    assert counts_by_state(actor=company.agent, filters=past) == {}
    odd = InvoiceFilters(since=DAY, until=DAY)
    assert counts_by_state(actor=company.agent, filters=odd) == {}


def test_the_list_is_narrowed(company: Company, listed: list[Invoice]) -> None:
    every = {row.pk for row in listed}
    account_number = listed[0].bill.account.account.number
    assert _numbers(company, state="refused") == {listed[0].pk}
    assert _numbers(company, text=listed[2].number) == {listed[2].pk}
    assert _numbers(company, text=told(77).number) == {listed[1].pk}
    assert _numbers(company, text=listed[3].bill.number) == {listed[3].pk}
    assert _numbers(company, text=account_number) == every
    assert _numbers(company, text=account_number, state="issued") == {listed[1].pk}
    assert _numbers(company, since=DAY, until=DAY + timedelta(days=1)) == every
    assert not _numbers(company, since=DAY + timedelta(days=1))
    assert not _numbers(company, until=DAY)
    assert _numbers(company, unit_id=company.lake.pk) == every
    assert not _numbers(company, unit_id=company.river.pk)


def test_a_person_is_told_and_forgotten(company: Company) -> None:
    account = an_account(company, owner=make_customer(company.agent, name="陈慧敏"))
    (bill,) = issue(a_bill(account, 0, "17"))
    made = ask(company, bill, Buyer("陈慧敏", "", "", "chen@example.com"))
    (data,) = PERSONAL
    person = Person(tuple(owners_of(account)), (), ("陈慧敏",))
    (held,) = data.collect(person)
    assert [row["title"] for row in held.rows] == ["陈慧敏"]
    (hinder,) = data.hinders(person)
    assert made.number in str(hinder.text)
    tell_issued(company, made, told(1, "https://invoices.example/1.pdf"))
    assert not data.hinders(person)
    erasing = Erasing(0, NOW)
    data.erase(person, erasing)
    made.refresh_from_db()
    assert (made.title, made.email, made.url) == ("–", "", "")
    assert made.invoice_number == told(1).number
    assert erasing.counts == {"billing.invoices": 1}
