"""Watching over calls: one at a call, seen by the agent as the rule says, recorded, and ended by
whatever ends it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState, Interaction
from qiao.contact.operations import let_time_pass, sign_on
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.models import Disclosure
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import Call, CallEntry, CallTurn, CallWatch
from qiao.telephony.operations import (
    CallRefusal,
    Switchboard,
    end_watch,
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
from qiao.telephony.tests.test_at_hand import (
    NOW,
    after,
    enter,
    rings,
    taken,
    world,
)
from qiao.telephony.tests.test_living import one_talks_one_waits
from qiao.telephony.tests.watched import Desk, chief, why

__all__ = ["chief", "enter", "world"]
pytestmark = pytest.mark.django_db
REPAIRS = "water.repair"
MOVES = ("move", "give", "raise", "lower")


@pytest.fixture
def other(world: Company) -> Actor:
    made = person(number="9002", name="高敏", branch=world.company)
    return actor_for(made, day=TODAY)


def heard(desk: Desk, call: Call, who: Actor, mode: Any = "listen") -> CallWatch:
    """Somebody hears a call."""
    found = watch_call(call_id=call.pk, mode=mode, actor=who, now=after(10))
    desk.ask(10)
    desk.answers(call, 12)
    found.refresh_from_db()
    assert found.heard_at == after(12)
    return found


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
