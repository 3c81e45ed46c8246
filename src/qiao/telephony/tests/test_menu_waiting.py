"""What callers hear while they wait for a person, and the keys that lead them away again."""

from datetime import timedelta

import pytest

from qiao.contact.models import AgentState, AgentStateChange, Offer, Waiting
from qiao.contact.operations import sign_on
from qiao.contact.queries import place_of
from qiao.staff.tests.cast import Company
from qiao.telephony.models import CallTurn, OwedCall
from qiao.telephony.operations import Switchboard
from qiao.telephony.queries import histories
from qiao.telephony.rules import switch
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.switch import ChannelSeen, View
from qiao.telephony.tests.menu_callers import CALLER, HOTLINE, NOON, Caller, world

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db


def in_queue(channel: str = "c1") -> Caller:
    """Somebody who has come to the queue of bills."""
    one = Caller(channel=channel)
    one.listens()
    one.presses("1")
    one.listens()
    one.orders.clear()
    return one


def played(one: Caller) -> list[tuple[str, ...]]:
    return [each.sounds for each in one.orders if isinstance(each, switch.Play)]


def kinds(one: Caller) -> list[str]:
    return [type(each).__name__ for each in one.orders]


def waits(call_id: int) -> Waiting:
    return Waiting.objects.filter(subject_kind="call", subject_id=call_id).latest("id")


def test_after_half_a_minute_they_hear_their_place_and_music_again(world: Company) -> None:
    one = in_queue()
    one.waits(29)
    assert not played(one)
    one.waits(2)
    assert kinds(one) == ["Leave", "Play"]
    (sounds,) = played(one)
    assert len(sounds) >= 3  # the place, and that they may be called back; no time is known
    one.listens()
    assert kinds(one) == ["Join", "Music"]
    one.orders.clear()
    one.waits(59)
    assert not played(one)
    one.waits(2)
    assert len(played(one)) == 1


def test_the_place_counts_all_who_are_served_before(world: Company) -> None:
    first, second = in_queue(), in_queue("c2")
    place = place_of(subject_kind="call", subject_id=second.call.pk, now=second.at)
    assert place is not None
    assert (place.number, place.seconds) == (2, None)
    Waiting.objects.filter(pk=waits(second.call.pk).pk).update(is_raised=True)
    place = place_of(subject_kind="call", subject_id=first.call.pk, now=second.at)
    assert place is not None
    assert place.number == 2
    assert place_of(subject_kind="call", subject_id=0, now=NOON) is None


def test_the_time_to_expect_is_what_the_last_ones_took_among_who_serves(world: Company) -> None:
    one = in_queue()
    for agent in (world.agent, world.colleague):
        sign_on(actor=agent, endpoint=f"screen/{agent.number}", now=NOON)
    AgentState.objects.update(state="busy", lease_until=NOON + timedelta(hours=1))
    before = NOON - timedelta(hours=1)
    for n in range(5):  # each is had for two minutes and worked after for one
        at = before + timedelta(minutes=5 * n)
        done = Waiting.objects.create(
            queue="water.billing", channel="phone", subject_kind="call", subject_id=10_000 + n,
            organisation_id=world.lake.pk, state="taken", since=at, ended_at=at,
        )  # fmt: skip
        Offer.objects.create(
            waiting=done, staff_id=world.agent.person_id, state="taken", made_at=at,
            expires_at=at + timedelta(seconds=20), answered_at=at,
            released_at=at + timedelta(minutes=2),
        )  # fmt: skip
        for seconds, state in ((0, "busy"), (120, "wrap_up"), (180, "ready")):
            AgentStateChange.objects.create(
                staff_id=world.agent.person_id, at=at + timedelta(seconds=seconds), state=state
            )
    place = place_of(subject_kind="call", subject_id=one.call.pk, now=one.at)
    assert place is not None
    assert (place.number, place.seconds) == (1, 90.0)
    one.waits(31)
    visit = visit_of(histories([one.call.pk])[one.call.pk])
    assert visit is not None
    assert (visit.values["place"], visit.values["minutes"]) == (1, 2)


def test_by_a_key_they_are_called_back_and_keep_their_place(world: Company) -> None:
    one = in_queue()
    since = one.call.queued_at
    one.waits(31)
    one.orders.clear()
    one.presses("1")
    assert one.node == "callback"
    gone = waits(one.call.pk)
    assert (gone.state, gone.why) == ("gone", "menu")
    assert kinds(one)[:2] == ["Leave", "EndBridge"]
    one.listens()
    one.presses("1")
    one.listens()
    one.listens()
    call = one.call
    assert (call.phase, call.end) == ("ended", "menu")
    owed = OwedCall.objects.get()
    assert (owed.kind, owed.since, owed.queue) == ("callback", since, "water.billing")
    place = Waiting.objects.get(subject_kind="owed_call", subject_id=owed.pk)
    assert (place.state, place.since) == ("waiting", since)
    assert list(CallTurn.objects.values_list("kind", flat=True)) == ["moved"]  # nobody gave up


def test_who_changes_their_mind_waits_at_their_old_place(world: Company) -> None:
    one = in_queue()
    since = one.call.queued_at
    one.waits(40)
    one.presses("1")
    one.listens()
    one.presses("0")
    one.listens()
    one.listens()
    call = one.call
    assert call.phase == "waiting"
    assert call.queued_at == since
    assert waits(call.pk).since == since


def test_who_hangs_up_on_the_way_gave_up_waiting(world: Company) -> None:
    one = in_queue()
    one.presses("1")
    one.hangs_up()
    assert one.call.end == "abandoned"
    assert OwedCall.objects.get().kind == "abandoned"


def test_the_emergency_key_is_heard_while_they_wait(world: Company) -> None:
    one = in_queue()
    one.presses("9")
    one.listens()
    again = waits(one.call.pk)
    assert (again.state, again.queue, again.is_emergency) == (
        "waiting", "water.emergency", True,
    )  # fmt: skip


def test_other_keys_do_nothing(world: Company) -> None:
    one = in_queue()
    one.presses("0*#57")
    assert not one.orders
    assert one.call.phase == "waiting"


def test_whoever_is_rung_meanwhile_is_asked_no_more(world: Company) -> None:
    one = in_queue()
    sign_on(actor=world.agent, endpoint="screen/1027", now=one.at)
    one.waits(1)
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "reserved"
    one.presses("1")
    assert AgentState.objects.get(staff_id=world.agent.person_id).state == "ready"
    assert Offer.objects.get().why == "withdrawn"
    assert one.node == "callback"


def test_who_lifts_the_receiver_is_not_left_for_the_menu(world: Company) -> None:
    one = in_queue()
    sign_on(actor=world.agent, endpoint="screen/1027", now=one.at)
    one.waits(31)
    (playback,) = [each.playback for each in one.orders if isinstance(each, switch.Play)]
    folded = histories([one.call.pk])[one.call.pk]
    (leg,) = folded.open_offers
    one.orders.clear()
    one.hears(switch.Up(one.at, leg.channel))
    assert kinds(one)[:1] == ["StopPlaying"]
    one.presses("1")
    assert one.node == "to_billing"
    one.orders.clear()
    one.hears(switch.PlaybackEnded(one.at, playback, ok=False))
    assert "Join" not in kinds(one)  # they meet: nobody takes the caller back to the music


def test_nothing_is_said_into_the_talk_but_to_whom_the_agent_left_alone(world: Company) -> None:
    one = in_queue()
    sign_on(actor=world.agent, endpoint="screen/1027", now=one.at)
    one.waits(29)
    (leg,) = histories([one.call.pk])[one.call.pk].open_offers
    one.hears(switch.Up(one.at, leg.channel))
    one.waits(2)
    assert not played(one)
    one.hears(switch.Left(one.at, leg.channel))  # before both were brought together
    one.waits(3)
    assert len(played(one)) == 1
    assert one.call.phase == "waiting"


def test_who_was_being_told_hears_music_when_another_controller_comes(world: Company) -> None:
    one = in_queue()
    one.waits(31)
    assert len(played(one)) == 1
    view = View((ChannelSeen(one.channel, is_up=True, caller=CALLER, dialled=HOTLINE),), ())
    one.board = Switchboard()
    one.orders = [each.order for each in one.board.take_up(view, now=one.at)]
    assert kinds(one)[:4] == ["MakeBridge", "StopPlaying", "Join", "Music"]
    one.waits(59)
    assert not played(one)
    one.waits(2)
    assert len(played(one)) == 1


def test_another_controller_goes_on_telling_them(world: Company) -> None:
    one = in_queue()
    one.waits(10)
    view = View((ChannelSeen(one.channel, is_up=True, caller=CALLER, dialled=HOTLINE),), ())
    one.board = Switchboard()
    one.orders = [each.order for each in one.board.take_up(view, now=one.at)]
    assert len(played(one)) == 1
    one.listens()
    one.waits(61)
    assert len(played(one)) == 1
