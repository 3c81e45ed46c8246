"""A lower instalment is asked of a second person before it holds."""

from typing import Any

import pytest

from qiao.billing import operations as ops
from qiao.billing.decisions import tell_lowering
from qiao.billing.models import BudgetPlan
from qiao.billing.operations.asking import change_or_ask, lowering_agreed, start_or_ask
from qiao.billing.operations.budget import BadInstalment, BudgetMoved, BudgetRuns, start_budget
from qiao.billing.queries.budget import running_plan, suggested, year_of
from qiao.billing.showing import money
from qiao.billing.tests.lives import NOW, a_bill, an_account, issue
from qiao.core.approvals import AlreadyPending
from qiao.core.models import Approval
from qiao.core.rules.text import BadText
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills."""
    found = an_account(company)
    for month in range(12):
        issue(a_bill(found, month, str(7 + month)))
    return found


def test_a_lower_instalment_waits_for_a_second_person(company: Company, account: int) -> None:
    plan = start_budget(account_id=account, minor=None, actor=company.agent, now=NOW)
    usual = plan.instalment_minor
    about: dict[str, Any] = {"account_id": account, "actor": company.agent, "now": NOW}
    higher = change_or_ask(minor=usual + 500, reason="agreed", **about)
    assert isinstance(higher, BudgetPlan)
    asked = change_or_ask(minor=usual, reason="hardship", **about)
    assert isinstance(asked, Approval)
    plan = _running(account)
    assert plan.instalment_minor == usual + 500, "nothing is lower before somebody agrees"
    told = tell_lowering(asked)
    assert (told.differences[0].before, told.differences[0].after) == (
        money(usual + 500, "CNY"),
        money(usual, "CNY"),
    )
    with pytest.raises(AlreadyPending):
        change_or_ask(minor=usual - 100, reason="more", **about)
    lowering_agreed(approval=asked, actor=company.chief, now=NOW)
    assert _running(account).instalment_minor == usual
    with pytest.raises(BudgetMoved):
        lowering_agreed(approval=asked, actor=company.chief, now=NOW)
    with pytest.raises(BadText):
        change_or_ask(minor=usual - 100, reason=" ", **about)


def test_less_than_a_year_says_waits_for_a_second_person_from_the_start(
    company: Company, account: int
) -> None:
    usual = suggested(row := ops.lock_accounts([account])[account], year_of(row))
    about: dict[str, Any] = {"reason": "agreed", "actor": company.agent, "now": NOW}
    asked = start_or_ask(account_id=account, minor=usual - 100, **about)
    assert isinstance(asked, Approval)
    assert running_plan(account) is None
    lowering_agreed(approval=asked, actor=company.chief, now=NOW)
    assert _running(account).instalment_minor == usual - 100
    with pytest.raises(BudgetRuns):
        start_or_ask(account_id=account, minor=usual - 200, **about)
    young = an_account(company)
    assert isinstance(start_or_ask(account_id=young, minor=usual, **about), Approval)
    with pytest.raises(BadInstalment):
        start_or_ask(account_id=young, minor=0, **about)
    assert isinstance(
        start_or_ask(account_id=an_account(company), minor=8_000, **about), Approval
    ), "where nothing tells what a year comes to, no amount is enough by itself"


def _running(account: int) -> BudgetPlan:
    plan = running_plan(account)
    assert plan
    return plan
