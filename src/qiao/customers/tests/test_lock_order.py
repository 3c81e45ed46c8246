"""Whoever locks several rows does it in one order: of two at once the second one waits."""

from datetime import date
from time import sleep
from typing import Any

from django.db import transaction
from django.utils import timezone

from qiao.core.approvals import decide
from qiao.core.models import Approval, Event
from qiao.customers.models import Acting, Customer, Protection
from qiao.customers.operations import (
    Evidence,
    claim_protection,
    confirm_protection,
    end_protection,
    lock_customer,
    merge_customers,
    undo_merge,
)
from qiao.customers.operations.protecting import end_agreed
from qiao.customers.operations.speaking import NewActing, begin_acting
from qiao.customers.tests.at_once import in_turn
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

PAUSE = 0.3


def life_support(world: Company) -> tuple[Customer, Protection, Approval]:
    told: dict[str, Any] = {"actor": world.agent, "now": NOW}
    customer = make_customer(world.agent)
    made = claim_protection(customer_id=customer.pk, kind="life_support", **told)
    asked = end_protection(protection_id=made.pk, reason="设备已归还", **told)
    assert asked is not None
    return customer, made, asked


def test_the_second_person_waits_for_whoever_confirms_and_then_ends_it(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        customer, protection, asked = life_support(world)

    def confirm() -> None:
        lock_customer(actor=world.agent, customer_id=customer.pk)
        sleep(3 * PAUSE)
        seen = Evidence(timezone.localdate(NOW), issuer="医院")
        confirm_protection(actor=world.agent, now=NOW, protection_id=protection.pk, evidence=seen)

    def agree() -> None:
        word: dict[str, Any] = {"actor": world.colleague, "now": NOW}
        decided = decide(approval_id=asked.pk, approve=True, note="", **word)
        end_agreed(approval=decided, **word)

    assert in_turn(PAUSE, confirm, agree) == ["done", "done"]
    protection.refresh_from_db()
    assert (protection.stage, protection.issuer) == ("ended", "医院")


def test_the_end_of_a_protection_of_a_merged_record_waits_for_the_undoing_of_the_merge(
    own_database: str,
) -> None:
    with transaction.atomic():
        world = make_company()
        told: dict[str, Any] = {"actor": world.agent, "now": NOW}
        low, high = (make_customer(world.agent, name=name) for name in "甲乙")
        made = claim_protection(customer_id=low.pk, kind="infant", **told)
        merge_customers(customer_id=high.pk, merged_id=low.pk, **told)

    def hold() -> None:
        Customer.objects.select_for_update(no_key=True).get(pk=low.pk)
        sleep(3 * PAUSE)

    answers = in_turn(
        PAUSE,
        hold,
        lambda: undo_merge(merged_id=low.pk, **told),
        lambda: end_protection(protection_id=made.pk, reason="已满三岁", **told),
    )
    assert answers == ["done", "done", "done"]
    assert list(Customer.objects.order_by("pk").values_list("flags", flat=True)) == [[], []]
    event = Event.objects.get(name="customers.protection_ended")
    assert event.payload["customer_id"] == low.pk


def test_two_pairs_of_which_one_is_named_by_a_merged_record_are_locked_in_one_order(
    own_database: str,
) -> None:
    with transaction.atomic():
        world = make_company()
        low, middle, high = (make_customer(world.agent, name=name) for name in "甲乙丙")
        merge_customers(actor=world.agent, now=NOW, customer_id=high.pk, merged_id=low.pk)

    def hold() -> None:
        Customer.objects.select_for_update(no_key=True).get(pk=high.pk)
        sleep(3 * PAUSE)

    def act(agent: Customer, principal: Customer) -> None:
        begin_acting(
            actor=world.agent, now=NOW, agent_id=agent.pk, principal_id=principal.pk,
            told=NewActing("carer", ("service",)), since=date(2024, 5, 1),
        )  # fmt: skip

    answers = in_turn(PAUSE, hold, lambda: act(low, middle), lambda: act(middle, high))
    assert answers == ["done", "done", "done"]
    assert Acting.objects.count() == 2
