"""Multipliers and adjustments as people enter them, up to the use that is billed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core.transactions import acting
from qiao.customers.tests.test_pages import browser
from qiao.metering.models import RegisterMultiplier, UsageAdjustment
from qiao.metering.operations import mark_billed
from qiao.metering.queries import usage_until
from qiao.metering.tests.cast import NOW, Metered, make_metered, month

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered() -> Metered:
    return make_metered()


@pytest.fixture
def client(metered: Metered) -> Client:
    return browser(metered.company.agent_staff)


def url(metered: Metered, name: str = "counting", which: int = 0) -> str:
    return reverse(f"metering:{name}", args=[metered.points[which].pk])


def used(metered: Metered) -> list[Decimal]:
    point = metered.points[0].pk
    found = usage_until(service_point_ids=[point], since={point: month(0)}, until=month(2))
    return [each.usage for each in found]


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def a_multiplier(metered: Metered, **more: object) -> dict[str, object]:
    first = {"register": metered.registers[0].pk, "factor": "30", "day": month(1)}
    return {**first, "source": "互感器 150/5", **more}


def an_adjustment(metered: Metered, **more: object) -> dict[str, object]:
    first = {"register": metered.registers[0].pk, "amount": "-4.5", "day": month(0)}
    return {**first, "why": "漏水减免", **more}


def test_a_multiplier_is_set_on_the_page_and_counts_from_its_day(
    metered: Metered, client: Client
) -> None:
    metered.take_months(0, [100, 120, 150])
    assert "Differences count once" in text_of(client, url(metered))
    assert url(metered) in text_of(client, url(metered, "point"))
    answer = client.post(url(metered, "multiply"), a_multiplier(metered))
    assert (answer.status_code, answer["Location"]) == (302, url(metered))
    assert used(metered) == [Decimal(20), Decimal(900)]
    row = RegisterMultiplier.objects.get()
    assert (row.factor, row.valid_from, row.source) == (Decimal(30), month(1), "互感器 150/5")
    shown = text_of(client, url(metered))
    assert "互感器 150/5" in shown
    assert str(month(1)) in shown


def test_use_is_taken_off_on_the_page_and_off_again(metered: Metered, client: Client) -> None:
    metered.take_months(0, [100, 120, 150])
    assert client.post(url(metered, "adjust"), an_adjustment(metered)).status_code == 302
    assert used(metered) == [Decimal("15.5"), Decimal(30)]
    assert "漏水减免" in text_of(client, url(metered))
    back = an_adjustment(metered, amount="4.5", why="录错")
    assert client.post(url(metered, "adjust"), back).status_code == 302
    assert used(metered) == [Decimal(20), Decimal(30)]
    assert UsageAdjustment.objects.count() == 2


def test_days_that_are_billed_are_refused_with_the_day_from_which_it_may_hold(
    metered: Metered, client: Client
) -> None:
    ids = metered.take_months(0, [100, 120, 150])
    agent = metered.company.agent
    with transaction.atomic(), acting(agent):
        mark_billed(reading_ids=ids[:2], bill_number="ZD1", now=NOW, actor=agent)
    early = month(1) - timedelta(days=1)
    for name, given in (
        ("multiply", a_multiplier(metered, day=early)),
        ("adjust", an_adjustment(metered, day=early)),
    ):
        answer = client.post(url(metered, name), given)
        assert answer.status_code == 422
        assert f"Name a day from {month(1)} on" in answer.content.decode()
    assert not RegisterMultiplier.objects.exists()
    assert not UsageAdjustment.objects.exists()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("multiply", {"factor": "0"}), ("multiply", {"factor": "-30"}),
        ("multiply", {"factor": "NaN"}), ("multiply", {"factor": "1e400"}),
        ("multiply", {"source": " "}), ("multiply", {"day": "x"}),
        ("adjust", {"amount": "0"}), ("adjust", {"amount": "Infinity"}),
        ("adjust", {"amount": "9" * 40}), ("adjust", {"why": ""}),
        ("adjust", {"register": "0"}),
    ],
)  # fmt: skip
def test_what_counts_nothing_is_refused(
    metered: Metered, client: Client, name: str, given: dict[str, str]
) -> None:
    whole = a_multiplier(metered) if name == "multiply" else an_adjustment(metered)
    answer = client.post(url(metered, name), {**whole, **given})
    assert answer.status_code == 422
    assert not RegisterMultiplier.objects.exists()
    assert not UsageAdjustment.objects.exists()


def test_a_register_of_another_point_or_unit_is_not_reached(
    metered: Metered, client: Client
) -> None:
    other = a_multiplier(metered, register=metered.registers[1].pk)
    assert client.post(url(metered, "multiply"), other).status_code == 422
    outside = browser(metered.company.outsider_staff)
    assert outside.get(url(metered)).status_code == 404
    assert outside.post(url(metered, "adjust"), an_adjustment(metered)).status_code == 404
    assert not RegisterMultiplier.objects.exists()
    assert not UsageAdjustment.objects.exists()


def test_the_page_costs_the_same_for_one_line_and_for_many(
    metered: Metered, client: Client
) -> None:
    def statements() -> int:
        text_of(client, url(metered))
        with CaptureQueriesContext(connection) as seen:
            text_of(client, url(metered))
        return len(seen)

    client.post(url(metered, "adjust"), an_adjustment(metered))
    one = statements()
    for number in range(8):
        client.post(url(metered, "adjust"), an_adjustment(metered, why=f"第{number}次"))
    assert statements() == one
