"""Two at one invoice at the same moment, in connections of their own."""

import pytest
from django.db import transaction

from qiao.billing import operations as ops
from qiao.billing.models import Bill, Invoice
from qiao.billing.operations import invoices
from qiao.billing.tests.invoicing import (
    DAY,
    FIRM,
    PERSON,
    a_billed_account,
    ask,
    lives,
    tell_refused,
    told,
    wish,
)
from qiao.billing.tests.lives import NOW
from qiao.billing.tests.test_counter_at_once import at_once
from qiao.staff.tests.cast import Company, make_company

Asked = tuple[Company, Bill, Invoice]


@pytest.fixture
def billed(own_database: str) -> tuple[Company, Bill]:
    """A bill of an account."""
    del own_database
    with transaction.atomic():
        company = make_company()
        return company, a_billed_account(company)[1][0]


@pytest.fixture
def asked(billed: tuple[Company, Bill]) -> Asked:
    """A bill with an invoice that is wanted."""
    company, bill = billed
    with transaction.atomic():
        return company, bill, ask(company, bill)


def test_two_people_who_ask_at_once_get_one(billed: tuple[Company, Bill]) -> None:
    company, bill = billed
    assert at_once(*[lambda: ask(company, bill, FIRM)] * 2) == ["done", "done"]
    assert lives(bill) == [("blue", "wanted", True)]


def test_of_two_titles_at_once_the_first_is_asked_for(billed: tuple[Company, Bill]) -> None:
    company, bill = billed
    answers = at_once(lambda: ask(company, bill, FIRM), lambda: ask(company, bill, PERSON))
    assert answers == ["InvoiceStands", "done"]
    assert lives(bill) == [("blue", "wanted", True)]


def test_two_who_ask_again_at_once_get_one(asked: Asked) -> None:
    company, bill, row = asked
    with transaction.atomic():
        tell_refused(company, row)

    def again() -> None:
        invoices.ask_again(invoice_ids=[row.pk], actor=company.agent, now=NOW)

    assert at_once(again, again) == ["done", "done"]
    assert lives(bill) == [("blue", "cancelled", False), ("blue", "wanted", True)]


def test_an_answer_told_by_two_is_told_once(asked: Asked) -> None:
    company, bill, row = asked

    def tell() -> None:
        invoices.tell_issued(invoice_id=row.pk, issued=told(), actor=company.agent, now=NOW)

    assert at_once(tell, tell) == ["done", "done"]
    assert lives(bill) == [("blue", "issued", True)]


def test_a_bill_taken_back_while_its_invoice_is_issued_is_cancelled_by_a_red_one(
    asked: Asked,
) -> None:
    company, bill, row = asked
    answers = at_once(
        lambda: invoices.tell_issued(
            invoice_id=row.pk, issued=told(), actor=company.agent, now=NOW
        ),
        lambda: ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW),
    )
    assert answers == ["done", "done"]
    assert lives(bill) == [("blue", "issued", False), ("red", "wanted", True)]


def test_a_bill_taken_back_while_an_invoice_is_wanted_by_itself_has_none_that_stands(
    billed: tuple[Company, Bill],
) -> None:
    company, bill = billed
    with transaction.atomic():
        wish(company, invoices.ISSUED)
    answers = at_once(
        lambda: invoices.want_by_itself(
            {company.lake.pk: [bill.pk]}, when=invoices.ISSUED, now=NOW
        ),
        lambda: ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW),
    )
    assert answers == ["done", "done"]
    assert lives(bill) in ([], [("blue", "cancelled", False)])
