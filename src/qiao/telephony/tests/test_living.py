"""The page of living calls: who waits and who talks, masked, narrowed, and in two statements."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.contact.operations import sign_on
from qiao.contact.rules.desk import LONG
from qiao.core.actor import Actor
from qiao.customers.tests.factories import make_customer
from qiao.staff.operations import give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import Call, CallEntry
from qiao.telephony.operations import Switchboard, ask_of_call
from qiao.telephony.queries import living_list, terms_of
from qiao.telephony.rules import asks, switch
from qiao.telephony.tests.test_at_hand import (
    BILLS,
    CALLER,
    HOTLINE,
    NOW,
    after,
    rings,
    taken,
    world,
)

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


def one_talks_one_waits(world: Company, board: Switchboard) -> tuple[Call, Call]:
    talked = taken(board, rings(board))
    board.hear(switch.Arrived(after(5), "c2", "13900001111", HOTLINE), now=after(5))
    board.hear(switch.Up(after(5), "c2"), now=after(5))
    return talked, Call.objects.get(channel="c2")


def listed(world: Company, seconds: float, **narrowed: Any) -> Any:
    return living_list(actor=chief(world), now=after(seconds), **narrowed)


def test_who_waits_and_who_talks_stands_there_with_customer_agent_and_time(
    world: Company,
) -> None:
    known = make_customer(world.agent, phones=[CALLER])
    talked, waits = one_talks_one_waits(world, Switchboard())
    found = listed(world, 10)
    (talk,), (wait,) = found.talked, found.waiting
    assert (talk.call_id, talk.state, talk.staff_name) == (talked.pk, "talking", world.agent.name)
    assert talk.customer.customer_id == known.pk
    assert talk.since == after(4)
    assert (wait.call_id, wait.state, wait.customer) == (waits.pk, "waiting", None)
    assert (wait.since, wait.line, wait.is_late) == (after(5), "热线", False)
    goal = terms_of(BILLS)
    assert goal is not None
    assert listed(world, 5 + goal.answer_seconds + 1).waiting[0].is_late
    assert not talk.is_late
    assert listed(world, 4 + LONG["busy"] + 1).talked[0].is_late


def test_a_hold_is_told_with_its_time_and_a_ring_with_whom_it_rings_at(world: Company) -> None:
    board = Switchboard()
    talked, waits = one_talks_one_waits(world, board)
    ask_of_call(call_id=talked.pk, ask=asks.Hold(on=True), actor=world.agent, now=after(20))
    board.carry_out_asks(now=after(20))
    (held,) = listed(world, 25).talked
    assert (held.state, held.since, held.state_since) == ("held", after(4), after(20))
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=3)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(26))
    board.pass_time(now=after(27))
    (rung,) = listed(world, 28).waiting
    assert (rung.call_id, rung.state, rung.other) == (waits.pk, "rings", world.colleague.name)


def test_what_was_pressed_is_told_as_the_last_entry_of_the_menu_holds_it(world: Company) -> None:
    talked, _waits = one_talks_one_waits(world, Switchboard())
    for seq, trail in ((90, [{"keys": "1"}]), (91, [{"keys": "1"}, {"keys": ""}, {"keys": "32"}])):
        CallEntry.objects.create(
            call=talked, seq=seq, kind="menu_moved", at=NOW, recorded_at=NOW,
            data={"visit": {"trail": trail}},
        )  # fmt: skip
    assert listed(world, 10).talked[0].keys == ("1", "32")
    assert listed(world, 10).waiting[0].keys == ()


def test_a_queue_and_a_team_narrow_what_is_shown(world: Company) -> None:
    talked, waits = one_talks_one_waits(world, Switchboard())
    lake = listed(world, 10, team_id=world.lake_team.pk)
    assert [each.call_id for each in (*lake.talked, *lake.waiting)] == [talked.pk, waits.pk]
    river = listed(world, 10, team_id=world.river_team.pk)
    assert (river.talked, river.waiting) == ([], [])
    assert listed(world, 10, queue="water.repair").talked == []
    assert len(listed(world, 10, queue=BILLS).waiting) == 1


def test_only_calls_of_units_one_watches_over_are_there_and_numbers_are_masked(
    world: Company,
) -> None:
    one_talks_one_waits(world, Switchboard())
    river = actor_for(world.outsider_staff, day=TODAY)
    assert living_list(actor=river, now=after(9)).talked == []
    watcher = person(
        number="3001", name="班长", branch=world.company, permissions=("calls.watch",)
    )
    found = living_list(actor=actor_for(watcher, day=TODAY), now=after(9))
    assert "****" in found.waiting[0].number
    assert (found.talked[0].customer, "1111" in found.waiting[0].number) == (None, True)
    client = Client()
    few = person(number="3002", name="看板", branch=world.lake, permissions=("calls.figures",))
    client.force_login(few)
    assert client.get(reverse("telephony:living")).status_code == 403
    assert reverse("telephony:living") not in client.get("/calls/wallboard").content.decode()


def test_the_page_is_renewed_by_its_rows_alone_and_says_when_nobody_calls(world: Company) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chief_staff)
    empty = client.get(reverse("telephony:living")).content.decode()
    assert "No live calls" in empty
    with time_machine.travel(after(30), tick=False):
        one_talks_one_waits(world, Switchboard())
        rows = client.get(reverse("telephony:living"), headers={"HX-Request": "true"})
        text = rows.content.decode()
        wallboard = client.get("/calls/wallboard").content.decode()
    assert "<html" not in text
    assert world.agent.name in text
    assert text.count("<tr id=") == 2
    assert reverse("telephony:living") in wallboard


def test_many_calls_cost_as_many_statements_as_one(world: Company) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            living_list(actor=watcher, now=after(60))
        return len(found)

    watcher = chief(world)
    board = Switchboard()
    make_customer(world.agent, phones=[CALLER])
    one_talks_one_waits(world, board)
    few = statements()
    assert few == 4  # the calls, their customers, and what the router sees
    for n in range(20):
        board.hear(switch.Arrived(after(6), f"m{n}", f"1390000{n:04d}", HOTLINE), now=after(6))
        board.hear(switch.Up(after(6), f"m{n}"), now=after(6))
    assert statements() == few
    assert len(listed(world, 60).waiting) == 21
    assert listed(world, 60).waiting[0].since < after(6) + timedelta(seconds=1)
