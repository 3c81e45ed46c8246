"""Whoever asked to be called back keeps their place: the router calls them in their turn."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState, Interaction, Offer, Waiting
from qiao.contact.operations import be_ready, sign_on
from qiao.customers.operations.care import record_consent
from qiao.customers.tests.factories import make_customer
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.operations import NotOwed, add_line, begin_owed, decline_call
from qiao.telephony.operations.owing import RETRY, owe_call, settle_by_call
from qiao.telephony.queries import load_pop
from qiao.telephony.rules.switch import Arrived, Up
from qiao.telephony.tests.conducted import Conducted

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai
EARLY = NOON - timedelta(minutes=10)
BILLS, HOTLINE, PHONE = "water.billing", "96111", "+8613805712264"
OWN = "screen/1027"


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": BILLS})
    for staff in (made.agent_staff, made.colleague_staff):
        give_skill(staff=staff, skill_key=BILLS, level=3)
    add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


def owed_since(world: Company, since: datetime = EARLY, phone: str = PHONE) -> OwedCall:
    came = Call.objects.create(
        organisation_id=world.lake.pk, channel=f"c{phone}", caller=phone[3:], phone=phone,
        arrived_at=since, queued_at=since, phase="ended", ended_at=NOON, end="menu",
    )  # fmt: skip
    return owe_call(call=came, kind="callback", phone=phone, queue=BILLS, now=NOON)


def desk(world: Company, manner: Manner = "answers", own: Manner = "answers") -> Conducted:
    made = Conducted(NOON)
    made.own(world.agent, OWN, own)
    made.other(PHONE, manner)
    return made


def state(world: Company) -> str:
    return AgentState.objects.get(staff_id=world.agent.person_id).state


def waiting(owed: OwedCall) -> Waiting:
    return Waiting.objects.filter(subject_kind="owed_call", subject_id=owed.pk).latest("id")


def test_whoever_is_free_is_rung_and_then_the_customer(world: Company) -> None:
    customer = make_customer(world.agent, phones=[PHONE])
    owed, switch = owed_since(world), desk(world)
    assert waiting(owed).since == EARLY
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(0.5)
    assert state(world) == "reserved"
    assert waiting(owed).state == "offered"
    switch.run(1.2)
    assert state(world) == "busy"
    owed.refresh_from_db()
    contact = Interaction.objects.get()
    assert (owed.taken_by_id, owed.interaction_id) == (world.agent.person_id, contact.pk)
    assert (contact.direction, contact.customer_id) == ("out", customer.pk)
    assert waiting(owed).state == "taken"
    switch.run(5)
    call = Call.objects.get(direction="out")
    assert (call.phase, call.staff_id, call.interaction_id) == (
        "talking", world.agent.person_id, contact.pk,
    )  # fmt: skip
    offer = Offer.objects.get()
    assert (offer.state, offer.reason["rule"]) == ("taken", "longest_idle")
    assert offer.reason["waited_seconds"] >= 600


def test_the_end_of_the_talk_settles_it_and_begins_the_work_after(world: Company) -> None:
    owed, switch = owed_since(world), desk(world)
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    for _second in range(8):
        switch.run(1)
    other = next(each for each in switch.switch.view().channels if "-k" in each.channel)
    switch.switch.put_down(other.channel)
    switch.run(1)
    owed.refresh_from_db()
    assert (owed.state, owed.why, owed.attempts) == ("done", "reached", 1)
    assert state(world) == "wrap_up"
    assert Offer.objects.get().released_at is not None


def test_they_come_before_whoever_called_after_them(world: Company) -> None:
    owed = owed_since(world)
    switch = desk(world, own="silent")
    for place, channel in enumerate(("late-1", "late-2")):
        at = NOON + timedelta(seconds=place)
        switch.board.hear(Arrived(at, channel, f"1380571000{place}", HOTLINE), now=at)
        switch.board.hear(Up(at, channel), now=at)
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(3)
    offer = Offer.objects.get()
    assert (offer.waiting.subject_kind, offer.waiting.subject_id) == ("owed_call", owed.pk)


def test_who_does_not_take_it_leaves_it_at_its_place_for_others(world: Company) -> None:
    owed, switch = owed_since(world), desk(world, own="silent")
    switch.own(world.colleague, "screen/1031")
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(1)
    sign_on(actor=world.colleague, endpoint="screen/1031", now=switch.now)
    for _second in range(40):
        switch.run(1)
    assert state(world) == "not_ready"
    owed.refresh_from_db()
    assert owed.taken_by_id == world.colleague.person_id
    assert waiting(owed).since == EARLY
    assert Waiting.objects.filter(subject_kind="owed_call").count() == 1
    first, second = Call.objects.filter(direction="out").order_by("id")
    assert (first.end, second.phase) == ("own_phone", "talking")


def test_who_declines_is_not_ready_and_nobody_was_called(world: Company) -> None:
    owed, switch = owed_since(world), desk(world, own="silent")
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(1)
    decline_call(actor=world.agent, now=switch.now)
    switch.look()
    owed.refresh_from_db()
    assert state(world) == "not_ready"
    assert (owed.attempts, owed.taken_by_id) == (0, None)
    assert waiting(owed).state == "waiting"
    assert Call.objects.get(direction="out").end == "own_phone"
    assert not switch.switch.view().channels


@pytest.mark.parametrize("manner", ["silent", "busy", "off", "declines"])
def test_whom_nobody_reached_waits_on_at_their_place_until_the_next_try(
    world: Company, manner: Manner
) -> None:
    owed, switch = owed_since(world), desk(world, manner)
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    AgentState.objects.update(lease_until=NOON + timedelta(hours=9))
    for _second in range(60):
        switch.run(1)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.taken_by_id) == ("open", 1, None)
    again = waiting(owed)
    assert (again.state, again.since, again.not_before) == ("waiting", EARLY, owed.due_at)
    if state(world) != "ready":
        be_ready(actor=world.agent, now=switch.now)
    AgentState.objects.update(lease_until=NOON + timedelta(hours=9))
    switch.run(5)
    assert state(world) == "ready"  # not before the next try is due
    switch.other(PHONE)
    for _tenth in range(12):
        switch.run(RETRY.total_seconds() / 10)
    owed.refresh_from_db()
    assert owed.attempts == 2


def test_taking_it_up_by_hand_takes_it_out_of_the_queue(world: Company) -> None:
    owed = owed_since(world)
    begin_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    assert waiting(owed).state == "taken"


def test_nobody_takes_up_by_hand_what_rings_at_a_colleague(world: Company) -> None:
    owed, switch = owed_since(world), desk(world, own="silent")
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(1)
    with pytest.raises(NotOwed):
        begin_owed(owed_id=owed.pk, actor=world.colleague, now=switch.now)


def test_who_calls_again_is_not_called_back(world: Company) -> None:
    owed, switch = owed_since(world), desk(world)
    settle_by_call(phone=PHONE, now=NOON)
    assert waiting(owed).state == "gone"
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(3)
    assert state(world) == "ready"
    assert not Call.objects.filter(direction="out").exists()


def test_who_has_said_since_not_to_be_called_is_not_rung_by_the_router(world: Company) -> None:
    customer = make_customer(world.agent, phones=[PHONE])
    owed = owed_since(world)
    record_consent(
        actor=world.agent, now=NOON + timedelta(seconds=1), customer_id=customer.pk,
        purpose="service", is_given=False, how="spoken", channel="phone",
    )  # fmt: skip
    OwedCall.objects.filter(pk=owed.pk).update(customer_id=customer.pk)
    switch = desk(world)
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.clock.run(2)
    switch.run(3)
    assert state(world) == "ready"
    assert waiting(owed).state == "gone"
    owed.refresh_from_db()
    assert owed.state == "open"  # people decide about it on their list


def test_who_gave_up_and_asks_to_be_called_back_waits_since_they_first_did(
    world: Company,
) -> None:
    came = Call.objects.create(
        organisation_id=world.lake.pk, channel="c1", caller=PHONE[3:], phone=PHONE,
        arrived_at=EARLY, queued_at=EARLY, phase="ended", ended_at=NOON, end="abandoned",
    )  # fmt: skip
    owed = owe_call(call=came, kind="abandoned", phone=PHONE, queue=BILLS, now=NOON)
    assert not Waiting.objects.filter(subject_kind="owed_call").exists()
    again = owe_call(call=came, kind="callback", phone=PHONE, queue=BILLS, now=NOON)
    assert (again.pk, again.kind) == (owed.pk, "callback")
    assert waiting(owed).since == EARLY


def test_another_controller_takes_the_ringing_up(world: Company) -> None:
    owed, switch = owed_since(world), desk(world, own="silent")
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(1)
    switch.run(1)
    switch.another_controller()
    switch.switch.take(switch.switch.at_endpoint(OWN, "ringing"))
    switch.run(5)
    switch.run(1)
    owed.refresh_from_db()
    assert owed.taken_by_id == world.agent.person_id
    assert Call.objects.get(direction="out").phase == "talking"


def test_the_screen_says_that_it_is_a_call_back(world: Company) -> None:
    make_customer(world.agent, phones=[PHONE])
    owed, switch = owed_since(world), desk(world, own="silent")
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    switch.run(1)
    pop = load_pop(actor=world.agent, now=switch.now, path="/")
    assert pop["ringing"].owed == owed
    switch.run(1)
    rung = switch.switch.at_endpoint(OWN, "ringing")
    assert switch.switch.role_of(rung) == "agent"  # no telephone takes it by itself
    assert len(pop["ringing"].matches) == 1
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    with time_machine.travel(switch.now, tick=False):
        page = client.get(reverse("desk:workspace")).content.decode()
    assert "Asked to be called back, and kept their place" in page
