"""A bill on its customer's phone: behind its own address, in the reader's language."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.billing.models import Bill
from qiao.billing.queries.bill_links import OPEN_FOR, bill_of_token, token_of
from qiao.billing.showing import money
from qiao.billing.tests.lives import a_bill, an_account, issue, pay
from qiao.billing.tests.reading_papers import text_of
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill() -> Bill:
    """A bill of today, with one before it."""
    account = an_account(make_company())
    issue(a_bill(account, 0, "4"))
    (made,) = issue(a_bill(account, 1, "9", day=timezone.localdate() - timedelta(days=3)))
    return made


def _page(token: str, language: str = "en") -> str:
    response = Client(headers={"accept-language": language}).get(
        reverse("portal:bill", args=[token])
    )
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_whoever_has_the_address_reads_the_bill_as_it_stands_today(bill: Bill) -> None:
    token = token_of(bill.pk)
    text = _page(token)
    assert money(bill.total_minor, "CNY") in text
    assert bill.number in text
    assert "still owed" in text
    assert "账单" in _page(token, "zh-hans")
    pay(bill.account_id, 1_000_000)
    assert "still owed" not in _page(token)
    assert "Paid" in _page(token)


def test_the_address_may_be_typed_from_paper(bill: Bill) -> None:
    number, _dash, signature = token_of(bill.pk).partition("-")
    assert bill.number in _page(f"{number}-{signature.replace('-', '').upper()}")


def test_the_pdf_is_that_of_the_paper(bill: Bill) -> None:
    url = reverse("portal:bill_paper", args=[token_of(bill.pk)])
    response = Client(headers={"accept-language": "en"}).get(url)
    assert response["Content-Type"] == "application/pdf"
    assert bill.number in text_of(response.content)


def test_other_and_old_addresses_lead_nowhere(bill: Bill) -> None:
    other = token_of(bill.pk + 1).partition("-")[2]
    wrong = (f"{bill.pk}-{other}", f"{bill.pk}", "x", "9" * 40, f"{bill.pk}-")
    for token in wrong:
        for name in ("portal:bill", "portal:bill_paper"):
            assert Client().get(reverse(name, args=[token])).status_code == 404
    last = bill.issued_date + OPEN_FOR - timedelta(days=1)
    assert bill_of_token(token_of(bill.pk), today=last) == bill
    assert bill_of_token(token_of(bill.pk), today=last + timedelta(days=1)) is None


def test_who_tries_addresses_is_stopped(bill: Bill) -> None:
    url = reverse("portal:bill", args=[f"{bill.pk}-0000"])
    codes = [Client().get(url).status_code for _try in range(62)]
    assert codes[0] == 404
    assert codes[-1] == 429
