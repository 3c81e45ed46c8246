"""Pages of head-ends: named, switched, what was put aside, tried again, let go."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.core.personal import Erasing, Person
from qiao.core.tests.deliveries import run_background
from qiao.customers.tests.test_pages import browser
from qiao.metering import personal
from qiao.metering.models import AsideMessage, HeadEnd, Reading
from qiao.metering.operations.listening import say_state
from qiao.metering.operations.message_reading import Message
from qiao.metering.operations.messages import take_messages
from qiao.metering.queries.meter_keys import UNREADABLE
from qiao.metering.rules.dlms import CODES
from qiao.metering.showing.heads import FRAMES, REASONS
from qiao.metering.tests import frames
from qiao.metering.tests.cast import Metered, make_metered

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered(media: Path) -> Metered:
    return make_metered()


@pytest.fixture
def client(metered: Metered) -> Client:
    return browser(metered.company.agent_staff)


def shown(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"metering:{name}", args=args))
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def name_one(
    client: Client, metered: Metered, topic: str = "heads/+", form: str = "json"
) -> HeadEnd:
    given = {
        "name": f"North {topic}", "organisation": metered.company.lake.pk, "topic": topic,
        "form": form,
    }  # fmt: skip
    answer = client.post(reverse("metering:head_new"), given)
    assert answer.status_code == 302, answer.content.decode()
    return HeadEnd.objects.get(topic=topic)


def sent(*payloads: bytes, topic: str = "heads/1") -> list[AsideMessage]:
    take_messages(messages=[Message(topic, each) for each in payloads], now=timezone.now())
    return list(AsideMessage.objects.order_by("pk"))


def unknown_meter(number: str = "NEW-1") -> bytes:
    row = {
        "key": "a", "meter_number": number, "value": "12",
        "read_at": (timezone.now() - timedelta(days=2)).isoformat(),
    }  # fmt: skip
    return json.dumps({"readings": [row]}).encode()


def test_a_head_end_is_named_and_told_what_is_wrong_with_its_topics(
    client: Client, metered: Metered
) -> None:
    assert "No head-end is named yet" in shown(client, "heads")
    made = name_one(client, metered)
    page = shown(client, "head", made.pk)
    assert made.name in page
    assert made.account.number in page
    unit = metered.company.lake.pk
    for topic, words in (("heads/#", f"“{made.name}” has topics"), ("a/#/b", "at the end only")):
        given = {"name": "x", "organisation": unit, "topic": topic, "form": "json"}
        answer = client.post(reverse("metering:head_new"), given)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert HeadEnd.objects.count() == 1


def test_the_page_says_whether_somebody_listens(client: Client) -> None:
    assert "No listener has been started yet" in shown(client, "heads")
    say_state(
        now=timezone.now() - timedelta(minutes=5), broker="broker.example:8883",
        connected_at=timezone.now(), last_message_at=None, waiting=0,
        error="Bad user name or password", error_at=timezone.now(),
    )  # fmt: skip
    page = shown(client, "heads")
    for words in ("No listener is running", "broker.example:8883", "Bad user name or password"):
        assert words in page
    part = client.get(reverse("metering:heads"), headers={"HX-Request": "true"}).content.decode()
    assert "No listener is running" in part
    assert "<html" not in part


def test_what_was_put_aside_says_what_is_wrong_and_is_tried_again_after_a_mend(
    client: Client, metered: Metered
) -> None:
    made = name_one(client, metered)
    (aside,) = sent(unknown_meter())
    for page in (shown(client, "heads"), shown(client, "head", made.pk)):
        assert "Rows were refused" in page
    page = shown(client, "message", aside.pk)
    for words in ("No such meter here", "NEW-1", "1 · a", "Mend what is told below"):
        assert words in page
    address = reverse("metering:message_act", args=[aside.pk, "try"])
    assert "It still cannot be taken in" in client.post(address, follow=True).content.decode()
    metered.points[0].installations.update(meter_number="NEW-1")
    assert "It was taken in." in client.post(address, follow=True).content.decode()
    assert Reading.objects.get().value == 12
    assert "Somebody has seen to this" in client.post(address, follow=True).content.decode()


def test_all_of_a_head_end_are_tried_again_by_a_job(client: Client, metered: Metered) -> None:
    made = name_one(client, metered)
    assert len(sent(unknown_meter("NEW-1"), unknown_meter("NEW-1").replace(b'"a"', b'"b"'))) == 2
    metered.points[0].installations.update(meter_number="NEW-1")
    assert "Try all again" in shown(client, "head", made.pk)
    client.post(reverse("metering:head_again", args=[made.pk]))
    run_background()
    assert set(AsideMessage.objects.values_list("state", flat=True)) == {"taken"}
    assert "Try all again" not in shown(client, "head", made.pk)


def test_a_message_of_bytes_is_shown_as_bytes_and_let_go(client: Client, metered: Metered) -> None:
    name_one(client, metered, "dlms/+", "dlms")
    plain = frames.listed([(frames.TOTAL, frames.number(5), frames.WH)])
    (aside,) = sent(frames.ciphered(plain), topic="dlms/A1")
    page = shown(client, "message", aside.pk)
    assert "no key of this meter is named" in page
    assert frames.TITLE.hex().upper() in page
    assert "db084d4d" in page
    client.post(reverse("metering:message_act", args=[aside.pk, "drop"]))
    aside.refresh_from_db()
    assert (aside.state, aside.done_by_id) == ("dropped", metered.company.agent.person_id)


def test_fields_that_do_not_fit_are_named_with_what_was_expected(
    client: Client, metered: Metered
) -> None:
    name_one(client, metered)
    (aside,) = sent(b'{"readings": [{"key": "", "meter_number": "1", "read_at": "x"}]}')
    page = shown(client, "message", aside.pk)
    for words in ("readings.0.key", "The text is too short.", "readings.0.value", "2026-01-31T09"):
        assert words in page


def test_others_see_neither_head_ends_nor_their_messages(client: Client, metered: Metered) -> None:
    made = name_one(client, metered)
    (aside,) = sent(unknown_meter())
    outside = browser(metered.company.outsider_staff)
    assert made.name not in outside.get(reverse("metering:heads")).content.decode()
    for name, pk in (("head", made.pk), ("message", aside.pk)):
        assert outside.get(reverse(f"metering:{name}", args=[pk])).status_code == 404
    for address in (
        reverse("metering:head_switch", args=[made.pk]),
        reverse("metering:message_act", args=[aside.pk, "drop"]),
    ):
        assert outside.post(address).status_code == 404
    client.post(reverse("metering:head_switch", args=[made.pk]))
    made.refresh_from_db()
    assert made.is_active is False


def test_the_page_costs_the_same_statements_however_many_there_are(
    client: Client, metered: Metered
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            shown(client, "heads")
        return len(found)

    name_one(client, metered)
    sent(b"0")
    shown(client, "heads")  # what is kept from the first page on
    once = cost()
    for number in range(5):
        name_one(client, metered, f"more/{number}")
        sent(b"%d" % number, unknown_meter(str(number)), topic=f"more/{number}")
    assert cost() == once


def test_who_is_erased_is_no_longer_in_messages(client: Client, metered: Metered) -> None:
    name_one(client, metered)
    plain = '{"readings": "王伟力"}'.encode()
    sent(b'{"a": 1}', plain, json.dumps({"readings": "王伟力"}).encode())
    erasing = Erasing(0, timezone.now())
    personal.erase(Person((), words=("王伟力",)), erasing)
    assert erasing.counts == {"metering.messages": 2}
    rows = AsideMessage.objects.all()
    found = sorted((bytes(row.payload).decode(), row.is_cut) for row in rows)
    assert found == [('{"a": 1}', False), ("–", True), ("–", True)]


def test_every_fault_of_a_frame_and_every_reason_has_words() -> None:
    assert set(FRAMES) == {*CODES, UNREADABLE}
    assert set(REASONS) == {
        "json", "shape", "too_large", "no_head_end", "off", "refused", "frame", "text", "fault",
    }  # fmt: skip
