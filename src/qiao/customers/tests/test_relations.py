"""Households, company groups, contact persons and acting: done, refused, kept whole."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.transactions import check_constraints
from qiao.customers.models import Customer, CustomerGroup, GroupMember
from qiao.customers.operations import (
    LaterChange,
    WrongState,
    merge_customers,
    undo_merge,
)
from qiao.customers.operations.groups import (
    change_head,
    describe_group,
    dissolve_group,
    join_group,
    leave_group,
    make_group,
    place_under,
)
from qiao.customers.operations.refusals import (
    AlreadyMember,
    HeadStays,
    HoldsOthers,
    NameMissing,
    NotAbove,
    NotMember,
    OutsideGroup,
    WouldCircle,
    WrongKind,
)
from qiao.customers.queries import NotVisible
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.relation_setting import (
    DAY,
    LATER,
    concern,
    firms,
    household,
    people,
    told,
)
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


def on(group: CustomerGroup, day: date) -> dict[int, tuple[str, int | None]]:
    rows = GroupMember.objects.filter(group=group, period__contains=day)
    return {row.customer_id: (row.role, row.under_id) for row in rows}


def test_a_household_is_made_and_told(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    check_constraints()
    assert on(group, DAY) == {one.pk: ("head", None), other.pk: ("member", None)}
    assert on(group, DAY - timedelta(days=1)) == {}
    assert group.number.startswith("JT")
    assert Event.objects.filter(name="customers.group_made").count() == 1


def test_another_head_leads_from_a_day_on_and_the_former_stays(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    change_head(group_id=group.pk, customer_id=other.pk, day=LATER, **told(world))
    check_constraints()
    assert on(group, LATER - timedelta(days=1))[one.pk] == ("head", None)
    assert on(group, LATER) == {one.pk: ("member", None), other.pk: ("head", None)}


def test_a_head_leaves_only_when_another_takes_the_place(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    with pytest.raises(HeadStays):
        leave_group(group_id=group.pk, customer_id=one.pk, day=LATER, **told(world))
    leave_group(group_id=group.pk, customer_id=one.pk, day=LATER, heir_id=other.pk, **told(world))
    check_constraints()
    assert on(group, LATER) == {other.pk: ("head", None)}


def test_who_left_may_join_another_household_the_same_day(world: Company) -> None:
    one, other, third = people(world.agent, "陈慧敏", "周明", "周小明")
    first, second = household(world, one, third), household(world, other)
    with pytest.raises(AlreadyMember):
        join_group(group_id=second.pk, customer_id=third.pk, since=LATER, **told(world))
    leave_group(group_id=first.pk, customer_id=third.pk, day=LATER, **told(world))
    join_group(group_id=second.pk, customer_id=third.pk, since=LATER, **told(world))
    check_constraints()
    assert third.pk in on(second, LATER)
    early = LATER - timedelta(days=1)
    with pytest.raises(LaterChange):
        leave_group(group_id=second.pk, customer_id=third.pk, day=early, **told(world))
    leave_group(group_id=second.pk, customer_id=third.pk, day=LATER, **told(world))
    check_constraints()
    assert not GroupMember.objects.filter(group=second, customer=third).exists()


def test_a_household_is_dissolved_and_then_stands_still(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    group = household(world, one, other)
    with pytest.raises(LaterChange):
        dissolve_group(group_id=group.pk, day=DAY, **told(world))
    dissolve_group(group_id=group.pk, day=LATER, **told(world))
    check_constraints()
    assert on(group, LATER) == {}
    with pytest.raises(WrongState):
        join_group(
            group_id=group.pk, customer_id=people(world.agent, "吴三")[0].pk, since=DAY,
            **told(world),
        )  # fmt: skip
    household(world, *people(world.agent, "甲乙", "丙丁"))
    make_group(kind="household", head_id=one.pk, since=LATER, **told(world))
    check_constraints()


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
    check_constraints()
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
    check_constraints()
    assert set(on(group, LATER + timedelta(days=1))) == {other.pk}


def test_rows_stay_with_their_record_when_a_merge_is_undone(world: Company) -> None:
    one, other, twin = people(world.agent, "陈慧敏", "周明", "陈惠敏")
    group = household(world, other, twin)
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    with pytest.raises(AlreadyMember):
        household(world, one)
    undo_merge(merged_id=twin.pk, **told(world))
    household(world, one)
    check_constraints()
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
    check_constraints()
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
        check_constraints()


def test_a_company_that_is_placed_did_not_join_again(world: Company) -> None:
    top, left, right = firms(world.agent, "城建集团", "锦程酒店", "锦程物业")
    group = concern(world, top, left, right)
    place_under(
        group_id=group.pk, customer_id=right.pk, under_id=left.pk, day=LATER, **told(world)
    )
    assert not Event.objects.filter(name="customers.group_joined").exists()
    event = Event.objects.get(name="customers.group_member_placed")
    assert event.payload == {"group_id": group.pk, "customer_id": right.pk, "under_id": left.pk}


def test_changing_a_large_group_costs_no_more_statements_than_a_small_one(world: Company) -> None:
    def statements(size: int, no: int) -> tuple[int, ...]:
        members = firms(world.agent, *(f"城建{no}-{n}" for n in range(size)))
        with CaptureQueriesContext(connection) as making:
            group = concern(world, *members)
        with CaptureQueriesContext(connection) as changing:
            change_head(group_id=group.pk, customer_id=members[1].pk, day=LATER, **told(world))
        with CaptureQueriesContext(connection) as ending:
            dissolve_group(group_id=group.pk, day=LATER + timedelta(days=30), **told(world))
        # One number in 64 is worth a statement of its own, whatever it is for.
        made = [each for each in making if "core_number_seq" not in each["sql"]]
        return len(made), len(changing), len(ending)

    assert statements(3, 1) == statements(20, 2)
