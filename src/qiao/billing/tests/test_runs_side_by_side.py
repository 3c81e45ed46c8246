"""The batches of a run side by side: each account is one batch's, and the counts come out."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillRun, RunAccount
from qiao.billing.operations import run_jobs, runs
from qiao.billing.tests.lives import NOW, audit
from qiao.billing.tests.reading import UNTIL, a_read_account
from qiao.core.side_by_side import side_by_side
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company, make_company

COUNT = 9


@pytest.fixture
def company(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Each batch is a transaction of its own, seen by other connections."""
    del own_database
    monkeypatch.setattr(run_jobs, "BATCH", 2)
    with transaction.atomic():
        return make_company()


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[int]]:
    """Hold the first batch of a step until another one is at work beside it; the threads that
    worked."""

    def watch(name: str) -> list[int]:
        inner, seen = getattr(run_jobs, name), list[int]()
        both = threading.Barrier(run_jobs.AT_ONCE)

        def met(*args: Any) -> int:
            if threading.get_ident() not in seen:
                seen.append(threading.get_ident())
                both.wait(timeout=30)
            return inner(*args)  # type: ignore[no-any-return]

        monkeypatch.setattr(run_jobs, name, met)
        return seen

    return watch


def begun(company: Company) -> BillRun:
    with acting(company.agent):
        for _n in range(COUNT):
            a_read_account(company.agent)
        new = runs.NewRun(company.lake.pk, UNTIL, UNTIL, 20)
        return runs.begin_run(new, actor=company.agent, now=NOW)


def released(company: Company, run: BillRun) -> None:
    run_jobs.reckon_run(run_id=run.pk, actor=company.agent)
    with acting(company.agent):
        runs.release_run(run_id=run.pk, issued_date=UNTIL, actor=company.agent, now=NOW)


def test_two_batches_at_once_bill_everybody_once(
    company: Company, together: Callable[[str], list[int]]
) -> None:
    reckoning, issuing = together("_reckon_some"), together("_issue_some")
    run = begun(company)
    released(company, run)
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    run.refresh_from_db()
    assert len(reckoning) == len(issuing) == run_jobs.AT_ONCE
    assert (run.state, run.issued_count, run.due_count, run.ready_count) == ("issued", COUNT, 0, 0)
    assert run.issued_minor == sum(Bill.objects.values_list("total_minor", flat=True))
    assert run.ready_minor == 0
    assert Bill.objects.values("account").distinct().count() == Bill.objects.count() == COUNT
    assert not audit()


def test_a_day_that_closes_meanwhile_stops_both_and_loses_nothing(
    company: Company, together: Callable[[str], list[int]]
) -> None:
    run = begun(company)
    released(company, run)
    issuing = together("_issue_some")
    with acting(company.agent):
        ops.close_day(
            organisation_id=company.lake.pk, day=UNTIL, today=UNTIL, actor=company.agent, now=NOW
        )
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    run.refresh_from_db()
    assert len(issuing) == run_jobs.AT_ONCE
    assert (run.state, run.failure, run.issued_count) == ("review", f"day_closed {UNTIL}", 0)
    later = UNTIL + timedelta(days=1)
    with acting(company.agent):
        runs.release_run(run_id=run.pk, issued_date=later, actor=company.agent, now=NOW)
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.issued_count) == ("issued", COUNT)
    assert not audit()


def test_who_gives_a_run_up_waits_for_the_batches_under_way(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(company)
    inner, is_dropping = getattr(run_jobs, "_reckon_some"), threading.Event()  # noqa: B009 - private, and replaced

    def drop() -> None:
        try:
            with acting(company.agent):
                is_dropping.set()
                runs.drop_run(run_id=run.pk, actor=company.agent, now=NOW)
        finally:
            connection.close()

    dropping = threading.Thread(target=drop)

    def met(given: BillRun) -> int:
        if not is_dropping.is_set():
            dropping.start()
            assert is_dropping.wait(timeout=30)
        return int(inner(given))

    monkeypatch.setattr(run_jobs, "_reckon_some", met)
    monkeypatch.setattr(run_jobs, "AT_ONCE", 1)
    run_jobs.reckon_run(run_id=run.pk, actor=company.agent)
    dropping.join(timeout=60)
    run.refresh_from_db()
    assert run.state == "dropped"
    left = RunAccount.objects.filter(run=run).exclude(state="aside")
    assert not left.exists()
    assert run.aside_count == COUNT


def test_what_one_batch_raises_is_raised_and_ends_the_others(company: Company) -> None:
    lock, calls = threading.Lock(), list[int]()

    def batch() -> bool:
        with lock:
            calls.append(threading.get_ident())
        if len(calls) > 5:
            raise ValueError("the sixth")
        return True

    with pytest.raises(ValueError, match="the sixth"):
        side_by_side(batch, workers=2)
    assert len(calls) <= 7
