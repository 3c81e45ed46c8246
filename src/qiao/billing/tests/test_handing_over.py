"""An account is handed over: who leaves is billed up to the day, who comes from there."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from qiao.billing import matters
from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillingAccount, RunAccount
from qiao.billing.operations import run_jobs, runs
from qiao.billing.operations.running import NO_FINAL, run_bills
from qiao.billing.queries.bill_facts import past_bills
from qiao.billing.queries.due import due_now
from qiao.billing.queries.papers import bill_papers
from qiao.billing.queries.why import why
from qiao.billing.rules.bills.facts import read_facts
from qiao.billing.tests.lives import (
    NOW,
    a_tariff,
    assert_reckons_again,
    audit,
    told_to_owner,
)
from qiao.billing.tests.reading import read_again
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import AccountParty
from qiao.customers.operations import Coming, HandOver, hand_over_account, undo_move
from qiao.customers.tests.factories import make_account, make_customer, make_service_point
from qiao.metering.models import Reading
from qiao.metering.operations import ensure_registers
from qiao.staff.tests.cast import Company

SINCE, DAY, UNTIL = date(2026, 8, 1), date(2026, 9, 10), date(2026, 10, 1)


@pytest.fixture
def account(company: Company) -> int:
    """An account of 前任 that was read at both ends of two months: 0, then 60."""
    actor = company.agent
    point = make_service_point(actor)
    found = make_account(actor, service_point=point, owner=make_customer(actor, name="前任"))
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    read_again(actor, point.pk, point.meter_number, {SINCE: "100"})
    ops.open_billing(
        [
            ops.NewAccount(
                found.pk, actor.organisation_id, "CNY", SINCE, a_tariff().pk,
                numbers={"people": Decimal(4)}, months=2,
            )
        ],
        now=NOW,
    )  # fmt: skip
    return int(found.pk)


def hand_over(company: Company, account: int, **more: object) -> int:
    owner = AccountParty.objects.get(account=account, role="owner")
    comer = make_customer(company.agent, name="后任")
    move = hand_over_account(
        actor=company.agent, now=NOW, account_id=account,
        hand_over=HandOver(DAY, (owner.pk,), (Coming(comer.pk, ("owner",)),), **more),  # type: ignore[arg-type]
    )  # fmt: skip
    run_deliveries()
    return int(move.pk)


def read_on(company: Company, account: int, day: date, value: str) -> None:
    point = BillingAccount.objects.get(pk=account).account.service_point
    assert point is not None
    read_again(company.agent, point.pk, point.meter_number, {day: value})


def read_later(company: Company, account: int) -> None:
    read_on(company, account, UNTIL, "160")


def run(account: int, until: date = UNTIL) -> Bill | str:
    done = run_bills(
        account_ids=[account], until=until, issued_date=until, due_days=20, actor=None, now=NOW
    )
    return Bill.objects.get(pk=done.bills[account]) if done.bills else done.held[account]


def addressee(bill: Bill) -> str:
    (paper,) = bill_papers([bill])
    return str(paper.name)


def test_who_leaves_is_billed_up_to_the_day_and_who_comes_from_it_on(
    company: Company, account: int
) -> None:
    hand_over(company, account, final_reading=Decimal("140.7"))
    assert Reading.objects.get(source="move").value == 140
    read_later(company, account)
    final = run(account)
    assert isinstance(final, Bill)
    assert (final.kind, final.start_date, final.end_date) == ("final", SINCE, DAY)
    assert final.usage == 40
    after = run(account)
    assert isinstance(after, Bill)
    assert (after.kind, after.start_date, after.end_date) == ("regular", DAY, UNTIL)
    assert after.usage == 20
    months = [read_facts(bill.facts).months for bill in (final, after)]
    whole = Fraction((UNTIL - SINCE).days, 1)
    assert months[0] == 2 * Fraction((DAY - SINCE).days) / whole
    assert sum(months) <= Fraction(2)
    years = [read_facts(bill.facts).years[0] for bill in (final, after)]
    assert [year.period.end for year in years] == [DAY, date(2027, 1, 1)]
    assert (years[1].period.start, years[1].before) == (DAY, {})  # tiers begin anew
    assert why(after) is None  # nothing of one's own to compare with
    assert [bar.start_date for bar in past_bills([after])[after.pk]] == [DAY]
    assert [addressee(bill) for bill in (final, after)] == ["前任", "后任"]
    told = told_to_owner(company, account, now=NOW + timedelta(days=1))
    assert told is not None
    assert [each.end for each in told.bills] == [UNTIL]  # none of who left
    assert_reckons_again([account])
    assert not audit()
    third = run(account, UNTIL + timedelta(days=61))
    assert third == "nothing_read"


def test_it_is_due_at_once_and_waits_until_the_day_is_read(company: Company, account: int) -> None:
    units = [company.lake.pk]
    month = date(2026, 9, 15)
    assert due_now(unit_ids=units, until=month).free == 0
    hand_over(company, account)
    assert due_now(unit_ids=units, until=month).free == 1
    assert due_now(unit_ids=units, until=DAY - timedelta(days=1)).free == 0
    begun = runs.begin_run(
        runs.NewRun(company.lake.pk, month, month, 20), actor=company.agent, now=NOW
    )
    run_jobs.reckon_run(run_id=begun.pk, actor=company.agent)
    row = RunAccount.objects.get(run=begun)
    assert (row.state, row.code) == ("held", NO_FINAL)
    read_on(company, account, DAY, "131")
    bill = run(account, month)
    assert isinstance(bill, Bill)
    assert (bill.kind, bill.usage) == ("final", Decimal(31))
    assert due_now(unit_ids=units, until=month).free == 0


def test_a_hand_over_that_was_taken_back_cuts_nothing(company: Company, account: int) -> None:
    move = hand_over(company, account, final_reading=Decimal(140))
    undo_move(actor=company.agent, now=NOW, move_id=move, reason="录错户号")
    run_deliveries()
    assert Reading.objects.get(source="move").state == "exception"
    Reading.objects.filter(source="move").update(state="raw")
    Reading.objects.filter(source="move").delete()
    read_later(company, account)
    bill = run(account)
    assert isinstance(bill, Bill)
    assert (bill.kind, bill.end_date, bill.usage) == ("regular", UNTIL, Decimal(60))
    assert addressee(bill) == "前任"


def test_what_is_owed_is_told_before_it_is_handed_over(company: Company, account: int) -> None:
    assert not matters.owed(actor=company.agent, account_id=account, limit=5)
    read_later(company, account)
    bill = run(account)
    assert isinstance(bill, Bill)
    (hit,) = matters.owed(actor=company.agent, account_id=account, limit=5)
    assert (hit.title, bill.number in hit.title) == (bill.number, True)
    assert not matters.owed(actor=company.outsider, account_id=account, limit=5)
