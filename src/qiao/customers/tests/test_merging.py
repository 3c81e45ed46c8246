"""Two rows that are one customer: merged, undone, in any order."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.transactions import check_constraints
from qiao.customers.models import (
    Customer,
    CustomerOrganisation,
    CustomerPhone,
    Merge,
    TierChange,
)
from qiao.customers.operations import (
    Choices,
    CustomerRefusal,
    NotMerged,
    UnknownChoice,
    add_phone,
    change_name,
    make_visible,
    merge_customers,
    note_last_contact,
    set_tier,
    undo_merge,
)
from qiao.customers.queries import (
    NotVisible,
    can_see,
    get_customer_for,
    held_as,
    lines_for,
    match_phone,
    merged_ids_as_of,
    survivor_as_of,
)
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

LATER = NOW + timedelta(days=1)
MUCH_LATER = NOW + timedelta(days=2)


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


def merge(world: Company, survivor: Customer, merged: Customer, **more: Any) -> Merge:
    return merge_customers(
        actor=world.chief, now=NOW, customer_id=survivor.pk, merged_id=merged.pk, **more
    )


def undo(world: Company, merged: Customer) -> Merge:
    return undo_merge(actor=world.chief, now=LATER, merged_id=merged.pk)


def test_a_merge_is_kept_with_who_when_why_and_what_it_changed(world: Company) -> None:
    old, new = (make_customer(world.agent, name=name) for name in ("王伟", "王偉"))
    made = merge(world, new, old, reason="同一身份证", choices=Choices(name=True))
    check_constraints()
    kept = Merge.objects.get()
    assert (kept.survivor, kept.merged, kept.actor_id) == (new, old, world.chief.staff_id)
    assert (kept.at, kept.reason, kept.undone_at) == (NOW, "同一身份证", None)
    assert kept.changes == [{"field": "name", "before": "王偉", "after": "王伟"}]
    undo(world, old)
    check_constraints()
    made.refresh_from_db()
    assert (made.undone_at, made.undone_by_id, made.kept) == (LATER, world.chief.staff_id, [])
    new.refresh_from_db()
    assert (new.name, new.name_search) == ("王偉", new.name_search)


def test_everything_chosen_for_the_survivor_goes_back_with_the_undo(world: Company) -> None:
    survivor = make_customer(
        world.agent, name="陈慧敏", phones=["13805712264"], flags=["infant"], gender=""
    )
    other = make_customer(
        world.agent, name="陈惠敏", phones=["13905710000"], flags=["elderly_alone"], gender="f"
    )
    set_tier(actor=world.agent, now=NOW, customer_id=other.pk, tier="A", reason="五年")
    before = Customer.objects.filter(pk=survivor.pk).values().get()
    phone = other.phones.get()
    merge(
        world, survivor, other,
        choices=Choices(name=True, gender=True, tier=True, phone_id=phone.pk),
    )  # fmt: skip
    survivor.refresh_from_db()
    assert (survivor.name, survivor.gender, survivor.tier) == ("陈惠敏", "f", "A")
    assert survivor.tier_reason == "五年"
    assert survivor.flags == ["elderly_alone", "infant"]
    assert survivor.phones.get(is_primary=True).number == phone.number
    assert phone.customer_id == other.pk, "nothing of the other is rewritten"
    assert TierChange.objects.filter(customer=survivor, tier="A").exists()
    assert undo(world, other).kept == []
    assert Customer.objects.filter(pk=survivor.pk).values().get() == before
    assert [p.number for p in survivor.phones.all()] == ["+8613805712264"]
    assert survivor.phones.get().is_primary


def test_what_was_changed_since_stays_and_is_told(world: Company) -> None:
    survivor = make_customer(world.agent, name="甲", phones=["13805712264"])
    other = make_customer(world.agent, name="乙", phones=["13905710000"])
    phone = other.phones.get()
    merge(world, survivor, other, choices=Choices(name=True, phone_id=phone.pk))
    change_name(actor=world.agent, now=NOW, customer_id=other.pk, name="丙")
    add_phone(
        actor=world.agent, now=NOW, customer_id=other.pk, number="13700001111", is_primary=True
    )
    assert undo(world, other).kept == ["name", "phone"]
    survivor.refresh_from_db()
    assert survivor.name == "丙"
    numbers = {p.number: p.is_primary for p in survivor.phones.all()}
    assert numbers == {"+8613805712264": False, "+8613700001111": True}
    other.refresh_from_db()
    assert other.name == "乙"


@pytest.mark.parametrize("order", ["abdc", "abcd", "dcba", "bdca", "cabd"])
def test_merges_that_gave_the_same_again_are_undone_in_any_order(
    world: Company, order: str
) -> None:
    survivor = make_customer(world.agent, name="甲", phones=["13805712264"], gender="")
    others = {
        letter: make_customer(world.agent, name="乙", phones=["13905710000"], gender=gender)
        for letter, gender in zip("abcd", "fmfm", strict=True)
    }
    before = _picture()

    def join(letter: str) -> None:
        number = others[letter].phones.get()
        merge(world, survivor, others[letter], choices=Choices(gender=True, phone_id=number.pk))

    for letter in "abc":
        join(letter)
    undo(world, others["a"])
    join("d")
    undo(world, others["b"])
    survivor.refresh_from_db()
    assert survivor.gender == "m", "the last merge stands"
    join("a")
    join("b")
    for letter in order:
        undo(world, others[letter])
    check_constraints()
    assert _picture() == before


def test_a_phone_of_neither_is_refused(world: Company) -> None:
    first, second, third = (make_customer(world.agent, phones=["13805712264"]) for _ in range(3))
    with pytest.raises(UnknownChoice):
        merge(world, first, second, choices=Choices(phone_id=third.phones.get().pk))


def test_a_number_of_a_record_merged_before_may_become_the_first(world: Company) -> None:
    top, middle, low = (
        make_customer(world.agent, name=name, phones=[f"1380000000{n}"])
        for n, name in enumerate("甲乙丙")
    )
    merge(world, middle, low)
    merge(world, top, middle, choices=Choices(phone_id=low.phones.get().pk))
    assert top.phones.get(is_primary=True).number == "+8613800000002"
    undo(world, middle)
    assert [p.number for p in top.phones.all()] == ["+8613800000000"]


def test_choices_of_a_chain_go_back_in_any_order(world: Company) -> None:
    base, *others = (
        make_customer(world.agent, name=name, phones=[f"1380000000{n}"])
        for n, name in enumerate("本甲乙丙")
    )
    for other in others:
        choices = Choices(name=True, phone_id=other.phones.get().pk)
        merge(world, base, other, choices=choices)
    for other in (others[1], others[0], others[2]):
        undo(world, other)
    base.refresh_from_db()
    assert base.name == "本"
    assert [(p.number, p.is_primary) for p in base.phones.all()] == [("+8613800000000", True)]


def test_who_stood_for_whom_on_a_past_day(world: Company) -> None:
    first, second, third = (make_customer(world.agent, name=name) for name in "甲乙丙")
    merge_customers(actor=world.chief, now=NOW, customer_id=second.pk, merged_id=third.pk)
    merge_customers(actor=world.chief, now=LATER, customer_id=first.pk, merged_id=second.pk)
    undo_merge(actor=world.chief, now=MUCH_LATER, merged_id=third.pk)
    before = NOW - timedelta(seconds=1)
    asked = {
        at: (merged_ids_as_of(customer_id=first.pk, at=at),
             survivor_as_of(customer_id=third.pk, at=at))
        for at in (before, NOW, LATER, MUCH_LATER)
    }  # fmt: skip
    assert asked == {
        before: ((first.pk,), third.pk),
        NOW: ((first.pk,), second.pk),
        LATER: ((first.pk, second.pk, third.pk), first.pk),
        MUCH_LATER: ((first.pk, second.pk), third.pk),
    }
    assert held_as(first.pk) == asked[MUCH_LATER][0]


def test_merging_and_undoing_need_the_right_on_both(world: Company) -> None:
    ours = make_customer(world.agent)
    theirs = make_customer(world.outsider)
    with pytest.raises(NotVisible):
        merge_customers(actor=world.agent, now=NOW, customer_id=ours.pk, merged_id=theirs.pk)
    merge(world, ours, theirs)
    assert can_see(actor=world.outsider, customer_id=ours.pk)
    undo_merge(actor=world.outsider, now=NOW, merged_id=theirs.pk)
    assert not can_see(actor=world.outsider, customer_id=ours.pk)
    with pytest.raises(NotMerged):
        undo(world, theirs)
    with pytest.raises(NotVisible):
        undo_merge(actor=world.chief, now=NOW, merged_id=0)


def test_a_link_that_two_lend_stays_until_both_are_undone(world: Company) -> None:
    survivor, first, second = (make_customer(world.agent, name=name) for name in "甲乙丙")
    for each in (first, second):
        make_visible(customer_id=each.pk, organisation_id=world.river.pk, now=NOW)
        merge(world, survivor, each)
    undo(world, first)
    assert can_see(actor=world.outsider, customer_id=survivor.pk)
    undo(world, second)
    assert not can_see(actor=world.outsider, customer_id=survivor.pk)


def test_a_link_from_far_down_a_chain_goes_with_its_undo(world: Company) -> None:
    top, middle, low = (make_customer(world.agent, name=name) for name in "甲乙丙")
    make_visible(customer_id=low.pk, organisation_id=world.river.pk, now=NOW)
    merge(world, middle, low)
    merge(world, top, middle)
    assert can_see(actor=world.outsider, customer_id=top.pk)
    undo(world, low)
    assert not can_see(actor=world.outsider, customer_id=top.pk)
    assert can_see(actor=world.outsider, customer_id=low.pk)


def test_the_screen_pop_and_lists_show_one_customer_with_all_places(world: Company) -> None:
    survivor = make_customer(world.agent, name="陈慧敏", phones=["13805712264"])
    other = make_customer(world.outsider, name="陈惠敏", phones=["13805712264", "13900001111"])
    account = make_account(world.outsider, owner=other)
    note_last_contact(customer_id=other.pk, at=NOW, channel="phone", subject="报修")
    merge(world, survivor, other)
    for number in ("+8613805712264", "+8613900001111"):
        (match,) = match_phone(actor=world.chief, e164=number)
        assert (match.customer_id, match.account_number) == (survivor.pk, account.number)
        assert match.last_contact_subject == "报修"
    assert match_phone(actor=world.agent, e164="+8613900001111")[0].customer_id == survivor.pk
    line = lines_for(actor=world.chief, customer_ids=[other.pk])[other.pk]
    assert (line.name, line.account_number) == ("陈慧敏", account.number)
    undo(world, other)
    assert len(match_phone(actor=world.chief, e164="+8613805712264")) == 2
    assert match_phone(actor=world.agent, e164="+8613900001111") == []


def test_what_came_after_the_merge_stays_with_the_survivor(world: Company) -> None:
    survivor, other = (make_customer(world.agent, name=name) for name in "甲乙")
    merge(world, survivor, other)
    phone = add_phone(actor=world.agent, now=NOW, customer_id=other.pk, number="13900001111")
    note_last_contact(customer_id=other.pk, at=NOW, channel="phone", subject="报修")
    make_visible(customer_id=other.pk, organisation_id=world.river.pk, now=NOW)
    account = make_account(world.agent, owner=other)
    undo(world, other)
    assert phone.customer_id == survivor.pk
    assert survivor.last_contact.subject == "报修"
    assert can_see(actor=world.outsider, customer_id=survivor.pk)
    assert not can_see(actor=world.outsider, customer_id=other.pk)
    assert account.parties.get().customer_id in {survivor.pk, other.pk}


@pytest.mark.parametrize("length", [2, 40])
def test_no_console_makes_a_cycle_and_long_chains_end(world: Company, length: int) -> None:
    rows = [make_customer(world.agent, name=f"客户{n}") for n in range(length)]
    for below, above in pairwise(rows):
        merge(world, above, below)
    assert get_customer_for(actor=world.chief, customer_id=rows[0].pk) == rows[-1]
    assert len(held_as(rows[-1].pk)) == length
    with pytest.raises(IntegrityError, match="stand for itself"), transaction.atomic():
        Customer.objects.filter(pk=rows[-1].pk).update(merged_into=rows[0])


def test_no_merge_beside_the_history_and_no_history_is_changed(world: Company) -> None:
    first, second = (make_customer(world.agent, name=name) for name in "甲乙")
    aside = transaction.savepoint()
    Customer.objects.filter(pk=second.pk).update(merged_into=first)
    with pytest.raises(IntegrityError, match="not in the history"):
        check_constraints()
    transaction.savepoint_rollback(aside)
    made = merge(world, first, second)
    for change in (
        lambda: Merge.objects.filter(pk=made.pk).update(at=LATER),
        lambda: Merge.objects.filter(pk=made.pk).delete(),
        lambda: Merge.objects.create(survivor=first, merged=second, at=LATER),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def _picture() -> dict[str, Any]:
    """All that merging may touch, without the histories."""
    return {
        "customers": list(Customer.objects.order_by("pk").values()),
        "phones": list(CustomerPhone.objects.order_by("pk").values()),
        "links": list(
            CustomerOrganisation.objects.order_by("customer_id", "organisation_id").values_list(
                "customer_id", "organisation_id", "through_merge_of"
            )
        ),
    }


_steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "undo"]), st.integers(0, 5), st.integers(0, 5),
        st.booleans(), st.booleans(), st.booleans(),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(steps=_steps, backwards=st.randoms(use_true_random=False))
def test_any_sequence_leaves_one_survivor_each_and_undoing_all_restores_all(
    world: Company, steps: list[tuple[Any, ...]], backwards: Any
) -> None:
    for _ in _rolled_back():
        people = [
            make_customer(
                world.chief,
                name=f"客{'甲乙丙丁戊己'[n]}",
                phones=[f"1380000000{n}"],
                gender=["", "f", "m"][n % 3],
                flags=[["infant"], [], ["disabled"]][n % 3],
                organisation_id=[world.lake.pk, world.river.pk, world.company.pk][n % 3],
            )
            for n in range(6)
        ]
        before = _picture()
        for what, a, b, name, phone, tier in steps:
            with suppress(CustomerRefusal):
                _step(world, what, people[a], people[b], name=name, phone=phone, tier=tier)
            check_constraints()
            survivors = Customer.objects.filter(merged_into=None).values_list("pk", flat=True)
            groups = [held_as(pk) for pk in survivors]
            assert sorted(pk for group in groups for pk in group) == [p.pk for p in people]
        standing = list(
            Merge.objects.filter(undone_at=None).select_related("merged").order_by("pk")
        )
        backwards.shuffle(standing)
        for each in standing:
            undo(world, each.merged)
        check_constraints()
        assert _picture() == before


def _step(
    world: Company,
    what: str,
    one: Customer,
    two: Customer,
    *,
    name: bool,
    phone: bool,
    tier: bool,
) -> None:
    if what == "undo":
        undo(world, one)
        return
    other = get_customer_for(actor=world.chief, customer_id=two.pk)
    chosen = CustomerPhone.objects.filter(customer=other).first()
    choices = Choices(
        name=name,
        gender=name,
        tier=tier,
        phone_id=chosen.pk if chosen and phone else None,
    )
    merge(world, one, two, choices=choices)


def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
