"""Merging cases of one matter, and undoing it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from qiao.cases.journal import MergedAway, recount
from qiao.cases.models import Case, CaseClock, CaseDuty, ClockRecord
from qiao.cases.operations import (
    CaseClosedAlready,
    NotMerged,
    SameCase,
    add_note,
    answer_merged,
    change_priority,
    mark,
    merge_cases,
    take_action,
    undo_merge,
)
from qiao.cases.queries import list_cases, merged_cases, survivor_of
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.core.packs.house import HOUSE
from qiao.staff.tests.cast import Company

MIRRORED = (
    "step", "phase", "priority", "closed_at", "closed_date", "outcome", "due_at", "due_promise",
    "level", "level_changes_at", "is_paused", "promise_kept", "answered_at", "reopened_count",
    "merged_into_id", "merged_count", "parent_id", "team_id", "assignee_id", "responsible_id",
)  # fmt: skip
LATER = NOW + timedelta(minutes=5)


def mirrored(case: Case) -> dict[str, Any]:
    """What lists and pages read from the row of a case."""
    return dict(Case.objects.filter(pk=case.pk).values(*MIRRORED).get())


def clocks(case: Case) -> Any:
    """The stored clocks, which equal those counted anew."""
    stored = state_from_data(ClockRecord.objects.get(case=case).state)
    assert stored.clocks == recount(case.pk).clocks
    rows = CaseClock.objects.filter(case=case).order_by("promise", "round")
    assert [(r.promise, r.round, r.due_at, r.state) for r in rows] == sorted(
        (c.promise, c.round, c.due_at, c.state) for c in stored.clocks
    )
    return stored.clocks


def counts_agree() -> None:
    """Kept counts equal the cases themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")
        cursor.execute(
            "SELECT count(*) FROM (SELECT organisation_id, day, view, holder, pack, n"
            " FROM cases_casecount WHERE n <> 0 EXCEPT SELECT * FROM cases_recount()) x"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM (SELECT * FROM cases_recount() EXCEPT SELECT organisation_id,"
            " day, view, holder, pack, n FROM cases_casecount) x"
        )
        assert cursor.fetchone() == (0,)


def merge(company: Company, survivor: Case, *others: Case, **changes: Any) -> Case:
    """Merge as the agent does."""
    told: dict[str, Any] = {"actor": company.agent, "now": LATER, **changes}
    return merge_cases(survivor_id=survivor.pk, merged=[case.pk for case in others], **told)


def test_the_survivor_is_due_when_the_first_of_them_is_due(company: Company) -> None:
    early = a_case(company, priority="urgent")
    late = a_case(company, now=NOW + timedelta(minutes=2))
    before = mirrored(late)
    merge(company, late, early)
    after = mirrored(late)
    assert (after["due_at"], after["merged_count"]) == (early.due_at, 1)
    assert before["due_at"] > after["due_at"] == early.due_at
    early.refresh_from_db()
    assert early.merged_into_id == late.pk
    assert clocks(early)
    counts_agree()


def test_undoing_a_merge_restores_both_cases(company: Company) -> None:
    one, two = a_case(company, priority="urgent"), a_case(company)
    before = [(mirrored(case), clocks(case)) for case in (one, two)]
    merge(company, two, one)
    undo_merge(case_id=one.pk, actor=company.agent, now=LATER)
    assert [(mirrored(case), clocks(case)) for case in (one, two)] == before
    counts_agree()
    with pytest.raises(NotMerged):
        undo_merge(case_id=one.pk, actor=company.agent, now=LATER)


def test_a_merged_case_is_on_no_list_of_work_but_among_all(company: Company) -> None:
    one, two = a_case(company), a_case(company)
    merge(company, two, one)

    def listed(view: str) -> set[int]:
        page = list_cases(actor=company.agent, now=LATER, view=view)
        return {row.case_id for row in page.rows}

    assert listed("open") == {two.pk}
    assert listed("responsible") == {two.pk}
    assert listed("all") == {one.pk, two.pk}


def test_a_merged_case_is_not_worked_on(company: Company) -> None:
    one, two = a_case(company), a_case(company)
    merge(company, two, one)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    with pytest.raises(MergedAway) as refusal:
        add_note(case_id=one.pk, text="x", **told)
    assert refusal.value.survivor_id == two.pk
    with pytest.raises(CaseClosedAlready):
        take_action(case_id=one.pk, action="hand_over", given={}, **told)
    with pytest.raises(MergedAway):
        merge(company, one, two)


def test_what_happens_to_the_survivor_concerns_the_merged(company: Company) -> None:
    one, two = a_case(company), a_case(company)
    merge(company, two, one)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    mark(case_id=two.pk, kind="arrived", **told)
    assert one.events.filter(kind="arrived").count() == 1
    for action, given in (("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {})):
        take_action(case_id=two.pk, action=action, given=given, **told)
    ended = mirrored(one)
    assert (ended["phase"], ended["step"], ended["closed_at"]) == ("closed", "archived", LATER)
    assert all(not clock.open for clock in clocks(one))
    again = LATER + timedelta(hours=1)
    take_action(
        case_id=two.pk, action="reopen", given={"reason": "又漏了"}, actor=company.agent, now=again
    )
    back = mirrored(one)
    assert (back["closed_at"], back["step"], back["reopened_count"]) == (None, "accept", 1)
    assert clocks(one)
    counts_agree()


def test_the_customer_of_a_merged_case_gets_his_own_answer(company: Company) -> None:
    one, two = a_case(company, caller_phone="+8613800000001"), a_case(company)
    merge(company, two, one)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    mark(case_id=two.pk, kind="answered", **told)
    assert mirrored(one)["answered_at"] is None
    answer_merged(case_id=one.pk, text="管道已修复", channel="call", **told)
    assert mirrored(one)["answered_at"] == LATER
    found = {clock.promise: clock.state for clock in clocks(one)}
    assert found == {"respond": "met", "answer": "met", HOUSE: "running"}


def test_the_same_caller_is_answered_once_for_both(company: Company) -> None:
    one, two = (a_case(company, caller_phone="+8613800000001") for _n in range(2))
    merge(company, two, one)
    mark(case_id=two.pk, kind="answered", actor=company.agent, now=LATER)
    assert mirrored(one)["answered_at"] == LATER


def test_a_merge_needs_rights_in_both_units(company: Company) -> None:
    here, there = a_case(company), a_case(company, company.outsider, organisation=company.river)
    before = mirrored(here)
    with pytest.raises(Forbidden):
        merge(company, here, there)
    assert mirrored(here) == before
    merge(company, here, there, actor=company.chief)
    here.refresh_from_db()
    seen = merged_cases(actor=company.agent, case=here)
    assert (list(seen.shown), seen.hidden) == ([], 1)
    assert [m.case_id for m in merged_cases(actor=company.chief, case=here).shown] == [there.pk]
    with pytest.raises(Forbidden):
        undo_merge(case_id=there.pk, actor=company.agent, now=LATER)


def test_refusals_leave_everything_as_it_was(company: Company) -> None:
    one, two = a_case(company), a_case(company)
    with pytest.raises(SameCase):
        merge(company, one)
    with pytest.raises(SameCase):
        merge(company, one, one, two)
    with pytest.raises(Case.DoesNotExist):
        merge_cases(survivor_id=one.pk, merged=[10**9], actor=company.agent, now=LATER)
    take_action(
        case_id=two.pk, action="refuse", given={"reason": "重复"},
        actor=_judge(company), now=LATER,
    )  # fmt: skip
    with pytest.raises(CaseClosedAlready):
        merge(company, one, two)
    assert mirrored(one)["merged_count"] == 0


def _judge(company: Company) -> Any:
    from dataclasses import replace  # noqa: PLC0415 - only here

    return replace(company.agent, roles=company.agent.roles | {"judge"})


def test_merges_lie_on_each_other_and_are_undone_from_the_last(company: Company) -> None:
    one, two, three = a_case(company, priority="urgent"), a_case(company), a_case(company)
    merge(company, two, one)
    merge(company, three, two)
    assert survivor_of(one.pk) == three.pk
    assert mirrored(three)["due_at"] == one.due_at
    with pytest.raises(MergedAway):
        undo_merge(case_id=one.pk, actor=company.agent, now=LATER)
    mark(case_id=three.pk, kind="arrived", actor=company.agent, now=LATER)
    assert one.events.filter(kind="arrived").exists()
    undo_merge(case_id=two.pk, actor=company.agent, now=LATER)
    assert mirrored(three)["due_at"] == three.due_at
    assert mirrored(two)["due_at"] == one.due_at
    counts_agree()


def test_a_duty_ends_with_the_merge_and_is_owed_again_after_its_undoing(
    company: Company,
) -> None:
    one, two = a_case(company), a_case(company)
    CaseDuty.objects.create(
        case=one, duty="work_order", entered_seq=one.event_count, entered_at=NOW
    )
    before = mirrored(one)
    merge(company, two, one)
    assert not CaseDuty.objects.filter(case=one, done_at__isnull=True).exists()
    undo_merge(case_id=one.pk, actor=company.agent, now=LATER)
    assert mirrored(one) == before
    (open_duty,) = CaseDuty.objects.filter(case=one, done_at__isnull=True)
    one.refresh_from_db()
    assert (open_duty.duty, open_duty.entered_seq) == ("work_order", one.event_count)


def test_a_change_of_figures_keeps_the_earliest_promise(company: Company) -> None:
    one, two = a_case(company, priority="urgent"), a_case(company)
    merge(company, two, one)
    change_priority(case_id=two.pk, priority="low", actor=company.agent, now=LATER)
    assert mirrored(two)["due_at"] == one.due_at
    assert clocks(two)
