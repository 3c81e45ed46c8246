"""A number that two records of one customer hold is one number."""

from datetime import timedelta
from typing import Any

import pytest

from qiao.core import settings
from qiao.customers.models import Customer, CustomerPhone, FormerPhone
from qiao.customers.operations import add_phone, merge_customers, note_call, undo_merge
from qiao.customers.operations.numbers import (
    FAILURES,
    replace_number,
    retire_number,
    say_of_number,
)
from qiao.customers.queries import number_to_call
from qiao.customers.queries.numbers import flagged_numbers
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

TWICE, OTHER = "+8613805712264", "+8613905710002"


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


@pytest.fixture
def pair(world: Company) -> tuple[Customer, Customer]:
    """A survivor and the row merged into it, which have one number in common."""
    first, second = (make_customer(world.agent, phones=[TWICE]) for _ in range(2))
    merge_customers(actor=world.chief, now=NOW, customer_id=first.pk, merged_id=second.pk)
    return first, second


def call(customer: Customer, outcome: str, ref: str, *, number: str = TWICE, day: int = 0) -> None:
    note_call(
        customer_id=customer.pk, number=number, outcome=outcome, source="test", ref=ref,
        at=NOW - timedelta(days=30 - day), now=NOW,
    )  # fmt: skip


def standings(**where: Any) -> set[str]:
    return set(CustomerPhone.objects.filter(**where).values_list("standing", flat=True))


def test_what_is_said_of_a_number_holds_for_every_record_that_has_it(
    world: Company, pair: tuple[Customer, Customer]
) -> None:
    first, second = pair
    call(second, "wrong_person", "1")
    assert standings(number=TWICE) == {"wrong"}
    (line,) = flagged_numbers(actor=world.agent).lines
    assert line.customer_id == first.pk
    rows = CustomerPhone.objects.filter(number=TWICE).order_by("pk")
    for turn, (row, outcome) in enumerate(zip(rows, ("confirmed", "wrong_person"), strict=True)):
        said = say_of_number(
            actor=world.agent,
            now=NOW + timedelta(days=turn),
            customer_id=first.pk,
            phone_id=row.pk,
            outcome=outcome,
        )
        assert standings(number=TWICE) == {said.standing}
        assert bool(said.standing) == (outcome == "wrong_person")


def test_a_retired_number_is_gone_from_every_record_and_former_in_each(
    world: Company, pair: tuple[Customer, Customer]
) -> None:
    first, second = pair
    own = CustomerPhone.objects.get(customer=first)
    former = retire_number(
        actor=world.agent, now=NOW, customer_id=first.pk, phone_id=own.pk, reason="asked"
    )
    assert not CustomerPhone.objects.filter(number=TWICE).exists()
    assert former.customer_id == first.pk
    assert number_to_call(customer_id=first.pk) == ""
    undo_merge(actor=world.chief, now=NOW, merged_id=second.pk)
    assert FormerPhone.objects.filter(customer=second).count() == 1


def test_a_replaced_number_of_a_merged_record_leaves_the_own_first_number_first(
    world: Company,
) -> None:
    first, second = make_customer(world.agent, phones=[TWICE]), make_customer(world.agent)
    old = add_phone(actor=world.agent, now=NOW, customer_id=second.pk, number=OTHER)
    assert old.is_primary
    merge_customers(actor=world.chief, now=NOW, customer_id=first.pk, merged_id=second.pk)
    fresh = replace_number(
        actor=world.agent, now=NOW, customer_id=first.pk, phone_id=old.pk, number="13905710003"
    )
    assert not fresh.is_primary
    assert CustomerPhone.objects.get(customer=first, is_primary=True).number == TWICE


def test_the_number_to_call_stands_as_the_worst_record_of_it_says(world: Company) -> None:
    first, second = make_customer(world.agent, phones=[TWICE, OTHER]), make_customer(world.agent)
    add_phone(actor=world.agent, now=NOW, customer_id=second.pk, number=TWICE)
    call(first, "wrong_person", "before they were one")
    merge_customers(actor=world.chief, now=NOW, customer_id=first.pk, merged_id=second.pk)
    for each in (first, second):
        assert number_to_call(customer_id=each.pk) == OTHER
        assert number_to_call(customer_id=each.pk, preferred=TWICE) == OTHER


def test_the_limits_of_the_branch_that_knows_the_customer_count(world: Company) -> None:
    here, there = (make_customer(each, phones=[TWICE]) for each in (world.agent, world.outsider))
    settings.put(
        FAILURES, 1, valid_from=(NOW - timedelta(days=9)).date(), source="地方规定",
        actor=None, now=NOW, organisation_id=world.agent.organisation_id,
    )  # fmt: skip
    for each in (here, there):
        call(each, "no_answer", f"{each.pk}", day=29)
    assert standings(customer=here) == {"doubtful"}
    assert standings(customer=there) == {""}


def test_a_merge_tells_what_is_known_of_a_number_to_both_and_undoing_takes_it_back(
    world: Company,
) -> None:
    first, second = (make_customer(world.agent, phones=[TWICE]) for _ in range(2))
    call(second, "wrong_person", "1")
    merge_customers(actor=world.chief, now=NOW, customer_id=first.pk, merged_id=second.pk)
    assert standings(customer=first) == standings(customer=second) == {"wrong"}
    undo_merge(actor=world.chief, now=NOW, merged_id=second.pk)
    assert (standings(customer=first), standings(customer=second)) == ({""}, {"wrong"})
