"""Two people do the same to one case at the same moment: one of them does it, the other is told
so, and nothing is there twice."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from qiao.cases import operations as ops
from qiao.cases.models import (
    BulkRun,
    Case,
    CaseClock,
    CaseDraft,
    CaseDuty,
    CaseEvent,
    CaseLink,
    CaseTelling,
)
from qiao.cases.operations import bulk
from qiao.cases.operations.editing import EditResult
from qiao.cases.showing.bulk_refusals import BULK_REFUSALS
from qiao.cases.tests.test_joining_races import at_once
from qiao.cases.tests.test_merging import clocks, counts_agree
from qiao.cases.tests.world import NOW, a_case
from qiao.core.models import Event
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(minutes=5)
Told = dict[str, Any]


@pytest.fixture
def company(own_company: Company) -> Company:
    """Each act is a transaction of its own."""
    return own_company


def opened(company: Company, **changes: Any) -> Case:
    """A case of a known customer, whom each step is told of."""
    with transaction.atomic():
        customer = make_customer(company.agent, name="王丽", now=NOW)
        return a_case(company, customer_id=customer.pk, **changes)


def acted(company: Company, case: Case, *actions: tuple[str, dict[str, Any]]) -> Case:
    """The case after some steps."""
    for action, given in actions:
        with transaction.atomic():
            ops.take_action(
                case_id=case.pk, action=action, given=given, actor=company.agent, now=NOW
            )
    return Case.objects.get(pk=case.pk)


def both(company: Company, run: Callable[..., Any], **about: Any) -> list[Any]:
    """The same by two people at one moment; each has a transaction of their own."""
    return at_once(
        lambda: run(actor=company.agent, now=LATER, **about),
        lambda: run(actor=company.colleague, now=LATER, **about),
    )


def one_won(results: list[Any], refusal: type[Exception]) -> None:
    """One did it, and the other was refused for this reason."""
    refused = [each for each in results if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [refusal], results
    assert len(results) - len(refused) == 1


def grown(case: Case, before: int) -> Counter[str]:
    """What the history says since; it has no gap, the clocks are its own, the counts are right."""
    places = case.events.order_by("seq").values_list("seq", flat=True)
    assert list(places) == list(range(1, len(places) + 1))
    assert Case.objects.get(pk=case.pk).event_count == len(places)
    clocks(case)
    with transaction.atomic():
        counts_agree()
    return Counter(case.events.filter(seq__gt=before).values_list("kind", flat=True))


def test_a_step_is_taken_once(company: Company) -> None:
    case = opened(company)
    tellings, told = CaseTelling.objects.count(), Event.objects.count()
    results = both(
        company, ops.take_action, case_id=case.pk, action="hand_over", given={},
        from_step="accept",
    )  # fmt: skip
    one_won(results, ops.StaleStep)
    assert grown(case, case.event_count) == {"step_left": 1, "step_entered": 1}
    assert CaseClock.objects.filter(case=case, promise="step:repair").count() == 1
    assert CaseTelling.objects.count() == tellings + 1
    assert Event.objects.count() == told + 1


def test_a_case_is_closed_once_and_reopened_once(company: Company) -> None:
    case = acted(company, opened(company), ("hand_over", {}), ("done", {"cause": "pipe"}))
    about: Told = {
        "case_id": case.pk,
        "given": {},
        "action": "satisfied",
        "from_step": "call_back",
    }
    one_won(both(company, ops.take_action, **about), ops.StaleStep)
    assert grown(case, case.event_count) == {"step_left": 1, "step_entered": 1, "closed": 1}
    case.refresh_from_db()
    about |= {"action": "reopen", "given": {"reason": "又漏了"}, "from_step": "archived"}
    one_won(both(company, ops.take_action, **about), ops.StaleStep)
    assert grown(case, case.event_count)["reopened"] == 1
    case.refresh_from_db()
    assert case.reopened_count == 1
    one_won(both(company, ops.undo_reopening, case_id=case.pk), ops.NotReopened)
    assert grown(case, case.event_count) == {"undone": 1}
    assert Case.objects.get(pk=case.pk).reopened_count == 0


def test_work_of_another_module_is_owed_once_after_a_merge_undone_twice(
    company: Company,
) -> None:
    survivor, case = opened(company), opened(company)
    one_won(
        both(company, ops.merge_cases, survivor_id=survivor.pk, merged=[case.pk]), ops.MergedAway
    )
    assert grown(survivor, survivor.event_count) == {"merged_in": 1}
    assert grown(case, case.event_count) == {"merged_away": 1}
    assert Case.objects.get(pk=survivor.pk).merged_count == 1
    one_won(both(company, ops.undo_merge, case_id=case.pk), ops.NotMerged)
    assert Case.objects.get(pk=survivor.pk).merged_count == 0
    assert grown(survivor, survivor.event_count) == {"merged_in": 1, "unmerged": 1}
    assert CaseDuty.objects.filter(case=case, done_at__isnull=True).count() <= 1


def test_two_who_change_one_field_both_keep_their_words(company: Company) -> None:
    case = opened(company)
    base = {"title": case.title}

    def edit(who: Any, title: str) -> EditResult:
        return ops.edit_case(
            case_id=case.pk, base=base, mine={"title": title}, actor=who, now=LATER
        )

    results = at_once(
        lambda: edit(company.agent, "表前漏水"), lambda: edit(company.colleague, "表后漏水")
    )
    saved = [each for each in results if each.saved]
    lost = [each for each in results if each.conflicts]
    assert (len(saved), len(lost)) == (1, 1), results
    assert saved[0] is not lost[0]
    now = Case.objects.get(pk=case.pk)
    assert now.version == case.version + 1
    (conflict,) = lost[0].conflicts
    assert {now.title, conflict.mine} == {"表前漏水", "表后漏水"}
    assert CaseDraft.objects.get(case=case).values == {"title": conflict.mine}
    assert grown(case, case.event_count) == {"edited": 1}


def test_the_clock_is_stopped_once_and_let_run_once(company: Company) -> None:
    case = opened(company)
    one_won(both(company, ops.pause, case_id=case.pk, reason="等客户"), ops.NotPaused)
    assert grown(case, case.event_count) == {"paused": 1}
    one_won(both(company, ops.resume, case_id=case.pk), ops.NotPaused)
    assert grown(case, case.event_count) == {"paused": 1, "resumed": 1}


def test_a_priority_and_a_milestone_are_written_once(company: Company) -> None:
    case = opened(company)
    results = both(company, ops.change_priority, case_id=case.pk, priority="urgent")
    assert all(isinstance(each, Case) for each in results), results
    assert grown(case, case.event_count) == {"priority_changed": 1}
    both(company, ops.mark, case_id=case.pk, kind="answered")
    assert grown(case, case.event_count) == {"priority_changed": 1, "answered": 1}


def test_the_work_goes_to_one_of_two_who_take_it(company: Company) -> None:
    case = opened(company)
    one_won(
        both(company, ops.assign, case_id=case.pk, staff_id=company.colleague.staff_id),
        ops.AlreadyThere,
    )
    assert grown(case, case.event_count) == {"assigned": 1}


def test_a_link_stands_once_and_is_taken_back_once(company: Company) -> None:
    one, other = opened(company), opened(company)
    about: Told = {"case_id": one.pk, "other_id": other.pk, "kind": "related"}
    results = both(company, ops.link_cases, **about)
    assert [type(each) for each in results] == [CaseLink, CaseLink], results
    assert CaseLink.objects.count() == 1
    assert grown(one, one.event_count) == {"linked": 1}
    link = CaseLink.objects.get()
    one_won(both(company, ops.unlink_cases, link_id=link.pk), ops.NotLinked)
    assert grown(one, one.event_count) == {"linked": 1, "unlinked": 1}
    assert grown(other, other.event_count) == {"unlinked": 1}


def test_many_are_linked_crosswise_without_waiting_in_a_circle(company: Company) -> None:
    cases = [opened(company) for _n in range(3)]

    def linking(other: Case) -> BulkRun:
        with transaction.atomic():
            run = bulk.prepare_bulk(
                kind="link", terms={"other": other.pk, "link": "related"},
                case_ids=[case.pk for case in cases if case != other], language="en",
                actor=company.agent, now=NOW, refusals=BULK_REFUSALS,
            )  # fmt: skip
            return bulk.start_bulk(run_id=run.pk, actor=company.agent)

    def work(run: BulkRun) -> None:
        bulk.run_bulk(
            run_id=run.pk, actor=company.agent, clock=lambda: LATER, refusals=BULK_REFUSALS
        )

    runs = [linking(case) for case in cases]
    results = at_once(*[partial(work, run) for run in runs], own=True)
    assert results == [None, None, None]
    assert CaseLink.objects.count() == 3
    assert CaseEvent.objects.filter(kind="linked").count() == 3
    first = max(runs, key=lambda run: run.items.filter(state="done").count())
    undo = partial(bulk.undo_bulk, run_id=first.pk, actor=company.agent, now=LATER)
    one_won(at_once(undo, undo), bulk.NotReady)
