"""Equal instalments: asked, settled at the end of the year, changed, ended, taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BudgetPlan, Posting, Standing
from qiao.billing.operations.budget import (
    BadInstalment,
    BudgetRuns,
    NoBudget,
    NothingToReckon,
    change_budget,
    end_budget,
    start_budget,
)
from qiao.billing.queries.bill_facts import balances_of
from qiao.billing.queries.budget import balance_of, foreseen, running_plan, suggested, year_of
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.queries.standings import open_of
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.lives import (
    NOW,
    USES,
    a_bill,
    a_billed_year,
    a_free_tariff,
    a_tariff,
    an_account,
    assert_reckons_again,
    audit,
    balance,
    begin_budget,
    issue,
    pay,
    standing,
)
from qiao.core import settings
from qiao.core.actor import Forbidden
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
DAY = date(2026, 11, 22)


def _budget(account: int) -> int:
    rows = Standing.objects.filter(account=account, ledger=Ledger.BUDGET)
    return sum(rows.values_list("minor", flat=True))


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills, all paid."""
    return a_billed_year(company)


def test_a_year_of_own_bills_says_what_is_asked(company: Company, account: int) -> None:
    row = ops.lock_accounts([account])[account]
    year = year_of(row)
    total = sum(Bill.objects.filter(account=account).values_list("total_minor", flat=True))
    assert (year.minor, year.basis, year.days) == (total, BudgetPlan.Basis.OWN, 365)
    asked = suggested(row, year)
    assert asked == -(-total // 1_200) * 100
    rows = foreseen(row, asked=asked, year=year)
    bills = Bill.objects.filter(account=account).order_by("start_date")
    assert [each.expected for each in rows] == [bill.total_minor for bill in bills]
    plan = begin_budget(company, account)
    assert (plan.instalment_minor, plan.basis) == (asked, "own")
    assert (plan.start_date, plan.until_date) == (date(2026, 11, 1), date(2027, 11, 1))


def test_each_bill_asks_the_instalment_and_the_last_settles(
    company: Company, account: int
) -> None:
    plan = begin_budget(company, account)
    asked, real = [], 0
    for month, use in enumerate(USES, 12):
        (bill,) = issue(a_bill(account, month, use, day=DAY))
        asked.append(bill.asked)
        real += bill.total_minor
        assert bill.total_minor != bill.asked
        if month < 23:
            assert open_of(bill) == plan.instalment_minor
            assert bill.budget_minor == _budget(account) == real - sum(asked)
    assert asked[:-1] == [plan.instalment_minor] * 11
    assert sum(asked) == real
    assert _budget(account) == 0
    plan.refresh_from_db()
    assert (plan.state, plan.settled_by_id) == ("settled", bill.pk)
    after = running_plan(account)
    assert after
    assert after.previous_id == plan.pk
    assert (after.start_date, after.until_date) == (date(2027, 11, 1), date(2028, 11, 1))
    assert after.instalment_minor == -(-real // 1_200) * 100
    assert balance(account) == real
    assert not audit()
    assert_reckons_again([account])


def test_a_credit_at_the_end_of_the_year_is_paid_ahead(company: Company, account: int) -> None:
    begin_budget(company, account, 50_000)
    real = 0
    for month in range(12, 24):
        (bill,) = issue(a_bill(account, month, "2", day=DAY))
        pay(account, 50_000)
        real += bill.total_minor
    assert bill.asked < 0
    assert _budget(account) == 0
    assert balance(account) == real - 12 * 50_000
    assert not standing(account)
    assert not audit()


def test_without_a_year_its_neighbours_tell_and_it_is_said_why(company: Company) -> None:
    tariff = a_tariff()
    young = an_account(company, tariff)
    issue(a_bill(young, 0, "10"))
    row = ops.lock_accounts([young])[young]
    none = year_of(row)
    assert (none.basis, none.days, none.neighbours) == (None, 30, 0)
    with pytest.raises(NothingToReckon) as refused:
        begin_budget(company, young)
    assert (refused.value.days, refused.value.neighbours) == (30, 0)
    others = [an_account(company, tariff) for _ in range(5)]
    for place, other in enumerate(others):
        for month in range(12):
            issue(a_bill(other, month, str(10 * (place + 1))))
    year = year_of(row)
    middle = Bill.objects.filter(account=others[2]).values_list("total_minor", flat=True)
    assert (year.basis, year.neighbours) == (BudgetPlan.Basis.NEIGHBOURS, 5)
    assert year.minor == sum(middle)
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(reverse("billing:budget", args=[young])).content.decode()
    assert "bills of 30 days only" in page
    assert "middle of 5 neighbours" in page
    assert begin_budget(company, young).basis == "neighbours"


def test_an_amount_that_was_agreed_needs_no_year(company: Company) -> None:
    young = an_account(company)
    plan = begin_budget(company, young, 8_000)
    assert (plan.basis, plan.instalment_minor) == ("given", 8_000)
    (bill,) = issue(a_bill(young, 0, "10"))
    assert open_of(bill) == 8_000
    for wrong in (0, -5):
        with pytest.raises(BadInstalment):
            change_budget(account_id=young, minor=wrong, reason="x", actor=company.agent, now=NOW)


def test_a_bill_of_nothing_asks_its_instalment_too(company: Company) -> None:
    account = an_account(company, a_free_tariff())
    begin_budget(company, account, 3_000)
    (bill,) = issue(a_bill(account, 0, "0"))
    assert (bill.total_minor, open_of(bill), _budget(account)) == (0, 3_000, -3_000)
    (second,) = issue(a_bill(account, 1, "30"))
    told = balances_of([bill, second])
    assert (told[bill.pk].billed, told[bill.pk].budget, told[bill.pk].due) == (0, 3_000, 3_000)
    assert (told[second.pk].before, told[second.pk].other) == (3_000, 0)
    assert told[second.pk].due == 6_000
    assert not audit()


def test_late_fees_run_on_the_instalment(company: Company, account: int) -> None:
    settings.put(
        rate_key("water", "household"), 10, valid_from=date(2020, 1, 1), source="contract",
        actor=None, now=NOW,
    )  # fmt: skip
    begin_budget(company, account, 5_000)
    (bill,) = issue(a_bill(account, 12, "80", day=DAY))
    (fee,) = accrued([account], day=bill.due_date + timedelta(days=10))
    assert {each.minor for each in fee.fee.stretches} == {5_000}
    assert bill.total_minor > 5_000


def test_another_amount_is_asked_from_the_next_bill_on(company: Company, account: int) -> None:
    first = begin_budget(company, account, 10_000)
    issue(a_bill(account, 12, "30", day=DAY))
    second = change_budget(
        account_id=account, minor=6_000, reason="fewer people", actor=company.agent, now=NOW
    )
    first.refresh_from_db()
    assert (first.state, second.until_date) == ("changed", first.until_date)
    (bill,) = issue(a_bill(account, 13, "30", day=DAY))
    assert bill.asked == 6_000
    with pytest.raises(BudgetRuns):
        begin_budget(company, account)


def test_a_bill_of_days_before_it_began_asks_what_it_comes_to(
    company: Company, account: int
) -> None:
    begin_budget(company, account, 10_000)
    last = Bill.objects.filter(account=account).latest("end_date")
    ops.reverse_bill(bill_id=last.pk, day=DAY, reason="misread", actor=None, now=NOW)
    (anew,) = issue(replace(a_bill(account, 11, "30", day=DAY), before_id=last.pk))
    assert anew.asked_minor is None
    (first,) = issue(a_bill(account, 12, "30", day=DAY))
    assert first.asked_minor == 10_000


def test_who_ends_it_settles_with_the_next_bill(company: Company, account: int) -> None:
    begin_budget(company, account, 10_000)
    (first,) = issue(a_bill(account, 12, "30", day=DAY))
    left = _budget(account)
    assert left == first.total_minor - 10_000
    end_budget(account_id=account, reason="wished", actor=company.agent, now=NOW)
    with pytest.raises(NoBudget):
        end_budget(account_id=account, reason="again", actor=company.agent, now=NOW)
    (bill,) = issue(a_bill(account, 13, "30", day=DAY))
    assert bill.asked == bill.total_minor + left
    assert running_plan(account) is None
    (after,) = issue(a_bill(account, 14, "30", day=DAY))
    assert after.asked_minor is None
    assert not audit()


def test_one_that_never_asked_anything_is_over_at_once(company: Company, account: int) -> None:
    begin_budget(company, account)
    plan = end_budget(account_id=account, reason="wished", actor=company.agent, now=NOW)
    assert plan.state == "settled"
    assert begin_budget(company, account).state == "running"


def test_whoever_leaves_settles_with_their_final_bill(company: Company, account: int) -> None:
    begin_budget(company, account, 10_000)
    issue(a_bill(account, 12, "30", day=DAY))
    left = _budget(account)
    final = replace(a_bill(account, 13, "30", day=DAY), kind=Bill.Kind.FINAL)
    (bill,) = issue(final)
    assert bill.asked == bill.total_minor + left
    assert running_plan(account) is None
    assert _budget(account) == 0


def test_a_bill_that_is_taken_back_takes_its_instalment_with_it(
    company: Company, account: int
) -> None:
    plan = begin_budget(company, account, 10_000)
    before = balance(account)
    bills = [issue(a_bill(account, month, "30", day=DAY))[0] for month in range(12, 24)]
    renewed = running_plan(account)
    assert renewed
    change_budget(account_id=account, minor=7_700, reason="agreed", actor=company.agent, now=NOW)
    ops.reverse_bill(bill_id=bills[-1].pk, day=DAY, reason="misread", actor=None, now=NOW)
    again = running_plan(account)
    assert again
    assert again.pk == plan.pk
    states = BudgetPlan.objects.filter(account=account).order_by("pk").values_list("state")
    assert [state for (state,) in states] == ["running", "withdrawn", "withdrawn"]
    assert _budget(account) == sum(b.total_minor - b.asked for b in bills[:-1])
    for bill in reversed(bills[:-1]):
        ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW)
    assert (_budget(account), balance(account)) == (0, before)
    assert not audit()


def test_what_was_ended_and_taken_back_is_settled_by_the_next_bill(
    company: Company, account: int
) -> None:
    begin_budget(company, account, 10_000)
    (first,) = issue(a_bill(account, 12, "30", day=DAY))
    end_budget(account_id=account, reason="wished", actor=company.agent, now=NOW)
    (settling,) = issue(a_bill(account, 13, "30", day=DAY))
    ops.reverse_bill(bill_id=settling.pk, day=DAY, reason="misread", actor=None, now=NOW)
    plan = running_plan(account)
    assert plan
    assert plan.ends
    assert balance_of(account) == first.total_minor - first.asked
    assert not audit()


def test_whoever_does_not_issue_bills_asks_no_instalments(company: Company, account: int) -> None:
    with pytest.raises(Forbidden):
        start_budget(account_id=account, minor=None, actor=company.outsider, now=NOW)
    assert not BudgetPlan.objects.exists()


def test_a_batch_with_instalments_takes_as_many_statements_as_one(company: Company) -> None:
    tariff = a_tariff()
    counts = []
    for many in (2, 6):
        accounts = [an_account(company, tariff) for _ in range(many)]
        for each in accounts:
            begin_budget(company, each, 5_000)
        with CaptureQueriesContext(connection) as captured:
            ops.issue_bills([a_bill(each, 0, "20") for each in accounts], actor=None, now=NOW)
        numbers = sum("numbering" in q["sql"] or "next" in q["sql"] for q in captured)
        counts.append(len(captured) - numbers)
    assert counts[1] - counts[0] <= 8, "numbers are drawn one by one for few bills"
    assert Posting.objects.filter(event="budget_equalised").count() == 8
    assert not audit()
