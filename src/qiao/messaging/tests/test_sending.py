"""Messages and a real mail server, on good days and bad ones."""

from datetime import datetime, timedelta

import pytest

from qiao.core import settings as dated
from qiao.core.manifest import NoticeRow
from qiao.core.models import Attachment, Event
from qiao.messaging.bell import failed_words, stopped_words
from qiao.messaging.channels.port import Outgoing, Receipt
from qiao.messaging.channels.smtp import Smtp
from qiao.messaging.models import Attempt, ChannelStanding, EmailAddress, Message
from qiao.messaging.operations import Receiver, queue_messages, send_again, sending
from qiao.messaging.parameters import EMAILS_A_MINUTE
from qiao.messaging.tasks import send_due
from qiao.messaging.tests.factories import NOON, reachable, receivers, reply
from qiao.messaging.tests.factories import sending as a_sending
from qiao.messaging.tests.mailserver import MailServer
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(clock: Clock) -> int:
    return send_due(channel=Smtp(), clock=clock)


def row_of(notice: Notice) -> NoticeRow:
    return NoticeRow(notice.pk, notice.subject_id, notice.facts)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("to_address", "state"))


def test_a_reply_arrives_threaded_and_in_chinese(
    company: Company, server: MailServer, clock: Clock
) -> None:
    message = reply(company.agent, reachable(company.agent, "chen@example.com"))
    assert run(clock) == 1
    (mail,) = server.mails
    assert mail["Subject"] == "答复 [#GD2611220001237]"
    assert mail["To"] == "陈慧敏 <chen@example.com>"
    assert mail["Message-ID"] == f"<{message.message_ref}>"
    assert mail["References"] == "<case.7@localhost>"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().strip() == "水表已校准 {ok}"
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.receipt) == (
        "sent",
        NOON,
        "2.0.0 taken as 4711",
    )
    assert [a.what for a in message.attempts.order_by("id")] == ["begun", "accepted"]
    told = Event.objects.get(name="messaging.message_sent")
    assert told.payload == {
        "message_ids": [message.pk], "subject_kind": "case", "subject_ids": [7],
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_what_its_receiver_may_end_by_one_press_says_so_to_mail_programs(
    company: Company, server: MailServer, clock: Clock, scheme: str
) -> None:
    link = f"{scheme}://qiao.example/s/abcd/stop"
    known = reachable(company.agent, "chen@example.com")
    told = Receiver(customer_id=known.pk, stop_url=link)
    queue_messages(sending=a_sending(company.agent), receivers=[told], actor=None, now=NOON)
    assert run(clock) == 1
    (mail,) = server.mails
    assert mail["List-Unsubscribe"] == f"<{link}>"
    by_program = "List-Unsubscribe=One-Click" if scheme == "https" else None
    assert mail["List-Unsubscribe-Post"] == by_program


def test_a_held_message_waits_for_its_moment(
    company: Company, server: MailServer, clock: Clock
) -> None:
    customer = reachable(company.agent, "chen@example.com")
    reply(company.agent, customer, held_until=NOON + timedelta(seconds=12))
    assert run(clock) == 0
    clock.now += timedelta(seconds=12)
    assert run(clock) == 1
    assert len(server.mails) == 1


def test_a_broadcast_is_marked_as_one_and_uses_one_connection(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    everybody = [reachable(agent, f"c{n}@example.com") for n in range(5)]
    queue_messages(sending=a_sending(agent), receivers=receivers(everybody), actor=agent, now=NOON)
    run(clock)
    assert {(m["Auto-Submitted"], m["Precedence"]) for m in server.mails} == {
        ("auto-generated", "bulk")
    }
    assert (len(server.mails), server.connections) == (5, 1)


def test_a_refused_receiver_makes_the_address_doubtful_and_stops_nobody_else(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    server.refused["gone@example.com"] = "550 5.1.1 gone@example.com: no such mailbox"
    gone, here = reachable(agent, "gone@example.com"), reachable(agent, "here@example.com")
    queue_messages(
        sending=a_sending(agent), receivers=receivers([gone, here]), actor=agent, now=NOON
    )
    run(clock)
    assert states() == {"gone@example.com": "bounced", "here@example.com": "sent"}
    address = EmailAddress.objects.get(address="gone@example.com")
    assert (address.standing, address.standing_since) == ("doubtful", NOON)
    assert "gone@example.com" not in Attempt.objects.get(what="refused").words
    again = queue_messages(
        sending=a_sending(agent), receivers=receivers([gone]), actor=agent, now=NOON
    )
    assert again.skipped == {"doubtful": 1}


def test_a_receiver_who_cannot_now_is_tried_later_and_given_up_in_the_end(
    company: Company, server: MailServer, clock: Clock
) -> None:
    server.refused["full@example.com"] = "452 4.2.2 mailbox full"
    message = reply(company.agent, reachable(company.agent, "full@example.com"))
    run(clock)
    message.refresh_from_db()
    assert (message.state, message.due_at) == ("queued", NOON + timedelta(minutes=5))
    for _ in range(12):
        clock.now += timedelta(days=1)
        run(clock)
    message.refresh_from_db()
    assert (message.state, message.reason, message.attempt_count) == ("failed", "too_long", 10)


def test_a_server_that_is_down_is_told_once_and_costs_no_message_an_attempt(
    company: Company, clock: Clock, settings: object
) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # type: ignore[attr-defined]
    message = reply(company.agent, reachable(company.agent, "chen@example.com"))
    for _ in range(3):
        run(clock)
        clock.now += timedelta(minutes=3)
    message.refresh_from_db()
    assert (message.state, message.attempt_count) == ("queued", 0)
    row = ChannelStanding.objects.get()
    assert (row.cause, row.down_since, row.failures) == ("down", NOON, 3)
    assert Event.objects.filter(name="messaging.channel_stopped").count() == 1


def test_when_it_is_back_everything_goes(
    company: Company, server: MailServer, clock: Clock
) -> None:
    server.sender_answer = "451 4.3.0 not now"
    reply(company.agent, reachable(company.agent, "chen@example.com"))
    run(clock)
    assert ChannelStanding.objects.get().cause == "refusing"
    server.sender_answer = ""
    run(clock)
    assert server.mails == []  # the pause is not over
    clock.now += timedelta(minutes=1)
    run(clock)
    assert len(server.mails) == 1
    assert ChannelStanding.objects.get().down_since is None


def test_a_server_that_refuses_everybody_is_left_alone(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    server.refuse_all = "550 5.1.1 unknown"
    everybody = [reachable(agent, f"c{n}@example.com") for n in range(12)]
    queue_messages(sending=a_sending(agent), receivers=receivers(everybody), actor=agent, now=NOON)
    run(clock)
    rows = list(states().values())
    assert (rows.count("bounced"), rows.count("queued")) == (8, 4)
    assert ChannelStanding.objects.get().cause == "refusing"


def test_relaying_denied_is_our_fault_not_the_receivers(
    company: Company, server: MailServer, clock: Clock
) -> None:
    server.refuse_all = "554 5.7.1 relay access denied"
    reply(company.agent, reachable(company.agent, "chen@example.com"))
    run(clock)
    assert states() == {"chen@example.com": "queued"}
    assert EmailAddress.objects.get().standing == ""


def test_no_answer_after_the_last_dot_is_told_and_not_sent_again(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    server.drop_after_text = True
    message = reply(agent, reachable(agent, "chen@example.com"))
    run(clock)
    assert states() == {"chen@example.com": "unknown"}
    server.drop_after_text = False
    clock.now += timedelta(hours=1)
    run(clock)
    assert len(server.mails) == 1
    assert Event.objects.filter(name="messaging.message_failed").count() == 1
    send_again(message_id=message.pk, actor=agent, now=clock.now)
    run(clock)
    assert (len(server.mails), states()) == (2, {"chen@example.com": "sent"})


def test_a_server_that_hangs_is_given_up_after_the_timeout(
    company: Company, server: MailServer, clock: Clock
) -> None:
    server.hang_seconds = 1.6
    reply(company.agent, reachable(company.agent, "chen@example.com"))
    run(clock)
    assert states() == {"chen@example.com": "unknown"}
    assert ChannelStanding.objects.get().cause == "slow"


def test_what_a_dead_sender_left_is_put_back_or_told_as_unknown(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    for name in ("a", "b"):
        reply(agent, reachable(agent, f"{name}@example.com"))
    first, _second = sending.claim(channel="email", now=NOON, most=50)
    sending.begin(message_id=first, now=NOON)
    run(clock)
    assert states() == {"a@example.com": "unknown", "b@example.com": "sent"}


def test_a_text_that_a_policy_refuses_holds_up_nobody_else(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    server.refused_texts["strict@example.com"] = "550 5.7.1 message looks like spam"
    for name in ("strict", "here"):
        reply(agent, reachable(agent, f"{name}@example.com"))
    run(clock)
    assert states() == {"strict@example.com": "failed", "here@example.com": "sent"}
    assert Message.objects.get(state="failed").reason == "content"
    assert EmailAddress.objects.get(address="strict@example.com").standing == ""


def test_a_message_that_cannot_be_made_is_told_and_holds_up_nobody_else(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    lost = reply(agent, reachable(agent, "lost@example.com"))
    Attachment.objects.create(
        owner_kind="message", owner_id=lost.pk, organisation_id=lost.organisation_id,
        file_name="photo.png", content_type="image/png", size_bytes=1, sha256="0" * 64,
        created_at=NOON,
    )  # fmt: skip
    reply(agent, reachable(agent, "here@example.com"))
    run(clock)
    assert states() == {"lost@example.com": "failed", "here@example.com": "sent"}
    lost.refresh_from_db()
    assert lost.reason == "unmade"
    assert Notice.objects.get(kind="messaging.failed").subject_id == lost.pk


class Broken:
    """A channel with a fault of its own: nobody knows what became of what it was given."""

    key = "email"

    def open(self) -> "Broken":
        return self

    def send(self, outgoing: Outgoing) -> Receipt:
        raise RuntimeError(outgoing.to_address)

    def close(self) -> None:
        pass


def test_what_was_begun_when_the_sender_broke_is_not_sent_again(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    for name in ("a", "b"):
        reply(agent, reachable(agent, f"{name}@example.com"))
    with pytest.raises(RuntimeError, match="a@"):
        send_due(channel=Broken(), clock=clock)
    assert states() == {"a@example.com": "sending", "b@example.com": "queued"}
    run(clock)
    assert states() == {"a@example.com": "unknown", "b@example.com": "sent"}


def test_a_rate_holds_from_the_first_hour_of_its_day(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    clock.now = NOON + timedelta(hours=14)  # two in the morning of the next day
    day = (NOON + timedelta(days=1)).date()
    dated.put(EMAILS_A_MINUTE, 1, valid_from=day, source="test", actor=agent, now=NOON)
    for name in ("a", "b"):
        reply(agent, reachable(agent, f"{name}@example.com"))
    run(clock)
    assert len(server.mails) == 1


def test_a_rate_leaves_the_rest_for_the_next_minute(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    dated.put(EMAILS_A_MINUTE, 3, valid_from=NOON.date(), source="test", actor=agent, now=NOON)
    everybody = [reachable(agent, f"c{n}@example.com") for n in range(5)]
    queue_messages(sending=a_sending(agent), receivers=receivers(everybody), actor=agent, now=NOON)
    run(clock)
    assert len(server.mails) == 3
    clock.now += timedelta(seconds=61)
    run(clock)
    assert len(server.mails) == 5


def test_operators_are_told_once_and_the_writer_of_an_answer_that_failed(
    company: Company, server: MailServer, clock: Clock
) -> None:
    agent = company.agent
    server.refused["gone@example.com"] = "550 5.1.1 no such mailbox"
    reply(agent, reachable(agent, "gone@example.com"))
    run(clock)
    failed = Notice.objects.get(kind="messaging.failed")
    assert failed.staff_id == agent.staff_id
    (words,) = failed_words(agent, [row_of(failed)]).values()
    assert "陈慧敏" in words.title
    server.sender_answer = "451 4.3.0 not now"
    reply(agent, reachable(agent, "chen@example.com"))
    for _ in range(3):
        run(clock)
        clock.now += timedelta(minutes=3)
    stopped = Notice.objects.filter(kind="messaging.stopped")
    assert list(stopped.values_list("staff_id", flat=True)) == [company.chief.staff_id]
    assert stopped_words(company.chief, [row_of(stopped[0])])
