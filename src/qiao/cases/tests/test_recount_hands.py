"""A recount with several hands, in a database whose transactions are real."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from qiao.cases.journal import tell_many
from qiao.cases.models import Case, CaseEvent, ClockRecord, Recount
from qiao.cases.operations import install_packs, recounting
from qiao.cases.operations.recounting import begin_calendar_recount, carry_out_recount
from qiao.cases.tests.test_recounts import LATER, OFFICE, close_monday, stands_as_counted
from qiao.cases.tests.world import NOW, a_case, pack_in_memory
from qiao.core.hands import share_out
from qiao.core.packs import enabled
from qiao.staff.tests.cast import Company, make_company

CASES = 11


@pytest.fixture
def begun(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recount]:
    """Eleven open cases, and a change of their calendar that none was told of, two to a batch."""
    del own_database
    monkeypatch.setattr(recounting, "BATCH", 2)
    with pack_in_memory(monkeypatch):
        with transaction.atomic():
            install_packs(catalogue=enabled.catalogue(), now=NOW - timedelta(days=800))
            company: Company = make_company()
            for _ in range(CASES):
                a_case(company)
            number = close_monday()
            run = begin_calendar_recount(key=OFFICE, number=number, actor=None, now=LATER)
        yield run


def everyone_was_told_once() -> bool:
    cases = Case.objects.all()
    told = CaseEvent.objects.filter(kind="calendar_changed")
    return (
        ClockRecord.objects.count() == CASES
        and sorted(told.values_list("case_id", flat=True)) == sorted(c.pk for c in cases)
        and all(stands_as_counted(case) for case in cases)
    )


def test_two_hands_tell_each_case_once(begun: Recount, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, threads = threading.Barrier(2), set()

    def watched(**given: object) -> object:
        if threading.current_thread() not in threads:
            threads.add(threading.current_thread())
            meeting.wait(20)
        return tell_many(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(recounting, "tell_many", watched)
    monkeypatch.setattr(recounting, "share_out", partial(share_out, hands=2))
    done = carry_out_recount(run_id=begun.pk, now=LATER)
    assert (done.state, done.total, done.told) == ("done", CASES, CASES)
    assert len(threads) == 2
    assert everyone_was_told_once()


def test_a_batch_that_fails_leaves_none_behind_it_out_of_the_next_run(
    begun: Recount, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Case.objects.order_by("pk")[0].pk
    others = threading.Event()

    def broken(**given: object) -> object:
        ids = given["case_ids"]
        if first in ids:  # type: ignore[operator]
            assert others.wait(20)
            raise OSError("the power went")
        told = tell_many(**given)  # type: ignore[arg-type]
        others.set()
        return told

    with monkeypatch.context() as patched:
        patched.setattr(recounting, "tell_many", broken)
        patched.setattr(recounting, "share_out", partial(share_out, hands=2))
        with pytest.raises(OSError, match="the power went"):
            carry_out_recount(run_id=begun.pk, now=LATER)
    begun.refresh_from_db()
    assert (begun.state, begun.cursor) == ("running", 0)
    assert begun.told > 0
    done = carry_out_recount(run_id=begun.pk, now=LATER)
    assert (done.state, done.told) == ("done", CASES)
    assert everyone_was_told_once()


def test_a_run_that_is_overtaken_stops_where_it_is(
    begun: Recount, monkeypatch: pytest.MonkeyPatch
) -> None:

    def overtaken(**given: object) -> object:
        Recount.objects.filter(pk=begun.pk).update(state="overtaken")
        return tell_many(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(recounting, "tell_many", overtaken)
    monkeypatch.setattr(recounting, "share_out", partial(share_out, hands=1))
    stopped = carry_out_recount(run_id=begun.pk, now=LATER)
    assert (stopped.state, stopped.told) == ("overtaken", 2)
