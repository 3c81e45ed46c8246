"""The outbox, one message, the letters, and the addresses of a customer, as people use them."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.core.models import Event
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_account, make_customer
from qiao.messaging.channels.port import ChannelDown, Refused
from qiao.messaging.models import Attempt, EmailAddress, Message, PrintBatch
from qiao.messaging.operations import Receiver, breaking, queue_messages, sending
from qiao.messaging.queries.outbox import shelf_counts
from qiao.messaging.retention import RETENTION
from qiao.messaging.tests.factories import TEXTS, reachable, reply
from qiao.messaging.tests.factories import sending as a_sending
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def agent(company: Company, client: Client) -> Client:
    client.force_login(company.agent_staff)
    return client


def refused(company: Company, now: datetime) -> Message:
    message = reply(company.agent, reachable(company.agent, "gone@example.com"), now=now)
    sending.claim(channel="email", now=now, most=9)
    sending.begin(message_id=message.pk, now=now)
    no = Refused("5.1.1 no such mailbox", 550)
    sending.keep_refused(message_id=message.pk, refusal=no, now=now)
    return message


def letters(company: Company, count: int, now: datetime) -> list[Message]:
    people = [make_customer(company.agent, name=f"收信人{n}", now=now) for n in range(count)]
    for person in people:
        make_account(company.agent, owner=person)
    queue_messages(
        sending=a_sending(company.agent, channels=("letter",), texts=TEXTS),
        receivers=[Receiver(customer_id=p.pk, subject_id=n) for n, p in enumerate(people)],
        actor=company.agent,
        now=now,
    )
    return list(Message.objects.filter(channel="letter").order_by("pk"))


def test_the_outbox_shows_what_went_wrong_and_why(
    company: Company, agent: Client, now: datetime
) -> None:
    message = refused(company, now)
    page = agent.get(reverse("messaging:outbox"), headers=EN).content.decode()
    assert message.title in page
    assert "5.1.1 no such mailbox" in page
    assert shelf_counts(actor=company.agent)["trouble"] == 1
    assert shelf_counts(actor=company.outsider)["trouble"] == 0


def test_the_outbox_asks_the_same_for_one_row_and_for_thirty(
    company: Company, agent: Client, now: datetime
) -> None:
    customer = reachable(company.agent, "chen@example.com")
    url = reverse("messaging:outbox") + "?shelf=waiting"
    asked = []
    for rows in (1, 29):
        for _ in range(rows):
            reply(company.agent, customer, now=now)
        agent.get(url)
        with CaptureQueriesContext(connection) as statements:
            page = agent.get(url)
        asked.append((page.content.count(b"data-href"), len(statements)))
    assert [count for count, _statements in asked] == [1, 30]
    assert asked[0][1] == asked[1][1]


def test_a_message_is_sent_again_or_cancelled_by_who_may(
    company: Company, agent: Client, now: datetime
) -> None:
    message = refused(company, now)
    agent.post(reverse("messaging:again", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == "queued"
    agent.post(reverse("messaging:cancel", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == "cancelled"
    answer = agent.post(reverse("messaging:again", args=[message.pk]), follow=True, headers=EN)
    assert "Nothing was changed" in answer.content.decode()


def test_a_stopped_channel_says_what_to_do_and_is_tried_at_once(
    company: Company, agent: Client, client: Client, now: datetime
) -> None:
    breaking.stop(channel="email", failure=ChannelDown("refusing", "535 denied", 535), now=now)
    page = agent.get(reverse("messaging:outbox"), headers=EN).content.decode()
    assert "refuses everything we send" in page
    assert "535 denied" in page
    assert agent.post(reverse("messaging:try_again")).status_code == 403  # a branch alone
    client.force_login(company.chief_staff)
    client.post(reverse("messaging:try_again"))
    assert not breaking.is_open(channel="email", now=now)


def test_letters_are_collected_printed_again_and_posted(
    company: Company, agent: Client, now: datetime
) -> None:
    letters(company, 3, now)
    agent.post(reverse("messaging:batch_make", args=[company.lake.pk]))
    batch = PrintBatch.objects.get()
    posted = reverse("messaging:batch_posted", args=[batch.pk])
    agent.post(posted)
    batch.refresh_from_db()
    assert batch.posted_at is None  # not printed yet
    for _ in range(2):
        pdf = agent.post(reverse("messaging:batch_print", args=[batch.pk]))
        assert pdf.content.startswith(b"%PDF-")
    agent.post(posted)
    batch.refresh_from_db()
    assert (batch.print_count, batch.posted_by_id) == (2, company.agent.staff_id)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    sending.tell(now=now)
    told = Event.objects.get(name="messaging.message_sent")
    assert len(told.payload["message_ids"]) == 3


def test_a_batch_that_is_dissolved_puts_its_letters_back(
    company: Company, agent: Client, now: datetime
) -> None:
    letters(company, 2, now)
    agent.post(reverse("messaging:batch_make", args=[company.lake.pk]))
    batch = PrintBatch.objects.get()
    agent.post(reverse("messaging:batch_dissolve", args=[batch.pk]))
    assert not PrintBatch.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}
    assert Attempt.objects.filter(what="again").count() == 2


def test_a_letter_that_came_back_is_told(company: Company, agent: Client, now: datetime) -> None:
    (letter,) = letters(company, 1, now)
    agent.post(reverse("messaging:batch_make", args=[company.lake.pk]))
    batch = PrintBatch.objects.get()
    agent.post(reverse("messaging:batch_print", args=[batch.pk]))
    agent.post(reverse("messaging:batch_posted", args=[batch.pk]))
    agent.post(reverse("messaging:arrival", args=[letter.pk]), {"what": "returned"})
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("bounced", "returned")
    agent.post(reverse("messaging:again", args=[letter.pk]))
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at) == ("queued", None)  # dated anew when it is printed


def test_a_message_without_receiver_and_words_is_not_sent_again(
    company: Company, agent: Client, now: datetime
) -> None:
    message = refused(company, now)
    Message.objects.update(key="outage:1:chen@example.com")
    (rule,) = RETENTION
    assert rule.clear is not None
    assert rule.clear([message.pk], now) == []
    message.refresh_from_db()
    assert (message.to_address, message.body, message.key) == ("", "–", None)
    page = agent.get(reverse("messaging:message", args=[message.pk]), headers=EN)
    assert "Send again" not in page.content.decode()
    agent.post(reverse("messaging:again", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == "bounced"


def change(agent: Client, customer: Customer, email: EmailAddress, what: str) -> None:
    url = reverse("messaging:email_change", args=[customer.pk, email.pk])
    agent.post(url, {"what": what})


def test_addresses_are_added_trusted_again_chosen_and_taken_away(
    company: Company, agent: Client, now: datetime
) -> None:
    message = refused(company, now)
    customer = Customer.objects.get(messages=message)
    first = EmailAddress.objects.get()
    add = reverse("messaging:email_add", args=[customer.pk])
    wrong = agent.post(add, {"address": "nobody"}, headers=EN)
    assert "That is no email address" in wrong.content.decode()
    agent.post(add, {"address": "new@Example.com"})
    second = EmailAddress.objects.get(address="new@example.com")
    change(agent, customer, first, "confirm")
    change(agent, customer, second, "use")
    first.refresh_from_db()
    assert (first.standing, first.is_primary) == ("", False)
    change(agent, customer, second, "drop")
    first.refresh_from_db()
    assert first.is_primary


def test_a_held_letter_is_not_collected(company: Company, agent: Client, now: datetime) -> None:
    customer = make_customer(company.agent, name="王丽", now=now)
    make_account(company.agent, owner=customer)
    held = now + timedelta(seconds=12)
    reply(company.agent, customer, now=now, channels=("letter",), held_until=held)
    agent.post(reverse("messaging:batch_make", args=[company.lake.pk]))
    assert not PrintBatch.objects.exists()
