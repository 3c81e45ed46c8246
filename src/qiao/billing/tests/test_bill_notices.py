"""Customers hear of their bills once, as they wish, and the e-mail brings the bill."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from pytest_django.fixtures import Settings

from qiao.billing import operations as ops
from qiao.billing.models import Bill
from qiao.billing.operations.telling import tell_bills
from qiao.billing.operations.telling_ways import STALE, WISH
from qiao.billing.showing import money
from qiao.billing.tasks import on_bills_issued
from qiao.billing.tests.lives import a_bill, a_free_tariff, a_tariff, an_account, pay
from qiao.billing.tests.reading_papers import text_of
from qiao.core import settings as dated
from qiao.core.events import Envelope
from qiao.core.models import Attachment, Event
from qiao.customers.models import Customer
from qiao.messaging.channels.smtp import Smtp
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.messaging.tasks import send_due
from qiao.messaging.tests.factories import reachable
from qiao.messaging.tests.mailserver import MailServer, mail_server
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
NOW: Final = datetime(2025, 12, 1, 4, 0, tzinfo=UTC)  # a Monday noon in Shanghai


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server on this machine."""
    with mail_server(settings) as running:
        yield running


def _issue(*bills: ops.NewBill) -> list[Bill]:
    ids = ops.issue_bills(bills, actor=None, now=NOW)
    found = Bill.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def _hear(event: Event) -> None:
    """What the subscriber's job does."""
    from qiao.billing.events import BillsIssued  # noqa: PLC0415 - as the job finds it

    envelope = Envelope(event.pk, event.organisation_id, None, event.occurred_at, "")
    on_bills_issued(event=BillsIssued(tuple(event.payload["bill_ids"])), envelope=envelope)


def _customer(company: Company, number: int, language: str = "") -> Customer:
    found = reachable(company.agent, f"c{number}@example.com")
    if language:
        Customer.objects.filter(pk=found.pk).update(language=language)
    return found


def _events() -> list[Event]:
    return list(Event.objects.filter(name="billing.bills_issued").order_by("pk"))


def test_a_batch_is_one_event_and_each_customer_is_told_once(company: Company) -> None:
    tariff = a_tariff()
    people = [_customer(company, n, language) for n, language in enumerate(("", "en", "zh-hant"))]
    bills = _issue(*(a_bill(an_account(company, tariff, owner=who), 0, "4") for who in people))
    (event,) = _events()
    assert event.payload["bill_ids"] == [bill.pk for bill in bills]
    _hear(event)
    _hear(event)
    assert tell_bills(bill_ids=[bill.pk for bill in bills], now=NOW) == 0
    told = list(Message.objects.order_by("pk"))
    assert [m.subject_id for m in told] == [bill.pk for bill in bills]
    assert [m.language for m in told] == ["zh-Hans", "en", "zh-Hant"]
    assert {(m.kind, m.subject_kind, m.channel, m.state) for m in told} == {
        ("bill_issued", "bill", "email", "queued")
    }
    assert "Your bill for 2025-11-01 – 2025-11-30" in told[1].title
    assert money(bills[1].total_minor, "CNY") in told[1].body
    assert "您的账单已出" in told[0].title
    assert "您的帳單已出" in told[2].title


def test_bills_of_nothing_and_old_ones_are_not_told(company: Company) -> None:
    tariff = a_tariff()
    known = _customer(company, 1)
    free = an_account(company, a_free_tariff(), owner=known)
    (nothing, bill) = _issue(
        a_bill(free, 0, "0"), a_bill(an_account(company, tariff, owner=known), 0, "4")
    )
    assert nothing.total_minor == 0
    assert tell_bills(bill_ids=[nothing.pk], now=NOW) == 0
    assert tell_bills(bill_ids=[bill.pk], now=NOW + STALE + timedelta(days=1)) == 0
    assert not Message.objects.exists()


def test_who_must_not_hear_of_them_causes_no_event(company: Company) -> None:
    bill = a_bill(an_account(company, owner=_customer(company, 1)), 0, "4")
    ops.issue_bills([bill], actor=None, now=NOW, tell=False)
    assert not _events()


def test_a_unit_may_switch_it_off(company: Company) -> None:
    dated.put(
        WISH, "no", valid_from=date(2025, 1, 1), source="x", actor=company.chief, now=NOW,
        organisation_id=company.lake.pk,
    )  # fmt: skip
    (bill,) = _issue(a_bill(an_account(company, owner=_customer(company, 1)), 0, "4"))
    assert tell_bills(bill_ids=[bill.pk], now=NOW) == 0
    assert not Message.objects.exists()


def test_what_was_owed_before_and_paid_ahead_is_in_the_sentence(company: Company) -> None:
    account = an_account(company, owner=_customer(company, 1, "en"))
    (first,) = _issue(a_bill(account, 0, "4"))
    pay(account, first.total_minor + 1_000_000)
    (second,) = _issue(a_bill(account, 1, "4"))
    tell_bills(bill_ids=[first.pk, second.pk], now=NOW)
    one, two = Message.objects.order_by("subject_id")
    assert f"In all {money(first.total_minor, 'CNY')} is owed. Please pay by" in one.body
    assert "Nothing to pay:" in two.body


def test_a_bill_taken_back_is_told_no_more_and_its_successor_is(company: Company) -> None:
    account = an_account(company, owner=_customer(company, 1))
    (wrong,) = _issue(a_bill(account, 0, "100"))
    tell_bills(bill_ids=[wrong.pk], now=NOW)
    ops.reverse_bill(bill_id=wrong.pk, day=date(2026, 11, 22), reason="x", actor=None, now=NOW)
    (right,) = _issue(replace(a_bill(account, 0, "4"), before_id=wrong.pk))
    tell_bills(bill_ids=[wrong.pk, right.pk], now=NOW)
    states = dict(Message.objects.values_list("subject_id", "state"))
    assert states == {wrong.pk: "cancelled", right.pk: "queued"}


@pytest.mark.enable_socket
def test_the_email_brings_the_bill_in_the_customers_language(
    company: Company, server: MailServer
) -> None:
    account = an_account(company, owner=_customer(company, 1, "en"))
    (bill,) = _issue(a_bill(account, 0, "4"))
    tell_bills(bill_ids=[bill.pk], now=NOW)
    assert send_due(channel=Smtp(), clock=lambda: NOW) == 1
    (mail,) = server.mails
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (
        f"{bill.number}.pdf", "application/pdf",
    )  # fmt: skip
    text = text_of(file.get_content())
    assert "Waterbill" in text
    assert bill.number in text
    assert not Attachment.objects.exists()  # made when it is sent, and kept nowhere
    assert Message.objects.get().state == "sent"


def test_a_second_address_does_not_make_a_second_notice(company: Company) -> None:
    who = _customer(company, 1)
    add_email(customer_id=who.pk, address="other@example.com", actor=company.agent, now=NOW)
    (bill,) = _issue(a_bill(an_account(company, owner=who), 0, "4"))
    tell_bills(bill_ids=[bill.pk], now=NOW)
    assert Message.objects.count() == 1
