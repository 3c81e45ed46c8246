"""Customer managers: assigned and handed over; one at a time on every day."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.rules.periods import Period
from qiao.customers.models import (
    HandOverOfCustomers,
    ManagerAssignment,
)
from qiao.customers.operations import NotYet, ReasonMissing, merge_customers, undo_merge
from qiao.customers.operations.managing import (
    NotAManager,
    NothingToAssign,
    SameManager,
    assign_manager,
    end_manager,
    hand_over_customers,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.managers import (
    get_hand_over_for,
    managers_so_far,
    managers_table,
)
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.managing import give, keeper, name_of
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_who_has_a_manager_keeps_them_unless_asked_to_replace(company: Company) -> None:
    first, second = keeper(company, "1301", "方经理"), keeper(company, "1302", "孟经理")
    customers = [make_customer(company.agent, name=f"客户{n}") for n in range(4)]
    give(company, customers[:2], first, TODAY - timedelta(days=40))

    done = assign_manager(
        actor=company.chief, now=NOW, customer_ids=[each.pk for each in customers],
        manager_id=second.person_id, since=TODAY,
    )  # fmt: skip

    assert (done.assigned, done.taken, done.unseen) == (2, 2, 0)
    assert [name_of(each) for each in customers] == ["方经理", "方经理", "孟经理", "孟经理"]
    give(company, customers, second, replace=True)
    assert [name_of(each) for each in customers] == ["孟经理"] * 4
    assert name_of(customers[0], TODAY - timedelta(days=1)) == "方经理"
    assert Event.objects.filter(name="customers.managers_assigned").count() == 3


def test_the_database_refuses_two_managers_on_one_day(company: Company) -> None:
    customer = make_customer(company.agent)
    give(company, [customer], keeper(company, "1301"))

    with pytest.raises(IntegrityError, match="customers_manager_one"), transaction.atomic():
        ManagerAssignment.objects.create(
            customer=customer,
            manager=company.agent_staff,
            period=DateRange(TODAY + timedelta(days=9), None),
            assigned_at=NOW,
        )


def ended_on(periods: list[Period], day: date) -> list[Period]:
    """What is left of periods when none may reach `day`."""
    return [
        Period(each.start, day if each.end is None else min(each.end, day))
        for each in periods
        if each.start < day
    ]


def test_any_sequence_of_changes_leaves_what_the_rule_says(company: Company) -> None:
    keepers = [keeper(company, f"130{n}", f"经理{n}") for n in range(3)]
    chance = Random(7)
    for round_ in range(12):
        customer = make_customer(company.agent, name=f"客户{round_}")
        expected: list[Period] = []
        day = TODAY - timedelta(days=300)
        for _ in range(chance.randint(1, 7)):
            day += timedelta(days=chance.randint(0, 40))
            current = [p for p in expected if day in p]
            if current and chance.random() < 0.3:
                end_manager(
                    actor=company.chief,
                    now=NOW,
                    customer_ids=[customer.pk],
                    day=day,
                    reason="调整",
                )
                expected = ended_on(expected, day)
                continue
            other = [k for k in keepers if k.name != name_of(customer, day)]
            give(company, [customer], chance.choice(other), day, replace=True)
            expected = [*ended_on(expected, day), Period(day)]
        kept = ManagerAssignment.objects.filter(customer=customer).order_by("period")
        assert [Period(row.period.lower, row.period.upper) for row in kept] == expected


def test_what_was_in_force_is_not_rewritten_by_an_earlier_day(company: Company) -> None:
    customer = make_customer(company.agent)
    give(company, [customer], keeper(company, "1301"), TODAY - timedelta(days=10))

    with pytest.raises(NothingToAssign):
        give(
            company, [customer], keeper(company, "1302"), TODAY - timedelta(days=20), replace=True
        )


def test_a_change_lies_at_most_ninety_days_ahead(company: Company) -> None:
    with pytest.raises(NotYet):
        give(company, [make_customer(company.agent)], keeper(company, "1301"), date(2027, 6, 1))


def test_only_who_looks_after_customers_is_given_them(company: Company) -> None:
    clerk = person(
        number="1399", name="柜员", branch=company.lake, permissions=("customers.view",)
    )

    with pytest.raises(NotAManager):
        give(company, [make_customer(company.agent)], actor_for(clerk, day=TODAY))


def test_who_may_not_assign_is_refused(company: Company) -> None:
    own = keeper(company, "1301")

    with pytest.raises(Forbidden):
        assign_manager(
            actor=own, now=NOW, customer_ids=[make_customer(company.agent).pk],
            manager_id=own.person_id, since=TODAY,
        )  # fmt: skip


def test_customers_of_other_branches_are_neither_given_nor_told(company: Company) -> None:
    theirs = make_customer(company.outsider)
    own = make_customer(company.agent)
    manager = keeper(company, "1301")

    done = assign_manager(
        actor=company.chief, now=NOW, customer_ids=[own.pk, theirs.pk],
        manager_id=manager.person_id, since=TODAY,
    )  # fmt: skip

    assert (done.assigned, done.unseen) == (1, 1)
    assert name_of(theirs) == ""


def test_a_hand_over_passes_all_on_and_stays_readable(company: Company) -> None:
    leaver, heir = keeper(company, "1301", "方经理"), keeper(company, "1302", "孟经理")
    customers = [make_customer(company.agent, name=f"客户{n}") for n in range(3)]
    give(company, customers, leaver, TODAY - timedelta(days=100))

    done = hand_over_customers(
        actor=company.chief, now=NOW, from_manager_id=leaver.person_id,
        to_manager_id=heir.person_id, day=TODAY, reason="岗位调整", note="三家都在谈扩容",
    )  # fmt: skip

    assert done.assigned == 3
    now, before = managers_so_far(customer_id=customers[1].pk)
    assert (now.manager, now.note, now.is_running) == ("孟经理", "三家都在谈扩容", True)
    assert (before.manager, before.until, before.end_reason) == ("方经理", TODAY, "岗位调整")
    page = get_hand_over_for(actor=heir, hand_over_id=done.hand_over_id)
    assert {line.name for line in page.customers} == {"客户0", "客户1", "客户2"}
    with pytest.raises(NotVisible):
        get_hand_over_for(actor=company.agent, hand_over_id=done.hand_over_id)


def test_a_hand_over_needs_two_people_a_reason_and_customers(company: Company) -> None:
    one, other = keeper(company, "1301"), keeper(company, "1302")
    told: dict[str, Any] = {
        "actor": company.chief,
        "now": NOW,
        "day": TODAY,
        "from_manager_id": one.person_id,
    }

    with pytest.raises(SameManager):
        hand_over_customers(to_manager_id=one.person_id, reason="调整", **told)
    with pytest.raises(ReasonMissing):
        hand_over_customers(to_manager_id=other.person_id, reason=" ", **told)
    with pytest.raises(NothingToAssign):
        hand_over_customers(to_manager_id=other.person_id, reason="调整", **told)
    assert not HandOverOfCustomers.objects.exists()


def test_who_left_is_listed_first_with_their_customers(company: Company) -> None:
    leaver, heir = keeper(company, "1301", "方经理"), keeper(company, "1302", "孟经理")
    customer = make_customer(company.agent)
    give(company, [customer], leaver)
    staff = company.agent_staff.__class__.objects.get(pk=leaver.person_id)
    staff.is_active = False
    staff.save()

    first, second = managers_table(actor=company.chief, day=TODAY)[:2]

    assert (first.name, first.is_gone, first.customers) == ("方经理", True, 1)
    assert (second.name, second.is_gone, second.customers) == ("孟经理", False, 0)
    hand_over_customers(
        actor=company.chief, now=NOW, from_manager_id=leaver.person_id,
        to_manager_id=heir.person_id, day=TODAY, reason="离职",
    )  # fmt: skip
    assert name_of(customer) == "孟经理"


def test_after_a_merge_the_own_manager_speaks_and_undoing_gives_both_back(
    company: Company,
) -> None:
    one, other = keeper(company, "1301", "方经理"), keeper(company, "1302", "孟经理")
    kept, merged = make_customer(company.agent), make_customer(company.agent)
    lone, gone = make_customer(company.agent), make_customer(company.agent)
    give(company, [kept], one)
    give(company, [merged, gone], other)
    told: dict[str, Any] = {"actor": company.agent, "now": NOW}

    merge_customers(customer_id=kept.pk, merged_id=merged.pk, reason="同一人", **told)
    merge_customers(customer_id=lone.pk, merged_id=gone.pk, reason="同一人", **told)

    assert (name_of(kept), name_of(merged), name_of(lone)) == ("方经理", "方经理", "孟经理")
    lines = {line.name: line.customers for line in managers_table(actor=company.chief, day=TODAY)}
    assert (lines["方经理"], lines["孟经理"]) == (1, 1)
    undo_merge(merged_id=merged.pk, **told)
    assert name_of(merged) == "孟经理"


@pytest.mark.parametrize("many", [20, 2_000])
def test_however_many_are_handed_over_it_takes_the_same_statements(
    company: Company, many: int
) -> None:
    one, other = keeper(company, "1301"), keeper(company, "1302")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (number, kind, name, gender, language, name_search,"
            " name_grams, initials, pinyin, flags, tier, tier_reason, created_at)"
            " SELECT 'K' || n, 'organisation', '厂' || n, '', '', '厂' || n, '{}', '', '', '{}',"
            " 'C', '', %s FROM generate_series(1, %s) n RETURNING id",
            [NOW, many],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO customers_customerorganisation (customer_id, organisation_id, since)"
            " SELECT unnest(%s), %s, %s",
            [ids, company.lake.pk, NOW],
        )
    with CaptureQueriesContext(connection) as giving:
        assign_manager(
            actor=company.chief, now=NOW, customer_ids=ids, manager_id=one.person_id,
            since=TODAY - timedelta(days=30),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as handing:
        done = hand_over_customers(
            actor=company.chief, now=NOW, from_manager_id=one.person_id,
            to_manager_id=other.person_id, day=TODAY, reason="离职",
        )  # fmt: skip

    assert done.assigned == many
    assert (len(giving), len(handing)) == (15, 14)
