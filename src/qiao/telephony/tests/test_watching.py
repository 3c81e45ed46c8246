"""Watching over calls: one at a call, seen by the agent as the rule says, recorded, and ended by
whatever ends it."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState, Interaction, Offer, Waiting
from qiao.contact.operations import let_time_pass, sign_on
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.models import Disclosure
from qiao.core.rules.text import BadText
from qiao.staff.models import Staff
from qiao.staff.operations import give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import Call, CallEntry, CallTurn, CallWatch
from qiao.telephony.operations import (
    CallRefusal,
    Given,
    Switchboard,
    end_watch,
    give_waiting_call,
    move_waiting_call,
    raise_waiting_call,
    renew_watches,
    take_over_call,
    watch_call,
)
from qiao.telephony.operations.watching import HEARD_AS, LEASE_SECONDS, MODES
from qiao.telephony.queries import (
    living_list,
    load_controls,
    load_watch,
    talking_call,
)
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Outcome
from qiao.telephony.tests.test_at_hand import (
    BILLS,
    HOTLINE,
    NOW,
    after,
    enter,
    rings,
    taken,
    world,
)
from qiao.telephony.tests.test_living import one_talks_one_waits

__all__ = ["enter", "world"]
pytestmark = pytest.mark.django_db
REPAIRS = "water.repair"
MOVES = ("move", "give", "raise", "lower")


@pytest.fixture
def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


@pytest.fixture
def other(world: Company) -> Actor:
    made = person(number="9002", name="高敏", branch=world.company)
    return actor_for(made, day=TODAY)


class Desk:
    """A switch that does at once whatever it is told; only what people do is said to it."""

    def __init__(self) -> None:
        self.board = Switchboard()
        self.orders: list[switch.Order] = []

    def ask(self, seconds: float) -> None:
        self.carry(self.board.carry_out_asks(now=after(seconds)), seconds)

    def hear(self, signal: switch.Signal, seconds: float) -> None:
        self.carry(self.board.hear(signal, now=after(seconds)), seconds)

    def tick(self, seconds: float) -> None:
        self.carry(self.board.pass_time(now=after(seconds)), seconds)

    def carry(self, given: Sequence[Given], seconds: float) -> None:
        for each in given:
            self.orders.append(each.order)
            more = self.board.bring(each, Outcome.DONE, now=after(seconds))
            self.carry(more, seconds)

    def answers(self, call: Call, seconds: float) -> None:
        """Whoever watches takes their telephone."""
        data = CallEntry.objects.filter(call=call, kind="watched").latest("id").data
        self.hear(switch.Up(after(seconds), data["channel"]), seconds)


def heard(desk: Desk, call: Call, who: Actor, mode: Any = "listen") -> CallWatch:
    """Somebody hears a call."""
    found = watch_call(call_id=call.pk, mode=mode, actor=who, now=after(10))
    desk.ask(10)
    desk.answers(call, 12)
    found.refresh_from_db()
    assert found.heard_at == after(12)
    return found


def why(act: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(CallRefusal) as refused:
        act(now=after(20), **given)
    return refused.value.why


def test_listening_whispering_and_joining_are_each_recorded_and_only_once(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    watch = heard(desk, call, chief)
    assert (watch.agent_id, watch.mode) == (world.agent.person_id, "listen")
    for mode in ("whisper", "whisper", "talk"):
        watch_call(call_id=call.pk, mode=mode, actor=chief, now=after(20))
        desk.ask(20)
    rows = Disclosure.objects.filter(subject="telephony.call", subject_id=call.pk).order_by("id")
    assert [row.fields for row in rows] == [[HEARD_AS[mode]] for mode in MODES]
    assert {(row.actor_id, row.reason) for row in rows} == {(chief.person_id, world.agent.name)}
    snoops = [order for order in desk.orders if isinstance(order, switch.Snoop)]
    assert [order.whispers for order in snoops] == [False, True]
    end_watch(actor=chief, now=after(30))
    desk.ask(30)
    watch.refresh_from_db()
    assert (watch.why, watch.ended_at) == ("stopped", after(30))
    assert watch.heard_at == after(12)
    assert end_watch(actor=chief, now=after(31)) is None


def test_two_supervisors_never_have_one_call_and_one_never_two(
    world: Company, chief: Actor, other: Actor
) -> None:
    desk = Desk()
    call, waits = one_talks_one_waits(world, desk.board)
    heard(desk, call, chief)
    with pytest.raises(CallRefusal) as refused:
        watch_call(call_id=call.pk, mode="whisper", actor=other, now=after(15))
    assert (refused.value.why, refused.value.name) == ("watched", chief.name)
    assert why(take_over_call, actor=other) == "none"
    assert end_watch(actor=other, now=after(16)) is None
    assert why(watch_call, call_id=waits.pk, mode="listen", actor=chief) == "elsewhere"
    assert why(watch_call, call_id=waits.pk, mode="listen", actor=other) == "waits"
    assert why(watch_call, call_id=call.pk, mode="listen", actor=world.agent) == "own"
    (row,) = living_list(actor=other, now=after(20)).talked
    assert row.watch is not None
    assert (row.watch.name, row.watch.mode, row.watch.is_mine) == (chief.name, "listen", False)


def test_a_call_that_has_gone_is_said_to_have_and_nothing_is_left_of_the_watch(
    world: Company, chief: Actor, enter: Callable[[Staff], Client]
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    watch = watch_call(call_id=call.pk, mode="listen", actor=chief, now=after(10))
    desk.hear(switch.Left(after(10), "c1"), 10)  # while the key was pressed
    desk.ask(10)
    watch.refresh_from_db()
    assert (watch.why, watch.ended_at) == ("gone", after(10))
    assert why(watch_call, call_id=call.pk, mode="listen", actor=chief) == "over"
    browser = enter(world.chief_staff)
    with time_machine.travel(after(15), tick=False):
        address = reverse("telephony:watch", args=[call.pk, "listen"])
        answer = browser.post(address)
        bar = browser.get(reverse("telephony:watch_bar")).content.decode()
    assert json.loads(answer.headers["HX-Trigger"])["q:toast"]["text"] == "通话已结束。"
    assert 'role="status"' in bar
    assert CallWatch.objects.count() == 1


def test_an_agent_who_hangs_up_ends_the_watch_and_its_bar_says_so(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    watch = heard(desk, call, chief, "whisper")
    desk.hear(switch.Left(after(40), f"q{call.pk}-a2"), 40)
    watch.refresh_from_db()
    assert (watch.why, watch.ended_at) == ("over", after(40))
    told = load_watch(actor=chief, now=after(45), path="/")
    assert (told["is_over"], told["watch"].pk) == (True, watch.pk)
    assert load_watch(actor=chief, now=after(90), path="/")["watch"] is None


def test_a_closed_page_ends_the_watch_once_its_lease_has_run_out(chief: Actor) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    watch = heard(desk, call, chief)
    renew_watches(people=[chief.person_id], now=after(60))
    desk.tick(60 + LEASE_SECONDS - 1)
    assert CallWatch.objects.filter(ended_at__isnull=True).exists()
    desk.tick(60 + LEASE_SECONDS)
    watch.refresh_from_db()
    assert (watch.why, watch.ended_at) == ("lost", after(60 + LEASE_SECONDS))
    call.refresh_from_db()
    assert call.phase == "talking"
    assert CallEntry.objects.filter(call=call, kind="watch_ended").count() == 1


def test_where_no_controller_runs_whoever_has_gone_stands_before_nobody(
    chief: Actor, other: Actor
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    lost = watch_call(call_id=call.pk, mode="listen", actor=chief, now=after(10))
    later = after(10) + timedelta(seconds=2 * LEASE_SECONDS)
    watch_call(call_id=call.pk, mode="listen", actor=other, now=later)
    lost.refresh_from_db()
    assert lost.why == "lost"


def test_a_telephone_that_is_not_answered_ends_the_watch(chief: Actor) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    watch = watch_call(call_id=call.pk, mode="listen", actor=chief, now=after(10))
    desk.ask(10)
    channel = CallEntry.objects.get(call=call, kind="watched").data["channel"]
    desk.hear(switch.Gone(after(30), channel, 19), 30)
    watch.refresh_from_db()
    assert watch.why == "unanswered"
    assert watch.heard_at is None
    assert why(take_over_call, actor=chief) == "none"


def test_whoever_takes_calls_does_not_listen_meanwhile(world: Company, chief: Actor) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    sign_on(actor=chief, endpoint="screen/9001", now=NOW)
    assert why(watch_call, call_id=call.pk, mode="listen", actor=chief) == "at_work"
    assert not CallWatch.objects.exists()


def test_a_call_that_was_taken_over_is_the_supervisors_with_its_contact_until_it_ends(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    assert why(take_over_call, actor=chief) == "none"
    watch = heard(desk, call, chief)
    take_over_call(actor=chief, now=after(30))
    desk.ask(30)
    call.refresh_from_db()
    watch.refresh_from_db()
    assert (call.staff_id, call.phase, watch.why) == (chief.person_id, "talking", "taken_over")
    assert Interaction.objects.get(calls=call).agent_id == chief.person_id
    states = dict(AgentState.objects.values_list("staff_id", "state"))
    assert states == {world.agent.person_id: "wrap_up", chief.person_id: "busy"}
    mine = talking_call(actor=chief)
    assert mine is not None
    assert mine.pk == call.pk
    desk.hear(switch.Left(after(60), "c1"), 60)
    let_time_pass(now=after(60) + timedelta(hours=1))
    assert AgentState.objects.get(staff_id=chief.person_id).state == "off"  # as before
    turns = CallTurn.objects.filter(call=call).order_by("seq").values_list("kind", "staff_id")
    assert list(turns) == [("answered", world.agent.person_id), ("passed", chief.person_id)]


def test_the_agent_sees_whispering_and_joining_and_listening_as_the_company_says(
    world: Company, chief: Actor, enter: Callable[[Staff], Client]
) -> None:
    def shown() -> str:
        found = load_controls(
            actor=world.agent, interaction_id=call.interaction_id or 0, now=after(30)
        )
        assert found is not None
        return str(found["watches"])

    def story(who: Staff) -> str:
        return enter(who).get(reverse("telephony:detail", args=[call.pk])).content.decode()

    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    few = person(
        number="3003", name="坐席", branch=world.company, permissions=("interactions.view",)
    )
    heard(desk, call, chief)
    assert shown() == ""
    assert chief.name in story(world.chief_staff)
    assert chief.name not in story(few)
    parameters.write(
        parameters.Change("calls.listening_is_seen", True, after(0).date(), "Agreed"),
        actor=chief, now=after(0),
    )  # fmt: skip
    assert shown() == "listen"
    assert chief.name in story(few)
    for mode in ("whisper", "talk"):
        watch_call(call_id=call.pk, mode=mode, actor=chief, now=after(20))
        desk.ask(20)
        assert shown() == mode


def test_a_caller_who_waits_is_moved_at_their_place_and_whoever_was_rung_is_free(
    world: Company, chief: Actor, enter: Callable[[Staff], Client]
) -> None:
    desk = Desk()
    call = rings(desk.board)
    call.refresh_from_db()
    since = call.queued_at
    assert why(move_waiting_call, call_id=call.pk, queue=BILLS, actor=chief) == "there_already"
    with pytest.raises(KeyError):
        move_waiting_call(call_id=call.pk, queue="water.nothing", actor=chief, now=after(2))
    move_waiting_call(call_id=call.pk, queue=REPAIRS, actor=chief, now=after(2))
    desk.ask(2)
    call.refresh_from_db()
    assert (call.phase, call.queue, call.queued_at) == ("waiting", REPAIRS, since)
    waiting = Waiting.objects.get()
    assert (waiting.queue, waiting.since, waiting.state) == (REPAIRS, since, "waiting")
    assert Offer.objects.get().why == "withdrawn"
    assert AgentState.objects.get().state == "ready"
    page = enter(world.chief_staff).get(reverse("telephony:detail", args=[call.pk]))
    assert chief.name in page.content.decode()
    desk.hear(switch.Left(after(9), "c1"), 9)
    kinds = CallTurn.objects.filter(call=call).order_by("seq").values_list("kind", "queue")
    assert list(kinds) == [("moved", BILLS), ("abandoned", REPAIRS)]
    assert why(move_waiting_call, call_id=call.pk, queue=BILLS, actor=chief) == "over"


def test_a_caller_who_waits_is_given_to_somebody_who_is_ready_and_to_nobody_else(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = rings(desk.board)  # at the agent
    named: dict[str, Any] = {"call_id": call.pk, "actor": chief}
    assert why(give_waiting_call, staff_id=world.colleague.person_id, **named) == "not_ready"
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(3))  # without the skill
    desk.tick(4)
    give_waiting_call(staff_id=world.colleague.person_id, now=after(5), **named)
    desk.ask(5)
    states = dict(AgentState.objects.values_list("staff_id", "state"))
    assert states == {world.agent.person_id: "ready", world.colleague.person_id: "reserved"}
    offers = Offer.objects.order_by("id").values_list("staff_id", "state", "why")
    assert list(offers) == [
        (world.agent.person_id, "refused", "withdrawn"),
        (world.colleague.person_id, "open", ""),
    ]
    assert Waiting.objects.get().state == "offered"
    desk.tick(6)
    assert Offer.objects.count() == 2


def test_the_one_who_was_named_and_has_gone_meanwhile_is_not_rung(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = rings(desk.board)
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=3)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(3))
    give_waiting_call(
        call_id=call.pk, staff_id=world.colleague.person_id, actor=chief, now=after(3)
    )
    AgentState.objects.filter(staff_id=world.colleague.person_id).update(
        state="break", reason="rest"
    )
    desk.ask(4)
    call.refresh_from_db()
    assert call.phase == "waiting"
    assert Offer.objects.filter(staff_id=world.colleague.person_id).count() == 0
    assert Offer.objects.get().state == "open"  # whoever was rung is rung on


def test_who_is_put_first_is_taken_before_who_waits_longer_and_the_reason_is_told(
    world: Company, chief: Actor, enter: Callable[[Staff], Client]
) -> None:
    desk = Desk()
    _call, longer = one_talks_one_waits(world, desk.board)
    desk.board.hear(switch.Arrived(after(8), "c3", "13900002222", HOTLINE), now=after(8))
    desk.board.hear(switch.Up(after(8), "c3"), now=after(8))
    late = Call.objects.get(channel="c3")
    page = enter(world.chief_staff)
    address = reverse("telephony:raise", args=[late.pk])
    assert page.post(address, {"reason": " "}).status_code == 422
    assert page.post(address, {"reason": "cut off before"}).status_code == 204
    desk.ask(9)
    first, second = living_list(actor=chief, now=after(9)).waiting
    assert (first.is_raised, second.call_id, second.is_raised) == (False, late.pk, True)
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=3)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(10))
    desk.tick(10)
    offer = Offer.objects.get(staff_id=world.colleague.person_id)
    assert offer.waiting.subject_id == late.pk
    with pytest.raises(BadText):
        raise_waiting_call(call_id=longer.pk, reason="", actor=chief, now=after(11))
    page.post(reverse("telephony:lower", args=[late.pk]))
    desk.ask(12)
    assert not Waiting.objects.get(subject_id=late.pk).is_raised
    log = page.get(reverse("telephony:detail", args=[late.pk]), headers={"accept-language": "en"})
    assert "puts it first: cut off before" in log.content.decode()


def test_only_who_watches_over_the_unit_may_hear_or_move_its_calls(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    desk = Desk()
    call, waits = one_talks_one_waits(world, desk.board)
    river = enter(world.outsider_staff)
    agent = enter(
        person(
            number="3004", name="坐席", branch=world.company, permissions=("interactions.work",)
        )
    )
    addresses = (
        reverse("telephony:watch", args=[call.pk, "listen"]),
        *(reverse(f"telephony:{name}", args=[waits.pk]) for name in MOVES),
    )
    form = {"queue": REPAIRS, "staff": "1", "reason": "x"}
    assert {river.post(each, form).status_code for each in addresses} == {404}
    assert {agent.post(each, form).status_code for each in addresses} == {403}
    assert river.get(addresses[1]).status_code == 404
    unknown = reverse("telephony:watch", args=[call.pk, "spy"])
    assert enter(world.chief_staff).post(unknown).status_code == 404
    assert not CallWatch.objects.exists()
