"""Managers for the tests of them, and customers given to them."""

from datetime import date

from qiao.core.actor import Actor
from qiao.customers.models import Customer
from qiao.customers.operations.managing import assign_manager
from qiao.customers.queries.managers import manager_of_customer
from qiao.customers.tests.factories import NOW
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

OWN_RIGHTS = ("customers.view", "customers.manage_own")


def keeper(company: Company, number: str, name: str = "方经理") -> Actor:
    """Somebody who looks after customers of the lake branch and does nothing else."""
    staff = person(number=number, name=name, branch=company.lake, permissions=OWN_RIGHTS)
    return actor_for(staff, day=TODAY)


def give(
    company: Company, customers: list[Customer], manager: Actor, since: date = TODAY, **more: bool
) -> None:
    """Assign, as the supervisor of the company."""
    assign_manager(
        actor=company.chief,
        now=NOW,
        customer_ids=[each.pk for each in customers],
        manager_id=manager.person_id,
        since=since,
        reason="大客户",
        **more,
    )


def name_of(customer: Customer, day: date = TODAY) -> str:
    """Who looks after the customer on that day."""
    found = manager_of_customer(customer_id=customer.pk, day=day)
    return found.name if found else ""
