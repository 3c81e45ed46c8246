"""Callers who were sent on wait as everybody else does: told their place, with the same keys."""

import pytest
from django.db import transaction

from qiao.contact.models import Waiting
from qiao.contact.operations import renew_leases, sign_off, sign_on
from qiao.staff.tests.cast import Company
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.operations import ask_of_call, publish_menu
from qiao.telephony.queries import histories, menu_in_service
from qiao.telephony.rules import asks
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.menu_data import data_of_menu, menu_from_data
from qiao.telephony.tests.conducted import Conducted
from qiao.telephony.tests.menu_callers import CALLER, HOTLINE, NOON, world

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db
OWN = "screen/1027"
REPAIRS, EMERGENCY = "water.repair", "water.emergency"


class Sent(Conducted):
    """A caller who came by the menu, talked with an agent, and is sent on."""

    def __init__(self, world: Company) -> None:
        super().__init__(NOON)
        self.world = world
        self.own(world.agent, OWN)
        sign_on(actor=world.agent, endpoint=OWN, now=NOON)
        self.channel = self.switch.call(CALLER, HOTLINE)
        self.switch.press(self.channel, "1")
        self.waits(8)
        assert self.call.phase == "talking"

    @property
    def call(self) -> Call:
        return Call.objects.get()

    @property
    def hears(self) -> str:
        return self.switch.heard_by(self.channel)

    @property
    def node(self) -> str:
        call = self.call
        visit = visit_of(histories([call.pk])[call.pk])
        return visit.node if visit else ""

    def waits(self, seconds: int) -> None:
        for _second in range(seconds):
            renew_leases(people=[self.world.agent.person_id], now=self.now)
            self.run(1)

    def sends(self, queue: str) -> None:
        with transaction.atomic():
            ask_of_call(
                call_id=self.call.pk, ask=asks.TransferTo(queue), actor=self.world.agent,
                now=self.now,
            )  # fmt: skip
        self.look()
        with transaction.atomic():
            sign_off(actor=self.world.agent, now=self.now)


def test_they_hear_music_then_their_place_again_and_again(world: Company) -> None:
    caller = Sent(world)
    caller.sends(REPAIRS)
    assert (caller.call.phase, caller.call.queue, caller.hears) == ("waiting", REPAIRS, "music")
    assert caller.node == "to_repair"
    caller.waits(27)
    assert caller.hears == "music"
    caller.waits(5)
    assert caller.hears.startswith("qiao-")
    caller.waits(20)
    assert caller.hears == "music"
    caller.waits(50)
    assert caller.hears.startswith("qiao-")


def test_by_the_key_they_are_called_back_in_the_queue_to_which_they_were_sent(
    world: Company,
) -> None:
    caller = Sent(world)
    caller.sends(REPAIRS)
    since = caller.call.queued_at
    caller.waits(5)
    caller.switch.press(caller.channel, "1")
    caller.waits(1)
    assert caller.node == "callback"
    caller.switch.press(caller.channel, "1")
    caller.waits(40)
    owed = OwedCall.objects.get()
    assert (owed.kind, owed.queue, owed.since) == ("callback", REPAIRS, since)
    assert (caller.call.phase, caller.call.end) == ("ended", "menu")


def test_the_emergency_key_leads_there(world: Company) -> None:
    caller = Sent(world)
    caller.sends(REPAIRS)
    caller.waits(5)
    caller.switch.press(caller.channel, "9")
    caller.waits(30)
    waiting = Waiting.objects.latest("id")
    assert (waiting.state, waiting.queue, waiting.is_emergency) == ("waiting", EMERGENCY, True)


def test_whom_an_agent_sends_to_the_emergencies_is_one(world: Company) -> None:
    caller = Sent(world)
    caller.sends(EMERGENCY)
    waiting = Waiting.objects.latest("id")
    assert (waiting.state, waiting.queue, waiting.is_emergency) == ("waiting", EMERGENCY, True)


def test_whom_an_agent_sends_from_there_elsewhere_is_none_and_may_press_the_key_again(
    world: Company,
) -> None:
    caller = Sent(world)
    caller.sends(EMERGENCY)
    with transaction.atomic():
        sign_on(actor=world.agent, endpoint=OWN, now=caller.now)
    caller.waits(5)
    assert caller.call.phase == "talking"
    caller.sends(REPAIRS)
    assert not Waiting.objects.latest("id").is_emergency
    caller.switch.press(caller.channel, "9")
    caller.waits(30)
    assert Waiting.objects.latest("id").is_emergency


def test_a_queue_to_which_no_step_leads_is_waited_in_as_before(world: Company) -> None:
    caller = Sent(world)
    caller.sends("water.complaints")
    assert caller.node == "to_billing"
    caller.waits(33)
    assert caller.hears.startswith("qiao-")


def test_another_controller_goes_on_with_the_version_with_which_the_call_began(
    world: Company,
) -> None:
    caller = Sent(world)
    menu = menu_in_service("water.hotline")
    assert menu
    data = data_of_menu(menu)
    for node in data["node"]:
        if node["kind"] == "queue":
            node["waiting_prompts"], node["callback"] = [], ""
    publish_menu(menu=menu_from_data(data), actor=world.chief, now=NOON)
    caller.another_controller()  # amid the talk
    caller.waits(2)
    caller.sends(REPAIRS)
    caller.waits(10)
    caller.another_controller()  # amid the wait
    assert caller.hears.startswith("qiao-")
    caller.waits(20)
    assert caller.hears == "music"
    caller.waits(50)
    assert caller.hears.startswith("qiao-")


def test_whoever_talks_is_told_nothing(world: Company) -> None:
    caller = Sent(world)
    caller.waits(100)
    assert (caller.call.phase, caller.hears) == ("talking", "talk")
