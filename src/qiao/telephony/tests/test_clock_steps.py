"""The clock of the day is set by ten minutes, forward or back, amid whatever a call is at."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import renew_leases, sign_on
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.staff.models import Membership, Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.clock_watch import SET_BY, UNHEARD, ClockWatch
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import Call, CallAsk, CallEntry, CallTurn, CallWatch
from qiao.telephony.operations import add_line, ask_of_call, install_menus, watch_call
from qiao.telephony.queries import living_list, telephone_of
from qiao.telephony.rules import asks
from qiao.telephony.tests.conducted import Conducted

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai, hours of service
TEN = timedelta(minutes=10)
BILLS, HOTLINE, MENU, EMERGENCY = "water.billing", "96111", "96390", "96112"
CALLER = "13805712264"
OWN = "screen/1027"
RING_SECONDS = catalogue().queues[BILLS].ring_seconds
WRAP_UP_SECONDS = catalogue().queues[BILLS].wrap_up_seconds


@pytest.fixture(params=[TEN, -TEN], ids=["forward", "back"])
def step(request: pytest.FixtureRequest) -> timedelta:
    found: timedelta = request.param
    return found


@pytest.fixture
def world() -> Company:
    made = make_company()
    for key in sorted({each.skill for each in catalogue().queues.values() if each.skill}):
        define_skill(key=key, names={"en": key})
    for staff in (made.agent_staff, made.colleague_staff):
        give_skill(staff=staff, skill_key=BILLS, level=3)
    install_menus(NOON)
    for number, queue, menu in ((HOTLINE, BILLS, ""), (MENU, BILLS, "water.hotline"),
                                (EMERGENCY, "water.emergency", "")):  # fmt: skip
        add_line(
            number=number, name=number, queue=queue, menu=menu, is_emergency=number == EMERGENCY,
            organisation_id=(made.lake_team if number == EMERGENCY else made.company).pk,
        )  # fmt: skip
    return made


def desk(world: Company, own: Manner = "answers") -> Conducted:
    made = Conducted(NOON)
    made.own(world.agent, OWN, own)
    sign_on(actor=world.agent, endpoint=OWN, now=NOON)
    return made


def pass_seconds(desk: Conducted, seconds: int, *present: Actor) -> None:
    """Let time pass; the browsers of those who are present say so."""
    for _second in range(seconds):
        renew_leases(people=[each.person_id for each in present], now=desk.now)
        desk.run(1)


def state(person: Actor) -> str:
    return AgentState.objects.get(staff_id=person.person_id).state


def test_whoever_is_ready_stays_so_and_is_missed_a_lease_later(
    world: Company, step: timedelta
) -> None:
    switch = desk(world)
    pass_seconds(switch, 30)
    switch.clock.set(step)
    pass_seconds(switch, 55)
    assert state(world.agent) == "ready"
    pass_seconds(switch, 10)
    assert state(world.agent) == "off"


def test_a_telephone_rings_on_for_as_long_as_it_would_have(
    world: Company, step: timedelta
) -> None:
    switch = desk(world, "silent")
    switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 5, world.agent)
    switch.clock.set(step)
    pass_seconds(switch, RING_SECONDS - 7, world.agent)
    assert (state(world.agent), Offer.objects.get().state) == ("reserved", "open")
    pass_seconds(switch, 4, world.agent)
    assert (Offer.objects.get().state, Offer.objects.get().why) == ("refused", "no_answer")
    assert Call.objects.get().phase == "waiting"


def test_an_offer_of_which_the_switch_says_nothing_runs_out_in_its_time(
    world: Company, step: timedelta
) -> None:
    switch = desk(world, "silent")
    switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 5, world.agent)
    switch.switch.hears = False
    switch.clock.set(step)
    pass_seconds(switch, RING_SECONDS - 4, world.agent)
    assert Offer.objects.get().state == "open"
    pass_seconds(switch, 10, world.agent)
    assert Offer.objects.earliest("id").why == "withdrawn"


def test_whoever_is_rung_takes_the_call_after_it(world: Company, step: timedelta) -> None:
    switch = desk(world, "silent")
    channel = switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 5, world.agent)
    switch.clock.set(step)
    switch.switch.take(switch.switch.at_endpoint(OWN, "ringing"))
    pass_seconds(switch, 3, world.agent)
    assert Call.objects.get().phase == "talking"
    switch.switch.put_down(channel)
    assert (Call.objects.get().phase, state(world.agent)) == ("ended", "wrap_up")


def test_who_waits_keeps_their_place_before_who_comes_later(
    world: Company, step: timedelta
) -> None:
    switch = Conducted(NOON)
    for number in ("13805710001", "13805710002"):
        switch.switch.call(number, HOTLINE)
        pass_seconds(switch, 5)
    switch.clock.set(step)
    pass_seconds(switch, 1)
    switch.switch.call("13805710003", HOTLINE)
    waits = Waiting.objects.filter(state="waiting").order_by("since", "id")
    calls = Call.objects.in_bulk(waits.values_list("subject_id", flat=True))
    order = [calls[each.subject_id].caller[-1] for each in waits]
    assert order == ["1", "2", "3"]
    assert waits[0].since == calls[waits[0].subject_id].queued_at
    assert 10 <= (switch.now - waits[0].since).total_seconds() <= 12
    switch.own(world.agent, OWN)
    sign_on(actor=world.agent, endpoint=OWN, now=switch.now)
    pass_seconds(switch, 5, world.agent)
    assert Call.objects.get(phase="talking").caller[-1] == "1"


def in_queue(switch: Conducted) -> str:
    """Somebody whom the menu led to a queue; their channel."""
    channel = switch.switch.call(CALLER, MENU)
    switch.switch.press(channel, "1")
    pass_seconds(switch, 3)
    assert Call.objects.get().phase == "waiting"
    return channel


def test_what_is_said_to_who_waits_is_said_in_its_time(world: Company, step: timedelta) -> None:
    del world
    switch = Conducted(NOON)
    channel = in_queue(switch)
    pass_seconds(switch, 10)
    switch.clock.set(step)
    pass_seconds(switch, 14)
    assert switch.switch.heard_by(channel) == "music"
    pass_seconds(switch, 6)
    assert switch.switch.heard_by(channel).startswith("qiao-")


def test_silence_in_the_menu_is_as_long_as_before(world: Company, step: timedelta) -> None:
    del world
    switch = Conducted(NOON)
    switch.switch.sound_seconds = lambda _sound: 0.1
    channel = switch.switch.call(CALLER, MENU)
    pass_seconds(switch, 3)
    assert switch.switch.heard_by(channel) == ""  # it listens
    switch.clock.set(step)
    pass_seconds(switch, 1)
    assert switch.switch.heard_by(channel) == ""
    before = CallEntry.objects.filter(kind="menu_moved").count()
    pass_seconds(switch, 8)
    assert CallEntry.objects.filter(kind="menu_moved").count() > before  # it asks again
    assert Call.objects.get().phase == "menu"


def test_the_work_after_a_call_lasts_as_long_as_before(world: Company, step: timedelta) -> None:
    switch = desk(world)
    channel = switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 5, world.agent)
    switch.switch.put_down(channel)
    pass_seconds(switch, 10, world.agent)
    assert state(world.agent) == "wrap_up"
    switch.clock.set(step)
    pass_seconds(switch, WRAP_UP_SECONDS - 15, world.agent)
    assert state(world.agent) == "wrap_up"
    pass_seconds(switch, 10, world.agent)
    assert state(world.agent) == "ready"


def test_a_talk_goes_on_and_whoever_hears_it_too(world: Company, step: timedelta) -> None:
    switch = desk(world)
    switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 5, world.agent)
    call = Call.objects.get()
    assert call.phase == "talking"
    switch.own(world.chief, telephone_of(world.chief))
    watch_call(call_id=call.pk, mode="listen", actor=world.chief, now=switch.now)
    switch.look()
    pass_seconds(switch, 3, world.agent)
    switch.clock.set(step)
    pass_seconds(switch, 20, world.agent)
    call.refresh_from_db()
    assert call.phase == "talking"
    assert CallWatch.objects.get().ended_at is None
    with transaction.atomic():
        ask_of_call(call_id=call.pk, ask=asks.Hold(on=True), actor=world.agent, now=switch.now)
    switch.look()
    call.refresh_from_db()
    assert (call.phase, CallAsk.objects.filter(done_at=None).count()) == ("held", 0)


def test_a_talk_is_as_long_as_it_was_while_it_goes_on_and_in_its_figures(
    world: Company, step: timedelta
) -> None:
    switch = desk(world)
    channel = switch.switch.call(CALLER, HOTLINE)
    pass_seconds(switch, 10, world.agent)
    switch.clock.set(step)
    pass_seconds(switch, 15, world.agent)
    (talk,) = living_list(actor=world.chief, now=switch.now).talked
    lasted = (switch.now - talk.since).total_seconds()
    assert 20 <= lasted <= 25
    call = Call.objects.get()
    assert call.connected_at
    assert 20 <= (switch.now - call.connected_at).total_seconds() <= 25
    switch.switch.put_down(channel)
    turn = CallTurn.objects.get()
    assert abs(turn.talk_seconds - lasted) <= 1
    assert turn.wait_seconds + turn.ring_seconds < 10


def test_a_call_out_rings_on(world: Company, step: timedelta) -> None:
    switch = desk(world)
    endpoint = switch.other("+8613805710009", "silent")
    call = Call.objects.create(
        organisation_id=world.lake.pk, direction="out", channel="out-1", caller="13805710009",
        phone="+8613805710009", staff_id=world.agent.person_id, arrived_at=NOON,
    )  # fmt: skip
    CallAsk.objects.create(
        call=call, kind="Dial", data={
            "staff": world.agent.person_id, "own_endpoint": OWN, "own_seconds": 20,
            "number": "13805710009", "endpoint": endpoint, "seconds": 30,
        }, asked_at=switch.now, asked_by_id=world.agent.staff_id,
    )  # fmt: skip
    switch.look()
    pass_seconds(switch, 5, world.agent)
    call.refresh_from_db()
    assert call.phase == "dialling"
    switch.switch.hears = False  # no word comes of its end
    switch.clock.set(step)
    pass_seconds(switch, 20, world.agent)
    call.refresh_from_db()
    assert call.phase == "dialling"
    pass_seconds(switch, 25, world.agent)
    call.refresh_from_db()
    assert (call.phase, call.end) == ("ended", "no_answer")


def test_whoever_is_on_duty_is_rung_again_in_their_turn(world: Company, step: timedelta) -> None:
    staff = world.agent_staff
    Staff.objects.filter(pk=staff.pk).update(phone="+8613805710001")
    Membership.objects.filter(staff=staff).delete()
    Membership.objects.create(staff=staff, team=world.lake_team, is_lead=True)
    switch = Conducted(NOON)
    switch.other("+8613805710001", "silent")
    switch.switch.call(CALLER, EMERGENCY)
    pass_seconds(switch, 60)
    first = Offer.objects.filter(staff=staff).count()
    assert first == 1
    switch.clock.set(step)
    pass_seconds(switch, 30)
    assert Offer.objects.filter(staff=staff).count() == first
    pass_seconds(switch, 30)
    assert Offer.objects.filter(staff=staff).count() == first + 1


def test_small_corrections_are_none_and_several_add_up() -> None:
    passed = [0.0]
    watch, now = ClockWatch(lambda: passed[0]), NOON
    assert watch.look(now) == timedelta()
    for by in (timedelta(seconds=1.5), -timedelta(seconds=1.5)):
        passed[0] += 1
        now += timedelta(seconds=1) + by
        assert watch.look(now) == timedelta()
    for by in (TEN, SET_BY):
        passed[0] += 1
        now += timedelta(seconds=1) + by
        watch.look(now)
    assert watch.look(now) == TEN + SET_BY
    watch.seen_to()
    assert watch.look(now) == timedelta()
    watch.forget()
    assert watch.look(now + TEN) == timedelta()  # another one led, and saw to it


def test_rounds_that_stay_away_are_told_from_those_that_are_slow() -> None:
    passed = [0.0]
    watch = ClockWatch(lambda: passed[0])
    assert not watch.was_away  # whoever begins to lead knows of none
    watch.round_done()
    passed[0] += UNHEARD
    assert not watch.was_away
    passed[0] += 1
    assert watch.was_away
    watch.round_done()
    assert not watch.was_away
