"""Cards on the page of a customer: given out, taken out of use, held by one at a time."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.customers.models import Card, Customer
from qiao.customers.tests.factories import make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CARD = {"kind": "hospital", "number": "8801 7732"}


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def customer(world: Company) -> Customer:
    return make_customer(world.agent, name="陈慧敏")


@pytest.fixture
def agent(world: Company) -> Client:
    return browser(world.agent_staff)


def give(client: Client, customer: Customer) -> Card:
    client.post(reverse("customers:card_add", args=[customer.pk]), CARD)
    return Card.objects.latest("id")


def file_of(client: Client, customer: Customer) -> str:
    """The tab of the file."""
    page = reverse("customers:page", args=[customer.pk])
    return client.get(page, {"topic": "customer.file"}).content.decode()


def test_a_card_is_given_out_shown_by_its_end_and_taken_out_of_use(
    agent: Client, customer: Customer
) -> None:
    card = give(agent, customer)
    assert (card.number, card.customer_id) == ("88017732", customer.pk)
    page = file_of(agent, customer)
    assert "···· 7732" in page
    assert "88017732" not in page
    url = reverse("customers:card_end", args=[customer.pk, card.pk])
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert f'value="{tomorrow}"' in agent.get(url).content.decode()
    agent.post(url, {"end_date": tomorrow})
    card.refresh_from_db()
    assert card.period.upper == tomorrow
    assert "Take out of use" not in file_of(agent, customer)


def test_a_card_that_somebody_holds_is_refused_with_the_reason(
    world: Company, agent: Client, customer: Customer
) -> None:
    give(agent, customer)
    other = make_customer(world.agent, name="李娜")
    response = agent.post(reverse("customers:card_add", args=[other.pk]), CARD)
    assert response.status_code == 422
    assert "Somebody holds this card already" in response.content.decode()


def test_a_card_is_not_ended_twice_nor_before_it_began(agent: Client, customer: Customer) -> None:
    card = give(agent, customer)
    url = reverse("customers:card_end", args=[customer.pk, card.pk])
    early = agent.post(url, {"end_date": date(2020, 1, 1)})
    assert early.status_code == 422
    assert "ends before it begins" in early.content.decode()


def test_the_card_of_somebody_else_is_not_found(
    world: Company, agent: Client, customer: Customer
) -> None:
    card = give(agent, customer)
    other = make_customer(world.agent, name="李娜")
    url = reverse("customers:card_end", args=[other.pk, card.pk])
    assert agent.get(url).status_code == 404
