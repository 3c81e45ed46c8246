"""All ids of a customer, whichever of them is known."""

import pytest

from qiao.customers.models import Customer, CustomerPhone, PhoneAttempt, Protection
from qiao.customers.operations import (
    Coming,
    HandOver,
    claim_protection,
    hand_over_account,
    merge_customers,
    note_call,
)
from qiao.customers.operations.access import local_day
from qiao.customers.queries import held_as
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


def merge(world: Company, survivor: Customer, merged: Customer) -> None:
    merge_customers(actor=world.chief, now=NOW, customer_id=survivor.pk, merged_id=merged.pk)


def test_every_id_of_a_customer_leads_to_all_of_them_the_survivor_first(world: Company) -> None:
    first, second, third, other = (make_customer(world.agent) for _ in range(4))
    merge(world, second, third)
    merge(world, first, second)
    for each in (first, second, third):
        assert held_as(each.pk) == (first.pk, second.pk, third.pk)
    assert held_as(other.pk) == (other.pk,)
    assert held_as(999_999_999) == (999_999_999,)


def test_who_leaves_under_a_merged_id_leaves_the_survivors_protection_of_the_place_to_be_looked_at(
    world: Company,
) -> None:
    agent = world.agent
    survivor, merged = make_customer(agent), make_customer(agent)
    follower = make_customer(agent, name="王伟")
    account = make_account(agent, owner=merged)
    point = account.service_point
    assert point is not None
    merge(world, survivor, merged)
    protection = claim_protection(
        actor=agent, now=NOW, customer_id=survivor.pk, kind="life_support", reason="呼吸机",
        premises_id=point.premises_id,
    )  # fmt: skip
    day = local_day(organisation_id=agent.organisation_id, now=NOW)
    hand_over_account(
        actor=agent, now=NOW, account_id=account.pk,
        hand_over=HandOver(
            day, leaving=(account.parties.get().pk,), coming=(Coming(follower.pk, ("owner",)),)
        ),
    )  # fmt: skip
    assert Protection.objects.get(pk=protection.pk).review_date == day


def test_a_call_noted_under_a_merged_id_counts_for_the_survivors_number(world: Company) -> None:
    survivor, merged = (
        make_customer(world.agent, phones=["13805712264"]),
        make_customer(world.agent),
    )
    number = CustomerPhone.objects.get(customer=survivor).number
    merge(world, survivor, merged)
    note_call(
        customer_id=merged.pk,
        number=number,
        outcome="wrong_person",
        source="test",
        ref="1",
        at=NOW,
        now=NOW,
    )
    assert PhoneAttempt.objects.count() == 1
    assert CustomerPhone.objects.get(customer=survivor).standing == "wrong"
