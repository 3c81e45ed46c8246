"""Runs of bills from the first account to the last bill, with what may happen in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillRun, RunAccount, Tariff, TariffVersion
from qiao.billing.operations import run_jobs, runs
from qiao.billing.tests.lives import NOW, a_tariff, assert_reckons_again, audit, definition
from qiao.billing.tests.reading import READINGS, UNTIL, a_read_account, read_again
from qiao.core.actor import Forbidden
from qiao.core.rules.text import BadText
from qiao.staff.tests.cast import Company

NEXT = date(2026, 10, 1)
LATER = {date(2026, 9, 1): "145", date(2026, 10, 1): "160"}
MUCH = {date(2026, 9, 1): "145", date(2026, 10, 1): "330"}


def begin(company: Company, until: date = UNTIL, **more: object) -> BillRun:
    new = runs.NewRun(company.lake.pk, until, until, 20)
    return runs.begin_run(replace(new, **more), actor=company.agent, now=NOW)  # type: ignore[arg-type]


def reckoned(company: Company, until: date = UNTIL) -> BillRun:
    run = begin(company, until)
    run_jobs.reckon_run(run_id=run.pk, actor=company.agent)
    run.refresh_from_db()
    return run


def released(company: Company, run: BillRun) -> BillRun:
    runs.release_run(run_id=run.pk, issued_date=run.until, actor=company.agent, now=NOW)
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    run.refresh_from_db()
    return run


def states(run: BillRun) -> dict[int, tuple[str, str]]:
    return {row.account_id: (row.state, row.code) for row in RunAccount.objects.filter(run=run)}


def test_what_is_due_is_reckoned_then_issued(company: Company) -> None:
    account, _point, _meter = a_read_account(company.agent)
    run = reckoned(company)
    assert (run.state, run.total_count, run.ready_count, run.due_count) == ("review", 1, 1, 0)
    row = RunAccount.objects.get(run=run)
    assert (row.usage, row.days, row.unit, row.usual, row.findings) == (
        Decimal(30),
        61,
        "m3",
        None,
        [],
    )
    assert run.ready_minor == row.minor > 0
    assert not Bill.objects.exists()
    run = released(company, run)
    bill = Bill.objects.get()
    assert (bill.account_id, bill.usage, bill.total_minor) == (account, Decimal(30), row.minor)
    assert (run.state, run.issued_count, run.ready_count) == ("issued", 1, 0)
    assert (run.issued_minor, run.ready_minor) == (row.minor, 0)
    row.refresh_from_db()
    assert (row.state, row.bill_id) == ("issued", bill.pk)
    assert_reckons_again([account])
    assert not audit()


def test_accounts_are_due_when_their_months_are_over_and_in_one_run_at_a_time(
    company: Company,
) -> None:
    a_read_account(company.agent)
    with pytest.raises(runs.NothingDue) as early:
        begin(company, date(2026, 7, 1))
    assert early.value.elsewhere == 0
    begin(company)
    with pytest.raises(runs.NothingDue) as twice:
        begin(company)
    assert twice.value.elsewhere == 1
    with pytest.raises(runs.TooEarly):
        begin(company, issued_date=UNTIL - timedelta(days=1))
    with pytest.raises(Forbidden):
        runs.begin_run(
            runs.NewRun(company.lake.pk, UNTIL, UNTIL, 20), actor=company.outsider, now=NOW
        )


@pytest.fixture
def two(company: Company) -> tuple[int, int]:
    """Two accounts that were billed once; then one used six times as much."""
    tariff = a_tariff()
    one, one_point, one_meter = a_read_account(company.agent, tariff=tariff)
    two, two_point, two_meter = a_read_account(company.agent, tariff=tariff)
    released(company, reckoned(company))
    read_again(company.agent, one_point, one_meter, LATER)
    read_again(company.agent, two_point, two_meter, MUCH)
    return one, two


def test_what_stands_out_waits_and_is_left_out_when_nobody_decides(
    company: Company, two: tuple[int, int]
) -> None:
    usual, strange = two
    run = reckoned(company, NEXT)
    assert (run.ready_count, run.outlier_count, run.held_count) == (1, 1, 0)
    row = RunAccount.objects.get(run=run, account=strange)
    assert (row.state, row.findings, row.usage) == ("outlier", ["more"], Decimal(200))
    assert row.usual == Decimal("0.491803")  # 30 in 61 days
    run = released(company, run)
    assert states(run) == {usual: ("issued", ""), strange: ("aside", "undecided")}
    assert (run.issued_count, run.aside_count, run.outlier_count) == (1, 1, 0)
    again = reckoned(company, NEXT)
    assert states(again) == {strange: ("outlier", "")}


def test_it_is_released_or_left_out_with_a_reason(company: Company, two: tuple[int, int]) -> None:
    usual, strange = two
    run = reckoned(company, NEXT)
    about: dict[str, Any] = {"run_id": run.pk, "actor": company.agent, "now": NOW}
    with pytest.raises(BadText):
        runs.decide(account_ids=[usual], release=False, **about)
    assert runs.decide(account_ids=[usual], release=False, note="leak", **about) == 1
    assert runs.decide(account_ids=None, release=True, finding="less", **about) == 0
    assert runs.decide(account_ids=None, release=True, finding="more", **about) == 1
    with pytest.raises(Forbidden):
        runs.decide(
            account_ids=[usual], release=True, run_id=run.pk, actor=company.outsider, now=NOW
        )
    run.refresh_from_db()
    assert states(run) == {usual: ("aside", ""), strange: ("ready", "")}
    assert run.ready_minor == RunAccount.objects.get(run=run, account=strange).minor
    assert runs.decide(account_ids=[usual], release=True, **about) == 1
    run = released(company, run)
    assert (run.issued_count, run.aside_count) == (2, 0)
    assert run.issued_minor == sum(
        Bill.objects.filter(end_date=NEXT).values_list("total_minor", flat=True)
    )
    with pytest.raises(runs.RunMovedOn):
        runs.decide(account_ids=[usual], release=True, **about)
    with pytest.raises(runs.RunMovedOn):
        runs.release_run(run_id=run.pk, issued_date=NEXT, actor=company.agent, now=NOW)


def test_what_was_left_out_and_is_in_another_run_stays_there(
    company: Company, two: tuple[int, int]
) -> None:
    usual, strange = two
    run = reckoned(company, NEXT)
    about: dict[str, Any] = {"run_id": run.pk, "actor": company.agent, "now": NOW}
    assert runs.decide(account_ids=[usual], release=False, note="leak", **about) == 1
    other = reckoned(company, NEXT)
    assert states(other) == {usual: ("ready", "")}
    assert runs.decide(account_ids=[usual, strange], release=True, **about) == 1
    run.refresh_from_db()
    assert (run.ready_count, run.aside_count, run.outlier_count) == (1, 1, 0)


def test_a_bill_that_would_say_something_else_by_now_is_not_issued(company: Company) -> None:
    tariff = a_tariff()
    account, _point, _meter = a_read_account(company.agent, tariff=tariff)
    run = reckoned(company)
    TariffVersion.objects.create(
        tariff=tariff, valid_from=date(2026, 7, 1), definition=definition("9.00", "9.00"),
        created_at=NOW,
    )  # fmt: skip
    run = released(company, run)
    assert states(run) == {account: ("held", "changed")}
    assert (run.issued_count, run.held_count, run.state) == (0, 1, "issued")
    assert not Bill.objects.exists()


def test_one_that_cannot_be_billed_says_why_and_keeps_nobody_up(company: Company) -> None:
    priceless = Tariff.objects.create(
        pack="", key="priceless", service="water", names={"en": "None"}, created_at=NOW
    )
    good, _point, _meter = a_read_account(company.agent)
    bad, _point, _meter = a_read_account(company.agent, tariff=priceless)
    unread, _point, _meter = a_read_account(company.agent, values={date(2026, 6, 1): "100"})
    run = reckoned(company)
    assert states(run) == {
        good: ("ready", ""),
        bad: ("held", "cannot_rate"),
        unread: ("held", "nothing_read"),
    }
    assert (run.ready_count, run.held_count) == (1, 2)


def _only_once(some: Callable[..., int]) -> Callable[..., int]:
    calls: list[object] = []

    def once(*args: object) -> int:
        calls.append(args)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return some(*args)

    return once


def test_a_run_that_was_killed_goes_on_where_it_stood(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [a_read_account(company.agent)[0] for _n in range(5)]
    monkeypatch.setattr(run_jobs, "BATCH", 2)
    run = begin(company)
    for name, job in (
        ("_reckon_some", partial(run_jobs.reckon_run, run_id=run.pk, actor=company.agent)),
        ("_issue_some", partial(run_jobs.issue_run, run_id=run.pk, actor=company.agent, now=NOW)),
    ):
        with monkeypatch.context() as killed:
            killed.setattr(run_jobs, name, _only_once(getattr(run_jobs, name)))
            with pytest.raises(KeyboardInterrupt):
                job()
        run.refresh_from_db()
        assert run.state in ("reckoning", "issuing")
        job()
        run.refresh_from_db()
        if run.state == "review":
            assert run.ready_count == len(accounts)
            runs.release_run(run_id=run.pk, issued_date=UNTIL, actor=company.agent, now=NOW)
    assert (run.state, run.issued_count) == ("issued", 5)
    assert sorted(Bill.objects.values_list("account_id", flat=True)) == sorted(accounts)
    assert not audit()


def test_a_run_whose_worker_is_gone_is_begun_once_more(company: Company) -> None:
    a_read_account(company.agent)
    run = begin(company)
    assert runs.continue_runs() == 0
    jobs = ProcrastinateJob.objects.filter(lock=runs.lock_of(run.pk))
    assert jobs.count() == 1
    with pytest.raises(runs.RunMovedOn):
        runs.go_on(run_id=run.pk, actor=company.agent)
    run_jobs.reckon_run(run_id=run.pk, actor=company.agent)
    assert runs.continue_runs() == 0  # nothing is at work


def test_nothing_is_issued_into_a_closed_day(company: Company) -> None:
    a_read_account(company.agent)
    run = reckoned(company)
    ops.close_day(
        organisation_id=company.lake.pk, day=UNTIL, today=UNTIL, actor=company.agent, now=NOW
    )
    with pytest.raises(ops.DayClosed):
        runs.release_run(run_id=run.pk, issued_date=UNTIL, actor=company.agent, now=NOW)
    later = UNTIL + timedelta(days=1)
    runs.release_run(run_id=run.pk, issued_date=later, actor=company.agent, now=NOW)
    ops.close_day(
        organisation_id=company.lake.pk, day=later, today=later, actor=company.agent, now=NOW
    )
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.failure) == ("review", f"day_closed {later}")
    last = later + timedelta(days=1)
    runs.release_run(run_id=run.pk, issued_date=last, actor=company.agent, now=NOW)
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    assert Bill.objects.get().issued_date == last


def test_a_run_that_is_given_up_frees_its_accounts(company: Company) -> None:
    account, _point, _meter = a_read_account(company.agent, values=READINGS)
    run = reckoned(company)
    runs.drop_run(run_id=run.pk, actor=company.agent, now=NOW)
    assert states(run) == {account: ("aside", "")}
    again = reckoned(company)
    assert again.ready_count == 1
    with pytest.raises(runs.RunMovedOn):
        runs.drop_run(run_id=run.pk, actor=company.agent, now=NOW)
