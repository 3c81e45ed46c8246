"""What lists keep: each person once, how full they are, results as counts, refusals in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from qiao.customers.models import SegmentMember
from qiao.customers.operations import merge_customers
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company
from qiao.telephony.list_words import refused_words
from qiao.telephony.operations import (
    CallListRefusal,
    DialRefused,
    ListWorkRefused,
    code_entry,
    fold_list_counts,
    next_entry,
    turn_call_list,
)
from qiao.telephony.queries import call_lists, list_results, list_workers, lists
from qiao.telephony.rules import call_lists as rules
from qiao.telephony.rules.call_lists import CodesWrong
from qiao.telephony.tests.listed import (
    NOON,
    browser,
    made_list,
    people,
    running,
    states,
    taken,
    world_of,
)


@pytest.fixture
def world(db: None) -> Company:
    del db
    return world_of()


def test_whoever_was_merged_since_is_taken_in_and_called_once(world: Company) -> None:
    kept, gone, late = people(world, 3)
    found = running(world, [gone])
    assert found.segment is not None
    merge_customers(actor=world.chief, now=NOON, customer_id=kept.pk, merged_id=gone.pk)
    for each in (kept, late):
        SegmentMember.objects.create(segment=found.segment, customer=each, since=NOON)
    for state in ("paused", "running"):
        turn_call_list(list_id=found.pk, state=state, actor=world.agent, now=NOON)
    assert list(found.entries.order_by("id").values_list("customer_id", flat=True)) == [
        gone.pk, late.pk,
    ]  # fmt: skip
    merge_customers(actor=world.chief, now=NOON, customer_id=kept.pk, merged_id=late.pk)
    entry = taken(list_id=found.pk, actor=world.agent)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=NOON)
    assert next_entry(list_id=found.pk, actor=world.agent, now=NOON) is None
    assert states(found) == [("done", "done"), ("skipped", "twice")]


def test_a_list_that_is_full_says_so_and_takes_nobody_in(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = people(world, 3)
    monkeypatch.setattr(rules, "MOST_ENTRIES", 2)
    found = running(world, members)
    turn_call_list(list_id=found.pk, state="paused", actor=world.agent, now=NOON)
    turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)
    assert found.entries.count() == 2
    url = reverse("telephony:call_list", args=[found.pk])
    assert (
        "This list is full with 2 people" in browser(world.agent_staff).get(url).content.decode()
    )
    monkeypatch.setattr(rules, "MOST_ENTRIES", 3)
    assert "is full" not in browser(world.agent_staff).get(url).content.decode()


def test_lists_that_run_are_shown_however_many_newer_ones_there_are(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = running(world, people(world, 1), "旧")
    newer = [made_list(world, [], f"新{n}") for n in range(2)]
    turn_call_list(list_id=newer[0].pk, state="closed", actor=world.agent, now=NOON)
    monkeypatch.setattr(lists, "MOST_LISTS", 2)
    assert [row.name for row in call_lists(actor=world.agent)] == ["旧", "新1"]
    assert old.state == "running"


def test_two_of_the_same_name_are_two_who_work_a_list(world: Company) -> None:
    Staff.objects.filter(pk=world.colleague.person_id).update(name=world.agent_staff.name)
    Staff.objects.filter(pk=world.agent.person_id).update(name=world.agent_staff.name)
    found = running(world, people(world, 2))
    for actor in (world.agent, world.colleague):
        entry = taken(list_id=found.pk, actor=actor)
        code_entry(entry_id=entry.pk, code="done", actor=actor, now=NOON)
    assert [worker.calls for worker in list_workers(found, since=NOON)] == [1, 1]


def test_results_are_kept_counts_whether_folded_in_or_not(world: Company) -> None:
    found = running(world, people(world, 3))
    for code in ("done", "no_answer", "refused"):
        entry = taken(list_id=found.pk, actor=world.agent)
        code_entry(entry_id=entry.pk, code=code, actor=world.agent, now=NOON)
    with CaptureQueriesContext(connection) as asked:
        before = list_results(found)
    assert not any("telephony_calllisttry" in each["sql"] for each in asked.captured_queries)
    assert (before.calls, before.reached) == (3, 2)
    fold_list_counts()
    assert list_results(found) == before
    assert {code.key: n for code, n in before.rows if n} == {
        "done": 1, "no_answer": 1, "refused": 1,
    }  # fmt: skip


def test_the_hours_of_a_list_and_its_hour_of_calling_are_refused_in_their_own_words() -> None:
    with override("en"):
        assert refused_words(CallListRefusal("hours")) == "The list must begin before it ends."
        told = refused_words(ListWorkRefused("hours"))
        assert told == "The list does not call at that hour."
        assert refused_words(DialRefused("busy")) == "You have a call at this moment."
        assert refused_words(CodesWrong("none")) == "A list needs results."
