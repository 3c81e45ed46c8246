"""Changing many cases: foreseen for each, done to each by itself, taken back if nobody went on."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases import operations
from qiao.cases.models import BulkItem, BulkRun, Case, CaseEvent, CaseLink
from qiao.cases.operations import bulk
from qiao.cases.operations.bulk_kinds import ChangedSince
from qiao.cases.showing.bulk_refusals import BULK_REFUSALS
from qiao.cases.tests.browsing import HTMX, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company


def _prepare(company: Company, kind: str, cases: list[Case], **terms: object) -> BulkRun:
    return bulk.prepare_bulk(
        kind=kind, terms=terms, case_ids=[case.pk for case in cases], language="en",
        actor=company.agent, now=NOW, refusals=BULK_REFUSALS,
    )  # fmt: skip


def _run(run: BulkRun, actor: Actor) -> BulkRun:
    bulk.run_bulk(run_id=run.pk, actor=actor, clock=lambda: NOW, refusals=BULK_REFUSALS)
    run.refresh_from_db()
    return run


def _states(run: BulkRun) -> list[str]:
    return list(run.items.order_by("id").values_list("state", flat=True))


def test_what_is_foreseen_changes_nothing_and_comes_true(company: Company) -> None:
    cases = [a_case(company) for _ in range(3)]
    operations.change_priority(case_id=cases[0].pk, priority="high", actor=company.agent, now=NOW)
    entries = CaseEvent.objects.count()
    run = _prepare(company, "priority", cases, priority="high")
    assert _states(run) == ["refused", "waiting", "waiting"]
    assert CaseEvent.objects.count() == entries
    bulk.start_bulk(run_id=run.pk, actor=company.agent)
    assert _run(run, company.agent).state == "done"
    assert _states(run) == ["refused", "done", "done"]
    assert Case.objects.filter(priority="high").count() == 3


def test_one_that_fails_meanwhile_harms_no_other(company: Company) -> None:
    cases = [a_case(company) for _ in range(3)]
    run = _prepare(company, "pause", cases, reason="停电")
    operations.pause(case_id=cases[1].pk, reason="先停", actor=company.agent, now=NOW)
    bulk.start_bulk(run_id=run.pk, actor=company.agent)
    _run(run, company.agent)
    assert _states(run) == ["done", "failed", "done"]
    assert BulkItem.objects.get(state="failed").problem


def test_it_is_undone_where_nobody_went_on(company: Company) -> None:
    cases = [a_case(company) for _ in range(3)]
    before = {case.pk: case.priority for case in Case.objects.all()}
    run = _prepare(company, "priority", cases, priority="low")
    bulk.start_bulk(run_id=run.pk, actor=company.agent)
    _run(run, company.agent)
    operations.change_priority(
        case_id=cases[2].pk, priority="urgent", actor=company.agent, now=NOW
    )
    back = bulk.undo_bulk(run_id=run.pk, actor=company.agent, now=NOW)
    _run(back, company.agent)
    assert _states(back) == ["done", "done", "failed"]
    after = {case.pk: case.priority for case in Case.objects.all()}
    assert after == before | {cases[2].pk: "urgent"}
    with pytest.raises(bulk.NotReady):
        bulk.undo_bulk(run_id=run.pk, actor=company.agent, now=NOW)


def test_a_stopped_run_leaves_the_rest_alone(company: Company) -> None:
    cases = [a_case(company) for _ in range(2)]
    run = _prepare(company, "priority", cases, priority="low")
    bulk.start_bulk(run_id=run.pk, actor=company.agent)
    bulk.cancel_bulk(run_id=run.pk, actor=company.agent, now=NOW)
    _run(run, company.agent)
    assert _states(run) == ["waiting", "waiting"]


def test_more_than_a_hundred_are_foreseen_in_the_background(company: Company) -> None:
    cases = [a_case(company) for _ in range(3)]
    ids = [case.pk for case in cases]
    run = bulk.prepare_bulk(
        kind="pause", terms={"reason": "x"}, case_ids=ids + list(range(10**6, 10**6)),
        language="en", actor=company.agent, now=NOW, refusals=BULK_REFUSALS,
    )  # fmt: skip
    BulkRun.objects.filter(pk=run.pk).update(state="foreseeing")
    run.items.update(state="new")
    _run(run, company.agent)
    assert run.state == "ready"
    assert _states(run) == ["waiting"] * 3


def test_many_cases_are_assigned_after_a_look(company: Company, agent: Client) -> None:
    cases = [a_case(company) for _ in range(3)]
    ids = [case.pk for case in cases]
    asked = text_of(
        agent.post(reverse("cases:bulk", args=["assign"]), {"case": ids}, headers=HTMX)
    )
    assert 'name="person"' in asked
    form = {"case": ids, "person": company.colleague.staff_id}
    operations.assign(
        case_id=ids[0], staff_id=company.colleague.staff_id, actor=company.chief, now=NOW
    )
    shown = agent.post(reverse("cases:bulk_foresee", args=["assign"]), form, headers=HTMX)
    assert all(case.number in text_of(shown) for case in cases)
    run = BulkRun.objects.get()
    assert Case.objects.filter(assignee__isnull=False).count() == 1
    agent.post(reverse("cases:bulk_start", args=[run.pk]), headers=HTMX)
    bulk.run_bulk(run_id=run.pk, actor=company.agent, clock=timezone.now, refusals=BULK_REFUSALS)
    assert Case.objects.filter(assignee_id=company.colleague.staff_id).count() == 3
    done = text_of(agent.get(reverse("cases:bulk_run", args=[run.pk]), headers=HTMX))
    assert reverse("cases:bulk_undo", args=[run.pk]) in done


def test_a_run_is_shown_to_who_asked_for_it_alone(company: Company, colleague: Client) -> None:
    run = _prepare(company, "pause", [a_case(company)], reason="x")
    assert colleague.get(reverse("cases:bulk_run", args=[run.pk])).status_code == 404
    assert colleague.post(reverse("cases:bulk_start", args=[run.pk])).status_code == 404


def test_all_of_a_list_take_a_step_that_all_of_them_offer(company: Company, agent: Client) -> None:
    for _ in range(2):
        a_case(company, type_key="water.bill")
    form = {"all": "1", "place": "view=open"}
    offered = text_of(agent.post(reverse("cases:bulk", args=["act"]), form, headers=HTMX))
    assert 'value="hand_over"' in offered
    agent.post(
        reverse("cases:bulk_foresee", args=["act"]), form | {"action": "hand_over"}, headers=HTMX
    )
    run = BulkRun.objects.get()
    assert _states(run) == ["waiting", "waiting"]


def _linked(company: Company, cases: list[Case], other: Case) -> BulkRun:
    run = _prepare(company, "link", cases, other=other.pk, link="related")
    bulk.start_bulk(run_id=run.pk, actor=company.agent)
    return _run(run, company.agent)


def test_cases_linked_to_one_are_unlinked_again_where_nobody_went_on(company: Company) -> None:
    cases, other = [a_case(company) for _ in range(4)], a_case(company)
    told: dict[str, object] = {"actor": company.colleague, "now": NOW}
    mine = operations.link_cases(
        case_id=other.pk,
        other_id=cases[0].pk,
        kind="follows",
        **told,  # type: ignore[arg-type]
    )
    run = _linked(company, [*cases, other], other)
    assert _states(run) == ["refused", "done", "done", "done", "refused"]
    assert CaseLink.objects.filter(other=other, kind="related").count() == 3
    second = CaseLink.objects.get(case=cases[2])
    operations.unlink_cases(link_id=second.pk, actor=company.agent, now=NOW)
    third = CaseLink.objects.get(case=cases[3])
    operations.unlink_cases(link_id=third.pk, actor=company.agent, now=NOW)
    again = operations.link_cases(
        case_id=cases[3].pk,
        other_id=other.pk,
        kind="related",
        **told,  # type: ignore[arg-type]
    )
    back = bulk.undo_bulk(run_id=run.pk, actor=company.agent, now=NOW)
    _run(back, company.agent)
    assert _states(back) == ["done", "failed", "failed"]
    assert set(CaseLink.objects.values_list("pk", flat=True)) == {mine.pk, again.pk}
    problems = back.items.filter(state="failed").values_list("problem", flat=True)
    assert set(problems) == {BULK_REFUSALS.words(ChangedSince())}
    assert cases[1].events.filter(kind="unlinked", data__case=other.pk).exists()
    with pytest.raises(bulk.NotReady):
        bulk.undo_bulk(run_id=run.pk, actor=company.agent, now=NOW)


def test_the_way_back_is_offered_after_linking(company: Company, agent: Client) -> None:
    cases, other = [a_case(company) for _ in range(2)], a_case(company)
    run = _linked(company, cases, other)
    shown = text_of(agent.get(reverse("cases:bulk_run", args=[run.pk]), headers=HTMX))
    assert reverse("cases:bulk_undo", args=[run.pk]) in shown
    agent.post(reverse("cases:bulk_undo", args=[run.pk]), headers=HTMX)
    _run(BulkRun.objects.get(undo_of=run), company.agent)
    assert not CaseLink.objects.exists()


def test_a_link_of_one_case_offers_its_way_back_once(company: Company, agent: Client) -> None:
    one, other = a_case(company), a_case(company)
    form = {"number": other.number, "kind": "related"}
    made = agent.post(reverse("cases:link", args=[one.pk]), form, headers=HTMX)
    seq = one.events.get(kind="linked").seq
    undo = reverse("cases:undo", args=[one.pk, seq])
    assert undo in made.headers["HX-Trigger"]
    again = agent.post(reverse("cases:link", args=[one.pk]), form, headers=HTMX)
    assert undo not in again.headers["HX-Trigger"]
    agent.post(undo, headers=HTMX)
    assert not CaseLink.objects.exists()
