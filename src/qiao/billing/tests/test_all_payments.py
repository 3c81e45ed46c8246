"""All payments: own ones and those that other systems took, found, narrowed and counted."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing.models import BillingAccount, FedBill, FedPayment, Feed, Payment
from qiao.billing.operations.feeds.placing import place_rows
from qiao.billing.queries import figures
from qiao.billing.queries.all_bills import BillFilters, list_bills
from qiao.billing.queries.all_payments import (
    PaymentFilters,
    PaymentRow,
    list_payments,
    taken_in,
)
from qiao.billing.tests.feeding import a_feed, bill, payment, send
from qiao.billing.tests.lives import NOW, a_bill, an_account, issue, pay
from qiao.billing.tests.test_figures import drift, scope
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company

TODAY = date(2026, 11, 22)
CHANNELS = tuple(Payment.Channel.values)


def _list(company: Company, filters: PaymentFilters | None = None) -> list[PaymentRow]:
    found, after = list[PaymentRow](), ""
    while True:
        page = list_payments(
            actor=company.agent, filters=filters or PaymentFilters(), channels=CHANNELS,
            after=after, limit=3,
        )  # fmt: skip
        found += page.rows
        after = page.following
        if not after:
            return found


@pytest.fixture
def feed(company: Company) -> Feed:
    """A feed of the lake branch that told two bills and a payment of 陈慧敏's account."""
    made = a_feed(company)
    owner = make_customer(company.agent, name="陈慧敏")
    number = make_account(company.agent, owner=owner).number
    rows = {
        "bills": [
            bill("B1", number, "80.00"),
            bill("B2", number, "70.00"),
        ],
        "payments": [payment("P1", number, "50.00", bills="B1")],
    }
    delivery = send(company, made, "D1", rows)
    assert delivery.state == "done"
    return made


@pytest.fixture
def paid(company: Company) -> list[Payment]:
    """Eight payments of one account, the newest by WeChat."""
    account = an_account(company, owner=make_customer(company.agent, name="周明达"))
    for month in range(7):
        issue(a_bill(account, month, "8"))
    days = [TODAY - timedelta(days=n) for n in range(7, 0, -1)]
    found = [pay(account, 500, received_at=NOW, booked_date=day) for day in days]
    return [*found, pay(account, 700, channel=Payment.Channel.WECHAT, booked_date=TODAY)]


def test_own_and_others_stand_in_one_list_page_by_page(
    company: Company, feed: Feed, paid: list[Payment]
) -> None:
    rows = _list(company)
    days = [row.booked_date for row in rows]
    assert days == sorted(days, reverse=True)
    assert len(rows) == len(paid) + 1
    (fed,) = [row for row in rows if row.feed_id is not None]
    assert (fed.number, fed.minor, fed.feed_id) == ("P1", 5_000, feed.pk)
    assert fed.told
    assert fed.told["name"] == "SAP"
    assert not list_payments(
        actor=company.outsider, filters=PaymentFilters(), channels=CHANNELS
    ).rows


def test_they_are_found_by_receipt_reference_and_payer_and_narrowed(
    company: Company, feed: Feed, paid: list[Payment]
) -> None:
    one = paid[2]
    for text, numbers in (
        (one.number, {one.number}),
        (one.reference, {one.number}),
        ("周明达", {each.number for each in paid}),
        ("陈慧敏", {"P1"}),
        ("P1", {"P1"}),
        ("nobody at all", set()),
    ):
        found = _list(company, PaymentFilters(text=text))
        assert {row.number for row in found} == numbers, text
        assert len(found) == len(numbers)
    narrowed = {
        PaymentFilters(channel="wechat"): 1,
        PaymentFilters(source="own"): len(paid),
        PaymentFilters(source=str(feed.pk)): 1,
        PaymentFilters(services=("gas",)): 0,
        PaymentFilters(services=("water",), source="own"): len(paid),
        PaymentFilters(since=TODAY): 1,
        PaymentFilters(until=TODAY, source="own"): len(paid) - 1,
        PaymentFilters(unit_id=company.river.pk): 0,
    }
    for filters, count in narrowed.items():
        assert len(_list(company, filters)) == count, filters


def test_how_many_came_is_kept_and_is_what_the_list_has(
    company: Company, feed: Feed, paid: list[Payment]
) -> None:
    ops.take_back_payment(payment_id=paid[0].pk, day=TODAY, reason="bounced", actor=None, now=NOW)
    for filters in (
        PaymentFilters(since=date(2026, 1, 1)),
        PaymentFilters(since=date(2026, 1, 1), channel="bank"),
        PaymentFilters(since=date(2026, 1, 1), source="own"),
        PaymentFilters(since=date(2026, 1, 1), source=str(feed.pk), services=("water",)),
        PaymentFilters(since=date(2026, 11, 18), until=TODAY),
    ):
        rows = _list(company, filters)
        taken = taken_in(actor=company.agent, filters=filters, today=TODAY)
        assert taken.count == len(rows), filters
        held = sum(row.minor for row in rows if row.holds)
        assert taken.minor.get("CNY", 0) == held, filters
    assert not drift()


def test_bills_of_others_are_listed_and_figured_with_own_ones(
    company: Company, feed: Feed, paid: list[Payment]
) -> None:
    assert paid
    agent = company.agent
    everything = list_bills(actor=agent, filters=BillFilters(), today=TODAY).rows
    assert [row.number for row in everything if row.feed_id is not None] == ["B2", "B1"]
    one = list_bills(actor=agent, filters=BillFilters(source=str(feed.pk)), today=TODAY, limit=1)
    two = list_bills(
        actor=agent, filters=BillFilters(source=str(feed.pk)), today=TODAY, limit=1,
        after=one.following,
    )  # fmt: skip
    assert [row.number for row in (*one.rows, *two.rows)] == ["B2", "B1"]
    assert not two.following
    (found,) = list_bills(actor=agent, filters=BillFilters(text="B1"), today=TODAY).rows
    assert (found.minor, found.owed_minor) == (8_000, 3_000)
    assert len(list_bills(actor=agent, filters=BillFilters(source="own"), today=TODAY).rows) == 7
    account = BillingAccount.objects.get(feed=feed).account
    of_account = list_bills(actor=agent, filters=BillFilters(text=account.number), today=TODAY)
    assert [row.number for row in of_account.rows] == ["B2", "B1"]
    owed = figures.owed_by_age(agent, scope())
    bills = [row for row in everything if row.owed_minor > 0]
    assert owed.totals[0].value == round(sum(row.owed_minor for row in bills) / 100)
    shares = {row.key: row.cells[0].value for row in figures.earned_by_owner(agent, scope()).rows}
    assert shares["elsewhere"] == 150
    assert not drift()


def test_what_is_told_anew_or_taken_back_moves_the_figures(company: Company, feed: Feed) -> None:
    number = BillingAccount.objects.get(feed=feed).account.number
    send(company, feed, "D2", {"bills": [bill("B1", number, "95.00")]}, hours=1)
    assert not drift()
    send(company, feed, "D3", {"bills": [bill("B2", number, "70.00", void="yes")]}, hours=2)
    assert not drift()
    reversed_ = list_bills(
        actor=company.agent, filters=BillFilters(state="reversed"), today=TODAY
    ).rows
    assert [row.number for row in reversed_] == ["B2"]


def test_rows_that_were_told_before_are_placed_by_a_job(company: Company, feed: Feed) -> None:
    FedBill.objects.update(organisation=None)
    FedPayment.objects.update(organisation=None, booked_date=None)
    assert not drift()
    assert not list_bills(actor=company.agent, filters=BillFilters(), today=TODAY).rows
    assert place_rows() == 3
    assert place_rows() == 0
    assert len(list_bills(actor=company.agent, filters=BillFilters(), today=TODAY).rows) == 2
    assert [row.number for row in _list(company)] == ["P1"]
    assert not drift()
    assert feed.pk


def test_the_pages_are_masked_and_by_right(
    company: Company, feed: Feed, paid: list[Payment]
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(reverse("billing:payments"), {"since": "2026-01-01"}).content.decode()
    assert f"{len(paid) + 1} payments from 2026-01-01" in page
    assert "SAP" in page
    assert paid[-1].number in page
    bills = client.get(reverse("billing:list"), {"source": str(feed.pk)}).content.decode()
    assert "as of" in bills
    outside = Client()
    outside.force_login(company.outsider_staff, backend="qiao.staff.signin.StaffBackend")
    other = outside.get(reverse("billing:payments")).content.decode()
    assert paid[-1].number not in other
    assert "SAP" not in other


def test_a_page_takes_as_many_statements_for_many_as_for_one(
    company: Company, paid: list[Payment]
) -> None:
    counts = []
    for limit in (1, 7):
        with CaptureQueriesContext(connection) as captured:
            list_payments(
                actor=company.agent, filters=PaymentFilters(), channels=CHANNELS, limit=limit
            )
        counts.append(len(captured))
    assert counts == [1, 1]
    assert len(paid) == 8


@pytest.mark.parametrize("name", ["billing:payments", "billing:list"])
def test_a_unit_that_there_is_not_has_nothing(company: Company, name: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.chief_staff)
    assert client.get(f"{reverse(name)}?unit=999999&age=late").status_code == 200
