"""Working lists where something comes between: talks without a result, quiet times, pauses,
breaks, agreed times."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from qiao.cases.models import Case
from qiao.contact.models import AgentState, Interaction
from qiao.contact.operations import be_ready, take_break
from qiao.customers.models import Customer, PhoneAttempt
from qiao.customers.operations import add_phone
from qiao.customers.operations.care import record_consent, set_preferences
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import CallList, CallListEntry, CallListTry
from qiao.telephony.operations import (
    DialRefused,
    ListDraft,
    ListWorkRefused,
    ask_of_call,
    call_entry,
    call_entry_later,
    code_entry,
    give_back_entry,
    make_call_list,
    next_entry,
    turn_call_list,
)
from qiao.telephony.queries import list_results
from qiao.telephony.rules import asks
from qiao.telephony.tests.conducted import Conducted
from qiao.telephony.tests.listed import (
    NOON,
    OWN,
    browser,
    follow_up_of,
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


def talked(world: Company, entry: CallListEntry, seconds: float = 20) -> Conducted:
    """The agent has talked with somebody for so long and hung up; the result is not written."""
    switch = Conducted(NOON)
    switch.own(world.agent, OWN)
    switch.other(entry.customer.phones.order_by("id")[0].number)
    call = call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(seconds)
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    entry.refresh_from_db()
    return switch


def refuse_calls(world: Company, customer: Customer) -> None:
    record_consent(
        actor=world.agent, now=NOON, customer_id=customer.pk, purpose="service", is_given=False,
        how="spoken",
    )  # fmt: skip


def test_whoever_was_put_aside_stays_so_where_nobody_else_is_found(world: Company) -> None:
    first, second = people(world, 2)
    found = running(world, [first, second], begins=time(0), ends=time(23, 59, 59))
    refuse_calls(world, first)
    refuse_calls(world, second)
    page = browser(world.agent_staff).post(reverse("telephony:next_in_call_list", args=[found.pk]))
    assert "Nobody is to be called at this moment." in page.content.decode()
    assert states(found) == [("skipped", "do_not_call")] * 2


def test_where_many_are_put_aside_at_once_the_page_says_to_look_on(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = people(world, 3)
    found = running(world, members, begins=time(0), ends=time(23, 59, 59))
    for each in members:
        refuse_calls(world, each)
    monkeypatch.setattr("qiao.telephony.operations.list_next.MOST_SKIPPED", 2)
    url = reverse("telephony:next_in_call_list", args=[found.pk])
    client = browser(world.agent_staff)
    assert "Press again to look on." in client.post(url).content.decode()
    assert "Nobody is to be called" in client.post(url).content.decode()
    assert states(found) == [("skipped", "do_not_call")] * 3


def test_whoever_was_talked_to_stays_with_their_agent_until_the_result_is_written(
    world: Company,
) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry, 45 * 60)  # longer than somebody forgotten is kept
    assert (entry.state, entry.call is not None) == ("taken", True)
    assert next_entry(list_id=found.pk, actor=world.colleague, now=switch.now) is None
    assert taken(list_id=found.pk, actor=world.agent, now=switch.now).pk == entry.pk
    with pytest.raises(ListWorkRefused, match="result"):
        call_entry(entry_id=entry.pk, actor=world.agent, now=switch.now)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=switch.now)
    assert states(found) == [("done", "done")]


def test_whoever_leads_the_list_puts_back_whom_an_agent_left_without_a_result(
    world: Company,
) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry)
    caller = person(number="7001", name="呼", branch=world.lake, permissions=("calls.dial",))
    url = reverse("telephony:put_back_entry", args=[entry.pk])
    assert browser(caller).post(url).status_code == 403
    shown = reverse("telephony:call_list", args=[found.pk])
    assert "Called, without a result" in browser(world.colleague_staff).get(shown).content.decode()
    answer = browser(world.colleague_staff).post(url)
    assert answer.headers["HX-Redirect"] == shown
    assert states(found) == [("waiting", "")]
    assert taken(list_id=found.pk, actor=world.colleague, now=switch.now).pk == entry.pk
    other = actor_for(caller, day=TODAY)
    with pytest.raises(ListWorkRefused, match="not_yours"):
        give_back_entry(entry_id=entry.pk, actor=other, now=switch.now)


def test_an_agreed_time_is_kept_with_its_note_and_the_contact_is_not_resolved(
    world: Company,
) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry)
    at = switch.now + timedelta(hours=2)
    call_entry_later(entry_id=entry.pk, at=at, note="下午再谈", actor=world.agent, now=switch.now)
    made = CallListTry.objects.get()
    assert (made.result, made.kind, made.note) == ("later", "reached", "下午再谈")
    assert made.call_id is not None
    contact = Interaction.objects.get()
    assert (contact.outcome, contact.resolved) == ("water.call_later", False)
    assert contact.summary == "下午再谈"
    entry.refresh_from_db()
    assert (entry.state, entry.why, entry.tries, entry.next_at) == ("waiting", "later", 0, at)
    results = list_results(found)
    assert (results.calls, results.reached) == (1, 1)
    assert {code.key: n for code, n in results.rows}["later"] == 1


def test_a_talk_with_an_answering_machine_resolves_nothing(world: Company) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry)
    code_entry(entry_id=entry.pk, code="no_answer", actor=world.agent, now=switch.now)
    assert Interaction.objects.get().resolved is False


def test_whoever_is_not_to_be_disturbed_comes_when_that_is_over(world: Company) -> None:
    resting, other = people(world, 2)
    found = running(world, [resting, other])
    set_preferences(
        actor=world.agent, now=NOON, customer_id=resting.pk, quiet_from=time(11),
        quiet_until=time(14),
    )  # fmt: skip
    assert taken(list_id=found.pk, actor=world.agent).customer_id == other.pk
    entry = found.entries.get(customer=other)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=NOON)
    entry = found.entries.get(customer=resting)
    two = NOON + timedelta(hours=2)
    assert (entry.state, entry.next_at) == ("waiting", two)
    assert taken(list_id=found.pk, actor=world.colleague, now=two).pk == entry.pk


def test_a_quiet_time_beyond_the_hours_of_the_list_ends_with_its_next_day(world: Company) -> None:
    (resting,) = people(world, 1)
    found = running(world, [resting], ends=time(18))
    set_preferences(
        actor=world.agent, now=NOON, customer_id=resting.pk, quiet_from=time(11),
        quiet_until=time(19),
    )  # fmt: skip
    assert next_entry(list_id=found.pk, actor=world.agent, now=NOON) is None
    assert found.entries.get().next_at == NOON + timedelta(hours=21)  # nine the next morning


def test_whoever_agreed_on_a_time_and_wants_no_calls_since_is_not_called(world: Company) -> None:
    (customer,) = people(world, 1)
    one = running(world, [customer], "甲")
    entry = taken(list_id=one.pk, actor=world.agent)
    agreed, since = NOON + timedelta(hours=1), NOON + timedelta(minutes=30)
    call_entry_later(entry_id=entry.pk, at=agreed, actor=world.agent, now=NOON)
    record_consent(
        actor=world.agent, now=since, customer_id=customer.pk, purpose="service",
        is_given=False, how="spoken", channel="phone",
    )  # fmt: skip
    assert next_entry(list_id=one.pk, actor=world.agent, now=agreed) is None
    entry.refresh_from_db()
    assert (entry.state, entry.why) == ("skipped", "do_not_call")


def test_whoever_agreed_on_a_time_is_called_then_in_spite_of_rest_and_other_lists(
    world: Company,
) -> None:
    (customer,) = people(world, 1)
    one = running(world, [customer], "甲")
    two = running(world, [customer], "乙")
    entry = taken(list_id=one.pk, actor=world.agent)
    agreed = NOON + timedelta(hours=1)
    call_entry_later(entry_id=entry.pk, at=agreed, actor=world.agent, now=NOON)
    CallListEntry.objects.filter(call_list=two).update(is_promised=True)
    set_preferences(
        actor=world.agent, now=NOON, customer_id=customer.pk, quiet_from=time(11),
        quiet_until=time(14),
    )  # fmt: skip
    other = taken(list_id=two.pk, actor=world.colleague, now=agreed)
    give_back_entry(entry_id=other.pk, actor=world.colleague, now=agreed)
    assert taken(list_id=one.pk, actor=world.agent, now=agreed).pk == entry.pk
    call_entry(entry_id=entry.pk, actor=world.agent, now=agreed)
    CallListEntry.objects.filter(call_list=two).update(is_promised=False)
    third = CallListEntry.objects.get(call_list=two)
    CallListEntry.objects.filter(pk=third.pk).update(
        state="taken", taken_by=world.colleague.person_id, taken_at=agreed
    )
    with pytest.raises(DialRefused, match="quiet"):
        call_entry(entry_id=third.pk, actor=world.colleague, now=agreed)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_whom_an_agent_has_not_called_goes_back_when_the_list_stops(
    world: Company, state: str
) -> None:
    first, second = people(world, 2)
    one, two = running(world, [first], "甲"), running(world, [second], "乙")
    entry = taken(list_id=one.pk, actor=world.agent)
    turn_call_list(list_id=one.pk, state=state, actor=world.agent, now=NOON)
    assert states(one) == [("waiting", "")]
    # Somebody who was given in the very moment in which the list stopped goes back as well.
    CallListEntry.objects.filter(pk=entry.pk).update(
        state="taken", taken_by=world.agent.person_id, taken_at=NOON
    )
    assert taken(list_id=two.pk, actor=world.agent).customer_id == second.pk
    assert states(one) == [("waiting", "")]


def test_a_talk_outlives_the_pause_of_its_list_and_is_told_of(world: Company) -> None:
    first, second = people(world, 2)
    one, two = running(world, [first], "甲"), running(world, [second], "乙")
    entry = taken(list_id=one.pk, actor=world.agent)
    switch = talked(world, entry)
    turn_call_list(list_id=one.pk, state="paused", actor=world.agent, now=switch.now)
    with pytest.raises(ListWorkRefused, match="elsewhere"):
        next_entry(list_id=two.pk, actor=world.agent, now=switch.now)
    page = browser(world.agent_staff).get(reverse("telephony:work_call_list", args=[two.pk]))
    assert reverse("telephony:work_call_list", args=[one.pk]) in page.content.decode()
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=switch.now)
    assert taken(list_id=two.pk, actor=world.agent, now=switch.now).customer_id == second.pk


def test_an_own_telephone_not_taken_gives_back_whom_a_stopped_list_calls_no_more(
    world: Company,
) -> None:
    found = running(world, people(world, 1))
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = Conducted(NOON)
    switch.own(world.agent, OWN, "silent")
    call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    switch.look()
    turn_call_list(list_id=found.pk, state="closed", actor=world.agent, now=NOON)
    assert states(found) == [("taken", "")]
    switch.run(40)
    assert states(found) == [("waiting", "")]


def test_a_break_that_was_wished_begins_before_the_next_is_dialled(world: Company) -> None:
    found = running(world, people(world, 3), mode=CallList.Mode.PROGRESSIVE)
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry)
    take_break(actor=world.agent, reason="meal", now=switch.now)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=switch.now)
    agent = AgentState.objects.get(staff_id=world.agent.person_id)
    assert (agent.state, agent.reason, agent.wanted) == ("break", "meal", "")
    with pytest.raises(ListWorkRefused, match="break"):
        next_entry(list_id=found.pk, actor=world.agent, now=switch.now)


def test_whoever_is_ready_after_all_goes_on_with_the_list(world: Company) -> None:
    found = running(world, people(world, 2), mode=CallList.Mode.PROGRESSIVE)
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = talked(world, entry)
    take_break(actor=world.agent, reason="meal", now=switch.now)
    be_ready(actor=world.agent, now=switch.now)
    code_entry(entry_id=entry.pk, code="done", actor=world.agent, now=switch.now)
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "ready"
    assert taken(list_id=found.pk, actor=world.agent, now=switch.now).pk != entry.pk


def test_a_break_begins_as_well_after_a_call_that_tells_its_result_itself(world: Company) -> None:
    found = running(world, people(world, 2), mode=CallList.Mode.PROGRESSIVE)
    entry = taken(list_id=found.pk, actor=world.agent)
    switch = Conducted(NOON)
    switch.own(world.agent, OWN)
    switch.other(entry.customer.phones.get().number, "busy")
    call_entry(entry_id=entry.pk, actor=world.agent, now=NOON)
    switch.look()
    take_break(actor=world.agent, reason="meal", now=NOON)
    switch.run(20)
    entry.refresh_from_db()
    assert (entry.state, entry.why) == ("waiting", "busy")
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "break"
    with pytest.raises(ListWorkRefused, match="break"):
        next_entry(list_id=found.pk, actor=world.agent, now=switch.now)


def test_a_progressive_page_goes_on_by_itself_only_for_whoever_wishes_no_break(
    world: Company,
) -> None:
    found = running(world, people(world, 1), mode=CallList.Mode.PROGRESSIVE)
    url = reverse("telephony:work_call_list", args=[found.pk])
    states_of = AgentState.objects.filter(staff_id=world.agent.person_id)
    states_of.update(state="wrap_up")
    assert "load delay" in browser(world.agent_staff).get(url).content.decode()
    states_of.update(wanted="break")
    assert "load delay" not in browser(world.agent_staff).get(url).content.decode()


def test_a_source_notes_what_came_of_a_call_with_the_number_that_was_dialled(
    world: Company,
) -> None:
    (customer,) = people(world, 1)
    dialled = customer.phones.get().number
    other = "+8613805719999"
    add_phone(actor=world.agent, now=NOON, customer_id=customer.pk, number=other)
    follow_up = follow_up_of(world, customer)
    Case.objects.filter(pk=follow_up.case_id).update(caller_phone=other)
    draft = ListDraft("回访", world.lake.pk, source="feedback.follow_ups")
    found = make_call_list(draft=draft, actor=world.agent, now=NOON)
    turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)
    entry = taken(list_id=found.pk, actor=world.colleague)
    give_back_entry(entry_id=entry.pk, actor=world.colleague, now=NOON)
    switch = talked(world, taken(list_id=found.pk, actor=world.agent))
    code_entry(entry_id=entry.pk, code="wrong_number", actor=world.agent, now=switch.now)
    assert [(each.number, each.outcome) for each in PhoneAttempt.objects.all()] == [
        (dialled, "wrong_person")
    ]
