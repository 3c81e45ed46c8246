"""What a desk of another system learns from a card, and what counts for a tier."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.actor import Actor
from qiao.customers.models import Card, Fact, TierDue
from qiao.customers.operations import (
    BadPeriod,
    CardTaken,
    NewFact,
    UnknownCard,
    add_card,
    end_card,
    merge_customers,
    note_facts,
    set_tier,
    undo_merge,
    withdraw_facts,
)
from qiao.customers.queries import NotVisible, tier_at_station
from qiao.customers.rules.cards import BadCard, read_card
from qiao.customers.rules.tier_colours import HEX
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CARD = "H 0571-0000-1234"
ID_CARD = "11010519491231002X"
EARLIER = date(2026, 1, 1)
TOKENS = Path(__file__).parents[4] / "frontend" / "css" / "tokens.css"


@pytest.fixture
def world() -> Company:
    return make_company()


def found(actor: Actor, card: str) -> tuple[int, str, str] | None:
    told = tier_at_station(actor=actor, card=card)
    return (told.customer_id, told.letter, told.found_by) if told else None


def test_a_card_an_account_a_number_and_a_document_lead_to_the_tier(world: Company) -> None:
    agent = world.agent
    customer = make_customer(agent, identities=[("id_card", ID_CARD)])
    account = make_account(agent, owner=customer, number="10028834561")
    add_card(
        actor=agent, now=NOW, customer_id=customer.pk, kind="hospital", number=CARD, since=EARLIER
    )
    set_tier(actor=agent, now=NOW, customer_id=customer.pk, tier="D", reason="两次投诉未结")
    for card, by in (
        ("h057100001234", "card"),
        (f";{CARD}?", "card"),
        ("1002 8834 561", "account"),
        (account.number, "account"),
        (customer.number.lower(), "number"),
        (ID_CARD.lower(), "identity"),
    ):
        assert found(agent, card) == (customer.pk, "D", by), card
    told = tier_at_station(actor=agent, card=CARD)
    assert told is not None
    assert (told.word.zh_hans, told.colour, told.colour_hex) == ("敏感", "tier-d", "#9a3390")
    assert "投诉" in told.advice.in_language("zh-hans")
    assert len({told.advice.en, told.advice.zh_hans, told.advice.zh_hant}) == 3


def test_a_station_of_another_branch_learns_nothing(world: Company) -> None:
    customer = make_customer(world.agent)
    assert found(world.agent, customer.number) == (customer.pk, "C", "number")
    for card in (customer.number, "no such card", "", "x", "9" * 41, "\x00"):
        assert found(world.outsider, card) is None


def test_a_lost_card_leads_nowhere_and_may_be_given_out_again(world: Company) -> None:
    agent = world.agent
    one, other = make_customer(agent), make_customer(agent, name="何远")
    card = add_card(
        actor=agent, now=NOW, customer_id=one.pk, kind="water_ic", number=CARD, since=EARLIER
    )
    with pytest.raises(CardTaken):
        add_card(actor=agent, now=NOW, customer_id=other.pk, kind="water_ic", number=CARD)
    with pytest.raises(UnknownCard):
        add_card(actor=agent, now=NOW, customer_id=one.pk, kind="library", number=CARD)
    with pytest.raises(NotVisible):
        add_card(actor=world.outsider, now=NOW, customer_id=one.pk, kind="member", number=CARD)
    with pytest.raises(BadPeriod):
        end_card(
            actor=agent, now=NOW, customer_id=one.pk, card_id=card.pk, end_date=date(2025, 1, 1)
        )
    end_card(actor=agent, now=NOW, customer_id=one.pk, card_id=card.pk, end_date=date(2026, 6, 1))
    assert found(agent, CARD) is None
    add_card(
        actor=agent,
        now=NOW,
        customer_id=other.pk,
        kind="water_ic",
        number=CARD,
        since=date(2026, 6, 1),
    )
    assert found(agent, CARD) == (other.pk, "C", "card")
    assert Card.objects.count() == 2


def test_a_card_of_a_merged_customer_tells_of_the_one_who_stands_for_them(world: Company) -> None:
    agent = world.agent
    kept, second = make_customer(agent), make_customer(agent)
    add_card(
        actor=agent, now=NOW, customer_id=second.pk, kind="member", number=CARD, since=EARLIER
    )
    merge_customers(actor=agent, now=NOW, customer_id=kept.pk, merged_id=second.pk)
    assert found(agent, CARD) == (kept.pk, "C", "card")
    undo_merge(actor=agent, now=NOW, merged_id=second.pk)
    assert found(agent, CARD) == (second.pk, "C", "card")


def test_a_swipe_is_one_statement(world: Company) -> None:
    customer = make_customer(world.agent)
    with CaptureQueriesContext(connection) as statements:
        assert tier_at_station(actor=world.agent, card=customer.number)
    assert len(statements) == 1


def test_the_colours_told_are_those_of_the_pages() -> None:
    css = TOKENS.read_text(encoding="utf-8")
    for token, value in HEX.items():
        assert re.search(rf"--q-{token}:(#\w+)", css).group(1) == value  # type: ignore[union-attr]


@given(st.text(max_size=60))
def test_a_card_number_is_read_into_its_form_or_refused(text: str) -> None:
    try:
        number = read_card(text)
    except BadCard:
        return
    assert re.fullmatch("[0-9A-Z]{4,40}", number)
    assert read_card(number) == number


def fact(customer_id: int, **changes: object) -> NewFact:
    values = {"kind": "visit", "occurred_at": NOW, "source": "test", "ref": "1", **changes}
    return NewFact(customer_id, **values)  # type: ignore[arg-type]


def test_a_fact_is_noted_once_and_taken_back_when_its_record_says_otherwise(
    world: Company,
) -> None:
    one, other = make_customer(world.agent), make_customer(world.agent, name="何远")
    assert note_facts(facts=[fact(one.pk), fact(other.pk, ref="2")], now=NOW) == 2
    assert note_facts(facts=[fact(one.pk)], now=NOW) == 0
    assert TierDue.objects.count() == 2
    assert note_facts(facts=[fact(other.pk)], now=NOW) == 1
    first, back, second = Fact.objects.filter(ref="1").order_by("revision", "id")
    assert (first.customer_id, back.customer_id, second.customer_id) == (one.pk, one.pk, other.pk)
    assert (first.cancels_id, back.cancels_id, second.cancels_id) == (None, first.pk, None)
    assert withdraw_facts(source="test", kind="visit", refs=["1", "9"], now=NOW) == 1
    assert withdraw_facts(source="test", kind="visit", refs=["1"], now=NOW) == 0
    assert note_facts(facts=[fact(other.pk)], now=NOW) == 1
    alive = Fact.objects.filter(cancels__isnull=True, cancelled_by__isnull=True)
    assert sorted(alive.values_list("customer_id", "ref", "revision")) == sorted(
        [(other.pk, "1", 2), (other.pk, "2", 0)]
    )
