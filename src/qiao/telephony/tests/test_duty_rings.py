"""Emergencies that nobody signed on can take ring whoever is on duty."""

from datetime import UTC, datetime, timedelta

import pytest

from qiao.contact.models import AgentState, Interaction, Offer
from qiao.contact.operations import sign_on, take_break
from qiao.staff.models import Membership, Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import Call, CallEntry
from qiao.telephony.operations import add_line
from qiao.telephony.operations.duty_rings import RING_SECONDS
from qiao.telephony.queries import every_piece
from qiao.telephony.rules.conduct_confirm import CONFIRM_SECONDS, TIMES
from qiao.telephony.rules.confirm_words import CONFIRM, confirm_piece
from qiao.telephony.rules.menus import LANGUAGES
from qiao.telephony.rules.outside import to_dial
from qiao.telephony.tests.conducted import Conducted

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 27, 19, tzinfo=UTC)  # three o'clock in the morning in Shanghai
BURST, HOTLINE, SKILL = "water.emergency", "96112", "water.repair"
PHONE, SECOND = "+8613805710001", "+8613805710002"


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=SKILL, names={"en": SKILL})
    add_line(
        number=HOTLINE, name="抢修", organisation_id=made.lake_team.pk, queue=BURST,
        is_emergency=True,
    )  # fmt: skip
    for staff, number in ((made.agent_staff, PHONE), (made.colleague_staff, SECOND)):
        Staff.objects.filter(pk=staff.pk).update(phone=number)
        Membership.objects.filter(staff=staff, team=made.lake_team).delete()
        Membership.objects.create(staff=staff, team=made.lake_team, is_lead=True)
    return made


def board(first: Manner = "answers", second: Manner = "answers") -> Conducted:
    made = Conducted(NIGHT)
    made.other(PHONE, first)
    made.other(SECOND, second)
    return made


def call_in(switch: Conducted, dialled: str = HOTLINE) -> str:
    channel = switch.switch.call("13805712264", dialled)
    switch.run(1)
    return channel


def state(staff: Staff) -> str:
    found = AgentState.objects.filter(staff=staff).first()
    return found.state if found else ""


def pass_seconds(switch: Conducted, seconds: int) -> None:
    for _second in range(seconds):
        switch.run(1)


def test_after_ten_seconds_whoever_is_on_duty_is_rung_and_has_the_call(world: Company) -> None:
    switch = board()
    channel = call_in(switch)
    pass_seconds(switch, 8)
    assert not Offer.objects.exists()
    pass_seconds(switch, 8)
    call = Call.objects.get()
    assert (call.phase, call.staff_id) == ("talking", world.agent_staff.pk)
    assert Offer.objects.get().reason == {"rule": "duty"}
    assert Interaction.objects.get().agent_id == world.agent_staff.pk
    switch.switch.put_down(channel)
    switch.run(1)
    assert state(world.agent_staff) == "wrap_up"
    pass_seconds(switch, 200)
    assert state(world.agent_staff) == "off"  # they were not signed on before


def test_who_does_not_answer_is_followed_by_the_next_and_rung_again_later(
    world: Company,
) -> None:
    switch = board("silent", "silent")
    call_in(switch)
    pass_seconds(switch, 180)
    asked = list(Offer.objects.order_by("id").values_list("staff_id", flat=True))
    first, second = world.agent_staff.pk, world.colleague_staff.pk
    assert asked[:3] == [first, second, first]
    made = list(Offer.objects.order_by("id").values_list("made_at", flat=True))
    assert made[2] - made[0] >= timedelta(seconds=90)
    assert state(world.agent_staff) in ("off", "reserved")


def test_a_mailbox_that_answers_has_not_taken_it_and_the_next_is_rung(world: Company) -> None:
    switch = board("mailbox")
    channel = call_in(switch)
    pass_seconds(switch, 16)
    asked = CallEntry.objects.get(kind="asked_to_confirm")
    assert (Call.objects.get().phase, switch.switch.heard_by(channel)) == ("waiting", "music")
    outside = switch.switch.at_endpoint(AgentState.objects.get().endpoint, "up")
    assert switch.switch.heard_by(outside) == "&".join([confirm_piece("zh-hans").sound] * TIMES)
    pass_seconds(switch, CONFIRM_SECONDS - 4)
    assert Offer.objects.get().state == "open"
    pass_seconds(switch, 4)
    offer = Offer.objects.earliest("id")
    assert (offer.state, offer.why) == ("refused", "unconfirmed")
    assert offer.answered_at
    assert (offer.answered_at - asked.at).total_seconds() <= CONFIRM_SECONDS + 1
    assert state(world.agent_staff) == "off"
    assert switch.switch.heard_by(channel) == "music"
    pass_seconds(switch, 12)
    call = Call.objects.get()
    assert (call.phase, call.staff_id) == ("talking", world.colleague_staff.pk)
    switch.switch.put_down(channel)
    switch.run(1)
    assert not switch.switch.view().channels


def test_who_answers_late_still_has_the_time_for_the_key(world: Company) -> None:
    switch = board("silent")
    call_in(switch)
    pass_seconds(switch, 11 + RING_SECONDS - 2)
    endpoint = AgentState.objects.get(staff=world.agent_staff).endpoint
    channel = switch.switch.at_endpoint(endpoint, "ringing")
    switch.switch.take(channel)
    pass_seconds(switch, CONFIRM_SECONDS - 2)
    switch.switch.press(channel, "1")
    pass_seconds(switch, 2)
    assert Call.objects.get().staff_id == world.agent_staff.pk
    assert [each.why for each in Offer.objects.all()] == [""]


@pytest.mark.parametrize(
    ("reads", "speaks"),
    [("", "zh-hans"), ("zh-Hant", "yue"), ("en", "en"), ("zh-Hans", "zh-hans")],
)
def test_the_key_is_asked_for_in_the_language_of_the_person(
    world: Company, reads: str, speaks: str
) -> None:
    Staff.objects.filter(pk=world.agent_staff.pk).update(language=reads)
    switch = board("mailbox")
    call_in(switch)
    pass_seconds(switch, 16)
    assert CallEntry.objects.get(kind="offered").data["confirm"] == speaks


def test_another_controller_asks_for_the_key_anew(world: Company) -> None:
    switch = board("mailbox")
    call_in(switch)
    pass_seconds(switch, 20)
    switch.another_controller()
    pass_seconds(switch, CONFIRM_SECONDS - 4)
    assert Offer.objects.get().state == "open"
    endpoint = AgentState.objects.get(staff=world.agent_staff).endpoint
    switch.switch.press(switch.switch.at_endpoint(endpoint, "up"), "1")
    pass_seconds(switch, 2)
    assert Call.objects.get().staff_id == world.agent_staff.pk


def test_a_switch_that_lacks_the_words_keeps_nobody_from_the_caller(world: Company) -> None:
    switch = board("mailbox")
    switch.switch.sound_seconds = lambda sound: 0.0 if sound.startswith("qiao-") else 2.0
    call_in(switch)
    pass_seconds(switch, 20)
    assert Call.objects.get().staff_id == world.agent_staff.pk
    assert CallEntry.objects.filter(kind="trouble").count() == 1


def test_at_their_desk_they_are_asked_for_no_key(world: Company) -> None:
    switch = board()
    switch.own(world.agent, "screen/1027")
    sign_on(actor=world.agent, endpoint="screen/1027", now=NIGHT)
    take_break(actor=world.agent, reason="rest", now=NIGHT)
    call_in(switch)
    pass_seconds(switch, 16)
    assert Call.objects.get().staff_id == world.agent_staff.pk
    assert not CallEntry.objects.filter(kind="asked_to_confirm").exists()


def test_the_words_are_among_what_is_to_be_recorded_in_all_languages(world: Company) -> None:
    del world
    said = {each.language for each in every_piece() if each.text in CONFIRM.values()}
    assert said == set(LANGUAGES)


def test_whoever_is_ready_takes_it_and_nobody_is_woken(world: Company) -> None:
    give_skill(staff=world.agent_staff, skill_key=SKILL, level=3)
    switch = board()
    switch.own(world.agent, "screen/1027")
    sign_on(actor=world.agent, endpoint="screen/1027", now=NIGHT)
    call_in(switch)
    pass_seconds(switch, 20)
    offer = Offer.objects.get()
    assert offer.reason["rule"] == "best_skill"


def test_a_call_that_is_no_emergency_wakes_nobody(world: Company) -> None:
    add_line(
        number="96111", name="热线", organisation_id=world.lake_team.pk, queue="water.billing"
    )
    switch = board()
    call_in(switch, "96111")
    pass_seconds(switch, 90)
    assert not Offer.objects.exists()


def test_who_is_at_work_already_is_passed_over(world: Company) -> None:
    switch = board("answers", "answers")
    call_in(switch)
    pass_seconds(switch, 16)
    assert Call.objects.get().staff_id == world.agent_staff.pk
    switch.switch.call("13805712265", HOTLINE)
    pass_seconds(switch, 18)
    assert set(Call.objects.values_list("staff_id", flat=True)) == {
        world.agent_staff.pk, world.colleague_staff.pk,
    }  # fmt: skip


def test_it_stops_ringing_when_the_caller_has_gone(world: Company) -> None:
    switch = board("silent")
    channel = call_in(switch)
    pass_seconds(switch, 14)
    assert state(world.agent_staff) == "reserved"
    switch.switch.put_down(channel)
    switch.run(1)
    assert state(world.agent_staff) == "off"
    assert not switch.switch.view().channels


def test_the_telephone_rung_is_the_one_of_the_person(world: Company) -> None:
    switch = board("silent")
    call_in(switch)
    pass_seconds(switch, 14)
    assert to_dial(PHONE) in AgentState.objects.get(staff=world.agent_staff).endpoint


def test_who_lacks_the_skill_at_first_may_take_it_before_anybody_is_woken(world: Company) -> None:
    give_skill(staff=world.agent_staff, skill_key=SKILL, level=1)
    AgentState.objects.filter(staff=world.agent_staff).delete()
    switch = board()
    switch.own(world.agent, "screen/1027")
    sign_on(actor=world.agent, endpoint="screen/1027", now=NIGHT)
    call_in(switch)
    pass_seconds(switch, 40)
    offer = Offer.objects.get()
    assert (offer.reason["rule"], offer.reason["relaxed"]) == ("best_skill", 2)


def test_after_a_minute_with_all_of_them_busy_somebody_is_woken(world: Company) -> None:
    give_skill(staff=world.colleague_staff, skill_key=SKILL, level=3)
    switch = board()
    sign_on(actor=world.colleague, endpoint="screen/1028", now=NIGHT)
    AgentState.objects.update(state="busy", lease_until=NIGHT + timedelta(hours=1))
    call_in(switch)
    pass_seconds(switch, 57)
    assert not Offer.objects.exists()
    pass_seconds(switch, 6)
    assert Offer.objects.get().staff_id == world.agent_staff.pk
