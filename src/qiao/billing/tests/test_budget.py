"""Equal instalments: asked, settled at the end of the year, changed, ended, taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

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
from qiao.billing.operations.telling import tell_bills
from qiao.billing.queries.bill_facts import balances_of
from qiao.billing.queries.budget import balance_of, foreseen, running_plan, suggested, year_of
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.queries.panels import account_money, money_of
from qiao.billing.queries.standings import open_of
from qiao.billing.queries.told import ToldInstalments
from qiao.billing.rules.bills.telling import bill_told
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.showing import money
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_free_tariff,
    a_tariff,
    an_account,
    assert_reckons_again,
    audit,
    balance,
    issue,
    pay,
    standing,
    told_to_owner,
)
from qiao.billing.tests.reading_papers import paper_of, plain, printed
from qiao.billing.voice import _owed as owed_answer
from qiao.core import settings
from qiao.core.actor import Forbidden
from qiao.core.rules.money import Money
from qiao.customers.operations import CallerAccount
from qiao.messaging.models import Message
from qiao.messaging.tests.factories import reachable
from qiao.staff.tests.cast import Company

DAY = date(2026, 11, 22)
USES = ("12", "30", "8", "41", "9", "22", "5", "60", "18", "3", "27", "14")


def _budget(account: int) -> int:
    rows = Standing.objects.filter(account=account, ledger=Ledger.BUDGET)
    return sum(rows.values_list("minor", flat=True))


def _start(company: Company, account: int, minor: int | None = None) -> BudgetPlan:
    return start_budget(account_id=account, minor=minor, actor=company.agent, now=NOW)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Amounts that tests reckon are said in English."""
    with override("en"):
        yield


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills, all paid."""
    found = an_account(company)
    for month, use in enumerate(USES):
        (bill,) = issue(a_bill(found, month, use))
        pay(found, bill.total_minor)
    return found


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
    plan = _start(company, account)
    assert (plan.instalment_minor, plan.basis) == (asked, "own")
    assert (plan.start_date, plan.until_date) == (date(2026, 11, 1), date(2027, 11, 1))


def test_each_bill_asks_the_instalment_and_the_last_settles(
    company: Company, account: int
) -> None:
    plan = _start(company, account)
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
    _start(company, account, 50_000)
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
        _start(company, young)
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
    assert _start(company, young).basis == "neighbours"


def test_an_amount_that_was_agreed_needs_no_year(company: Company) -> None:
    young = an_account(company)
    plan = _start(company, young, 8_000)
    assert (plan.basis, plan.instalment_minor) == ("given", 8_000)
    (bill,) = issue(a_bill(young, 0, "10"))
    assert open_of(bill) == 8_000
    for wrong in (0, -5):
        with pytest.raises(BadInstalment):
            change_budget(account_id=young, minor=wrong, reason="x", actor=company.agent, now=NOW)


def test_a_bill_of_nothing_asks_its_instalment_too(company: Company) -> None:
    account = an_account(company, a_free_tariff())
    _start(company, account, 3_000)
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
    _start(company, account, 5_000)
    (bill,) = issue(a_bill(account, 12, "80", day=DAY))
    (fee,) = accrued([account], day=bill.due_date + timedelta(days=10))
    assert {each.minor for each in fee.fee.stretches} == {5_000}
    assert bill.total_minor > 5_000


def test_another_amount_is_asked_from_the_next_bill_on(company: Company, account: int) -> None:
    first = _start(company, account, 10_000)
    issue(a_bill(account, 12, "30", day=DAY))
    second = change_budget(
        account_id=account, minor=6_000, reason="fewer people", actor=company.agent, now=NOW
    )
    first.refresh_from_db()
    assert (first.state, second.until_date) == ("changed", first.until_date)
    (bill,) = issue(a_bill(account, 13, "30", day=DAY))
    assert bill.asked == 6_000
    with pytest.raises(BudgetRuns):
        _start(company, account)


def test_a_bill_of_days_before_it_began_asks_what_it_comes_to(
    company: Company, account: int
) -> None:
    _start(company, account, 10_000)
    last = Bill.objects.filter(account=account).latest("end_date")
    ops.reverse_bill(bill_id=last.pk, day=DAY, reason="misread", actor=None, now=NOW)
    (anew,) = issue(replace(a_bill(account, 11, "30", day=DAY), before_id=last.pk))
    assert anew.asked_minor is None
    (first,) = issue(a_bill(account, 12, "30", day=DAY))
    assert first.asked_minor == 10_000


def test_who_ends_it_settles_with_the_next_bill(company: Company, account: int) -> None:
    _start(company, account, 10_000)
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
    _start(company, account)
    plan = end_budget(account_id=account, reason="wished", actor=company.agent, now=NOW)
    assert plan.state == "settled"
    assert _start(company, account).state == "running"


def test_whoever_leaves_settles_with_their_final_bill(company: Company, account: int) -> None:
    _start(company, account, 10_000)
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
    plan = _start(company, account, 10_000)
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
    _start(company, account, 10_000)
    (first,) = issue(a_bill(account, 12, "30", day=DAY))
    end_budget(account_id=account, reason="wished", actor=company.agent, now=NOW)
    (settling,) = issue(a_bill(account, 13, "30", day=DAY))
    ops.reverse_bill(bill_id=settling.pk, day=DAY, reason="misread", actor=None, now=NOW)
    plan = running_plan(account)
    assert plan
    assert plan.ends
    assert balance_of(account) == first.total_minor - first.asked
    assert not audit()


def test_bill_page_and_paper_say_charge_instalment_and_balance(
    company: Company, account: int
) -> None:
    _start(company, account, 10_000)
    (bill,) = issue(a_bill(account, 12, "30", day=DAY))
    for language, said in (("en", "Askedbyequalinstalments"), ("zh-hans", "均衡缴费")):
        text = printed(bill, language)
        with override(language):
            amounts = [money(minor, "CNY") for minor in (bill.total_minor, 10_000)]
        assert all(plain(amount) in text for amount in amounts)
        assert said in text
    paper = paper_of(bill)
    assert paper.due_amount == money(10_000, "CNY")
    assert dict(paper.budget)["Asked by equal instalments"] == money(10_000, "CNY")
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(reverse("billing:bill", args=[bill.pk])).content.decode()
    assert "Asked by equal instalments" in page
    pay(account, 10_000)
    assert "Paid" in client.get(reverse("billing:account", args=[account])).content.decode()


def test_the_account_and_the_telephone_say_what_is_asked(company: Company, account: int) -> None:
    _start(company, account, 10_000)
    issue(a_bill(account, 12, "30", day=DAY))
    row = money_of(actor=company.agent, account_id=account, now=NOW)
    assert row
    said = account_money(row).budget
    assert said
    assert (said.asked, said.until) == (money(10_000, "CNY"), date(2027, 11, 1))
    told = told_to_owner(company, account)
    assert told
    bill = Bill.objects.filter(account=account).latest("end_date")
    assert (told.bills[0].minor, told.bills[0].open_minor) == (10_000, 10_000)
    assert told.instalments == ToldInstalments(
        10_000, bill.total_minor - 10_000, date(2027, 11, 1), ends=False
    )
    assert bill_told(told.bills[0])["charged"] == Money(bill.total_minor, "CNY")
    answer = owed_answer(told, CallerAccount(account, "", ()), NOW)
    assert answer.outcome == "owes"
    assert answer.values["instalment"] == Money(10_000, "CNY")
    assert answer.values["owed"] == Money(row["owed"], "CNY")
    rest = {"to_settle": bill.total_minor - 10_000, "asked_ahead": 10_000 - bill.total_minor}
    for name, minor in rest.items():
        assert answer.values.get(name) == (Money(minor, "CNY") if minor > 0 else None)
    assert answer.values["settled_day"] == date(2027, 11, 1)


def test_a_notice_says_what_is_asked(company: Company) -> None:
    moment = datetime(2025, 12, 1, 4, 0, tzinfo=UTC)
    account = an_account(company, a_free_tariff(), owner=reachable(company.agent, "a@example.com"))
    _start(company, account, 3_000)
    (bill,) = issue(a_bill(account, 0, "0"))
    assert tell_bills(bill_ids=[bill.pk], now=moment) == 1
    assert "30.00" in Message.objects.get().body


def test_whoever_does_not_issue_bills_asks_no_instalments(company: Company, account: int) -> None:
    with pytest.raises(Forbidden):
        start_budget(account_id=account, minor=None, actor=company.outsider, now=NOW)
    assert not BudgetPlan.objects.exists()


def test_pages_preview_begin_change_and_end(company: Company, account: int) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    url = reverse("billing:budget", args=[account])
    page = client.get(url).content.decode()
    assert page.count("2027-") >= 12
    other = client.get(url, {"minor": "123"}).content.decode()
    assert "123.00" in other
    assert client.post(url, {"minor": "0"}).status_code == 422
    assert client.post(url, {"minor": "88"}).status_code == 302
    plan = running_plan(account)
    assert plan
    assert plan.instalment_minor == 8_800
    assert client.get(url).status_code == 302
    assert "88.00" in client.get(reverse("billing:account", args=[account])).content.decode()
    change = reverse("billing:budget_change", args=[account])
    assert client.get(change).status_code == 200
    assert client.post(change, {"minor": "90", "reason": ""}).status_code == 422
    assert client.post(change, {"minor": "90", "reason": "agreed"}).status_code == 302
    assert client.post(change, {"minor": "80", "reason": "hardship"}).status_code == 302
    page = client.get(reverse("billing:account", args=[account])).content.decode()
    assert "80.00 a bill be asked waits for a second person" in page
    assert client.post(change, {"minor": "70", "reason": "more"}).status_code == 422
    end = reverse("billing:budget_end", args=[account])
    assert client.get(end).status_code == 200
    assert client.post(end, {"reason": "wished"}).status_code == 302
    assert running_plan(account) is None
    assert client.get(change).status_code == 404


def test_a_batch_with_instalments_takes_as_many_statements_as_one(company: Company) -> None:
    tariff = a_tariff()
    counts = []
    for many in (2, 6):
        accounts = [an_account(company, tariff) for _ in range(many)]
        for each in accounts:
            _start(company, each, 5_000)
        with CaptureQueriesContext(connection) as captured:
            ops.issue_bills([a_bill(each, 0, "20") for each in accounts], actor=None, now=NOW)
        numbers = sum("numbering" in q["sql"] or "next" in q["sql"] for q in captured)
        counts.append(len(captured) - numbers)
    assert counts[1] - counts[0] <= 8, "numbers are drawn one by one for few bills"
    assert Posting.objects.filter(event="budget_equalised").count() == 8
    assert not audit()
