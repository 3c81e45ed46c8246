"""Watching over calls at its edges: pressed twice, left alone with a caller, rung meanwhile."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState
from qiao.contact.operations import sign_on, take_directly
from qiao.core.actor import Actor, Forbidden
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import CallWatch
from qiao.telephony.operations import ask_of_call, end_watch, watch_call
from qiao.telephony.queries import living_list
from qiao.telephony.rules import asks, switch
from qiao.telephony.tests.test_at_hand import after, enter, rings, taken, world
from qiao.telephony.tests.test_watching import heard
from qiao.telephony.tests.watched import Desk, chief, why

__all__ = ["chief", "enter", "world"]
pytestmark = pytest.mark.django_db


def test_who_is_just_leaving_a_call_begins_no_other_hearing_of_it(chief: Actor) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    first = heard(desk, call, chief)
    end_watch(actor=chief, now=after(19))
    for mode in ("listen", "whisper"):
        assert why(watch_call, call_id=call.pk, mode=mode, actor=chief) == "ending"
    desk.ask(22)
    first.refresh_from_db()
    assert first.ended_at == after(22)
    again = watch_call(call_id=call.pk, mode="whisper", actor=chief, now=after(23))
    assert (again.pk != first.pk, again.ended_at) == (True, None)


def test_an_agent_who_hangs_up_on_the_screen_leaves_the_caller_with_who_had_joined(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    heard(desk, call, chief, "talk")
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=after(30))
    desk.ask(30)
    call.refresh_from_db()
    assert (call.phase, call.staff_id) == ("talking", chief.person_id)
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "wrap_up"
    assert not any(
        isinstance(order, switch.HangUp) and order.channel == call.channel for order in desk.orders
    )


def test_who_only_listens_is_not_left_with_the_caller(world: Company, chief: Actor) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    heard(desk, call, chief, "whisper")
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=after(30))
    desk.ask(30)
    call.refresh_from_db()
    assert (call.phase, call.end) == ("ended", "agent")


def test_who_may_not_take_calls_listens_and_whispers_but_does_not_join(world: Company) -> None:
    ears = actor_for(
        person(number="9003", name="耳", branch=world.company, permissions=("calls.watch",)),
        day=TODAY,
    )
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    heard(desk, call, ears, "whisper")
    with pytest.raises(Forbidden):
        watch_call(call_id=call.pk, mode="talk", actor=ears, now=after(20))
    assert CallWatch.objects.get().mode == "whisper"


@pytest.mark.parametrize("before", ["reserved", "not_ready"])
def test_who_takes_a_call_directly_is_with_the_customer_however_they_stood(
    world: Company, before: str
) -> None:
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(0))
    AgentState.objects.filter(staff_id=world.colleague.person_id).update(state=before)
    found = take_directly(actor=world.colleague, endpoint="screen/1028", now=after(1))
    assert found.state == "busy"
    assert found.wanted == ("not_ready" if before == "not_ready" else "")


def test_a_caller_who_waits_after_a_consultation_rings_at_nobody_who_was_consulted(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(5))
    consult = asks.Consult(0, world.colleague.person_id, "", 0)
    ask_of_call(call_id=call.pk, ask=consult, actor=world.agent, now=after(6))
    desk.ask(6)
    for ask in (asks.EndConsult(), asks.TransferTo("water.repair")):
        ask_of_call(call_id=call.pk, ask=ask, actor=world.agent, now=after(8))
        desk.ask(8)
    AgentState.objects.update(state="break", reason="rest")
    call.refresh_from_db()
    assert call.phase == "waiting"
    (waits,) = living_list(actor=chief, now=after(9)).waiting
    assert (waits.state, waits.other) == ("waiting", "")


def test_a_number_leads_to_its_call_only_where_that_may_be_read(
    world: Company, chief: Actor, enter: Callable[[Staff], Client]
) -> None:
    desk = Desk()
    call = rings(desk.board)
    only = person(number="9004", name="班长", branch=world.company, permissions=("calls.watch",))
    address = reverse("telephony:detail", args=[call.pk])
    page = reverse("telephony:living")
    assert address in enter(world.chief_staff).get(page).content.decode()
    assert address not in enter(only).get(page).content.decode()
    assert [each.is_readable for each in living_list(actor=chief, now=after(1)).waiting] == [True]
