"""Notes, wishes and consents: who may write them, what holds, what is shown."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.actor import Forbidden
from qiao.customers.models import Customer, Note
from qiao.customers.operations import merge_customers
from qiao.customers.operations.care import (
    NoteSettled,
    UnknownWish,
    add_note,
    edit_note,
    pin_note,
    record_consent,
    set_preferences,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.care import Wishes, may_contact, preferences_of
from qiao.customers.rules.consents import Word, holds
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

PURPOSES = ("service", "marketing", "survey", "recording", "social")
CHANNELS = ("phone", "sms", "wechat", "email", "letter")
START = datetime(2026, 1, 1, tzinfo=UTC)


def _words() -> st.SearchStrategy[list[Word]]:
    word = st.builds(
        Word,
        purpose=st.sampled_from(PURPOSES),
        channel=st.sampled_from(("", *CHANNELS)),
        is_given=st.booleans(),
        at=st.integers(0, 500).map(lambda days: START + timedelta(days=days)),
        seq=st.integers(1, 10_000),
    )
    return st.lists(word, max_size=12, unique_by=lambda each: each.seq)


@given(_words(), st.sampled_from(PURPOSES[1:]), st.sampled_from(CHANNELS), st.integers(0, 600))
def test_nobody_is_approached_who_never_agreed(
    words: list[Word], purpose: str, channel: str, days: int
) -> None:
    at = START + timedelta(days=days)
    agreed = any(w.purpose == purpose and w.is_given and w.at <= at for w in words)
    assert agreed or not holds(words, purpose=purpose, channel=channel, at=at)


@given(_words(), st.sampled_from(PURPOSES), st.sampled_from(CHANNELS))
def test_a_withdrawal_for_every_channel_is_the_last_word(
    words: list[Word], purpose: str, channel: str
) -> None:
    late = START + timedelta(days=501)
    last = Word(purpose, "", is_given=False, at=late, seq=10_001)
    assert not holds([*words, last], purpose=purpose, channel=channel, at=late)


@pytest.mark.parametrize(
    ("start", "end", "moment", "quiet"),
    [
        (time(22), time(8), time(23), True),
        (time(22), time(8), time(7, 59), True),
        (time(22), time(8), time(8), False),
        (time(12), time(14), time(13), True),
        (time(12), time(14), time(14), False),
        (None, None, time(3), False),
    ],
)
def test_a_quiet_time_may_pass_midnight(
    start: time | None, end: time | None, moment: time, *, quiet: bool
) -> None:
    assert Wishes(quiet_from=start, quiet_until=end).is_quiet(moment) is quiet


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


@pytest.fixture
def known(world: Company) -> Customer:
    return make_customer(world.agent, phones=["13805712264"])


def test_silence_is_no_for_offers_and_yes_for_service(world: Company, known: Customer) -> None:
    told: dict[str, Any] = {"customer_id": known.pk, "channel": "sms", "at": NOW}
    assert may_contact(purpose="service", **told)
    assert not may_contact(purpose="marketing", **told)
    for given_word in (True, False):
        record_consent(
            actor=world.agent,
            now=NOW,
            customer_id=known.pk,
            purpose="marketing",
            is_given=given_word,
            how="spoken",
        )
        assert may_contact(purpose="marketing", **told) is given_word
    with pytest.raises(ValueError, match="no such purpose"):
        may_contact(purpose="fun", **told)


def test_words_on_consent_are_never_changed(world: Company, known: Customer) -> None:
    record_consent(
        actor=world.agent,
        now=NOW,
        customer_id=known.pk,
        purpose="survey",
        is_given=True,
        how="written",
    )
    for sql in ("UPDATE customers_consent SET is_given = false", "DELETE FROM customers_consent"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_wishes_follow_a_merged_customer(world: Company, known: Customer) -> None:
    twin = make_customer(world.agent, name="陈惠敏")
    set_preferences(
        actor=world.agent, now=NOW, customer_id=twin.pk, channels=["wechat"], needs=["dialect"]
    )
    merge_customers(actor=world.agent, now=NOW, customer_id=known.pk, merged_id=twin.pk)
    assert preferences_of(known.pk).needs == ("dialect",)
    with pytest.raises(UnknownWish):
        set_preferences(actor=world.agent, now=NOW, customer_id=known.pk, needs=["gold"])


def test_a_note_is_corrected_by_its_author_while_it_is_fresh(
    world: Company, known: Customer
) -> None:
    told: dict[str, Any] = {"customer_id": known.pk, "text": "周三下午在家"}
    note = add_note(actor=world.agent, now=NOW, customer_id=known.pk, text="周二在家")
    later = NOW + timedelta(minutes=14)
    edit_note(actor=world.agent, now=later, note_id=note.pk, **told)
    assert Note.objects.get().text == "周三下午在家"
    with pytest.raises(NoteSettled):
        edit_note(actor=world.colleague, now=later, note_id=note.pk, **told)
    with pytest.raises(NoteSettled):
        edit_note(actor=world.agent, now=NOW + timedelta(minutes=16), note_id=note.pk, **told)
    with pytest.raises(NotVisible):
        edit_note(actor=world.outsider, now=later, note_id=note.pk, **told)
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    with pytest.raises(Forbidden):
        add_note(actor=actor_for(reader, day=TODAY), now=NOW, customer_id=known.pk, text="x")


def test_the_page_and_the_aside_show_needs_and_pinned_notes(
    world: Company, known: Customer
) -> None:
    agent = browser(world.agent_staff)
    url = reverse("customers:preferences", args=[known.pk])
    agent.post(
        url,
        {
            "first_channel": "wechat",
            "needs": ["wheelchair"],
            "quiet_from": "21:30",
            "quiet_until": "08:00",
        },
    )
    note = add_note(actor=world.agent, now=NOW, customer_id=known.pk, text="狗很凶，先打电话")
    pin_note(actor=world.agent, customer_id=known.pk, note_id=note.pk, is_pinned=True)
    for name in ("page", "aside"):
        html = agent.get(reverse(f"customers:{name}", args=[known.pk])).content.decode()
        for text in ("Wheelchair", "quiet 21:30–08:00", "狗很凶，先打电话"):
            assert text in html
    half = agent.post(url, {"quiet_from": "21:30"})
    assert half.status_code == 422


def test_the_first_note_is_written_from_the_page_and_the_aside_is_silent_without_one(
    world: Company, known: Customer
) -> None:
    agent = browser(world.agent_staff)
    page, aside = (reverse(f"customers:{name}", args=[known.pk]) for name in ("page", "aside"))
    assert reverse("customers:note_add", args=[known.pk]) in agent.get(page).content.decode()
    add_note(actor=world.agent, now=NOW, customer_id=known.pk, text="随手一记")
    assert "随手一记" in agent.get(page).content.decode()
    beside = agent.get(aside).content.decode()
    assert "customerspinned" not in beside
    assert "customersin_care" not in beside, "that nobody looks after them is no news"
