"""Who is told, on which channel, in which language, when, and who is not."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiao.customers.operations.care import record_consent, set_preferences
from qiao.customers.tests.factories import make_account, make_customer
from qiao.messaging.models import Message
from qiao.messaging.operations import (
    BadPlace,
    Receiver,
    Unreachable,
    Words,
    WrongState,
    cancel_message,
    queue_message,
    queue_messages,
)
from qiao.messaging.tests.factories import NOON, reachable, receivers, reply, sending
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def test_each_is_told_in_their_language_and_by_name(company: Company) -> None:
    agent = company.agent
    chen, smith = (
        reachable(agent, "chen@example.com"),
        reachable(agent, "s@example.com", name="Smith"),
    )
    set_preferences(actor=agent, now=NOON, customer_id=smith.pk, language="en")
    found = queue_messages(
        sending=sending(agent), receivers=receivers([chen, smith]), actor=agent, now=NOON
    )
    texts = dict(Message.objects.values_list("to_name", "body"))
    assert texts == {
        "陈慧敏": "陈慧敏：您好，翠湖花园今晚停水。",
        "Smith": "Dear Smith, no water at 翠湖花园 tonight.",
    }
    assert (len(found.message_ids), found.skipped) == (2, {})


def test_a_place_that_nobody_fills_is_refused(company: Company) -> None:
    customer = reachable(company.agent, "chen@example.com")
    wrong = sending(company.agent, texts={"": Words("x", "{nothing}")})
    with pytest.raises(BadPlace):
        queue_messages(
            sending=wrong, receivers=receivers([customer]), actor=company.agent, now=NOON
        )


def test_words_that_somebody_wrote_keep_their_braces_and_carry_the_number(
    company: Company,
) -> None:
    message = reply(company.agent, reachable(company.agent, "chen@example.com"))
    assert (message.body, message.title) == ("水表已校准 {ok}", "答复 [#GD2611220001237]")
    assert message.state == "queued"


def test_who_cannot_be_reached_is_counted_with_the_reason_and_kept(company: Company) -> None:
    agent = company.agent
    nowhere = make_customer(agent, name="王磊", now=NOON)
    refusing = reachable(agent, "no@example.com", name="周敏")
    record_consent(
        actor=agent, now=NOON, customer_id=refusing.pk, purpose="service", is_given=False,
        how="spoken", channel="email",
    )  # fmt: skip
    found = queue_messages(
        sending=sending(agent), receivers=receivers([nowhere, refusing]), actor=agent, now=NOON
    )
    assert (found.message_ids, found.skipped) == ((), {"no_address": 1, "no_consent": 1})
    assert set(Message.objects.values_list("state", "reason")) == {
        ("skipped", "no_address"), ("skipped", "no_consent"),
    }  # fmt: skip


def test_an_emergency_passes_consent_and_quiet_hours(company: Company) -> None:
    agent, night = company.agent, datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    customer = reachable(agent, "no@example.com")
    record_consent(
        actor=agent, now=NOON, customer_id=customer.pk, purpose="service", is_given=False,
        how="spoken",
    )  # fmt: skip
    queue_messages(
        sending=sending(agent, is_emergency=True),
        receivers=receivers([customer]),
        actor=agent,
        now=night,
    )
    assert Message.objects.get().due_at == night


def test_offers_need_a_consent_that_was_given(company: Company) -> None:
    customer = reachable(company.agent, "chen@example.com")
    with pytest.raises(Unreachable) as refusal:
        queue_message(
            sending=sending(company.agent, purpose="marketing"),
            receiver=Receiver(customer_id=customer.pk),
            actor=company.agent,
            now=NOON,
        )
    assert refusal.value.reason == "no_consent"


def test_a_notice_waits_for_the_end_of_the_night_and_of_the_customers_rest(
    company: Company,
) -> None:
    agent = company.agent
    customer = reachable(agent, "chen@example.com")
    set_preferences(
        actor=agent, now=NOON, customer_id=customer.pk, quiet_from=time(7), quiet_until=time(10)
    )
    night = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    queue_messages(sending=sending(agent), receivers=receivers([customer]), actor=agent, now=night)
    assert Message.objects.get().due_at == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00
    Message.objects.all().delete()
    assert reply(agent, customer, now=night).due_at == night


def test_the_wish_decides_among_channels(company: Company) -> None:
    agent = company.agent
    customer = reachable(agent, "chen@example.com")
    make_account(agent, owner=customer)
    set_preferences(actor=agent, now=NOON, customer_id=customer.pk, channels=["letter", "email"])
    queue_messages(
        sending=sending(agent, channels=("email", "letter")),
        receivers=receivers([customer]),
        actor=agent,
        now=NOON,
    )
    message = Message.objects.get()
    assert message.channel == "letter"
    assert message.to_address.startswith("滨湖区")


def test_the_same_key_tells_nobody_twice(company: Company) -> None:
    agent = company.agent
    chen, wang = reachable(agent, "chen@example.com"), reachable(agent, "wang@example.com")
    same = sending(agent, key="outage:9")
    queue_messages(sending=same, receivers=receivers([chen]), actor=agent, now=NOON)
    found = queue_messages(sending=same, receivers=receivers([chen, wang]), actor=agent, now=NOON)
    assert (len(found.message_ids), found.skipped) == (1, {"told_already": 1})


def test_one_address_is_told_once_whoever_has_it(company: Company) -> None:
    agent = company.agent
    pair = [
        reachable(agent, "home@example.com"),
        reachable(agent, "HOME@example.com", name="李强"),
    ]
    found = queue_messages(
        sending=sending(agent, key="k"), receivers=receivers(pair), actor=agent, now=NOON
    )
    assert (len(found.message_ids), found.skipped) == (1, {"told_already": 1})


def test_two_machines_do_not_write_to_each_other_for_ever(company: Company) -> None:
    agent = company.agent
    customer = reachable(agent, "machine@example.com")
    for n in range(9):
        queue_messages(
            sending=sending(agent),
            receivers=[Receiver(customer_id=customer.pk, subject_id=n)],
            actor=None,
            now=NOON + timedelta(minutes=n),
        )
    rows = Message.objects.values_list("state", flat=True)
    assert (list(rows).count("queued"), list(rows).count("skipped")) == (6, 3)


def test_its_writer_takes_a_held_message_back_and_nobody_one_that_left(company: Company) -> None:
    agent = company.agent
    customer = reachable(agent, "chen@example.com")
    message = reply(agent, customer, held_until=NOON + timedelta(seconds=12))
    assert message.state == "held"
    assert cancel_message(message_id=message.pk, actor=agent, now=NOON).state == "cancelled"
    with pytest.raises(WrongState):
        cancel_message(message_id=message.pk, actor=agent, now=NOON)


@pytest.mark.parametrize("many", [20, 2_000])
def test_however_many_are_queued_it_takes_a_dozen_statements(company: Company, many: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (number, kind, name, gender, language, name_search,"
            " name_grams, initials, pinyin, flags, tier, tier_reason, created_at)"
            " SELECT 'C' || n, 'person', '客户', '', '', '客户', '{}', '', '', '{}', 'C',"
            " '', now() FROM generate_series(1, %s) AS n RETURNING id",
            [many],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO messaging_emailaddress (customer_id, address, is_primary, standing,"
            " standing_reason, created_at) SELECT id, 'c' || id || '@example.com', true, '', '',"
            " now() FROM unnest(%s::bigint[]) AS id",
            [ids],
        )
    told = [Receiver(customer_id=pk, subject_id=pk) for pk in ids]
    with CaptureQueriesContext(connection) as queueing:
        found = queue_messages(
            sending=sending(company.agent, key="outage:1"), receivers=told, actor=None, now=NOON
        )
    assert len(found.message_ids) == many
    again = queue_messages(
        sending=sending(company.agent, key="outage:1"), receivers=told, actor=None, now=NOON
    )
    assert again.skipped == {"told_already": many}
    assert len(queueing) <= 12
