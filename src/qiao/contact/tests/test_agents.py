"""Who takes contacts: signing on, resting, being asked, answering, and being gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from qiao.contact import operations
from qiao.contact.models import AgentState, AgentStateChange, Offer, Waiting
from qiao.contact.operations import Asked, UnknownChoice, Wish, WrongState, agents
from qiao.contact.rules.desk import LEASE_SECONDS
from qiao.contact.tests.skilled import BILLS, COMPLAINTS, REPAIRS, WRITTEN, skilled_company
from qiao.core.actor import Actor, Forbidden
from qiao.core.packs.enabled import catalogue
from qiao.staff.operations import give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
WRAP_UP_SECONDS = catalogue().queues[BILLS].wrap_up_seconds


@pytest.fixture
def world() -> Company:
    return skilled_company()


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def on(actor: Actor, seconds: float = 0) -> AgentState:
    return operations.sign_on(actor=actor, endpoint=f"PJSIP/{actor.person_id}", now=after(seconds))


def state(actor: Actor) -> str:
    return AgentState.objects.get(staff_id=actor.person_id).state


def wait(
    world: Company, call: int, queue: str = BILLS, seconds: float = 0, **more: Any
) -> Waiting:
    wish = Wish(queue, "phone", "call", call, world.company.pk, after(seconds), **more)
    return operations.wait_for_agent(wish=wish, now=after(seconds))


def route(seconds: float = 0) -> list[Asked]:
    return list(operations.route(now=after(seconds)))


def test_whoever_signs_on_serves_the_queues_of_their_skills_and_those_that_ask_none(
    world: Company,
) -> None:
    assert on(world.agent).state == "ready"
    queues = AgentState.objects.get(staff_id=world.agent.person_id).queues
    assert BILLS in queues
    assert WRITTEN in queues
    assert REPAIRS not in queues
    on(world.agent, 5)
    assert AgentStateChange.objects.count() == 1


def test_whoever_may_not_take_contacts_cannot_sign_on(world: Company) -> None:
    viewer = person(
        number="3001", name="看看", branch=world.lake, permissions=("interactions.view",)
    )
    with pytest.raises(Forbidden):
        on(actor_for(viewer, day=TODAY))


def test_a_call_goes_to_who_has_been_idle_longest_and_tells_why(world: Company) -> None:
    on(world.outsider)
    on(world.agent, 10)
    on(world.colleague)
    wait(world, 1, seconds=20)
    (asked,) = route(20)
    assert asked.staff_id == world.outsider.person_id
    assert (asked.subject_kind, asked.subject_id) == ("call", 1)
    assert state(world.outsider) == "reserved"
    reason = Offer.objects.get().reason
    assert (reason["rule"], reason["among"], reason["waited_seconds"]) == ("longest_idle", 2, 0.0)
    assert route(21) == []


def test_an_emergency_overtakes_and_the_first_comes_first_otherwise(world: Company) -> None:
    wait(world, 1)
    wait(world, 2, seconds=1)
    wait(world, 3, seconds=2, is_emergency=True)
    on(world.agent, 5)
    assert [each.subject_id for each in route(5)] == [3]
    on(world.outsider, 6)
    assert [each.subject_id for each in route(6)] == [1]


@pytest.mark.parametrize(("is_signed_on", "passed", "rung"), [
    (True, 15, None), (True, 21, "colleague"), (False, 1, "colleague"),
])  # fmt: skip
def test_a_caller_waits_a_while_for_whom_they_spoke_to_last_and_no_longer(
    world: Company, is_signed_on: bool, passed: float, rung: str | None
) -> None:
    for staff in (world.agent_staff, world.colleague_staff):
        give_skill(staff=staff, skill_key=COMPLAINTS, level=4)
    if is_signed_on:
        on(world.agent)
        wait(world, 1)
        (busy,) = route(1)
        operations.take_offer(offer_id=busy.offer_id, now=after(2))
    on(world.colleague, 3)
    wait(world, 2, COMPLAINTS, 5, last_agent_id=world.agent.person_id)
    found = [each.staff_id for each in route(5 + passed)]
    assert found == ([getattr(world, rung).person_id] if rung else [])
    if rung is None:
        operations.release_agent(staff_id=world.agent.person_id, now=after(21))
        operations.be_ready(actor=world.agent, now=after(22))
        assert [each.staff_id for each in route(22)] == [world.agent.person_id]
        assert Offer.objects.latest("id").reason["rule"] == "last_agent"


def test_whoever_lets_it_ring_is_not_ready_and_the_caller_keeps_the_place(world: Company) -> None:
    on(world.agent)
    wait(world, 1)
    wait(world, 2, seconds=5)
    (asked,) = route(6)
    assert operations.refuse_offer(offer_id=asked.offer_id, why="no_answer", now=after(26))
    assert state(world.agent) == "not_ready"
    assert route(27) == []
    operations.be_ready(actor=world.agent, now=after(30))
    assert [each.subject_id for each in route(30)] == [1]


def test_a_caller_who_goes_blames_nobody(world: Company) -> None:
    on(world.agent)
    wait(world, 1)
    (asked,) = route(1)
    assert operations.leave_queue(subject_kind="call", subject_id=1, why="abandoned", now=after(3))
    operations.refuse_offer(offer_id=asked.offer_id, why="caller_gone", now=after(3))
    assert state(world.agent) == "ready"
    assert Waiting.objects.get().state == "gone"


def test_a_word_that_comes_late_changes_nothing(world: Company) -> None:
    on(world.agent)
    wait(world, 1)
    (asked,) = route(1)
    assert operations.take_offer(offer_id=asked.offer_id, now=after(4))
    assert not operations.refuse_offer(offer_id=asked.offer_id, why="no_answer", now=after(21))
    assert not operations.take_offer(offer_id=asked.offer_id, now=after(22))
    assert state(world.agent) == "busy"


def test_the_work_after_a_call_ends_by_itself_or_before(world: Company) -> None:
    on(world.agent)
    wait(world, 1)
    (asked,) = route(1)
    operations.take_offer(offer_id=asked.offer_id, now=after(2))
    operations.leave_queue(subject_kind="call", subject_id=1, why="taken", now=after(2))
    operations.release_agent(staff_id=world.agent.person_id, now=after(62))
    assert state(world.agent) == "wrap_up"
    operations.renew_leases(people=[world.agent.person_id], now=after(110))
    assert operations.let_time_pass(now=after(61 + WRAP_UP_SECONDS)) == []
    assert operations.let_time_pass(now=after(62 + WRAP_UP_SECONDS)) == [world.agent.person_id]
    agent = AgentState.objects.get(staff_id=world.agent.person_id)
    assert (agent.state, agent.busy_seconds) == ("ready", 60 + WRAP_UP_SECONDS)


def test_a_break_begins_after_the_contact_at_hand(world: Company) -> None:
    on(world.agent)
    wait(world, 1)
    (asked,) = route(1)
    with pytest.raises(WrongState):
        operations.take_break(actor=world.agent, reason="meal", now=after(2))
    operations.take_offer(offer_id=asked.offer_id, now=after(3))
    assert operations.take_break(actor=world.agent, reason="meal", now=after(9)).state == "busy"
    operations.release_agent(staff_id=world.agent.person_id, now=after(30))
    operations.renew_leases(people=[world.agent.person_id], now=after(60))
    operations.let_time_pass(now=after(30 + WRAP_UP_SECONDS))
    agent = AgentState.objects.get(staff_id=world.agent.person_id)
    assert (agent.state, agent.reason, agent.wanted) == ("break", "meal", "")
    with pytest.raises(UnknownChoice):
        operations.take_break(actor=world.agent, reason="fishing", now=after(120))


def test_who_cannot_be_turned_is_told_of_once_for_each_reason(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(world.agent)
    for seconds, reason in ((61, "first"), (62, "first"), (63, "second"), (64, "second")):

        def fails(*_given: Any, hinders: str = reason, **_named: Any) -> None:
            raise ValueError(hinders)

        monkeypatch.setattr(agents, "turn", fails)
        with capture_logs() as told:
            assert operations.let_time_pass(now=after(seconds)) == []
        is_new = seconds in (61, 63)
        assert [each["event"] for each in told] == (["agent_not_turned"] if is_new else [])
    monkeypatch.undo()
    assert operations.let_time_pass(now=after(65)) == [world.agent.person_id]
    on(world.agent, 70)
    monkeypatch.setattr(agents, "turn", fails)
    with capture_logs() as told:
        operations.let_time_pass(now=after(131))
    assert len(told) == 1  # it is another time


def test_whoever_is_not_heard_of_any_more_is_signed_off_but_not_in_a_call(world: Company) -> None:
    on(world.agent)
    on(world.outsider)
    wait(world, 1)
    (asked,) = route(1)
    operations.take_offer(offer_id=asked.offer_id, now=after(2))
    turned = operations.let_time_pass(now=after(LEASE_SECONDS + 1))
    busy = Offer.objects.get().staff_id
    assert len(turned) == 1
    assert busy not in turned
    assert route(LEASE_SECONDS + 2) == []


def test_whoever_is_rung_for_how_long_says_the_queue_of_the_pack(world: Company) -> None:
    give_skill(staff=world.agent_staff, skill_key="water.repair", level=3)
    on(world.agent)
    wait(world, 1, "water.emergency")
    (asked,) = route(1)
    spec = catalogue().queues["water.emergency"]
    assert asked.seconds == spec.ring_seconds == 15
    assert Offer.objects.get().expires_at == after(1 + 15)
    operations.take_offer(offer_id=asked.offer_id, now=after(2))
    operations.release_agent(staff_id=world.agent.person_id, now=after(60))
    assert AgentState.objects.get(staff_id=world.agent.person_id).until == after(
        60 + spec.wrap_up_seconds
    )


def test_a_skill_is_asked_for_less_the_longer_somebody_waits(world: Company) -> None:
    give_skill(staff=world.agent_staff, skill_key="water.repair", level=1)
    on(world.agent)
    wait(world, 1, REPAIRS)
    assert route(29) == []
    (asked,) = route(30)
    assert asked.staff_id == world.agent.person_id
    reason = Offer.objects.get().reason
    assert (reason["rule"], reason["relaxed"], reason["helped_by"]) == ("longest_idle", 1, "")


def test_another_queue_helps_out_when_it_has_taken_long(world: Company) -> None:
    on(world.outsider)
    wait(world, 1, REPAIRS)
    operations.renew_leases(people=[world.outsider.person_id], now=after(50))
    assert route(59) == []
    (asked,) = route(60)
    assert asked.staff_id == world.outsider.person_id
    reason = Offer.objects.get().reason
    assert (reason["relaxed"], reason["helped_by"]) == (2, BILLS)


def test_a_queue_that_no_pack_brings_any_more_holds_up_no_other(world: Company) -> None:
    wait(world, 1)
    Waiting.objects.update(queue="water.gone")
    wait(world, 2)
    on(world.agent)
    assert [each.subject_id for each in route(1)] == [2]


def test_a_third_is_asked_only_when_ready(world: Company) -> None:
    on(world.agent)
    on(world.outsider)
    wait(world, 1)
    (asked,) = route(1)
    third = {world.agent.person_id, world.outsider.person_id} - {asked.staff_id}
    (other,) = third
    first = operations.reserve(wish_of=("call", 1), staff_id=other, now=after(2))
    assert first is None  # one offer of a call at a time
    operations.take_offer(offer_id=asked.offer_id, now=after(3))
    assert operations.reserve(wish_of=("call", 1), staff_id=other, now=after(4))
    assert operations.reserve(wish_of=("call", 1), staff_id=other, now=after(5)) is None
