"""Callers in a voice menu when something fails: a controller, a menu, a module, a timer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiao.contact.models import Waiting
from qiao.core.manifest import Answer
from qiao.core.registry import registry
from qiao.staff.tests.cast import Company
from qiao.telephony.models import Call, VoiceMenu
from qiao.telephony.operations import (
    Switchboard,
)
from qiao.telephony.queries import histories
from qiao.telephony.rules import asks, conduct, switch
from qiao.telephony.rules.calls import Call as FoldedCall
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.switch import View
from qiao.telephony.tests.menu_callers import CALLER, HOTLINE, NOON, Caller, world

__all__ = ["world"]  # fixtures
pytestmark = pytest.mark.django_db


def test_a_new_controller_goes_on_with_whoever_is_in_a_menu(world: Company) -> None:
    del world
    caller = Caller()
    seen = switch.ChannelSeen("c1", True, CALLER, HOTLINE)
    board = Switchboard()
    orders = board.take_up(View((seen,), ()), now=NOON + timedelta(seconds=3))
    assert any(isinstance(each.order, switch.Play) for each in orders)
    assert caller.call.phase == "menu"
    caller.board = board
    caller.presses("1")
    caller.orders = [*(each.order for each in orders), *caller.orders]
    caller.listens()
    assert caller.call.phase == "waiting"


def test_a_new_controller_says_anew_what_may_have_been_cut_short(world: Company) -> None:
    """Advice for an emergency must be heard to its end."""
    del world
    caller = Caller()
    caller.presses("9")
    (before,) = [each for each in caller.orders if isinstance(each, switch.Play)][-1:]
    seen = switch.ChannelSeen("c1", True, CALLER, HOTLINE)
    caller.board, caller.orders = Switchboard(), []
    taken_up = caller.board.take_up(View((seen,), ()), now=NOON + timedelta(seconds=3))
    stops, says = (each.order for each in taken_up)
    assert stops == switch.StopPlaying(before.playback)
    assert isinstance(says, switch.Play)
    assert says.sounds == before.sounds
    caller.hears(switch.PlaybackEnded(caller.at, before.playback, ok=False))
    assert caller.call.phase == "menu"
    caller.hears(switch.PlaybackEnded(caller.at, says.playback, ok=True))
    assert Waiting.objects.get().is_emergency


def test_a_menu_that_cannot_be_read_lets_callers_reach_people(world: Company) -> None:
    del world
    VoiceMenu.objects.create(
        key="water.hotline", version=9, data={"node": [{"kind": "fly"}]}, digest="x",
        published_at=NOON,
    )  # fmt: skip
    caller = Caller()
    assert (caller.call.phase, caller.call.queue) == ("waiting", "water.billing")


def test_a_module_that_fails_leaves_no_caller_without_a_word(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    del world

    def broken(**_given: object) -> Answer:
        raise ZeroDivisionError

    known = registry.voice()
    asked = known["lookup", "incident"]
    voice = {("lookup", "incident"): replace(asked, answer=broken)}
    monkeypatch.setattr(registry, "voice", lambda: known | voice)
    caller = Caller()
    caller.listens()
    assert caller.node == "main"


def test_many_callers_in_a_menu_are_taken_up_with_as_many_statements_as_few(
    world: Company,
) -> None:
    del world
    counts = []
    for calls in (2, 9):
        for number in range(Call.objects.count(), calls):
            Caller(channel=f"c{number}")
        view = View(tuple(switch.ChannelSeen(f"c{n}", True, "") for n in range(calls)), ())
        with CaptureQueriesContext(connection) as seen:
            Switchboard().take_up(view, now=NOON)
        counts.append(sum("telephony_voicemenu" in each["sql"] for each in seen))
    assert counts[0] == counts[1]


def test_a_timer_that_cannot_ring_stands_before_no_other(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    del world
    board = Switchboard()
    for channel in ("c1", "c2"):
        board.hear(switch.Arrived(NOON, channel, CALLER, HOTLINE), now=NOON)
        board.hear(switch.Up(NOON, channel), now=NOON)
        call = Call.objects.get(channel=channel)
        board.hear(switch.PlaybackEnded(NOON, f"q{call.pk}-m1", ok=True), now=NOON)
        folded = visit_of(histories([call.pk])[call.pk])
        assert folded
        played = f"q{call.pk}-m{folded.saying}"
        board.hear(switch.PlaybackEnded(NOON, played, ok=True), now=NOON)
    first = Call.objects.get(channel="c1")
    asked = conduct.asked

    def poisoned(call: FoldedCall, ask: asks.Ask, *rest: Any) -> Any:
        if call.call_id == first.pk and isinstance(ask, asks.TimerRang):
            raise ZeroDivisionError
        return asked(call, ask, *rest)

    monkeypatch.setattr(conduct, "asked", poisoned)
    before = Call.objects.get(channel="c2").entry_count
    board.pass_time(now=NOON + timedelta(seconds=30))
    assert Call.objects.get(channel="c2").entry_count > before
    assert Call.objects.get(channel="c1").entry_count == first.entry_count
