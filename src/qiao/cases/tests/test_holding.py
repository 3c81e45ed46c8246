"""A case that is held: what is written at its end is what each operation by itself would write."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from qiao.cases.journal import held, kept_clocks, lock_case, lock_many, recount
from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import (
    add_note,
    answer_customer,
    change_priority,
    escalate,
    pause,
    resume,
    take_over,
)
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(hours=3)
MOVED = ("number", "id", "version")


def work(case: Case, company: Company, *, answers: bool) -> None:
    told: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": LATER}
    add_note(text="再查一次", **told)
    change_priority(priority="urgent", **told)
    pause(reason="等待", **told)
    if answers:
        answer_customer(text="明天上门", channel="phone", **told)
    resume(**told)
    escalate(reason="太久", **told)
    take_over(**told)


def history(case: Case) -> list[tuple[Any, ...]]:
    rows = CaseEvent.objects.filter(case=case).order_by("seq")
    return list(rows.values_list("seq", "kind", "at", "visibility", "actor_id", "data"))


def columns(case: Case) -> dict[str, Any]:
    row = Case.objects.filter(pk=case.pk).values().get()
    return {name: value for name, value in row.items() if name not in MOVED}


@pytest.mark.parametrize("answers", [False, True])
def test_it_ends_as_if_each_operation_had_written_by_itself(
    company: Company, answers: bool
) -> None:
    alone, together = a_case(company), a_case(company)
    work(alone, company, answers=answers)
    with held(lock_case(together.pk)):
        work(together, company, answers=answers)

    assert history(together) == history(alone)
    assert columns(together) == columns(alone)
    state = {pk: kept.state for pk, kept in kept_clocks([alone.pk, together.pk]).items()}
    assert state[together.pk].clocks == state[alone.pk].clocks
    assert state[together.pk] == recount(together.pk)


def test_what_nobody_reads_between_is_written_once(company: Company) -> None:
    case = a_case(company)
    with CaptureQueriesContext(connection) as seen, held(lock_case(case.pk)):
        work(case, company, answers=False)
    told = [each["sql"].lstrip() for each in seen]
    for beginning in ('UPDATE "cases_case"', "INSERT INTO cases_caseevent"):
        assert sum(sql.startswith(beginning) for sql in told) == 1


def test_whoever_reads_what_was_written_finds_it(company: Company) -> None:
    case = a_case(company)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    with held(lock_case(case.pk)):
        add_note(case_id=case.pk, text="先", **told)
        assert not CaseEvent.objects.filter(case=case, kind="note").exists()
        lock_case(case.pk)
        assert CaseEvent.objects.filter(case=case, kind="note").count() == 1
        add_note(case_id=case.pk, text="后", **told)
        lock_many([case.pk])
        assert CaseEvent.objects.filter(case=case, kind="note").count() == 2


def test_nothing_is_left_of_a_block_that_fails(company: Company) -> None:
    case = a_case(company)
    before = history(case)

    def fail() -> None:
        with transaction.atomic(), held(lock_case(case.pk)):
            work(case, company, answers=True)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert history(case) == before
    add_note(case_id=case.pk, text="再", actor=company.agent, now=LATER)
    assert [row[1] for row in history(case)][len(before) :] == ["note"]
