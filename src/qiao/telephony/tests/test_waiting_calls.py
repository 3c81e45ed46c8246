"""Callers who wait are moved, given to somebody, put first by whoever watches over them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import sign_on
from qiao.core.actor import Actor
from qiao.core.rules.text import BadText
from qiao.staff.models import Staff
from qiao.staff.operations import give_skill
from qiao.staff.tests.cast import Company
from qiao.telephony.models import Call, CallTurn
from qiao.telephony.operations import (
    give_waiting_call,
    move_waiting_call,
    raise_waiting_call,
)
from qiao.telephony.queries import (
    living_list,
)
from qiao.telephony.rules import switch
from qiao.telephony.tests.test_at_hand import (
    BILLS,
    HOTLINE,
    after,
    enter,
    rings,
    world,
)
from qiao.telephony.tests.test_living import one_talks_one_waits
from qiao.telephony.tests.watched import Desk, chief, why

__all__ = ["chief", "enter", "world"]
pytestmark = pytest.mark.django_db
REPAIRS = "water.repair"


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
