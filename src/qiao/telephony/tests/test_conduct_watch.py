"""Somebody in charge at a call: they hear it in three ways, take it over, and move who waits."""

import pytest

from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import Mode
from qiao.telephony.tests.exchange import QUEUE, Agent, Exchange
from qiao.telephony.tests.test_conduct import (
    CALLER,
    consulting,
    exchange,
    is_quiet,
    kinds,
    phase,
    talking,
)


def test_a_supervisor_listens_whispers_talks_and_takes_over() -> None:
    desk = exchange(1)
    desk.switch.phones["PJSIP/9"] = Phone("PJSIP/9")
    desk.agents[9] = Agent(9, "PJSIP/9", state="talking")
    caller = talking(desk)
    modes: tuple[Mode, ...] = ("listen", "whisper", "talk")
    for mode in modes:
        desk.ask(1, asks.Watch(9, "PJSIP/9", mode))
        desk.clock.run(3)
    talk = next(b for b in desk.switch.view().bridges if b.bridge == desk.calls[1].talk)
    assert len(talk.channels) == 3
    desk.ask(1, asks.TakeOver())
    desk.clock.run(1)
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    assert (agent.staff, desk.agents[1].state) == (9, "ready")
    assert desk.switch.heard_by(caller) == "talk"
    desk.switch.put_down(caller)
    desk.clock.run(1)
    assert is_quiet(desk)


def watched(desk: Exchange, mode: Mode, *, after: int = 3) -> None:
    desk.switch.phones["PJSIP/9"] = Phone("PJSIP/9")
    desk.agents[9] = Agent(9, "PJSIP/9", state="away", rests=True)
    desk.ask(1, asks.Watch(9, "PJSIP/9", mode))
    desk.clock.run(after)


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_an_agent_who_hangs_up_while_somebody_listens_ends_the_call_for_all(mode: Mode) -> None:
    desk = exchange(1)
    talking(desk)
    watched(desk, mode)
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    desk.switch.put_down(agent.channel)
    desk.clock.run(1)
    assert (phase(desk), desk.calls[1].end) == ("ended", "agent")
    assert (desk.agents[1].state, desk.agents[9].state) == ("ready", "away")
    assert is_quiet(desk)


def test_a_caller_keeps_the_supervisor_who_talks_with_them_when_the_agent_goes() -> None:
    desk = exchange(1)
    caller = talking(desk)
    watched(desk, "talk")
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    desk.switch.put_down(agent.channel)
    desk.clock.run(1)
    has = desk.calls[1].leg("agent")
    assert has is not None
    assert (phase(desk), has.staff, desk.switch.heard_by(caller)) == ("talking", 9, "talk")
    assert (desk.agents[1].state, desk.agents[9].state) == ("ready", "talking")
    desk.switch.put_down(has.channel)
    desk.clock.run(1)
    assert (phase(desk), desk.agents[9].state) == ("ended", "away")
    assert is_quiet(desk)


def test_a_call_on_hold_can_be_taken_over_and_only_by_whoever_watches_it() -> None:
    desk = exchange(1)
    caller = talking(desk)
    watched(desk, "listen")
    desk.ask(1, asks.Watch(8, "PJSIP/8", "listen"))
    desk.ask(1, asks.TakeOver(8))
    desk.ask(1, asks.EndWatch(8))
    desk.clock.run(1)
    watcher = desk.calls[1].leg("watcher")
    assert watcher is not None
    assert watcher.staff == 9
    desk.ask(1, asks.Hold(on=True))
    desk.clock.run(1)
    desk.ask(1, asks.TakeOver(9))
    desk.clock.run(1)
    has = desk.calls[1].leg("agent")
    assert has is not None
    assert (phase(desk), has.staff, desk.switch.heard_by(caller)) == ("talking", 9, "talk")


def test_whoever_listens_goes_along_when_the_call_is_handed_over() -> None:
    desk = exchange()
    talking(desk)
    watched(desk, "whisper")
    consulting(desk)
    desk.ask(1, asks.HandOver())
    desk.clock.run(2)
    agent, ear = desk.calls[1].leg("agent"), desk.calls[1].leg("ear")
    assert agent is not None
    assert ear is not None
    assert agent.staff == 2
    bridge = next(b for b in desk.switch.view().bridges if b.bridge == ear.bridge)
    assert set(bridge.channels) == {ear.channel, desk.calls[1].legs[bridge.channels[0]].channel}
    assert len(bridge.channels) == 2


def test_a_caller_who_waits_keeps_their_place_in_another_queue() -> None:
    desk = exchange(1)
    desk.switch.phones["PJSIP/1001"].manner = "silent"
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(5)
    since = desk.calls[1].queued_at
    desk.ask(1, asks.Requeue("repairs", 9))
    assert (phase(desk), desk.calls[1].queue, desk.calls[1].queued_at) == (
        "waiting", "repairs", since,
    )  # fmt: skip
    assert [w for _c, w in desk.words if isinstance(w, asks.WaitsElsewhere)] == [
        asks.WaitsElsewhere("repairs")
    ]
    (refused,) = [w for _c, w in desk.words if isinstance(w, asks.Refused)]
    assert (refused.staff, refused.why) == (1, "withdrawn")
    desk.ask(1, asks.Requeue("repairs", 9))
    assert kinds(desk).count("requeued") == 1
    assert desk.switch.heard_by(caller) == "music"


def test_a_caller_is_put_first_once_with_who_and_why_and_back_again() -> None:
    desk = exchange(1)
    desk.switch.phones["PJSIP/1001"].manner = "silent"
    desk.switch.call(CALLER, "95598")
    desk.clock.run(5)
    for _twice in range(2):
        desk.ask(1, asks.Raise(9, "cut off before"))
    assert desk.calls[1].is_raised
    (entry,) = [each for each in desk.log[1] if each.kind == "raised"]
    assert dict(entry.data) == {"staff": 9, "reason": "cut off before"}
    assert desk.calls[1].open_offers  # who is rung is rung on
    desk.ask(1, asks.Raise(9, "", on=False))
    assert [w for _c, w in desk.words if isinstance(w, asks.WaitsRaised)] == [
        asks.WaitsRaised(on=True), asks.WaitsRaised(on=False),
    ]  # fmt: skip
    assert not desk.calls[1].is_raised


def test_whoever_has_lifted_the_receiver_keeps_a_call_that_is_moved_too_late() -> None:
    desk = exchange(1, delay=2.0)
    caller = desk.switch.call(CALLER, "95598")
    while not any(leg.bridge for leg in desk.calls[1].open_offers):
        desk.clock.run(0.01)
    desk.ask(1, asks.Requeue("repairs", 9))
    desk.clock.run(20)
    assert (phase(desk), desk.calls[1].queue) == ("talking", QUEUE)
    assert desk.switch.heard_by(caller) == "talk"


@pytest.mark.parametrize("mode", ["listen", "whisper", "talk"])
def test_whoever_lifts_the_receiver_while_no_controller_lives_hears_the_call_afterwards(
    mode: Mode,
) -> None:
    desk = exchange(1)
    talking(desk)
    desk.switch.phones["PJSIP/9"] = Phone("PJSIP/9", after_seconds=5)
    desk.agents[9] = Agent(9, "PJSIP/9", state="away", rests=True)
    desk.ask(1, asks.Watch(9, "PJSIP/9", mode))
    desk.clock.run(2)
    desk.die()
    desk.clock.run(10)
    desk.live_again()
    desk.clock.run(1)
    watcher = desk.calls[1].leg("watcher")
    assert watcher is not None
    assert watcher.is_up
    assert desk.switch.heard_by(watcher.channel) == "talk"
    assert kinds(desk).count("ear") == (0 if mode == "talk" else 1)
