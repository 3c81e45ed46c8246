"""Callers in a voice menu: what they key in reaches people, promises and messages."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qiao.cases.operations import OpenRequest, open_case
from qiao.contact.models import Interaction, Offer, Waiting
from qiao.contact.operations import abandon, sign_on, start_interaction
from qiao.contact.queries import outcome_names, proposed_reason, reason_names
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.spelt import Spelt
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.models import Organisation
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company
from qiao.telephony.models import Call, CallEntry, Line, OwedCall, VoiceMenu
from qiao.telephony.operations import (
    MenuFaulty,
    NotOwed,
    begin_owed,
    end_owed,
    install_menus,
    publish_menu,
)
from qiao.telephony.queries import came_by, histories, menu_in_service
from qiao.telephony.rules import switch
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.menu_data import data_of_menu, menu_from_data
from qiao.telephony.rules.switch import Outcome
from qiao.telephony.tests.menu_callers import CALLER, NIGHT, NOON, Caller, world
from qiao.telephony.words import reason_words

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def test_a_key_leads_to_the_queue_of_its_matter(world: Company) -> None:
    del world
    caller = Caller()
    assert caller.call.phase == "menu"
    caller.presses("2")
    assert "转接" in caller.hears_words
    caller.listens()
    waiting = Waiting.objects.get()
    assert (caller.call.phase, waiting.queue) == ("waiting", "water.repair")


@pytest.mark.parametrize(
    ("keys", "rung", "language"), [("1", "agent", ""), ("621", "colleague", "yue")]
)
def test_a_caller_who_chose_a_language_is_put_through_to_whoever_speaks_it(
    world: Company, keys: str, rung: str, language: str
) -> None:
    """Though somebody else has been idle for longer."""
    _speak_cantonese(world)
    for seconds, each in ((0, world.agent), (1, world.colleague)):
        sign_on(actor=each, endpoint="screen/1", now=NOON + timedelta(seconds=seconds))
    caller = Caller(NOON + timedelta(seconds=2))
    caller.presses(keys)
    caller.listens()
    offer = Offer.objects.get()
    assert offer.staff_id == getattr(world, rung).person_id
    assert (offer.reason["language"], offer.reason["language_level"] > 0) == (
        language, bool(language),
    )  # fmt: skip
    with override("en"):
        assert ("speaks Cantonese" in reason_words(offer.reason)) is bool(language)


def test_where_nobody_speaks_it_a_caller_waits_for_it_a_while_and_the_offer_says_so(
    world: Company,
) -> None:
    _speak_cantonese(world)
    sign_on(actor=world.agent, endpoint="screen/1", now=NOON)
    caller = Caller()
    caller.presses("621")
    caller.listens()
    assert caller.call.phase == "waiting"
    *_steps, last = catalogue().queues["water.billing"].language_relax_after
    caller.waits(last - 2)
    assert not Offer.objects.exists()
    caller.waits(2)
    offer = Offer.objects.get()
    assert offer.staff_id == world.agent.person_id
    assert (offer.reason["language"], offer.reason["language_level"]) == ("yue", 0)
    with override("en"):
        assert "Cantonese was given up for the wait" in reason_words(offer.reason)


def _speak_cantonese(world: Company) -> None:
    define_skill(key="yue", names={"en": "Cantonese"})
    give_skill(staff=world.colleague_staff, skill_key="yue", level=4)


def test_the_place_of_the_menu_says_what_the_contact_is_probably_about(world: Company) -> None:
    menu = menu_in_service("water.hotline")
    assert menu
    data = data_of_menu(menu)
    (step,) = [each for each in data["node"] if each["key"] == "to_repair"]
    for matter, is_known in (("water.no_such", False), ("water.small_leak", True)):
        step["about"] = matter
        with nullcontext() if is_known else pytest.raises(MenuFaulty, match="no_matter"):
            publish_menu(menu=menu_from_data(data), actor=world.chief, now=NOON)
    desk = Client(headers={"HX-Request": "true"})
    desk.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    for channel, key, about in (("c1", "2", "water.small_leak"), ("c2", "1", "")):
        caller = Caller(channel=channel)
        caller.presses(key)
        caller.listens()
        contact = start_interaction(
            channel="phone", direction="in", phone=CALLER, actor=world.agent, now=NOON
        )
        Call.objects.filter(pk=caller.call.pk).update(interaction_id=contact.pk)
        came = came_by(interaction_id=contact.pk)
        assert came.about == about
        found = proposed_reason(contact, "", came=came)
        assert found
        assert (found.key, found.by) == (
            (about, "menu") if about else ("water.bill_query", "queue")
        )
        written = proposed_reason(contact, "水黄", came=came)
        assert written
        assert written.by == "note"
        page = desk.get(reverse("contact:case", args=[contact.pk])).content.decode()
        assert ("fact-leak_at" in page) is bool(about)  # a queue alone begins no form


def test_the_emergency_key_overtakes_all_after_the_safety_words(world: Company) -> None:
    del world
    caller = Caller()
    caller.presses("9")
    assert "远离" in caller.hears_words
    caller.presses("0")  # the whole is to be heard
    assert caller.call.phase == "menu"
    caller.listens()
    waiting = Waiting.objects.get()
    assert (waiting.queue, waiting.is_emergency) == ("water.emergency", True)


def test_who_presses_nothing_reaches_a_person(world: Company) -> None:
    del world
    caller = Caller()
    for _ in range(12):
        caller.listens()
        caller.waits(7)
    assert (caller.call.phase, caller.call.queue) == ("waiting", "water.business")


def test_at_night_nobody_is_promised_a_person(world: Company) -> None:
    del world
    caller = Caller(NIGHT)
    caller.presses("0")
    assert caller.node == "night"
    assert not Waiting.objects.exists()


def test_a_message_has_a_number_and_the_time_by_which_it_is_answered(world: Company) -> None:
    del world
    caller = Caller()
    caller.presses("4")
    caller.listens()
    (record,) = [each for each in caller.orders if isinstance(each, switch.RecordChannel)]
    caller.at += timedelta(seconds=12)
    caller.hears(switch.RecordingEnded(caller.at, record.recording, ok=True, seconds=12))
    owed = OwedCall.objects.get()
    assert (owed.kind, owed.seconds, owed.recording) == ("message", 12, record.recording)
    assert owed.due_at == datetime(2026, 11, 27, 8, 0, 12, tzinfo=UTC).replace(
        microsecond=owed.due_at.microsecond
    )
    assert "留言已收到" in caller.hears_words
    caller.listens()
    caller.listens()
    assert (caller.call.phase, caller.call.end) == ("ended", "menu")


def test_a_message_is_kept_though_the_caller_ends_it_by_hanging_up(world: Company) -> None:
    del world
    caller = Caller()
    caller.presses("4")
    caller.listens()
    (record,) = [each for each in caller.orders if isinstance(each, switch.RecordChannel)]
    caller.hangs_up()
    assert caller.call.end == "menu"
    caller.hears(switch.RecordingEnded(caller.at, record.recording, ok=True, seconds=5))
    assert OwedCall.objects.get().seconds == 5


def test_a_call_back_is_promised_at_the_number_that_calls(world: Company) -> None:
    caller = Caller()
    caller.presses("51")
    owed = OwedCall.objects.get()
    assert (owed.kind, owed.phone, owed.queue) == (
        "callback", "+8613805712264", "water.billing",
    )  # fmt: skip
    assert "回电" in caller.hears_words
    with pytest.raises(OwedCall.DoesNotExist):
        begin_owed(owed_id=owed.pk, actor=world.outsider, now=NOON)
    for each in (world.agent, world.colleague):
        sign_on(actor=each, endpoint="screen/1", now=NOON)
    begun = begin_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    contact = Interaction.objects.get()
    assert (begun.interaction_id, contact.direction) == (contact.pk, "out")
    with pytest.raises(NotOwed):
        begin_owed(owed_id=owed.pk, actor=world.colleague, now=NOON)
    assert end_owed(owed_id=owed.pk, reached=True, actor=world.agent, now=NOON).state == "done"


def test_after_three_attempts_a_call_is_given_up(world: Company) -> None:
    Caller().presses("51")
    owed = OwedCall.objects.get()
    sign_on(actor=world.agent, endpoint="screen/1", now=NOON)
    for attempt in range(3):
        at = NOON + timedelta(hours=attempt)
        begin_owed(owed_id=owed.pk, actor=world.agent, now=at)
        owed = end_owed(owed_id=owed.pk, reached=False, actor=world.agent, now=at)
    assert (owed.state, owed.attempts, owed.why) == ("dropped", 3, "not_reached")


def _made(call: Call) -> int:
    offered = CallEntry.objects.get(call=call, kind="offered")
    return int(offered.data["channel"].rpartition("a")[2])


def test_who_gives_up_waiting_is_owed_a_call_until_they_are_answered(world: Company) -> None:
    for channel in ("c1", "c2"):
        caller = Caller(channel=channel)
        caller.presses("1")
        caller.listens()
        caller.hangs_up()
        assert caller.call.end == "abandoned"
    assert OwedCall.objects.get().kind == "abandoned"
    sign_on(actor=world.agent, endpoint="screen/1", now=NOON)
    again = Caller(channel="c3")
    again.presses("1")
    again.listens()
    leg = f"q{again.call.pk}-a{_made(again.call)}"
    again.hears(switch.Ready(again.at, leg, "agent", ""))
    for given in again.board.hear(switch.Up(again.at, leg), now=again.at):
        again.board.bring(given, Outcome.DONE, now=again.at)
    assert again.call.phase == "talking"
    assert (OwedCall.objects.get().state, OwedCall.objects.get().why) == ("done", "called_again")


def test_a_pack_brings_its_menu_once_and_what_people_edited_stays(world: Company) -> None:
    install_menus(NOON)
    own = VoiceMenu.objects.filter(key="water.hotline")
    assert own.count() == 1
    menu = menu_in_service("water.hotline")
    assert menu
    data = data_of_menu(menu)
    data["texts"]["bye"]["zh-hans"] = "再见。"
    publish_menu(menu=menu_from_data(data), actor=world.chief, now=NOON)
    install_menus(NOON)
    newest = menu_in_service("water.hotline")
    assert newest
    assert newest.texts["bye"]["zh-hans"] == "再见。"
    data["person"] = "nowhere"
    with pytest.raises(MenuFaulty):
        publish_menu(menu=menu_from_data(data), actor=world.chief, now=NOON)
    assert own.count() == 2


def test_a_menu_tells_how_the_latest_case_of_the_caller_goes(world: Company) -> None:
    known = make_customer(world.agent, phones=[CALLER])
    request = OpenRequest(
        type_key="water.small_leak", organisation_id=world.lake.pk, title="漏水", channel="phone",
        area="339102", place="翠湖花园", facts={"leak_at": "before_meter"}, customer_id=known.pk,
    )  # fmt: skip
    case = open_case(request=request, actor=world.agent, now=NOON)
    with time_machine.travel(NOON, tick=False):
        caller = Caller()
        caller.presses("3")
    assert caller.node in ("say_progress", "say_state")
    visit = visit_of(histories([caller.call.pk])[caller.call.pk])
    assert visit
    said = visit.values["case"]
    assert isinstance(said, Spelt)
    assert said.digits in case.number


def test_pressed_twice_a_call_is_returned_once_and_let_go_with_its_contact(
    world: Company,
) -> None:
    Caller().presses("51")
    owed = OwedCall.objects.get()
    for each in (world.agent, world.colleague):
        sign_on(actor=each, endpoint="screen/1", now=NOON)
    for _press in range(2):
        begun = begin_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    assert (begun.attempts, Interaction.objects.count()) == (1, 1)
    abandon(interaction_id=begun.interaction_id or 0, actor=world.agent, now=NOON)
    again = begin_owed(owed_id=owed.pk, actor=world.colleague, now=NOON)
    assert (again.taken_by_id, again.attempts) == (world.colleague.person_id, 2)


@pytest.mark.parametrize(
    ("queue", "pack", "safety"),
    [
        ("water.emergency", "water", "请远离塌陷和积水处"),
        ("power.emergency", "power", "请远离落地电线至少八米"),
        ("gas.emergency", "gas", "请不要开关电器、不要点火"),
    ],
)
def test_each_trade_has_its_own_hotline_and_its_calls_are_closed_in_its_words(
    world: Company, queue: str, pack: str, safety: str
) -> None:
    Organisation.objects.update(packs=["water", "power", "gas"])
    Line.objects.update(menu=f"{pack}.hotline")
    caller = Caller()
    caller.presses("9")
    assert safety in caller.hears_words
    caller.listens()
    caller.listens()
    assert caller.call.queue == queue
    contact = start_interaction(
        channel="phone", direction="in", phone=CALLER, actor=world.agent, now=NOON
    )
    Call.objects.filter(pk=caller.call.pk).update(interaction_id=contact.pk)
    assert {each.key.partition(".")[0] for each in reason_names(contact, language="en")} == {pack}
    others = {each.key.partition(".")[0] for each in outcome_names(contact, language="en")}
    assert others == {pack}
    owner = make_customer(world.agent)
    account = make_account(world.agent, owner=owner)  # of water, whatever line was dialled
    Interaction.objects.filter(pk=contact.pk).update(customer=owner, account=account)
    contact.refresh_from_db()
    assert {e.key.partition(".")[0] for e in reason_names(contact, language="en")} == {"water"}
