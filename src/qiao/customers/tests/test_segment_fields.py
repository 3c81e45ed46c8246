"""What was kept change by change is what a build from nothing finds; and what fields mean."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from qiao.core.registry import registry
from qiao.customers.models import Customer, Document, SegmentMember
from qiao.customers.operations import merge_customers, undo_merge
from qiao.customers.operations.care import record_consent, set_preferences
from qiao.customers.operations.segment_keeping import build_segment, refresh_segments
from qiao.customers.operations.segments import save_segment
from qiao.customers.queries.segment_sql import clock, people
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

DAY = timedelta(days=1)
LINES = (
    Line("customers.language", "in", ("en", "zh-hant")),
    Line("customers.language", "empty"),
    Line("customers.needs", "has", "wheelchair"),
    Line("customers.needs", "has_not", "large_print"),
    Line("customers.agreed", "has", "marketing"),
    Line("customers.agreed", "has_not", "survey"),
    Line("customers.expired", "yes"),
)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def value(field: str, customer: Customer, *, days: int = 0) -> Any:
    """What a field gives for a customer."""
    known = {each.key: each for each in registry.segment_fields()}[field]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {known.sql} FROM {people()} WHERE c.id = %(id)s",
            clock(NOW + days * DAY) | {"id": customer.pk},
        )
        return cursor.fetchone()[0]


def say(company: Company, customer: Customer, purpose: str, is_given: bool, channel: str) -> None:
    record_consent(
        actor=company.agent, now=NOW, customer_id=customer.pk, purpose=purpose,
        is_given=is_given, how="spoken", channel=channel,
    )  # fmt: skip


def wish(company: Company, customer: Customer, days: int = 0, **wishes: Any) -> None:
    set_preferences(actor=company.agent, now=NOW + days * DAY, customer_id=customer.pk, **wishes)


def keep(company: Company, customer: Customer, *, expires_in: int, number: int) -> Document:
    today = NOW.date()
    return Document.objects.create(
        customer=customer, kind="contract", title="合同", dated=today, attachment_id=number,
        expires=today + expires_in * DAY, content_type="application/pdf", size_bytes=1,
        added_at=NOW, added_by=company.agent_staff,
    )  # fmt: skip


def test_the_latest_word_on_each_channel_counts_and_one_that_names_none_speaks_of_all(
    company: Company,
) -> None:
    customer = make_customer(company.agent)
    assert value("customers.agreed", customer) is None, "silence is no consent"
    say(company, customer, "marketing", True, "")
    say(company, customer, "marketing", False, "sms")
    say(company, customer, "survey", True, "phone")
    assert value("customers.agreed", customer) == ["marketing", "survey"]
    say(company, customer, "marketing", False, "")
    assert value("customers.agreed", customer) == ["survey"]
    for channel in ("phone", "sms", "wechat", "email"):
        say(company, customer, "recording", False, channel)
    assert value("customers.agreed", customer) == ["survey"]
    say(company, customer, "recording", True, "letter")
    assert value("customers.agreed", customer) == ["recording", "survey"]


def test_the_latest_wishes_hold_whatever_id_they_are_under(company: Company) -> None:
    one, other = make_customer(company.agent), make_customer(company.agent, name="王炜")
    wish(company, one, language="en", needs=["wheelchair"])
    wish(company, other, days=1, needs=["dialect"])
    assert (value("customers.language", one), value("customers.needs", one)) == (
        "en", ["wheelchair"],
    )  # fmt: skip
    merge_customers(actor=company.agent, now=NOW, customer_id=one.pk, merged_id=other.pk)
    assert (value("customers.language", one), value("customers.needs", one)) == (None, ["dialect"])


def test_a_document_has_expired_the_day_after_its_last_unless_it_was_replaced(
    company: Company,
) -> None:
    customer = make_customer(company.agent)
    old = keep(company, customer, expires_in=1, number=1)
    assert [value("customers.expired", customer, days=n) for n in (0, 1, 2)] == [
        False, False, True,
    ]  # fmt: skip
    Document.objects.filter(pk=old.pk).update(
        replaced_by=keep(company, customer, expires_in=400, number=2)
    )
    assert value("customers.expired", customer, days=2) is False


def change(rng: Random, company: Company, made: list[Customer], number: int) -> None:
    """Something that people do every day, done to one of these customers."""
    customer = rng.choice(made)
    match rng.randrange(5):
        case 0:
            needs = rng.sample(["wheelchair", "large_print"], rng.randint(0, 2))
            language = rng.choice(("", "en", "zh-hans", "zh-hant"))
            wish(company, customer, days=number, language=language, needs=needs)
        case 1 | 2:
            purpose = rng.choice(("marketing", "survey"))
            say(company, customer, purpose, rng.random() < 0.6, rng.choice(("", "sms", "phone")))
        case 3:
            keep(company, customer, expires_in=rng.randint(-3, 3), number=number)
        case 4:
            old = Document.objects.filter(customer=customer, replaced_by=None).first()
            newer = keep(company, customer, expires_in=900, number=number)
            Document.objects.filter(pk=old.pk if old else 0).update(replaced_by=newer)


@pytest.mark.parametrize("seed", range(3))
def test_kept_change_by_change_is_what_a_build_from_nothing_finds(
    company: Company, seed: int
) -> None:
    rng, agent = Random(seed), company.agent
    made = [make_customer(agent, name=f"客户{n}") for n in range(8)]
    segments = []
    for place, line in enumerate(LINES):
        segments.append(
            save_segment(
                actor=agent, now=NOW, name=f"分群{place}", note="",
                rule=Rule("all", (Group("all", (line,)),)), organisation_id=company.lake.pk,
            )
        )  # fmt: skip
        build_segment(segment_id=segments[-1].pk, now=NOW)
    before = SegmentMember.objects.count()
    moved = 0
    for number in range(1, 40):
        change(rng, company, made, number)
        if number in (10, 30):
            merge_customers(actor=agent, now=NOW, customer_id=made[0].pk, merged_id=made[1].pk)
        if number == 20:
            undo_merge(actor=agent, now=NOW, merged_id=made[1].pk)
        if number % 4 == 0:
            told = refresh_segments(now=NOW)
            moved += told.joined + told.left
    refresh_segments(now=NOW)
    again = [build_segment(segment_id=segment.pk, now=NOW) for segment in segments]
    assert [(each.joined, each.left) for each in again] == [(0, 0)] * len(segments)
    assert moved > 10, f"the changes moved people about, from {before}"
