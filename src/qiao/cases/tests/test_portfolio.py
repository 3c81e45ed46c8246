"""What cases tell in the portfolio of a customer manager."""

from datetime import timedelta

from qiao.cases.models import CaseType
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.customers.operations import merge_customers
from qiao.customers.operations.managing import assign_manager
from qiao.customers.queries.portfolio import PortfolioLine, keeper_for, portfolio
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

TODAY = NOW.date()


def lines(actor: Actor) -> dict[str, PortfolioLine]:
    """The actor's own portfolio by name, eight months after the cases of the tests."""
    keeper = keeper_for(actor=actor, manager_id=None, day=TODAY)
    later = NOW + timedelta(days=240)
    page = portfolio(actor=actor, keeper=keeper, now=later, day=TODAY)
    return {line.customer.name: line for line in page.lines}


def test_open_cases_are_counted_and_complaints_and_broken_promises_marked(
    company: Company,
) -> None:
    busy, quiet, twin = (
        make_customer(company.agent, name=name) for name in ("甲厂", "乙厂", "甲厂旧档")
    )
    assign_manager(
        actor=company.chief, now=NOW, customer_ids=[busy.pk, quiet.pk],
        manager_id=company.agent.person_id, since=TODAY,
    )  # fmt: skip
    a_case(company, customer_id=busy.pk)
    a_case(company, customer_id=twin.pk)
    merge_customers(
        actor=company.agent, now=NOW, customer_id=busy.pk, merged_id=twin.pk, reason="同一家"
    )

    found = lines(company.agent)
    assert (found["甲厂"].counts, found["乙厂"].counts) == ((2,), (0,))
    assert [n for _, n in found["甲厂"].alerts] == [2]
    assert found["乙厂"].alerts == ()

    CaseType.objects.update(group="complaint")
    assert len(lines(company.agent)["甲厂"].alerts) == 2


def test_cases_of_another_branch_are_not_counted(company: Company) -> None:
    customer = make_customer(company.agent, name="甲厂")
    assign_manager(
        actor=company.chief, now=NOW, customer_ids=[customer.pk],
        manager_id=company.agent.person_id, since=TODAY,
    )  # fmt: skip
    a_case(company, company.chief, customer_id=customer.pk, organisation=company.river)

    assert lines(company.agent)["甲厂"].counts == (0,)
