"""The counter by its pages: found, taken, refused, receipted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.billing.models import Bill, Payment, Standing
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.counter import at, form_of, open_drawer, send, take, text_of
from qiao.billing.tests.lives import a_bill, an_account, audit, balance, issue, pay, standing
from qiao.customers.models import Account, AccountParty, Customer, CustomerPhone
from qiao.staff.tests.cast import Company, person


@pytest.fixture
def till(company: Company) -> Client:
    """The agent with a drawer open in which 200.00 lie."""
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    return client


@pytest.fixture
def owes(company: Company) -> tuple[int, Bill, Bill]:
    """An account with two bills."""
    account = an_account(company)
    (first,) = issue(a_bill(account, 0, "10"))
    (second,) = issue(a_bill(account, 1, "20"))
    return account, first, second


def error_at(response: Any, field: str) -> str:
    """What stands at a field."""
    assert response.status_code == 422
    found = re.search(rf'id="pay-{field}-error">(.*?)</div>', response.content.decode(), re.DOTALL)
    assert found, f"nothing stands at {field}: {text_of(response)[:2000]}"
    assert f'aria-describedby="pay-{field}' in response.content.decode()
    return re.sub(r"<[^>]+>", "", found[1])


def test_all_that_is_owed_is_paid_in_cash_and_the_change_is_told(
    till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account, first, second = owes
    total = first.total_minor + second.total_minor
    page = text_of(till.get(reverse("billing:counter_account", args=[account])))
    for bill in (first, second):
        last = bill.end_date - timedelta(days=1)
        assert f"{bill.number} {bill.start_date} – {last} {bill.due_date}" in page
    assert "Sewage works" in page
    response = send(till, account, form_of(till, account), received="500")
    payment = Payment.objects.get()
    assert (payment.minor, payment.means, payment.channel) == (total, "cash", "counter")
    told = text_of(till.get(response["Location"]))
    assert f"Change to give back: CNY {(50_000 - total) / 100:.2f}" in told
    assert f"Received CNY {total / 100:.2f}" in told
    assert "Still owed after this payment CNY 0.00" in told
    assert "Taken by 林晓岚" in told
    assert not standing(account)
    assert not audit()


def test_the_bills_that_are_chosen_are_paid_and_what_is_more_is_paid_ahead(
    till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account, first, second = owes
    take(till, account, bills=[second.pk])
    assert {bill for bill, _owner in standing(account)} == {first.pk}
    payment = take(till, account, amount=f"{(first.total_minor + 1_000) / 100}")
    assert standing(account, Ledger.PREPAID) == {(0, "company"): -1_000}
    told = text_of(till.get(reverse("billing:receipt", args=[payment.pk])))
    assert "Paid ahead for bills to come CNY 10.00" in told
    ahead = take(till, account, amount="5")
    assert standing(account, Ledger.PREPAID) == {(0, "company"): -1_500}
    told = text_of(till.get(reverse("billing:receipt", args=[ahead.pk])))
    assert "Paid ahead in all CNY 15.00" in told
    assert not audit()


def test_a_form_that_is_sent_again_takes_nothing_more(
    till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account = owes[0]
    form = form_of(till, account)
    first, again, other = (
        send(till, account, form, received=received) for received in ("500", "500", "900")
    )
    payment = Payment.objects.get()
    assert first["Location"].startswith(reverse("billing:receipt", args=[payment.pk]))
    for response in (again, other):
        assert "nothing was taken twice" in text_of(till.get(response["Location"]))
    assert balance(account) == 0


def test_of_two_cashiers_at_one_bill_the_second_sees_what_the_first_did(
    company: Company, till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account = owes[0]
    other = at(company.colleague_staff)
    open_drawer(other, company.lake.pk)
    form = form_of(other, account)
    payment = take(till, account)
    response = send(other, account, form)
    told = text_of(response)
    assert response.status_code == 422
    assert "Nothing was taken: what is owed has changed since you looked" in told
    assert f"The last payment is {payment.number}" in told
    assert "taken by 林晓岚" in told
    assert "Nothing is owed" in told
    assert Payment.objects.count() == 1


def test_each_refusal_stands_at_its_field(till: Client, owes: tuple[int, Bill, Bill]) -> None:
    account, first, _second = owes
    form = form_of(till, account)

    def at_field(field: str, **more: Any) -> str:
        return error_at(send(till, account, form, **more), field)

    assert "less than is to be paid" in at_field("received", received="1")
    for amount in ("x", "-1", "1e3", "NaN"):
        assert "not an amount of money" in at_field("amount", amount=amount)
    assert "no coin as small" in at_field("amount", amount="1.005")
    assert "more than a counter takes" in at_field("amount", amount="99999999999999")
    assert "Choose a bill" in at_field("amount", bills=[])
    assert "Choose a bill" in at_field("amount", amount="0")
    assert "A transfer has a number" in at_field("slip", means="transfer")
    take(till, account, means="transfer", slip="T1", bills=[first.pk])
    form = form_of(till, account)
    assert "was taken before for this account" in at_field("slip", means="transfer", slip="T1")
    assert Payment.objects.count() == 1


def test_nothing_is_taken_without_a_drawer(company: Company, owes: tuple[int, Bill, Bill]) -> None:
    client = at(company.agent_staff)
    response = send(client, owes[0], form_of(client, owes[0]))
    assert response.status_code == 422
    assert "You have no drawer open here" in text_of(response)
    assert not Payment.objects.exists()


def test_a_payment_is_foretold_while_it_is_filled_in(
    till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account, first, second = owes
    address = reverse("billing:counter_account", args=[account])
    form = form_of(till, account) | {"part": "sum", "received": "300", "bills": [first.pk]}
    told = text_of(till.get(address, form))
    assert f"To pay CNY {first.total_minor / 100:.2f}" in told
    assert f"Change to give back CNY {(30_000 - first.total_minor) / 100:.2f}" in told
    assert f"Owed afterwards CNY {second.total_minor / 100:.2f}" in told
    assert not Payment.objects.exists()
    assert "not an amount" in text_of(till.get(address, form | {"amount": "x"}))


def test_an_account_is_found_by_all_that_people_bring(
    company: Company, till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account, first, second = owes
    row = Account.objects.get(pk=account)
    owner = Customer.objects.get(parties__account=account)
    CustomerPhone.objects.create(
        customer=owner, number="+8613806170001", digits="13806170001", kind="mobile",
        is_primary=True, created_at=timezone.now(),
    )  # fmt: skip
    point = row.service_point
    assert point
    for said in (
        row.number,
        point.meter_number,
        "13806170001",
        first.number,
        first.number.lower(),
    ):
        found = till.get(reverse("billing:counter"), {"q": said, "pick": "1"})
        assert found.status_code == 302, said
        assert found["Location"] == reverse("billing:counter_account", args=[account])
    pay(an_account(company), 500)
    part = till.get(
        reverse("billing:counter"),
        {"q": owner.name, "part": "found"},
        headers={"HX-Request": "true"},
    )
    assert f"CNY {(first.total_minor + second.total_minor) / 100:.2f}" in text_of(part)
    assert "nothing CNY 5.00" in text_of(part)
    nobody = till.get(reverse("billing:counter"), {"q": "nobody at all"})
    assert "No account that is billed was found" in text_of(nobody)


def test_who_takes_no_payments_there_finds_and_sees_nothing(
    company: Company, till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account = owes[0]
    payment = take(till, account)
    stranger = at(company.outsider_staff)
    number = Account.objects.get(pk=account).number
    for address in (
        reverse("billing:counter_account", args=[account]),
        reverse("billing:receipt", args=[payment.pk]),
        reverse("billing:give_back", args=[payment.pk]),
        reverse("billing:drawer", args=[payment.shift_id]),
        reverse("billing:count_drawer", args=[payment.shift_id]),
        f"{reverse('billing:days')}?unit={company.lake.pk}",
    ):
        assert stranger.get(address).status_code == 404, address
    assert number not in text_of(stranger.get(reverse("billing:counter"), {"q": "x"}))
    assert send(stranger, account, {"key": "k", "seen": "", "means": "cash"}).status_code == 404
    reader = at(
        person(number="4711", name="甲", branch=company.lake, permissions=("customers.view",))
    )
    for name in ("counter", "drawers", "days"):
        assert reader.get(reverse(f"billing:{name}")).status_code == 403
    assert reader.get(reverse("billing:receipt", args=[payment.pk])).status_code == 403


def test_a_receipt_is_in_the_customers_language_and_stays_what_it_was(
    till: Client, owes: tuple[int, Bill, Bill]
) -> None:
    account, first, second = owes
    payment = take(till, account, bills=[first.pk])
    take(till, account)
    address = reverse("billing:receipt", args=[payment.pk])
    still = f"Still owed after this payment CNY {second.total_minor / 100:.2f}"
    assert still in text_of(till.get(address))
    party = AccountParty.objects.get(account=account)
    Customer.objects.filter(pk=party.customer_id).update(language="zh-hant")
    paper = till.get(address).content.decode()
    assert '<article class="q-document ct-receipt" lang="zh-hant">' in paper
    assert "收據" in paper
    assert "Next customer" in paper
    assert still in text_of(till.get(address, {"language": "en"}))


def test_the_page_asks_as_often_for_many_bills_as_for_one(till: Client, company: Company) -> None:
    few, many = an_account(company), an_account(company)
    issue(a_bill(few, 0, "10"))
    for number in range(12):
        issue(a_bill(many, number, "10"))

    def asked(account: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            till.get(reverse("billing:counter_account", args=[account]))
        return len(queries)

    asked(few)
    assert Standing.objects.filter(account=many).count() > 12
    assert asked(many) == asked(few)
