"""Lists of calls: who stands in them, who is next, what a result leads to, who may."""

import threading
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from qiao.contact.models import AgentState, Interaction
from qiao.core.actor import Actor, Forbidden
from qiao.customers.models import PhoneAttempt, SegmentMember
from qiao.customers.operations.care import record_consent
from qiao.customers.tests.factories import make_account
from qiao.feedback.models import FollowUp, FollowUpAttempt, SurveyCall
from qiao.feedback.operations.survey_answering import Given
from qiao.feedback.tests.surveying import answered, consent, designed, drawn, sent
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import CallList, CallListCountChange, CallListEntry, CallListTry
from qiao.telephony.operations import (
    CallListRefusal,
    ListDraft,
    ListWorkRefused,
    ask_of_call,
    call_entry,
    call_entry_later,
    code_entry,
    fold_list_counts,
    give_back_entry,
    make_call_list,
    next_entry,
    turn_call_list,
)
from qiao.telephony.queries import list_counts, list_results, list_workers
from qiao.telephony.rules import asks
from qiao.telephony.tests.conducted import Conducted
from qiao.telephony.tests.listed import (
    NOON,
    OWN,
    follow_up_of,
    made_list,
    people,
    running,
    segment,
    states,
    taken,
    world_of,
)


@pytest.fixture
def world(db: None) -> Company:
    del db
    return world_of()


def test_who_cannot_be_called_stands_in_the_list_with_the_reason(world: Company) -> None:
    called, silent, without, good = people(world, 4)
    without.phones.all().delete()
    record_consent(
        actor=world.agent, now=NOON - timedelta(days=1), customer_id=silent.pk,
        purpose="service", is_given=False, how="spoken",
    )  # fmt: skip
    first = running(world, [called], "第一份")
    entry = taken(list_id=first.pk, actor=world.agent, now=NOON)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=NOON)
    found = made_list(world, [called, silent, without, good])
    assert states(found) == [
        ("skipped", "quiet_period"), ("skipped", "do_not_call"), ("skipped", "no_phone"),
        ("waiting", ""),
    ]  # fmt: skip
    assert states(made_list(world, [called], "不忌", quiet_days=0)) == [("waiting", "")]
    counts = list_counts(list_ids=[found.pk])[found.pk]
    assert (counts.total, counts.waiting, counts.skipped) == (4, 1, 3)
    fold_list_counts()
    assert not CallListCountChange.objects.exists()
    assert list_counts(list_ids=[found.pk])[found.pk] == counts


def test_a_list_is_filled_by_as_many_statements_for_many_as_for_few(world: Company) -> None:
    counted = []
    for size in (1, 12):
        of = segment(world, people(world, size), f"段{size}")
        draft = ListDraft(f"名单{size}", world.lake.pk, segment_id=of.pk)
        with CaptureQueriesContext(connection) as asked:
            found = make_call_list(draft=draft, actor=world.agent, now=NOON)
        assert found.entries.count() == size
        counted.append(len(asked))
        for each in people(world, 0):
            each.delete()
    assert counted[0] == counted[1]


def test_a_list_stands_once_for_each_person_and_takes_in_who_came_since(world: Company) -> None:
    members = people(world, 2)
    found = running(world, members[:1])
    assert found.segment is not None
    SegmentMember.objects.create(segment=found.segment, customer=members[1], since=NOON)
    for state in ("paused", "running"):
        turn_call_list(list_id=found.pk, state=state, actor=world.agent, now=NOON)
    assert found.entries.count() == 2


def test_a_call_is_given_made_told_and_the_next_one_comes(world: Company) -> None:
    first, second = people(world, 2)
    found = running(world, [first, second])
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    assert taken(list_id=found.pk, actor=world.agent, now=NOON).pk == entry.pk
    switch = Conducted(NOON)
    switch.own(world.agent, OWN)
    switch.other(first.phones.get().number)
    call = call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    assert call_entry(entry_id=entry.pk, actor=world.agent, now=NOON).pk == call.pk
    assert not Interaction.objects.exists()
    switch.look()
    switch.run(20)
    contact = Interaction.objects.get()
    assert (contact.customer_id, contact.direction, contact.state) == (first.pk, "out", "open")
    with pytest.raises(ListWorkRefused, match="calling"):
        code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=switch.now)
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    code_entry(entry_id=entry.pk, code="done", note="已约周三", actor=world.agent, now=switch.now)
    contact.refresh_from_db()
    assert (contact.state, contact.subject, contact.summary) == ("closed", "回访", "已约周三")
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "ready"
    assert PhoneAttempt.objects.get().outcome == "reached"
    entry.refresh_from_db()
    assert (entry.state, entry.why, entry.tries) == ("done", "done", 1)
    following = taken(list_id=found.pk, actor=world.agent, now=switch.now)
    assert following.customer_id == second.pk


def test_the_end_of_a_call_tells_by_itself_that_nobody_was_reached(world: Company) -> None:
    (customer,) = people(world, 1)
    found = running(world, [customer])
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    switch = Conducted(NOON)
    switch.own(world.agent, OWN)
    switch.other(customer.phones.get().number, "busy")
    call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(20)
    entry.refresh_from_db()
    made = CallListTry.objects.get()
    assert (made.result, made.kind, made.is_by_end) == ("busy", "not_reached", True)
    assert (entry.state, entry.why, entry.taken_by_id) == ("waiting", "busy", None)
    assert entry.next_at > NOON + timedelta(minutes=15)
    assert next_entry(list_id=found.pk, actor=world.agent, now=switch.now) is None
    results = list_results(found)
    assert (results.calls, results.reached, results.rate) == (1, 0, 0.0)
    (worker,) = list_workers(found, since=NOON)
    assert (worker.calls, worker.reached) == (1, 0)


def test_an_own_telephone_that_is_not_taken_leaves_them_at_hand(world: Company) -> None:
    (customer,) = people(world, 1)
    found = running(world, [customer])
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    switch = Conducted(NOON)
    switch.own(world.agent, OWN, "silent")
    call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(40)
    entry.refresh_from_db()
    assert (entry.state, entry.call_id, entry.tries) == ("taken", None, 0)
    assert not CallListTry.objects.exists()


def test_whom_another_list_has_called_meanwhile_is_left_out_when_their_turn_comes(
    world: Company,
) -> None:
    both, other = people(world, 2)
    one, two = running(world, [both], "甲"), running(world, [both, other], "乙")
    entry = taken(list_id=one.pk, actor=world.agent, now=NOON)
    code_entry(entry_id=entry.pk, code="no_answer", actor=world.agent, now=NOON)
    given = taken(list_id=two.pk, actor=world.agent, now=NOON)
    assert given.customer_id == other.pk
    assert states(two)[0] == ("skipped", "quiet_period")
    again = NOON + timedelta(hours=2, minutes=1)  # its own next attempt is none of the others'
    give_back_entry(entry_id=given.pk, actor=world.agent, now=again)
    assert taken(list_id=one.pk, actor=world.agent, now=again).pk == entry.pk


def test_a_time_that_was_agreed_comes_first_and_lies_within_the_hours(world: Company) -> None:
    first, second = people(world, 2)
    found = running(world, [first, second])
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    night = NOON + timedelta(hours=10)
    for at, reason in ((night, "hours"), (NOON, "moment"), (NOON + timedelta(days=90), "moment")):
        with pytest.raises(ListWorkRefused, match=reason):
            call_entry_later(entry_id=entry.pk, at=at, actor=world.agent, now=NOON)
    agreed = NOON + timedelta(hours=1)
    call_entry_later(entry_id=entry.pk, at=agreed, actor=world.agent, now=NOON)
    given = taken(list_id=found.pk, actor=world.agent, now=NOON)
    assert given.customer_id == second.pk
    give_back_entry(entry_id=given.pk, actor=world.agent, now=NOON)
    assert taken(list_id=found.pk, actor=world.colleague, now=agreed).pk == entry.pk


def test_whoever_took_somebody_and_left_gives_them_back(world: Company) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    assert (
        next_entry(list_id=found.pk, actor=world.colleague, now=NOON + timedelta(minutes=29))
        is None
    )
    later = NOON + timedelta(minutes=31)
    assert taken(list_id=found.pk, actor=world.colleague, now=later).pk == entry.pk
    with pytest.raises(ListWorkRefused, match="not_yours"):
        code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=later)


def test_a_list_is_worked_while_it_runs_and_in_its_hours_by_who_may(world: Company) -> None:
    found = made_list(world, people(world, 1), begins=time(9), ends=time(18))
    with pytest.raises(ListWorkRefused, match="stopped"):
        next_entry(list_id=found.pk, actor=world.agent, now=NOON)
    turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)
    with pytest.raises(ListWorkRefused, match="hours"):
        next_entry(list_id=found.pk, actor=world.agent, now=NOON + timedelta(hours=7))
    with pytest.raises(CallList.DoesNotExist):
        next_entry(list_id=found.pk, actor=world.outsider, now=NOON)
    entry = taken(list_id=found.pk, actor=world.agent, now=NOON)
    with pytest.raises(ListWorkRefused, match="code"):
        code_entry(entry_id=entry.pk, code="odd", actor=world.agent, now=NOON)
    calls = person(number="7001", name="呼", branch=world.lake, permissions=("calls.dial",))
    caller = actor_for(calls, day=TODAY)
    with pytest.raises(Forbidden):
        turn_call_list(list_id=found.pk, state="paused", actor=caller, now=NOON)
    closed = turn_call_list(list_id=found.pk, state="closed", actor=world.agent, now=NOON)
    assert closed.closed_at == NOON
    with pytest.raises(CallListRefusal, match="state"):
        turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"begins": time(18), "ends": time(9)}, "hours"),
        ({"most_tries": 0}, "tries"),
        ({"wait_minutes": 0}, "waits"),
        ({"quiet_days": 400}, "quiet_days"),
        ({"mode": "odd"}, "mode"),
        ({"purpose": "odd"}, "purpose"),
        ({"source": "odd"}, "source"),
    ],
)
def test_what_a_list_cannot_be_made_of_is_named(
    world: Company, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CallListRefusal) as found:
        made_list(world, [], **change)
    assert found.value.reason == reason


def test_a_list_of_nobody_cannot_begin(world: Company) -> None:
    found = made_list(world, [])
    with pytest.raises(CallListRefusal, match="empty"):
        turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)


def test_two_who_press_at_once_are_given_two_people(own_database: str) -> None:
    """A list of six, worked by both at the same moment three times: nobody stands at two."""
    del own_database
    with transaction.atomic():
        world = world_of()
        found = running(world, people(world, 6))
    given: dict[str, list[int]] = {"agent": [], "colleague": []}
    gate = threading.Barrier(2)

    def take(name: str, actor: Actor) -> None:
        try:
            for turn in range(3):
                now = NOON + timedelta(seconds=turn)
                gate.wait(20)
                with transaction.atomic():
                    entry = taken(list_id=found.pk, actor=actor, now=now)
                    given[name].append(entry.pk)
                    code_entry(entry_id=entry.pk, code="done", actor=actor, now=now)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=take, args=(name, actor))
        for name, actor in (("agent", world.agent), ("colleague", world.colleague))
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(given["agent"] + given["colleague"]) == sorted(
        CallListEntry.objects.values_list("pk", flat=True)
    )
    assert list_counts(list_ids=[found.pk])[found.pk].done == 6


def test_follow_ups_of_feedback_are_called_and_their_attempts_kept_there(world: Company) -> None:
    (customer,) = people(world, 1)
    follow_up = follow_up_of(world, customer)
    draft = ListDraft("回访", world.lake.pk, source="feedback.follow_ups")
    found = make_call_list(draft=draft, actor=world.agent, now=NOON)
    turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)
    entry = taken(list_id=found.pk, actor=world.colleague, now=NOON)
    assert (entry.ref, follow_up.case.number in entry.what) == (follow_up.pk, True)
    code_entry(entry_id=entry.pk, code="busy", note="再打", actor=world.colleague, now=NOON)
    attempt = FollowUpAttempt.objects.get()
    assert (attempt.outcome, attempt.note) == ("busy", "再打")
    FollowUp.objects.update(
        state="cancelled", finished_at=NOON, finished_date=NOON.date(), version=9
    )
    later = NOON + timedelta(minutes=20)
    assert next_entry(list_id=found.pk, actor=world.colleague, now=later) is None
    assert states(found) == [("skipped", "gone")]


def test_whoever_was_not_satisfied_in_a_survey_is_called_and_the_result_kept_there(
    world: Company,
) -> None:
    (customer,) = people(world, 1)
    make_account(world.agent, owner=customer)
    consent(world, customer, is_given=True)
    (row,) = sent(world, drawn(world, designed(world))).invitations.all()
    answered(row, q1=Given(1))
    draft = ListDraft("不满意", world.lake.pk, source="feedback.survey_calls")
    found = make_call_list(draft=draft, actor=world.agent, now=NOON)
    turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)
    entry = taken(list_id=found.pk, actor=world.colleague, now=NOON)
    call = SurveyCall.objects.get()
    assert (entry.ref, entry.customer_id) == (call.pk, row.customer_id)
    assert "1/5" in entry.what
    code_entry(entry_id=entry.pk, code="done", note="已约测压", actor=world.colleague, now=NOON)
    call.refresh_from_db()
    assert (call.state, call.note, call.attempt_count) == ("reached", "已约测压", 1)
