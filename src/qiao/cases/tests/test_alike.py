"""Many reports of one cause: joined, told, closed, and their tail."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from qiao.cases import queries
from qiao.cases.models import (
    AlikeNotice,
    AlikeParent,
    AlikeProposal,
    AlikeReport,
    Case,
    CaseDuty,
    CaseEvent,
)
from qiao.cases.operations import (
    Cause,
    MergedAway,
    NotAReport,
    ParentOver,
    UnderParent,
    broadcast,
    decide_proposal,
    end_reports,
    follow_parent,
    go_on,
    join_reports,
    make_parent,
    mark,
    merge_cases,
    not_back,
    note_bursts,
    set_expectation,
    take_action,
    take_out,
)
from qiao.cases.queries import list_cases
from qiao.cases.rules.alike import Threshold, find_burst, over_time, poisson_tail
from qiao.cases.tests.test_merging import clocks, counts_agree, mirrored
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.customers.tests.factories import make_customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(minutes=20)
AREA = "339102"


def cause(**changes: Any) -> Cause:
    """A burst main in the lake district."""
    return Cause(**{"kind": "supply", "area": AREA, "since": NOW, "cause": "爆管", **changes})


def parent_of(company: Company, **changes: Any) -> Case:
    """A case that carries a common cause."""
    case = a_case(company, type_key="water.burst", title="DN300 爆管")
    make_parent(case_id=case.pk, cause=cause(**changes), actor=company.chief, now=NOW)
    case.refresh_from_db()
    return case


def join(company: Company, parent: Case, *cases: Case) -> tuple[int, ...]:
    """Let reports join, as the agent does."""
    ids = [case.pk for case in cases]
    return join_reports(parent_id=parent.pk, case_ids=ids, actor=company.agent, now=LATER)


def run(notice: AlikeNotice, now: datetime = LATER) -> int:
    """Do the job to its end; how many batches it took."""
    batches = 0
    while go_on(notice_id=notice.pk, now=now):
        batches += 1
    return batches


def test_reports_that_joined_wait_off_the_lists_and_can_be_taken_out(company: Company) -> None:
    parent, one, two = parent_of(company), a_case(company), a_case(company)
    before = mirrored(one), clocks(one)
    assert join(company, parent, one, two) == (one.pk, two.pk)
    assert join(company, parent, one) == ()
    listed = list_cases(actor=company.agent, now=LATER, view="open").rows
    assert {row.case_id for row in listed} == {parent.pk}
    assert clocks(one) == before[1]
    take_out(case_id=one.pk, actor=company.agent, now=LATER)
    assert (mirrored(one), clocks(one)) == before
    with pytest.raises(NotAReport):
        take_out(case_id=one.pk, actor=company.agent, now=LATER)
    page = queries.parent_page(actor=company.agent, case_id=parent.pk)
    assert (page.figures.reports, page.figures.out) == (1, 1)
    counts_agree()


def test_a_duty_of_a_report_ends_and_comes_back_when_it_is_taken_out(company: Company) -> None:
    parent, one = parent_of(company), a_case(company)
    CaseDuty.objects.create(
        case=one, duty="work_order", entered_seq=one.event_count, entered_at=NOW
    )
    join(company, parent, one)
    assert Event.objects.filter(name="cases.cases_held").exists()
    assert not CaseDuty.objects.filter(case=one, done_at__isnull=True).exists()
    take_out(case_id=one.pk, actor=company.agent, now=LATER)
    assert CaseDuty.objects.filter(case=one, done_at__isnull=True, duty="work_order").exists()


def test_all_reports_are_told_and_closed_with_their_own_history(company: Company) -> None:
    known = make_customer(company.agent)
    add_email(customer_id=known.pk, address="li@example.com", actor=company.agent, now=NOW)
    parent = parent_of(company)
    reached = a_case(company, customer_id=known.pk)
    unknown = a_case(company, caller_phone="+8613800000009")
    join(company, parent, reached, unknown)
    run(broadcast(parent_id=parent.pk, text="预计 12 点恢复", actor=company.chief, now=LATER))
    assert Message.objects.filter(subject_kind="case", subject_id=reached.pk).count() == 1
    assert reached.events.filter(kind="answer", visibility="customer").count() == 1
    assert mirrored(reached)["closed_at"] is None
    missed = queries.reports_of(actor=company.agent, parent_id=parent.pk, side="missed")
    assert [line.case_id for line in missed] == [unknown.pk]
    end = LATER + timedelta(hours=1)
    notice = end_reports(parent_id=parent.pk, text="已恢复供水", actor=company.chief, now=end)
    with pytest.raises(ParentOver):
        join(company, parent, a_case(company))
    assert run(notice, end) == 1
    for case in (reached, unknown):
        ended = mirrored(case)
        assert (ended["phase"], ended["closed_at"]) == ("closed", end)
        assert all(not clock.open for clock in clocks(case))
    assert mirrored(reached)["answered_at"] == end
    assert mirrored(unknown)["answered_at"] is None
    assert AlikeParent.objects.get(case=parent).state == "closed"
    assert mirrored(parent)["closed_at"] is None, "its own process goes on"
    counts_agree()


def test_the_job_goes_on_where_it_stopped(company: Company) -> None:
    parent = parent_of(company)
    cases = [a_case(company) for _n in range(3)]
    join(company, parent, *cases)
    notice = end_reports(parent_id=parent.pk, text="已恢复", actor=company.chief, now=LATER)
    with transaction.atomic():
        go_on(notice_id=notice.pk, now=LATER)
        transaction.set_rollback(True)  # the worker dies
    assert Case.objects.filter(parent=parent, closed_at__isnull=True).count() == 3
    run(notice)
    assert not go_on(notice_id=notice.pk, now=LATER)
    assert Case.objects.filter(parent=parent, closed_at__isnull=True).count() == 0
    closed = CaseEvent.objects.filter(case__in=cases, kind="closed")
    assert closed.count() == 3


def test_who_says_that_it_is_not_back_is_opened_again_and_listed(company: Company) -> None:
    parent, one, two = parent_of(company), a_case(company), a_case(company)
    join(company, parent, one, two)
    with pytest.raises(NotAReport):
        not_back(case_id=one.pk, words="还是没水", actor=company.agent, now=LATER)
    run(end_reports(parent_id=parent.pk, text="已恢复", actor=company.chief, now=LATER))
    again = LATER + timedelta(hours=2)
    not_back(case_id=one.pk, words="还是没水", actor=company.agent, now=again)
    back = mirrored(one)
    assert (back["closed_at"], back["step"], back["parent_id"]) == (None, "accept", None)
    assert back["reopened_count"] == 1
    assert any(clock.open for clock in clocks(one)) or clocks(one)
    tail = queries.reports_of(actor=company.agent, parent_id=parent.pk, side="tail")
    assert [line.case_id for line in tail] == [one.pk]
    assert AlikeReport.objects.get(case=two).left_at is None
    counts_agree()


def test_what_the_crew_reaches_counts_for_every_report(company: Company) -> None:
    parent, one = parent_of(company), a_case(company)
    join(company, parent, one)
    mark(case_id=parent.pk, kind="arrived", actor=company.agent, now=LATER)
    told = Event.objects.filter(name="cases.parent_marked").latest("id")
    assert told.payload["kind"] == "arrived"
    for _again in range(2):
        follow_parent(parent_id=parent.pk, kind="arrived", at=LATER, after_id=0, now=LATER)
    assert one.events.filter(kind="arrived").count() == 1
    assert clocks(one)


def test_the_end_of_the_parent_ends_its_reports(company: Company) -> None:
    parent, one = parent_of(company), a_case(company)
    join(company, parent, one)
    for action, given in (("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {})):
        take_action(case_id=parent.pk, action=action, given=given, actor=company.agent, now=LATER)
    follow_parent(parent_id=parent.pk, kind="closed", at=LATER, after_id=0, now=LATER)
    notice = AlikeNotice.objects.get(kind="back")
    run(notice)
    assert mirrored(one)["closed_at"] == LATER


def test_reports_are_neither_worked_on_nor_merged(company: Company) -> None:
    parent, one, two = parent_of(company), a_case(company), a_case(company)
    join(company, parent, one)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    with pytest.raises(UnderParent):
        take_action(case_id=one.pk, action="hand_over", given={}, **told)
    for pair in ((two, one), (one, two), (two, parent)):
        with pytest.raises(UnderParent):
            merge_cases(survivor_id=pair[0].pk, merged=[pair[1].pk], **told)
    with pytest.raises(UnderParent):
        make_parent(case_id=one.pk, cause=cause(), actor=company.chief, now=LATER)
    merge_cases(survivor_id=two.pk, merged=[a_case(company).pk], **told)
    assert join(company, parent, two) == (two.pk,)
    run(end_reports(parent_id=parent.pk, text="已恢复", actor=company.chief, now=LATER))
    assert not Case.objects.filter(closed_at__isnull=True).exclude(pk=parent.pk).exists()


def test_a_common_cause_needs_its_right_and_reports_that_of_their_unit(company: Company) -> None:
    grants = {key: ids for key, ids in company.agent.grants.items() if key != "cases.alike"}
    plain = replace(company.agent, grants=grants)
    case = a_case(company)
    with pytest.raises(Forbidden):
        make_parent(case_id=case.pk, cause=cause(), actor=plain, now=NOW)
    parent = parent_of(company)
    there = a_case(company, company.outsider, organisation=company.river)
    with pytest.raises(Forbidden):
        join(company, parent, there)
    for refused in (
        lambda: broadcast(parent_id=parent.pk, text="x", actor=plain, now=NOW),
        lambda: end_reports(parent_id=parent.pk, text="x", actor=company.outsider, now=NOW),
        lambda: set_expectation(
            parent_id=parent.pk, cause="", expected_at=None, actor=plain, now=NOW
        ),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(queries.NotVisible):
        queries.parent_page(actor=company.outsider, case_id=parent.pk)
    merged = a_case(company)
    merge_cases(survivor_id=case.pk, merged=[merged.pk], actor=company.agent, now=NOW)
    with pytest.raises(MergedAway):
        make_parent(case_id=merged.pk, cause=cause(), actor=company.chief, now=NOW)


def test_a_burst_against_the_usual_rate_is_proposed_once(company: Company) -> None:
    for minute in range(7):
        a_case(company, now=NOW + timedelta(minutes=5 * minute))
    now = NOW + timedelta(minutes=40)
    assert note_bursts(now=now) == 1
    assert note_bursts(now=now + timedelta(minutes=1)) == 1
    (proposal,) = AlikeProposal.objects.all()
    assert (proposal.kind, proposal.area, proposal.count) == ("supply", AREA, 7)
    assert [p.pk for p in queries.open_proposals(actor=company.chief)] == [proposal.pk]
    assert list(queries.open_proposals(actor=company.outsider)) == []
    decide_proposal(proposal_id=proposal.pk, state="dismissed", actor=company.chief, now=now)
    note_bursts(now=now + timedelta(minutes=2))
    assert AlikeProposal.objects.filter(state="open").count() == 0


def test_a_burst_is_told_by_its_least_likely_span() -> None:
    threshold = Threshold(least=5, chance_ppm=10)
    moments = [NOW - timedelta(minutes=5 * n) for n in range(7)]
    burst = find_burst(moments, usual_per_hour=0.6, now=NOW, threshold=threshold)
    assert burst is not None
    assert (burst.count, burst.minutes) == (6, 30)
    assert find_burst(moments, usual_per_hour=20, now=NOW, threshold=threshold) is None
    assert find_burst(moments[:4], usual_per_hour=0.6, now=NOW, threshold=threshold) is None


@pytest.mark.parametrize(
    ("count", "mean", "chance"),
    [
        (0, 3.0, 1.0),
        (1, 0.5, 0.3934693402873666),
        (5, 2.0, 0.052653017343711084),
        (12, 1.0, 8.316108e-10),
        (7, 0.6, 3.292e-06),
    ],
)
def test_the_tail_of_a_poisson_distribution(count: int, mean: float, chance: float) -> None:
    assert poisson_tail(count, mean) == pytest.approx(chance, rel=1e-3)


def test_bars_hold_every_moment() -> None:
    moments = [NOW + timedelta(minutes=n) for n in (0, 1, 30, 59, 60)]
    bars = over_time(moments, since=NOW, until=NOW + timedelta(hours=1), bars=6)
    assert (sum(bars), bars[0], bars[-1]) == (5, 2, 2)
