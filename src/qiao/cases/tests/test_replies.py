"""Answers that are sent from the page of a case: held, taken back, sent, failed, read again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases import operations
from qiao.cases.message_tasks import on_messages
from qiao.cases.models import Case, CaseDraft
from qiao.cases.operations import Reply, TooLate
from qiao.cases.tests.world import a_case
from qiao.core.events import Envelope, from_payload
from qiao.core.models import Attachment, Event
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.operations.care import record_consent
from qiao.customers.tests.factories import make_account, make_customer
from qiao.messaging.channels.port import Receipt, Refused
from qiao.messaging.models import Message
from qiao.messaging.operations import Unreachable, add_email, send_again, sending
from qiao.staff.tests.cast import Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def case(company: Company) -> Case:
    """A case of a customer with an e-mail address and a home."""
    actor, now = company.agent, timezone.now()
    customer = make_customer(actor, name="王丽", now=now)
    add_email(customer_id=customer.pk, address="wang@example.com", actor=actor, now=now)
    make_account(actor, owner=customer)
    found = a_case(company)
    Case.objects.filter(pk=found.pk).update(customer_id=customer.pk)
    found.refresh_from_db()
    return found


REPLY = Reply("email", "关于您反映的水压问题", "已安排今天下午上门检修。")


def answer(company: Company, case: Case, reply: Reply = REPLY) -> Message:
    operations.reply_to_customer(
        case_id=case.pk, reply=reply, actor=company.agent, now=timezone.now()
    )
    return Message.objects.latest("pk")


def a_file(case: Case, owner_id: int, name: str) -> int:
    return Attachment.objects.create(
        owner_kind="case", owner_id=owner_id, organisation_id=case.organisation_id,
        file_name=name, content_type="image/png", size_bytes=1, sha256="0" * 64,
        created_at=timezone.now(),
    ).pk  # fmt: skip


def kinds(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def send(message: Message) -> None:
    """As the worker does once the time to take it back is over."""
    later = timezone.now() + timedelta(seconds=13)
    (claimed,) = sending.claim(channel="email", now=later, most=9)
    sending.begin(message_id=claimed, now=later)
    sending.keep_sent(message_id=message.pk, receipt=Receipt("taken", 250), now=later)
    sending.tell(now=later)
    run_deliveries()


def test_an_answer_is_held_and_stops_no_clock_before_it_was_sent(
    company: Company, case: Case
) -> None:
    message = answer(company, case)
    assert message.state == "held"
    assert message.held_until is not None
    assert (message.title, message.to_address) == (
        f"关于您反映的水压问题 [#{case.number}]", "wang@example.com",
    )  # fmt: skip
    assert "first_response" not in kinds(case)
    send(message)
    assert kinds(case)[-3:] == ["reply", "first_response", "message_sent"]
    event = Event.objects.get(name="messaging.message_sent")
    envelope = Envelope(
        event.pk, event.organisation_id, None, event.occurred_at, event.correlation_id
    )
    on_messages(event=from_payload(event.name, event.payload), envelope=envelope)  # once more
    assert kinds(case)[-3:] == ["reply", "first_response", "message_sent"]
    first = case.events.get(kind="first_response")
    message.refresh_from_db()
    assert first.at == message.sent_at


def test_taken_back_it_is_not_sent_and_the_words_are_in_the_box_again(
    company: Company, case: Case
) -> None:
    message = answer(company, case)
    case.refresh_from_db()
    seq, actor = case.event_count, company.agent
    operations.undo_reply(case_id=case.pk, seq=seq, actor=actor, now=timezone.now())
    message.refresh_from_db()
    assert message.state == "cancelled"
    values = CaseDraft.objects.get(box="reply").values
    assert (values["text"], values["address"]) == (REPLY.text, "")
    assert kinds(case)[-1] == "withdrawn"
    with pytest.raises(TooLate):
        operations.undo_reply(case_id=case.pk, seq=seq, actor=actor, now=timezone.now())


def test_nobody_takes_back_what_left_or_what_somebody_else_wrote(
    company: Company, case: Case
) -> None:
    message = answer(company, case)
    case.refresh_from_db()
    seq = case.event_count
    with pytest.raises(TooLate):
        operations.undo_reply(
            case_id=case.pk, seq=seq, actor=company.colleague, now=timezone.now()
        )
    send(message)
    with pytest.raises(TooLate):
        operations.undo_reply(case_id=case.pk, seq=seq, actor=company.agent, now=timezone.now())


def test_an_answer_that_was_refused_is_told_with_what_to_do(
    company: Company, case: Case, client: Client
) -> None:
    message = answer(company, case)
    later = timezone.now() + timedelta(seconds=13)
    (claimed,) = sending.claim(channel="email", now=later, most=9)
    sending.begin(message_id=claimed, now=later)
    no = Refused("5.1.1 no such mailbox", 550)
    sending.keep_refused(message_id=message.pk, refusal=no, now=later)
    sending.tell(now=later)
    run_deliveries()
    assert kinds(case)[-2:] == ["reply", "message_failed"]
    client.force_login(company.agent_staff)
    page = client.get(reverse("cases:detail", args=[case.pk]), headers={"Accept-Language": "en"})
    assert b"5.1.1 no such mailbox" in page.content
    assert b"Ask the customer for another" in page.content


def test_what_failed_and_was_sent_later_stops_the_clock(company: Company, case: Case) -> None:
    message = answer(company, case)
    later = timezone.now() + timedelta(seconds=13)
    (claimed,) = sending.claim(channel="email", now=later, most=9)
    sending.begin(message_id=claimed, now=later)
    sending.keep_refused(
        message_id=message.pk, refusal=Refused("5.6.0 content", 554, is_address=False), now=later
    )
    sending.tell(now=later)
    run_deliveries()
    send_again(message_id=message.pk, actor=company.chief, now=later)
    send(message)
    assert kinds(case)[-4:] == ["reply", "message_failed", "first_response", "message_sent"]


def test_without_an_address_one_is_asked_for(company: Company) -> None:
    case = a_case(company)
    with pytest.raises(ValueError, match="address"):
        answer(company, case)
    typed = Reply("email", "答复", "您好", name="来电人", address="caller@example.com")
    assert answer(company, case, typed).to_address == "caller@example.com"


def test_taken_back_the_typed_receiver_and_the_files_are_in_the_box_again(
    company: Company,
) -> None:
    case = a_case(company)
    file = a_file(case, case.pk, "photo.png")
    typed = Reply(
        "email", "答复", "您好", name="来电人", address="caller@example.com", file_ids=(file,)
    )
    answer(company, case, typed)
    case.refresh_from_db()
    operations.undo_reply(
        case_id=case.pk, seq=case.event_count, actor=company.agent, now=timezone.now()
    )
    assert CaseDraft.objects.get(box="reply").values == {
        "channel": "email", "title": "答复", "text": "您好", "name": "来电人",
        "address": "caller@example.com", "enclosed": [file],
    }  # fmt: skip


def test_who_wants_no_mail_gets_none(company: Company, case: Case) -> None:
    record_consent(
        actor=company.agent, now=timezone.now(), customer_id=case.customer_id or 0,
        purpose="service", is_given=False, how="spoken", channel="email",
    )  # fmt: skip
    with pytest.raises(Unreachable):
        answer(company, case)


def test_the_box_names_receiver_and_channel_and_sends_with_a_way_back(
    company: Company, case: Case, client: Client
) -> None:
    client.force_login(company.agent_staff)
    page = client.get(
        reverse("cases:detail", args=[case.pk]), headers={"Accept-Language": "zh-hans"}
    )
    assert "发送给 王丽 · 邮件" in page.content.decode()
    sent = client.post(
        reverse("cases:reply", args=[case.pk]),
        {"channel": "email", "title": REPLY.title, "text": REPLY.text},
        headers={"HX-Request": "true"},
    )
    assert sent.status_code == 200
    assert "/undo" in sent.headers["HX-Trigger"]
    shaped = client.post(
        reverse("cases:reply", args=[case.pk]) + "?shape=1",
        {"channel": "letter", "title": "x", "text": "y"},
        headers={"HX-Request": "true", "Accept-Language": "zh-hans"},
    )
    assert "发送给 王丽 · 信函" in shaped.content.decode()


def test_a_letter_is_looked_at_before_and_read_afterwards(
    company: Company, case: Case, client: Client
) -> None:
    client.force_login(company.agent_staff)
    looked = client.post(
        reverse("cases:reply_look", args=[case.pk]),
        {"channel": "letter", "title": REPLY.title, "text": REPLY.text},
        headers={"HX-Request": "true"},
    )
    assert b"draft-1.png" in looked.content
    png = client.get(reverse("cases:reply_page", args=[case.pk, 1]))
    assert png.content.startswith(b"\x89PNG")
    message = answer(company, case, Reply("letter", REPLY.title, REPLY.text))
    pdf = client.get(reverse("cases:message_pdf", args=[case.pk, message.pk]))
    assert pdf.content.startswith(b"%PDF-")
    assert (
        b"As the customer got it"
        in client.get(
            reverse("cases:message", args=[case.pk, message.pk]), headers={"Accept-Language": "en"}
        ).content
    )


def test_files_of_the_case_go_along_and_others_do_not(company: Company, case: Case) -> None:
    mine, other = a_file(case, case.pk, "photo.png"), a_file(case, case.pk + 99, "other.png")
    reply = Reply("email", "照片", "请见附件", file_ids=(mine, other))
    message = answer(company, case, reply)
    names = Attachment.objects.filter(owner_kind="message", owner_id=message.pk)
    assert list(names.values_list("file_name", flat=True)) == ["photo.png"]
