"""Visits of customer managers: when the next is due, and who writes them down."""

from datetime import date, timedelta
from typing import Any

import pytest

from qiao.customers.models import (
    CustomerVisit,
    LastContact,
    VisitPlan,
)
from qiao.customers.operations import ReasonMissing
from qiao.customers.operations.visiting import (
    NoManager,
    NotTheManager,
    Told,
    VisitAhead,
    move_visit,
    plan_visit,
    record_visit,
    set_visit_plan,
    skip_visit,
)
from qiao.customers.queries import NotVisible
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.managing import give, keeper
from qiao.staff.tests.cast import TODAY, Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_a_visit_moves_the_due_day_on_and_is_the_latest_contact(company: Company) -> None:
    manager, customer = keeper(company, "1301"), make_customer(company.agent)
    give(company, [customer], manager)
    told: dict[str, Any] = {"actor": manager, "now": NOW, "customer_id": customer.pk}
    set_visit_plan(every_months=3, due_date=TODAY - timedelta(days=5), purpose="走访", **told)
    planned = plan_visit(day=TODAY, topic="用水计划", **told)
    with pytest.raises(VisitAhead):
        plan_visit(day=TODAY + timedelta(days=3), topic="再来一次", **told)

    done = record_visit(day=TODAY, told=Told("concern", "水压偏低", "请维修所测压"), **told)

    assert (done.pk, done.state, done.topic) == (planned.pk, "done", "用水计划")
    assert VisitPlan.objects.get(customer=customer).due_date == date(2027, 2, 22)
    contact = LastContact.objects.get(customer=customer)
    assert (contact.channel, contact.subject) == ("visit", "用水计划")
    unplanned = record_visit(day=TODAY, told=Told("absent", how="phone", topic="回电"), **told)
    assert unplanned.pk != planned.pk


def test_an_old_visit_entered_late_neither_ends_the_planned_one_nor_moves_the_plan_back(
    company: Company,
) -> None:
    manager, customer = keeper(company, "1301"), make_customer(company.agent)
    give(company, [customer], manager)
    told: dict[str, Any] = {"actor": manager, "now": NOW, "customer_id": customer.pk}
    due, ahead = TODAY + timedelta(days=60), TODAY + timedelta(days=14)
    set_visit_plan(every_months=1, due_date=due, purpose="走访", **told)
    planned = plan_visit(day=ahead, topic="用水计划", **told)

    old = record_visit(day=TODAY - timedelta(days=1), told=Told("fine"), **told)

    assert old.pk != planned.pk
    assert VisitPlan.objects.get(customer=customer).due_date == due
    contact = LastContact.objects.get(customer=customer)
    assert (contact.at, contact.channel) == (NOW - timedelta(days=1), "visit")
    early = record_visit(day=TODAY, told=Told("fine", how="phone"), **told)
    assert (early.pk, early.state) == (planned.pk, "done")
    assert LastContact.objects.get(customer=customer).channel == "phone"


def test_a_visit_before_the_last_one_leaves_the_next_due_day_as_it_was_set(
    company: Company,
) -> None:
    manager, customer = keeper(company, "1301"), make_customer(company.agent)
    give(company, [customer], manager)
    told: dict[str, Any] = {"actor": manager, "now": NOW, "customer_id": customer.pk}
    record_visit(day=TODAY - timedelta(days=9), told=Told("fine"), **told)
    soon = TODAY + timedelta(days=5)
    set_visit_plan(every_months=3, due_date=soon, purpose="回访", **told)

    record_visit(day=TODAY - timedelta(days=20), told=Told("fine"), **told)
    assert VisitPlan.objects.get(customer=customer).due_date == soon
    record_visit(day=TODAY - timedelta(days=1), told=Told("fine"), **told)
    assert VisitPlan.objects.get(customer=customer).due_date > TODAY + timedelta(days=80)


def test_a_visit_is_moved_or_left_out_with_the_reason(company: Company) -> None:
    manager, customer = keeper(company, "1301"), make_customer(company.agent)
    give(company, [customer], manager)
    told: dict[str, Any] = {"actor": manager, "now": NOW, "customer_id": customer.pk}
    set_visit_plan(every_months=1, due_date=TODAY, **told)
    plan_visit(day=TODAY, topic="走访", **told)

    with pytest.raises(ReasonMissing):
        move_visit(day=TODAY + timedelta(days=2), reason="", **told)
    move_visit(day=TODAY + timedelta(days=2), reason="客户出差", **told)
    skipped = skip_visit(reason="客户停产", **told)

    assert (skipped.first_date, skipped.date) == (TODAY, TODAY + timedelta(days=2))
    assert skipped.state == "skipped"
    assert VisitPlan.objects.get(customer=customer).due_date == date(2026, 12, 24)


def test_only_the_manager_or_who_assigns_writes_visits_down(company: Company) -> None:
    one, other = keeper(company, "1301"), keeper(company, "1302")
    customer, nobodys = make_customer(company.agent), make_customer(company.agent)
    give(company, [customer], one)
    plan: dict[str, Any] = {"now": NOW, "day": TODAY, "topic": "走访"}

    with pytest.raises(NotTheManager):
        plan_visit(actor=other, customer_id=customer.pk, **plan)
    with pytest.raises(NoManager):
        plan_visit(actor=one, customer_id=nobodys.pk, **plan)
    with pytest.raises(NotVisible):
        plan_visit(actor=company.outsider, customer_id=customer.pk, **plan)
    made = plan_visit(actor=company.chief, customer_id=customer.pk, **plan)
    assert made.manager_id == one.person_id
    assert CustomerVisit.objects.count() == 1
