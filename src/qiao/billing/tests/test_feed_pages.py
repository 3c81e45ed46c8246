"""Feeds on screens: a file from its columns to its bills, what was corrected, what differs, what
the counter says."""

from datetime import date, time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.billing.models import BillingAccount, Delivery, FedBill, Feed
from qiao.billing.queries.panels import owed_in_words
from qiao.billing.tests.feeding import NOW, balance, bill, payment, send
from qiao.billing.tests.lives import told_to_owner
from qiao.billing.tests.test_bill_pages import _browser
from qiao.billing.voice import _owed as owed_answer
from qiao.core.panels import load_panels
from qiao.core.tests.deliveries import run_background
from qiao.core.timeline import load_timeline
from qiao.customers.models import AccountParty
from qiao.customers.operations import CallerAccount
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company

HEAD = "户号,账单号,起始日期,结束日期,缴费期限,应收金额,用水量,明细"


@pytest.fixture
def client(company: Company) -> Client:
    return _browser(company.agent_staff)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def upload(
    client: Client, feed: Feed, text: str, *, key: str, count: int, total: str, at: str = "06:00"
) -> Delivery:
    response = client.post(
        reverse("billing:feed_deliver", args=[feed.pk]),
        {
            "kind": "bills",
            "key": key,
            "as_of": f"2026-11-30T{at}",
            "count": count,
            "total": total,
            "file": SimpleUploadedFile("账单.csv", text.encode()),
        },
    )
    assert response.status_code == 302, response.content.decode()
    run_background()
    return Delivery.objects.get(feed=feed, key=key)


def press(client: Client, delivery: Delivery, action: str) -> Delivery:
    url = reverse("billing:delivery_act", args=[delivery.pk, action])
    assert client.post(url).status_code == 302
    run_background()
    delivery.refresh_from_db()
    return delivery


def test_a_feed_is_added_by_who_looks_after_the_unit(company: Company, client: Client) -> None:
    assert "No other system bills accounts here" in text_of(client, reverse("billing:feeds"))
    told = {"unit": company.lake.pk, "name": "SAP", "key": "sap", "currency": "CNY"}
    response = client.post(reverse("billing:feed_new"), told)
    feed = Feed.objects.get(key="sap")
    assert response["Location"] == reverse("billing:feed", args=[feed.pk])
    again = client.post(reverse("billing:feed_new"), told)
    assert again.status_code == 422
    assert "has a feed of this key already" in again.content.decode()
    assert "SAP" in text_of(client, reverse("billing:feeds"))


def test_a_file_is_checked_before_it_is_taken_in_and_its_faults_are_taken_away(
    company: Company, client: Client, feed: Feed, media: Path
) -> None:
    account = make_account(company.agent).number
    text = "\n".join(
        [
            HEAD,
            f"{account},B1,2026-10-01,2026-10-31,2026-11-20,80.00,20,水费 70.00；污水 10.00",
            "00000000,B2,2026-10-01,2026-10-31,2026-11-20,1.00,,",
        ]
    )
    delivery = upload(client, feed, text, key="D1", count=2, total="81.00")
    assert (delivery.state, delivery.refused_count) == ("checked", 1)
    assert not FedBill.objects.exists()
    page = text_of(client, reverse("billing:delivery", args=[delivery.pk]))
    assert "There is no such account in this unit" in page
    assert "take it in first, then send again" in page
    assert press(client, delivery, "start").state == "done"
    assert not delivery.is_on_disk
    taken = client.post(reverse("billing:delivery_aside", args=[delivery.pk, "csv"]))
    assert isinstance(taken, StreamingHttpResponse)
    lines = b"".join(taken).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "B2" in lines[1]
    assert "00000000" in lines[1]
    assert "not complete" in text_of(client, reverse("billing:feed", args=[feed.pk]))
    accept = reverse("billing:delivery_accept", args=[delivery.pk])
    assert client.post(accept, {"reason": ""}).status_code == 422
    client.post(accept, {"reason": "B2 is a test account"})
    assert "counted as complete" in text_of(client, reverse("billing:feed", args=[feed.pk]))


def test_a_bill_tells_what_it_said_before_until_that_is_taken_back(
    company: Company, client: Client, feed: Feed, media: Path
) -> None:
    account = make_account(company.agent).number
    row = f"{account},B1,2026-10-01,2026-10-31,2026-11-20"
    first = upload(client, feed, f"{HEAD}\n{row},80,20,", key="D1", count=1, total="80")
    press(client, first, "start")
    second = upload(client, feed, f"{HEAD}\n{row},60,,", key="D2", count=1, total="60", at="07:00")
    press(client, second, "start")
    current = FedBill.objects.get(feed=feed, number="B1", is_current=True)
    page = text_of(client, reverse("billing:fed_bill", args=[current.pk]))
    assert "What it said before" in page
    assert "80.00" in page
    assert "D1" in page
    assert "as of 2026-11-30 07:00 from SAP" in page
    back = reverse("billing:delivery_take_back", args=[second.pk])
    client.post(back, {"reason": "wrong prices"})
    assert FedBill.objects.get(feed=feed, is_current=True).minor == 8_000
    assert "wrong prices" in text_of(client, reverse("billing:delivery", args=[second.pk]))


def test_columns_are_named_once_and_known_again(
    company: Company, client: Client, feed: Feed, media: Path
) -> None:
    account = make_account(company.agent)
    head = "Konto,Beleg,Ab,Bis einschl.,Fällig,Betrag"
    row = f"{account.number},B1,2026-10-01,2026-10-31,2026-11-20,80.00"
    delivery = upload(client, feed, f"{head}\n{row}", key="D1", count=1, total="80")
    assert delivery.state == "mapping"
    page = text_of(client, reverse("billing:delivery", args=[delivery.pk]))
    assert "What the columns mean" in page
    columns = reverse("billing:delivery_columns", args=[delivery.pk])
    refused = client.post(columns, {"column-0": "account"})
    assert refused.status_code == 422
    assert "No column holds this: Due on" in refused.content.decode()
    fields = ["account", "number", "start", "last", "due", "amount"]
    client.post(columns, {f"column-{place}": name for place, name in enumerate(fields)})
    run_background()
    assert press(client, delivery, "start").is_whole
    assert upload(client, feed, f"{head}\n{row}", key="D2", count=1, total="80").state == "checked"
    known = client.post(
        reverse("billing:feed_deliver", args=[feed.pk]),
        {"kind": "bills", "key": "D2", "as_of": "2026-11-30T06:00", "count": 1, "total": "80",
         "file": SimpleUploadedFile("x.csv", f"{head}\n{row}".encode())},
    )  # fmt: skip
    assert known.status_code == 422
    assert "is known already" in known.content.decode()


def test_every_place_says_whose_figures_they_are_and_as_of_when(
    company: Company, client: Client, feed: Feed
) -> None:
    account = make_account(company.agent)
    rows = {
        "bills": [
            bill("B1", account.number, "80.00", usage="20", unit="m3"),
            bill("B0", account.number, "50.00", start="2026-09-01", until="2026-10-01",
                 issued="2026-10-01", due="2026-10-20", usage="10", unit="m3"),
        ],
        "payments": [payment("P1", account.number, "50.00", bills="B0", way="alipay")],
        "balances": [balance(account.number, "85.00")],
    }  # fmt: skip
    send(company, feed, "D1", rows)
    told = "as of 2026-11-30 06:00 from SAP"
    customer_id = AccountParty.objects.get(account=account, role="owner").customer_id
    customer = text_of(client, reverse("customers:page", args=[customer_id]))
    assert told in customer
    page = text_of(client, reverse("billing:account", args=[account.pk]))
    assert told in page
    assert "CNY 85.00" in page
    assert "the bills and payments that it sent come to CNY 80.00" in page
    assert "Alipay" in page
    current = FedBill.objects.get(number="B1", is_current=True)
    why = text_of(client, reverse("billing:fed_why", args=[current.pk]))
    assert "Higher than the bill before by CNY 30.00" in why
    assert "more used a day +" in why
    counter = text_of(client, reverse("billing:counter_account", args=[account.pk]))
    assert "SAP bills this account." in counter
    assert told in counter
    assert "Take the payment" not in counter
    assert told in text_of(client, f"{reverse('billing:counter')}?q={account.number}")
    entries = load_timeline(company.agent, customer_id, NOW).entries
    assert any("50.00" in entry.title and entry.number == "P1" for entry in entries)
    outside = _browser(company.outsider_staff)
    for name, pk in (("fed_bill", current.pk), ("fed_why", current.pk), ("feed", feed.pk)):
        assert outside.get(reverse(f"billing:{name}", args=[pk])).status_code == 404


def test_the_telephone_says_as_of_when(company: Company, feed: Feed) -> None:
    account = make_account(company.agent)
    send(company, feed, "D1", {"bills": [bill("B1", account.number, "80.00")]})
    money = told_to_owner(company, account.pk)
    assert money is not None
    assert money.as_of is not None
    answer = owed_answer(money, CallerAccount(account.pk, account.number, ()), NOW)
    assert answer.outcome == "owes"
    assert answer.values["as_of_day"] == date(2026, 11, 30)
    assert answer.values["as_of_clock"] == time(6, 0)


def test_lists_cost_the_same_for_one_row_and_for_many(
    company: Company, client: Client, feed: Feed
) -> None:
    account = make_account(company.agent)

    def asked(name: str, pk: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            text_of(client, reverse(f"billing:{name}", args=[pk]))
        return len(queries)

    send(company, feed, "D0", {"bills": [bill("B0", account.number, "1.00")]})
    pk = BillingAccount.objects.get(feed=feed).pk
    asked("feed", feed.pk)  # what is kept between requests is filled
    before = asked("feed", feed.pk), asked("account", pk)
    for n in range(1, 12):
        rows = {
            "bills": [bill(f"B{n}", account.number, "1.00")],
            "balances": [balance(make_account(company.agent).number, "5.00")],
        }
        send(company, feed, f"D{n}", rows, hours=n)
    assert (asked("feed", feed.pk), asked("account", pk)) == before


def test_the_panel_of_a_customer_costs_one_statement(company: Company, feed: Feed) -> None:
    account = make_account(company.agent)
    send(company, feed, "D1", {"bills": [bill("B1", account.number, "80.00")]})
    customer_id = AccountParty.objects.get(account=account, role="owner").customer_id
    panels = {p.key: data for p, data in load_panels(company.agent, "strip", customer_id, NOW)}
    owed = panels["billing.owed"]
    assert owed["owed"] == 8_000
    assert owed["told"]["name"] == "SAP"
    assert owed_in_words(owed)[1].endswith("SAP")
