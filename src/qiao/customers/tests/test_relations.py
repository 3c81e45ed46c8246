"""Households, company groups, contact persons and acting: done, refused, kept whole."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor, Forbidden
from qiao.core.models import Event
from qiao.core.rules.periods import BadPeriod
from qiao.customers.models import Acting, ContactPerson, Customer, CustomerGroup, GroupMember
from qiao.customers.operations import (
    AlreadyOwned,
    LaterChange,
    SameCustomer,
    WrongState,
    merge_customers,
    undo_merge,
)
from qiao.customers.operations.documents import NewDocument, add_document
from qiao.customers.operations.groups import (
    AlreadyMember,
    HeadStays,
    HoldsOthers,
    NameMissing,
    NotAbove,
    NotMember,
    OutsideGroup,
    WouldCircle,
    WrongKind,
    change_head,
    describe_group,
    dissolve_group,
    join_group,
    leave_group,
    make_group,
    place_under,
)
from qiao.customers.operations.speaking import (
    BadEmail,
    ForeignDocument,
    NewActing,
    NewContactPerson,
    UnknownScope,
    WhoMissing,
    add_contact_person,
    begin_acting,
    end_acting,
    end_contact_person,
    make_primary,
)
from qiao.customers.queries import NotVisible
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 1)
LATER = date(2025, 5, 1)


@pytest.fixture
def world() -> Company:
    return make_company()


def told(world: Company) -> dict[str, Any]:
    return {"actor": world.agent, "now": NOW}


def people(actor: Actor, *names: str) -> list[Customer]:
    return [make_customer(actor, name=name) for name in names]


def firms(actor: Actor, *names: str) -> list[Customer]:
    return [make_customer(actor, name=name, kind="organisation") for name in names]


def household(world: Company, *members: Customer) -> CustomerGroup:
    head, *others = members
    return make_group(
        kind="household",
        head_id=head.pk,
        member_ids=[each.pk for each in others],
        since=DAY,
        **told(world),
    )


def concern(world: Company, *members: Customer) -> CustomerGroup:
    head, *others = members
    return make_group(
        kind="company",
        head_id=head.pk,
        member_ids=[each.pk for each in others],
        since=DAY,
        name="临江城建集团",
        **told(world),
    )


def on(group: CustomerGroup, day: date) -> dict[int, tuple[str, int | None]]:
    rows = GroupMember.objects.filter(group=group, period__contains=day)
    return {row.customer_id: (row.role, row.under_id) for row in rows}


def check_now() -> None:
    """What the database would say at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_household_is_made_and_told(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    check_now()
    assert on(group, DAY) == {one.pk: ("head", None), other.pk: ("member", None)}
    assert on(group, DAY - timedelta(days=1)) == {}
    assert group.number.startswith("JT")
    assert Event.objects.filter(name="customers.group_made").count() == 1


def test_another_head_leads_from_a_day_on_and_the_former_stays(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    change_head(group_id=group.pk, customer_id=other.pk, day=LATER, **told(world))
    check_now()
    assert on(group, LATER - timedelta(days=1))[one.pk] == ("head", None)
    assert on(group, LATER) == {one.pk: ("member", None), other.pk: ("head", None)}


def test_a_head_leaves_only_when_another_takes_the_place(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    with pytest.raises(HeadStays):
        leave_group(group_id=group.pk, customer_id=one.pk, day=LATER, **told(world))
    leave_group(group_id=group.pk, customer_id=one.pk, day=LATER, heir_id=other.pk, **told(world))
    check_now()
    assert on(group, LATER) == {other.pk: ("head", None)}


def test_who_left_may_join_another_household_the_same_day(world: Company) -> None:
    one, other, third = people(world.agent, "陈慧敏", "周明", "周小明")
    first, second = household(world, one, third), household(world, other)
    with pytest.raises(AlreadyMember):
        join_group(group_id=second.pk, customer_id=third.pk, since=LATER, **told(world))
    leave_group(group_id=first.pk, customer_id=third.pk, day=LATER, **told(world))
    join_group(group_id=second.pk, customer_id=third.pk, since=LATER, **told(world))
    check_now()
    assert third.pk in on(second, LATER)
    early = LATER - timedelta(days=1)
    with pytest.raises(LaterChange):
        leave_group(group_id=second.pk, customer_id=third.pk, day=early, **told(world))
    leave_group(group_id=second.pk, customer_id=third.pk, day=LATER, **told(world))
    check_now()
    assert not GroupMember.objects.filter(group=second, customer=third).exists()


def test_a_household_is_dissolved_and_then_stands_still(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    with pytest.raises(LaterChange):
        dissolve_group(group_id=group.pk, day=DAY, **told(world))
    dissolve_group(group_id=group.pk, day=LATER, **told(world))
    check_now()
    assert on(group, LATER) == {}
    with pytest.raises(WrongState):
        join_group(
            group_id=group.pk, customer_id=people(world.agent, "吴三")[0].pk, since=DAY,
            **told(world),
        )  # fmt: skip
    household(world, *people(world.agent, "甲乙", "丙丁"))
    make_group(kind="household", head_id=one.pk, since=LATER, **told(world))
    check_now()


def test_households_are_of_persons_and_groups_of_organisations(world: Company) -> None:
    (one,), (firm,) = people(world.agent, "陈慧敏"), firms(world.agent, "锦程酒店")
    with pytest.raises(WrongKind):
        household(world, one, firm)
    with pytest.raises(WrongKind):
        concern(world, firm, one)
    with pytest.raises(NameMissing):
        make_group(kind="company", head_id=firm.pk, since=DAY, **told(world))


def test_a_group_of_companies_is_a_tree_that_cannot_close(world: Company) -> None:
    top, left, right = firms(world.agent, "城建集团", "锦程酒店", "锦程物业")
    group = concern(world, top, left, right)
    place_under(
        group_id=group.pk, customer_id=right.pk, under_id=left.pk, day=LATER, **told(world)
    )
    check_now()
    assert on(group, LATER)[right.pk] == ("member", left.pk)
    with pytest.raises(WouldCircle):
        place_under(
            group_id=group.pk, customer_id=left.pk, under_id=right.pk, day=LATER, **told(world)
        )
    with pytest.raises(HoldsOthers):
        leave_group(
            group_id=group.pk, customer_id=left.pk, day=LATER + timedelta(days=9), **told(world)
        )
    (late,) = firms(world.agent, "锦程食品")
    with pytest.raises(NotMember):
        join_group(
            group_id=group.pk, customer_id=late.pk, since=LATER, under_id=late.pk, **told(world)
        )
    join_group(group_id=group.pk, customer_id=late.pk, since=LATER, **told(world))
    (later,) = firms(world.agent, "锦程洗衣")
    with pytest.raises(NotAbove):
        join_group(
            group_id=group.pk, customer_id=later.pk, since=DAY, under_id=late.pk, **told(world)
        )
    with pytest.raises(OutsideGroup):
        join_group(
            group_id=group.pk, customer_id=later.pk, since=DAY - timedelta(days=1), **told(world)
        )


def test_a_merged_record_means_who_stands_for_it(world: Company) -> None:
    one, other, twin = people(world.agent, "陈慧敏", "周明", "陈惠敏")
    group = household(world, one, other)
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    with pytest.raises(AlreadyMember):
        join_group(group_id=group.pk, customer_id=twin.pk, since=LATER, **told(world))
    change_head(group_id=group.pk, customer_id=other.pk, day=LATER, **told(world))
    leave_group(
        group_id=group.pk, customer_id=twin.pk, day=LATER + timedelta(days=1), **told(world)
    )
    check_now()
    assert set(on(group, LATER + timedelta(days=1))) == {other.pk}


def test_rows_stay_with_their_record_when_a_merge_is_undone(world: Company) -> None:
    one, other, twin = people(world.agent, "陈慧敏", "周明", "陈惠敏")
    group = household(world, other, twin)
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    with pytest.raises(AlreadyMember):
        household(world, one)
    undo_merge(merged_id=twin.pk, **told(world))
    household(world, one)
    check_now()
    assert twin.pk in on(group, DAY)


def test_next_door_there_is_no_such_household_and_a_reader_changes_nothing(
    world: Company,
) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    with pytest.raises(NotVisible):
        change_head(
            actor=world.outsider, now=NOW, group_id=group.pk, customer_id=other.pk, day=LATER
        )
    with pytest.raises(NotVisible):
        make_group(actor=world.outsider, now=NOW, kind="household", head_id=one.pk, since=LATER)
    staff = person(number="7001", name="读者", branch=world.lake, permissions=("customers.view",))
    reader = actor_for(staff, day=TODAY)
    with pytest.raises(Forbidden):
        dissolve_group(actor=reader, now=NOW, group_id=group.pk, day=LATER)


def test_who_joins_is_seen_by_the_branch_of_the_household(world: Company) -> None:
    one = make_customer(world.chief, organisation_id=world.lake.pk)
    far = make_customer(world.chief, organisation_id=world.river.pk, name="周明")
    make_group(
        actor=world.chief, now=NOW, kind="household", head_id=one.pk, member_ids=[far.pk],
        since=DAY,
    )  # fmt: skip
    assert Customer.objects.visible_to(world.agent).filter(pk=far.pk).exists()


def test_a_household_is_named_and_may_go_without_a_name(world: Company) -> None:
    group = household(world, *people(world.agent, "陈慧敏"))
    describe_group(actor=world.agent, group_id=group.pk, name="陈家", note="祖孙三代")
    group.refresh_from_db()
    assert (group.name, group.search, group.grams) == ("陈家", "陈家", ["家$", "陈家"])
    describe_group(actor=world.agent, group_id=group.pk, name="")


def _member(group: CustomerGroup, customer: Customer, **more: Any) -> GroupMember:
    values = {"role": "member", "period": DateRange(DAY, None), **more}
    return GroupMember(group=group, customer=customer, **values)


def test_the_database_refuses_a_group_that_is_not_whole(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    top, left, right = firms(world.agent, "城建集团", "锦程酒店", "锦程物业")
    home, group = household(world, one, other), concern(world, top, left, right)
    check_now()
    stays = GroupMember.objects
    wrong: dict[str, Callable[[], object]] = {
        "customers_group_headed": lambda: stays.filter(customer=one).update(role="member"),
        "customers_group_days": lambda: stays.filter(customer=other).update(
            period=DateRange(DAY - timedelta(days=1), None)
        ),
        "customers_group_tree": lambda: stays.filter(customer=left).update(under=None),
        "customers_group_no_circle": lambda: (
            stays.filter(customer=left).update(under=right),
            stays.filter(customer=right).update(under=left),
        ),
        "a stay belongs to one group": lambda: stays.filter(customer=other).update(group=group),
        "customers_member_one_group": lambda: _member(group, other, under=top).save(),
        "customers_member_one_head": lambda: stays.filter(customer=other).update(role="head"),
        "customers_group_kind": lambda: CustomerGroup.objects.filter(pk=group.pk).update(name=""),
    }
    for name, change in wrong.items():
        with pytest.raises(Error, match=name):
            _commit(change)
    with pytest.raises(IntegrityError, match="customers_group_headed"):
        _commit(
            lambda: CustomerGroup.objects.filter(pk=home.pk).update(period=DateRange(DAY, LATER))
        )


def _commit(change: Callable[[], object]) -> None:
    with transaction.atomic():
        change()
        check_now()


def contact(world: Company, firm: Customer, **more: Any) -> ContactPerson:
    until = more.pop("until", None)
    since = more.pop("since", DAY)
    values = {"function": "finance", **more}
    return add_contact_person(
        customer_id=firm.pk, told=NewContactPerson(**values), since=since, until=until,
        **told(world),
    )  # fmt: skip


def test_an_organisation_has_one_primary_contact_person_at_a_time(world: Company) -> None:
    (firm,), (one,) = firms(world.agent, "锦程酒店"), people(world.agent, "陈慧敏")
    first = contact(world, firm, name="李会计", phone="138 0571 2264", is_primary=True)
    second = contact(world, firm, person_id=one.pk, function="technical", is_primary=True)
    first.refresh_from_db()
    assert (first.phone, first.is_primary, second.is_primary) == ("+8613805712264", False, True)
    make_primary(actor=world.agent, contact_person_id=first.pk)
    second.refresh_from_db()
    assert not second.is_primary
    with pytest.raises(AlreadyOwned):
        contact(world, firm, person_id=one.pk, function="technical", since=LATER)
    end_contact_person(contact_person_id=second.pk, day=LATER, **told(world))
    contact(world, firm, person_id=one.pk, function="technical", since=LATER)
    with pytest.raises(WrongState):
        end_contact_person(contact_person_id=second.pk, day=LATER, **told(world))
    with pytest.raises(BadPeriod):
        end_contact_person(contact_person_id=first.pk, day=DAY - timedelta(days=1), **told(world))
    end_contact_person(contact_person_id=first.pk, day=DAY, **told(world))
    assert not ContactPerson.objects.filter(pk=first.pk).exists(), "it was a mistake"
    kinds = Event.objects.filter(name__startswith="customers.contact_person").values_list("name")
    assert kinds.count() == 5


@pytest.mark.parametrize(
    ("refusal", "wrong"),
    [
        (WhoMissing, {"name": " "}),
        (UnknownScope, {"name": "李", "function": "cook"}),
        (BadEmail, {"name": "李", "email": "nobody"}),
        (BadPeriod, {"name": "李", "until": DAY}),
    ],
)
def test_a_contact_person_that_says_nothing_is_refused(
    world: Company, refusal: type[Exception], wrong: dict[str, Any]
) -> None:
    (firm,) = firms(world.agent, "锦程酒店")
    with pytest.raises(refusal):
        contact(world, firm, **wrong)


def test_only_organisations_have_contact_persons_and_only_persons_are_some(
    world: Company,
) -> None:
    (one,), (firm, other) = people(world.agent, "陈慧敏"), firms(world.agent, "酒店", "物业")
    with pytest.raises(WrongKind):
        contact(world, one, name="李")
    with pytest.raises(WrongKind):
        contact(world, firm, person_id=other.pk)
    with pytest.raises(SameCustomer):
        contact(world, firm, person_id=firm.pk)
    stranger = make_customer(world.outsider, name="隔壁")
    with pytest.raises(NotVisible):
        contact(world, firm, person_id=stranger.pk)


def act(world: Company, agent: Customer, principal: Customer, **more: Any) -> Acting:
    days = {"since": more.pop("since", DAY), "until": more.pop("until", None)}
    values = {"basis": "parent", "scope": ("service", "information"), **more}
    return begin_acting(
        agent_id=agent.pk, principal_id=principal.pk, told=NewActing(**values), **days,
        **told(world),
    )  # fmt: skip


def test_a_parent_acts_for_two_children_each_for_a_time(world: Company) -> None:
    parent, one, other = people(world.agent, "陈慧敏", "周小明", "周小红")
    first = act(world, parent, one)
    act(world, parent, other, until=LATER)
    assert first.scope == ["information", "service"]
    with pytest.raises(AlreadyOwned):
        act(world, parent, other, basis="guardian", since=LATER - timedelta(days=1))
    act(world, parent, other, basis="guardian", since=LATER)
    end_acting(acting_id=first.pk, day=LATER, **told(world))
    with pytest.raises(WrongState):
        end_acting(acting_id=first.pk, day=LATER, **told(world))
    assert Event.objects.filter(name="customers.acting_begun").count() == 3
    mistaken = act(world, one, other)
    end_acting(acting_id=mistaken.pk, day=DAY, **told(world))
    assert not Acting.objects.filter(pk=mistaken.pk).exists()
    assert Event.objects.filter(name="customers.acting_ended").count() == 2


def test_acting_that_cannot_be_is_refused(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    (firm,) = firms(world.agent, "锦程物业")
    for refusal, agent, principal, more in (
        (SameCustomer, one, one, {}),
        (UnknownScope, one, other, {"scope": ()}),
        (UnknownScope, one, other, {"basis": "friend"}),
        (WrongKind, firm, other, {}),
        (BadPeriod, one, other, {"until": DAY}),
        (NotVisible, one, make_customer(world.outsider, name="隔壁"), {}),
    ):
        with pytest.raises(refusal):
            act(world, agent, principal, **more)
    act(world, firm, other, basis="attorney")


def test_the_proof_lies_in_the_file_of_one_of_the_two(
    world: Company, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    one, other, third = people(world.agent, "陈慧敏", "周明", "吴三")
    papers = [
        add_document(
            customer_id=each.pk, told=NewDocument("authorisation", "委托书", DAY),
            file=io.BytesIO("委托".encode()), file_name="委托书.txt", **told(world),
        )
        for each in (other, third)
    ]  # fmt: skip
    with pytest.raises(ForeignDocument):
        act(world, one, other, basis="attorney", document_id=papers[1].pk)
    assert act(world, one, other, basis="attorney", document_id=papers[0].pk).document == papers[0]


def test_a_merged_record_does_not_act_for_itself(world: Company) -> None:
    one, twin = people(world.agent, "陈慧敏", "陈惠敏")
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    with pytest.raises(SameCustomer):
        act(world, one, twin)
