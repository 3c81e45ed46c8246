"""Calls as they are conducted: the usual ways, the bad ones, and any order of things at all."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Manner, Phone
from qiao.telephony.rules import asks
from qiao.telephony.rules.call_log import fold
from qiao.telephony.rules.calls import ENDS, REFUSALS, Call, Mode
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.tests.exchange import QUEUE, Agent, Exchange

NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
CALLER = "18600001111"


def exchange(agents: int = 2, *, delay: float = 0.0, greeting: tuple[str, ...] = ()) -> Exchange:
    staff = {n: Agent(n, f"PJSIP/{1000 + n}") for n in range(1, agents + 1)}
    return Exchange(CountedClock(NOON), Terms(QUEUE, greeting), staff, delay=delay)


def kinds(desk: Exchange, call_id: int = 1) -> list[str]:
    return [entry.kind for entry in desk.log[call_id]]


def phase(desk: Exchange, call_id: int = 1) -> str:
    return desk.calls[call_id].phase


def is_quiet(desk: Exchange) -> bool:
    """Nothing stands at the switch any more."""
    view = desk.switch.view()
    return not view.channels and not view.bridges


def talking(desk: Exchange) -> str:
    """A caller who talks with the first agent; their channel."""
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(5)
    assert phase(desk) == "talking"
    return caller


def test_a_call_is_greeted_queued_rung_through_recorded_and_ended_by_the_caller() -> None:
    desk = exchange(greeting=("sound:welcome",))
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    assert desk.switch.heard_by(caller) == "sound:welcome"
    desk.clock.run(5)
    assert desk.switch.heard_by(caller) == "talk"
    desk.clock.run(60)
    desk.switch.put_down(caller)
    desk.clock.run(1)
    assert [kind for kind in kinds(desk) if kind != "told_cause"] == [
        "arrived", "answered", "queued", "offered", "rings", "picked_up", "connected",
        "recording_began", "ended", "recording_ended",
    ]  # fmt: skip
    assert desk.calls[1].end == "caller"
    assert desk.agents[1].state == "ready"
    assert is_quiet(desk)


def test_an_agent_who_does_not_answer_is_not_ready_and_the_next_is_rung() -> None:
    desk = exchange()
    desk.switch.phones["PJSIP/1001"].manner = "silent"
    desk.switch.call(CALLER, "95598")
    desk.clock.run(21)
    assert desk.agents[1].state == "not_ready"
    desk.clock.run(4)
    assert (phase(desk), desk.agents[2].state) == ("talking", "talking")
    assert kinds(desk).count("offered") == 2


@pytest.mark.parametrize(
    ("manner", "why"),
    [("silent", "no_answer"), ("busy", "no_answer"), ("rejects", "no_answer"),
     ("absent", "unreachable")],
)  # fmt: skip
def test_whoever_cannot_be_reached_costs_the_caller_no_place(manner: Manner, why: str) -> None:
    desk = exchange(1)
    desk.switch.phones["PJSIP/1001"].manner = manner
    desk.switch.call(CALLER, "95598")
    desk.clock.run(25)
    refused = next(entry for entry in desk.log[1] if entry.kind == "refused")
    assert refused.data["why"] == why
    assert phase(desk) == "waiting"
    desk.switch.phones["PJSIP/1001"] = Phone("PJSIP/1001")
    desk.clock.run(60)
    assert phase(desk) == "talking"


def test_a_caller_who_gives_up_blames_nobody() -> None:
    desk = exchange(1)
    desk.switch.phones["PJSIP/1001"].manner = "silent"
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(5)
    desk.switch.put_down(caller)
    desk.clock.run(1)
    assert (desk.calls[1].end, desk.agents[1].state) == ("abandoned", "ready")
    assert is_quiet(desk)


def test_a_held_caller_hears_music_and_is_taken_back() -> None:
    desk = exchange()
    caller = talking(desk)
    desk.ask(1, asks.Hold(on=True))
    desk.clock.run(1)
    assert desk.switch.heard_by(caller) == "music"
    desk.ask(1, asks.Hold(on=False))
    desk.clock.run(1)
    assert desk.switch.heard_by(caller) == "talk"


def test_a_blind_transfer_frees_the_agent_and_keeps_the_caller_in_music() -> None:
    desk = exchange()
    desk.wrap_up = lambda _random: 30.0
    caller = talking(desk)
    desk.agents[2].state = "not_ready"
    desk.ask(1, asks.TransferTo("repairs"))
    desk.clock.run(1)
    assert (phase(desk), desk.calls[1].queue) == ("waiting", "repairs")
    assert desk.switch.heard_by(caller) == "music"
    assert desk.agents[1].state == "wrap_up"
    desk.clock.run(40)
    assert phase(desk) == "talking"
    assert desk.calls[1].queued_at != desk.calls[1].arrived_at


def consulting(desk: Exchange) -> None:
    second = desk.agents[2]
    desk.reserve(second, 1)
    desk.ask(1, asks.Consult(second.offer or 0, 2, second.endpoint, 20))
    desk.clock.run(4)


def test_whoever_made_a_talk_of_three_may_leave_it_to_the_third_and_the_third_may_go() -> None:
    for leaves, stays in ((1, 2), (2, 1)):
        desk = exchange()
        caller = talking(desk)
        consulting(desk)
        desk.ask(1, asks.JoinAll())
        desk.clock.run(1)
        assert desk.calls[1].sent_by == 1
        desk.ask(1, asks.HandOver() if leaves == 1 else asks.LeaveTalk(2))
        desk.clock.run(1)
        agent = desk.calls[1].leg("agent")
        assert agent is not None
        assert (phase(desk), agent.staff) == ("talking", stays)
        assert desk.calls[1].leg("consulted") is None
        assert desk.switch.heard_by(caller) == "talk"
        assert desk.agents[leaves].state in ("wrap_up", "ready")
        desk.switch.put_down(caller)
        desk.clock.run(1)
        assert is_quiet(desk)


def test_a_third_is_consulted_and_takes_the_call() -> None:
    desk = exchange()
    caller = talking(desk)
    consulting(desk)
    assert phase(desk) == "consulting"
    assert desk.switch.heard_by(caller) == "music"
    desk.ask(1, asks.HandOver())
    desk.clock.run(1)
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    assert (agent.staff, phase(desk), desk.agents[1].state) == (2, "talking", "ready")
    assert desk.switch.heard_by(caller) == "talk"
    desk.switch.put_down(caller)
    desk.clock.run(1)
    assert is_quiet(desk)


def test_a_consultation_can_be_left_and_can_become_a_conference() -> None:
    desk = exchange()
    caller = talking(desk)
    consulting(desk)
    desk.ask(1, asks.EndConsult())
    desk.clock.run(1)
    assert (phase(desk), desk.agents[2].state) == ("talking", "ready")
    assert desk.switch.heard_by(caller) == "talk"
    consulting(desk)
    desk.ask(1, asks.JoinAll())
    desk.clock.run(1)
    talk = next(b for b in desk.switch.view().bridges if b.bridge == desk.calls[1].talk)
    assert len(talk.channels) == 3
    first = desk.calls[1].leg("agent")
    assert first is not None
    desk.switch.put_down(first.channel)
    desk.clock.run(1)
    assert (phase(desk), desk.agents[1].state) == ("talking", "ready")
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    assert agent.staff == 2


def test_a_third_who_does_not_answer_leaves_the_caller_with_the_agent() -> None:
    desk = exchange()
    caller = talking(desk)
    desk.switch.phones["PJSIP/1002"].manner = "silent"
    consulting(desk)
    desk.clock.run(20)
    assert (phase(desk), desk.agents[2].state) == ("talking", "not_ready")
    assert desk.switch.heard_by(caller) == "talk"


def test_what_is_said_of_a_card_is_not_recorded() -> None:
    desk = exchange(1)
    caller = talking(desk)
    desk.clock.run(10)
    desk.ask(1, asks.PauseRecording(on=True))
    desk.clock.run(60)
    desk.ask(1, asks.PauseRecording(on=False))
    desk.clock.run(5)
    desk.switch.put_down(caller)
    desk.clock.run(1)
    (ended,) = [entry for entry in desk.log[1] if entry.kind == "recording_ended"]
    assert ended.data["seconds"] < 20


SUPERVISOR = 99
ACTS = (
    "call", "pass", "pass", "pass", "down", "manner", "hold", "resume", "transfer", "consult",
    "consult", "end_consult", "hand_over", "join", "watch", "end_watch", "pause", "hang_up",
    "withdraw", "mute", "take_over", "requeue", "leave",
)  # fmt: skip
MANNERS: tuple[Manner, ...] = ("answers", "mailbox", "silent", "busy", "rejects", "absent")
PLAIN = {
    "hold": asks.Hold(on=True),
    "resume": asks.Hold(on=False),
    "transfer": asks.TransferTo("other"),
    "end_consult": asks.EndConsult(),
    "hand_over": asks.HandOver(),
    "join": asks.JoinAll(),
    "end_watch": asks.EndWatch(),
    "pause": asks.PauseRecording(on=True),
    "hang_up": asks.HangUp(),
    "mute": asks.Mute(on=True),
    "take_over": asks.TakeOver(SUPERVISOR),
    "requeue": asks.Requeue("other", SUPERVISOR),
}


def busy_house(chance: Random, delay: float) -> Exchange:
    """Three agents, one of them outside the house, and somebody in charge; greeted, or not."""
    desk = exchange(3, delay=delay, greeting=chance.choice([(), ("sound:welcome",)]))
    desk.agents[3].confirm = "en"
    desk.switch.phones["PJSIP/1003"].presses = "1"
    desk.switch.phones["PJSIP/99"] = Phone("PJSIP/99")
    desk.agents[SUPERVISOR] = Agent(SUPERVISOR, "PJSIP/99", state="away", rests=True)
    return desk


def act(desk: Exchange, what: str, which: int) -> None:
    """One thing that people do, to any call or channel."""
    if what == "call":
        desk.switch.call(CALLER, "95598")
    elif what == "pass":
        desk.clock.run(which)
    elif what == "down":
        channels = desk.switch.view().channels
        if channels:
            desk.switch.put_down(channels[which % len(channels)].channel)
    elif what == "manner":
        phones = list(desk.switch.phones.values())
        phones[which % len(phones)].manner = MANNERS[which % len(MANNERS)]
    elif desk.calls:
        _ask(desk, what, 1 + which % len(desk.calls), which)


def _ask(desk: Exchange, what: str, call_id: int, which: int) -> None:
    if what == "consult":
        free = [each for each in desk.agents.values() if each.state == "ready"]
        if free:
            agent = free[which % len(free)]
            desk.reserve(agent, call_id)
            desk.ask(call_id, asks.Consult(agent.offer or 0, agent.staff, agent.endpoint, 10))
    elif what == "watch":
        modes: tuple[Mode, ...] = ("listen", "whisper", "talk")
        others = (call for key, call in desk.calls.items() if key != call_id)
        if any(leg.staff == SUPERVISOR for call in others for leg in call.legs.values()):
            return  # the desk lets nobody watch two calls, or one beside their own
        if desk.agents[SUPERVISOR].state == "away":
            desk.ask(call_id, asks.Watch(SUPERVISOR, "PJSIP/99", modes[which % 3]))
    elif what == "withdraw":
        for leg in desk.calls[call_id].open_offers:
            desk.ask(call_id, asks.Withdraw(leg.offer or 0))
    else:
        desk.ask(call_id, PLAIN.get(what) or asks.LeaveTalk(1 + which % 3))


@settings(max_examples=1000)
@given(seed=st.integers(0, 2**32), delay=st.sampled_from([0.0, 0.01, 0.5, 2.0]))
def test_whatever_happens_no_call_no_channel_and_no_agent_is_left_behind(
    seed: int, delay: float
) -> None:
    chance = Random(seed)
    desk = busy_house(chance, delay)
    for _ in range(chance.randrange(60)):
        what = chance.choice(ACTS)
        act(
            desk,
            what,
            chance.choice([0, 1, 3, 10, 30]) if what == "pass" else chance.randrange(31),
        )
    for phone in desk.switch.phones.values():
        phone.manner = "answers"
    desk.clock.run(200)
    for call in list(desk.calls.values()):
        if caller := call.caller_channel:
            desk.switch.put_down(caller)
    desk.clock.run(200)
    assert [call.phase for call in desk.calls.values() if call.phase != "ended"] == []
    assert {call.end for call in desk.calls.values()} <= ENDS
    assert is_quiet(desk), desk.switch.view()
    assert desk.agents.pop(SUPERVISOR).state == "away"
    assert {agent.state for agent in desk.agents.values()} == {"ready"}
    assert not desk.waiting
    each_offer_was_answered_once(desk)
    no_name_was_given_twice(desk)
    for call_id, entries in desk.log.items():
        assert fold(Call(call_id), entries) == desk.calls[call_id]


@settings(max_examples=600)
@given(seed=st.integers(0, 2**32), delay=st.sampled_from([0.0, 0.01, 0.5, 2.0]))
def test_a_controller_that_is_killed_at_any_moment_leaves_nobody_behind(
    seed: int, delay: float
) -> None:
    chance = Random(seed)
    desk = busy_house(chance, delay)
    for _ in range(3):
        for _ in range(chance.randrange(20)):
            what = chance.choice(ACTS)
            seconds = chance.choice([0, 1, 3, 10, 30])
            act(desk, what, seconds if what == "pass" else chance.randrange(31))
        desk.die()
        for _ in range(chance.randrange(6)):  # people go on meanwhile
            act(desk, chance.choice(("call", "down", "down", "manner")), chance.randrange(31))
            desk.clock.run(chance.choice([0, 1, 5]))
        desk.live_again()
    for phone in desk.switch.phones.values():
        phone.manner = "answers"
    desk.clock.run(300)
    for seen in desk.switch.view().channels:
        desk.switch.put_down(seen.channel)
    desk.clock.run(300)
    for seen in desk.switch.view().channels:  # whoever waited behind them
        desk.switch.put_down(seen.channel)
    desk.clock.run(300)
    assert [call.phase for call in desk.calls.values() if call.phase != "ended"] == []
    assert is_quiet(desk), desk.switch.view()
    assert desk.agents.pop(SUPERVISOR).state == "away"
    assert {agent.state for agent in desk.agents.values()} == {"ready"}
    each_offer_was_answered_once(desk)
    no_name_was_given_twice(desk)


def each_offer_was_answered_once(desk: Exchange) -> None:
    answers = Counter(
        word.offer
        for _call, word in desk.words
        if isinstance(word, (asks.Refused, asks.Taken)) and word.offer is not None
    )
    assert answers == Counter(dict.fromkeys(desk.offers, 1))
    assert {w.why for _call, w in desk.words if isinstance(w, asks.Refused)} <= REFUSALS


def no_name_was_given_twice(desk: Exchange) -> None:
    given_names = Counter(
        entry.data[key]
        for entries in desk.log.values()
        for entry in entries
        for key, of in (
            ("channel", {"offered", "consulted"}),
            ("recording", {"recording_began"}),
            ("snoop", {"ear"}),
            ("bridge", {"queued", "picked_up", "consulted"}),
            ("playback", {"asked_to_confirm", "greeted_anew"}),
        )
        if entry.kind in of
    )
    assert [name for name, times in given_names.items() if times > 1] == []
