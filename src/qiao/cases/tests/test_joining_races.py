"""Two people at one moment: a clear refusal for the loser, no deadlock, nobody lost."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from qiao.cases.journal import lock_case, lock_many
from qiao.cases.models import AlikeParent, AlikeReport, Case, CaseLink, IntakeRow
from qiao.cases.operations import (
    CaseClosedAlready,
    Cause,
    NotMerged,
    ParentOver,
    add_note,
    broadcast,
    end_reports,
    go_on,
    join_reports,
    link_cases,
    make_parent,
    mark,
    merge_cases,
    take_out,
    undo_merge,
    unlink_cases,
)
from qiao.cases.tests.intake_setting import Intake, table
from qiao.cases.tests.test_intake import HEADER, OPEN
from qiao.cases.tests.test_merging import clocks
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def company(own_company: Company) -> Company:
    """Each act is a transaction of its own."""
    return own_company


def at_once(*runs: Callable[[], Any], own: bool = False) -> list[Any]:
    """Run all in threads of their own, each in one transaction unless it opens its `own`; what
    each gave, or the exception that it raised."""
    results: list[Any] = [None] * len(runs)
    start = threading.Barrier(len(runs))

    def work(place: int, run: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            with nullcontext() if own else transaction.atomic():
                results[place] = run()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(place, run)) for place, run in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a deadlock"
    return results


def opened(company: Company, count: int) -> list[Case]:
    """So many cases."""
    with transaction.atomic():
        return [a_case(company) for _n in range(count)]


def test_two_cases_merged_into_each_other_at_once_lose_nothing(company: Company) -> None:
    one, two = opened(company, 2)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    results = at_once(
        lambda: merge_cases(survivor_id=one.pk, merged=[two.pk], **told),
        lambda: merge_cases(survivor_id=two.pk, merged=[one.pk], **told),
    )
    assert sum(isinstance(r, CaseClosedAlready) for r in results) == 1
    assert sum(isinstance(r, Case) for r in results) == 1
    assert Case.objects.filter(merged_into__isnull=False).count() == 1


def test_merges_undoings_and_work_on_the_same_cases_never_wait_in_a_circle(
    company: Company,
) -> None:
    cases = opened(company, 4)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    with transaction.atomic():
        merge_cases(survivor_id=cases[3].pk, merged=[cases[0].pk], **told)
    runs: list[Callable[[], Any]] = []
    for place in range(3):
        runs += [
            lambda p=place: merge_cases(  # type: ignore[misc]
                survivor_id=cases[p].pk, merged=[cases[(p + 1) % 4].pk], **told
            ),
            lambda: mark(case_id=cases[3].pk, kind="arrived", **told),
            lambda p=place: add_note(case_id=cases[p].pk, text="x", **told),  # type: ignore[misc]
        ]
    runs.append(lambda: undo_merge(case_id=cases[0].pk, **told))
    results = at_once(*runs)
    allowed = (Case, CaseClosedAlready, NotMerged)
    assert all(isinstance(result, allowed) for result in results), results
    for case in cases:
        assert clocks(case)


def test_nobody_is_lost_between_the_end_of_a_cause_and_those_who_join(company: Company) -> None:
    (parent,) = opened(company, 1)
    reports = opened(company, 6)
    told: dict[str, Any] = {"actor": company.chief, "now": LATER}
    with transaction.atomic():
        make_parent(case_id=parent.pk, cause=Cause("supply", "339102", NOW), **told)
    joins = [
        lambda c=case: join_reports(parent_id=parent.pk, case_ids=[c.pk], **told)
        for case in reports
    ]
    results = at_once(
        *joins[:3], lambda: end_reports(parent_id=parent.pk, text="已恢复", **told), *joins[3:]
    )
    notice = results.pop(3)
    more = True
    while more:
        with transaction.atomic():
            more = go_on(notice_id=notice.pk, now=LATER)
    joined = [r for r in results if isinstance(r, tuple)]
    refused = [r for r in results if isinstance(r, ParentOver)]
    assert len(joined) + len(refused) == len(reports), results
    assert AlikeReport.objects.count() == len(joined)
    assert Case.objects.filter(parent=parent, closed_at__isnull=True).count() == 0
    assert Case.objects.filter(parent=parent).count() == len(joined)
    assert AlikeParent.objects.get().state == "closed"
    assert connection.connection is not None


def while_open(
    first: Callable[[], Any], then: Callable[[], Any], *, last: Callable[[], Any] | None = None
) -> None:
    """Run `then` in another thread while the transaction of `first` is not committed yet; it is
    committed once the other one waits for it, or is through. `last` is done before that."""

    def work() -> None:
        try:
            then()
        finally:
            connections.close_all()

    other = threading.Thread(target=work)
    with transaction.atomic():
        first()
        other.start()
        for _n in range(200):
            with connection.cursor() as cursor:
                # A transaction goes on seeing what everybody did when it first looked.
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                (waiting,) = cursor.fetchone()
            if waiting or not other.is_alive():
                break
            other.join(timeout=0.05)
        if last is not None:
            last()
    other.join(timeout=60)
    assert not other.is_alive(), "a deadlock"


def all_of(notice_id: int) -> None:
    """Every batch of a notice."""
    more = True
    while more:
        with transaction.atomic():
            more = go_on(notice_id=notice_id, now=LATER)


def test_who_is_taken_out_while_all_are_ended_is_not_ended(company: Company) -> None:
    parent, wrong, report = opened(company, 3)
    told: dict[str, Any] = {"actor": company.chief, "now": LATER}
    with transaction.atomic():
        make_parent(case_id=parent.pk, cause=Cause("supply", "339102", NOW), **told)
        join_reports(parent_id=parent.pk, case_ids=[wrong.pk, report.pk], **told)
        notice = end_reports(parent_id=parent.pk, text="已恢复", **told)
    while_open(lambda: take_out(case_id=wrong.pk, **told), lambda: all_of(notice.pk))
    assert Case.objects.get(pk=wrong.pk).closed_at is None
    assert Case.objects.get(pk=report.pk).closed_at == LATER
    assert AlikeParent.objects.get().state == "closed"


def test_who_joins_while_the_others_are_told_is_told_as_well(company: Company) -> None:
    parent, slow, quick = opened(company, 3)
    told: dict[str, Any] = {"actor": company.chief, "now": LATER}
    with transaction.atomic():
        make_parent(case_id=parent.pk, cause=Cause("supply", "339102", NOW), **told)
        notice = broadcast(parent_id=parent.pk, text="正在抢修", **told)

    def the_quick_one_joins_and_all_are_told() -> None:
        with transaction.atomic():
            join_reports(parent_id=parent.pk, case_ids=[quick.pk], **told)
        all_of(notice.pk)

    while_open(
        lambda: join_reports(parent_id=parent.pk, case_ids=[slow.pk], **told),
        the_quick_one_joins_and_all_are_told,
    )
    reports = AlikeReport.objects.order_by("id")
    assert [(r.case_id, r.told) for r in reports] == [
        (slow.pk, "no_customer"), (quick.pk, "no_customer"),
    ]  # fmt: skip


def test_a_link_is_taken_away_between_a_survivor_and_its_case_in_the_one_order(
    company: Company,
) -> None:
    away, survivor = opened(company, 2)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    with transaction.atomic():
        link = link_cases(case_id=away.pk, other_id=survivor.pk, kind="related", **told)
        merge_cases(survivor_id=survivor.pk, merged=[away.pk], **told)

    def unlink() -> None:
        with transaction.atomic():
            unlink_cases(link_id=link.pk, **told)

    while_open(lambda: lock_case(survivor.pk), unlink, last=lambda: lock_many([away.pk]))
    assert not CaseLink.objects.exists()
    assert Case.objects.get(pk=away.pk).events.filter(kind="unlinked").exists()


def test_what_is_written_while_a_log_is_taken_back_keeps_its_case(company: Company) -> None:
    intake = Intake(company)
    job = intake.take(table(HEADER, OPEN))
    case = Case.objects.get()
    while_open(
        lambda: add_note(case_id=case.pk, text="查过", actor=company.agent, now=LATER),
        lambda: intake.take_back(job),
    )
    row = IntakeRow.objects.get()
    assert (row.undone, row.kept_because, row.case_id) == ("kept", "worked_on", case.pk)
