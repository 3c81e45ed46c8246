"""Calls out as they are conducted: one's own telephone first, then the other side."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Manner, Phone
from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.call_log import fold
from qiao.telephony.rules.calls import ENDS, UNREACHED, Call
from qiao.telephony.rules.conduct import asked, heard
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.turns import turns_of
from qiao.telephony.tests.exchange import QUEUE, Agent, Exchange

NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
OUTSIDE = "PJSIP/13900001111@trunk"


def exchange(
    manner: Manner = "answers",
    *,
    own: Manner = "answers",
    recorded: bool = False,
    delay: float = 0.0,
) -> Exchange:
    staff = {n: Agent(n, f"PJSIP/{1000 + n}") for n in (1, 2)}
    desk = Exchange(CountedClock(NOON), Terms(QUEUE, is_recorded=recorded), staff, delay=delay)
    desk.switch.phones["PJSIP/1001"].manner = own
    desk.switch.phones[OUTSIDE] = Phone(OUTSIDE, manner, 4.0)
    return desk


def kinds(desk: Exchange) -> list[str]:
    return [entry.kind for entry in desk.log[1] if entry.kind != "told_cause"]


def is_quiet(desk: Exchange) -> bool:
    view = desk.switch.view()
    return not view.channels and not view.bridges


def end_of(desk: Exchange) -> tuple[str, str, bool]:
    """How the call ended, how its agent stands, whether nothing is left at the switch."""
    return desk.calls[1].end, desk.agents[1].state, is_quiet(desk)


def test_ones_own_telephone_rings_first_then_the_other_side_and_both_talk() -> None:
    desk = exchange(recorded=True)
    desk.call_out(1, OUTSIDE)
    desk.clock.run(1)
    assert desk.switch.at_endpoint(OUTSIDE, "ringing") == ""
    assert desk.switch.at_endpoint("PJSIP/1001", "ringing")
    desk.clock.run(2)
    assert desk.calls[1].phase == "dialling"
    other = desk.switch.at_endpoint(OUTSIDE, "ringing")
    desk.clock.run(5)
    assert desk.switch.heard_by(other) == "talk"
    desk.clock.run(30)
    desk.switch.put_down(other)
    desk.clock.run(1)
    assert kinds(desk) == [
        "dialled_out", "lifted", "rings_out", "reached", "recording_began", "ended",
        "recording_ended",
    ]  # fmt: skip
    assert end_of(desk) == ("caller", "ready", True)
    (turn,) = turns_of(1, desk.log[1], lambda _queue: None)
    assert (turn.kind, turn.staff, turn.queue) == ("reached", 1, "")
    assert (turn.ring_seconds, turn.talk_seconds) == (4, 31)


@pytest.mark.parametrize(
    ("manner", "end"),
    [("silent", "no_answer"), ("busy", "busy"), ("declines", "rejected"),
     ("rejects", "rejected"), ("off", "unreachable"), ("absent", "unreachable")],
)  # fmt: skip
def test_who_is_not_reached_tells_why_as_far_as_the_switch_does(manner: Manner, end: str) -> None:
    desk = exchange(manner)
    desk.call_out(1, OUTSIDE)
    desk.clock.run(60)
    assert end_of(desk) == (end, "ready", True)
    assert asks.Released(1) in [word for _call, word in desk.words]
    (turn,) = turns_of(1, desk.log[1], lambda _queue: None)
    assert (turn.kind, turn.staff, turn.talk_seconds) == ("unreached", 1, 0)


@pytest.mark.parametrize(
    ("own", "why"), [("silent", "no_answer"), ("busy", "no_answer"), ("absent", "unreachable")]
)
def test_an_own_telephone_that_is_not_taken_calls_nobody(own: Manner, why: str) -> None:
    desk = exchange(own=own)
    desk.call_out(1, OUTSIDE)
    desk.clock.run(60)
    assert end_of(desk) == ("own_phone", "not_ready", True)
    assert (1, asks.NotCalled(1, why)) in desk.words
    assert turns_of(1, desk.log[1], lambda _queue: None) == ()


@pytest.mark.parametrize(("seconds", "end"), [(1, "own_phone"), (4, "given_up"), (20, "agent")])
def test_who_calls_may_hang_up_at_any_moment(seconds: int, end: str) -> None:
    desk = exchange()
    desk.call_out(1, OUTSIDE)
    desk.clock.run(seconds)
    desk.ask(1, asks.HangUp())
    desk.clock.run(1)
    assert end_of(desk) == (end, "ready", True)


@pytest.mark.parametrize("cause", [1, 22, 28])
def test_a_number_that_there_is_not_is_told_by_its_cause(cause: int) -> None:
    call = fold(Call(1), asked(Call(1), asks.Dial(1, "a", 20, "1", "b", 30), NOON).entries)
    for signal in (switch.Up(NOON, "q1-o1"), switch.HangsUp(NOON, "q1-k3", cause),
                   switch.Left(NOON, "q1-k3")):  # fmt: skip
        call = heard(call, signal, Terms(QUEUE)).call
    assert call.end == "no_number"


def test_a_word_of_the_switch_that_is_lost_ends_the_ringing_all_the_same() -> None:
    desk = exchange("silent")
    desk.call_out(1, OUTSIDE)
    desk.clock.run(4)
    desk.switch.hears = False
    desk.clock.run(60)
    desk.switch.hears = True
    desk.ask(1, asks.DialOver())
    desk.clock.run(1)
    assert end_of(desk) == ("no_answer", "ready", True)


def test_whom_one_has_called_may_be_held_and_sent_on_to_a_queue() -> None:
    desk = exchange()
    desk.call_out(1, OUTSIDE)
    desk.clock.run(10)
    other = desk.switch.at_endpoint(OUTSIDE, "up")
    desk.ask(1, asks.Hold(on=True))
    desk.clock.run(1)
    assert desk.switch.heard_by(other) == "music"
    desk.ask(1, asks.TransferTo("bills"))
    desk.clock.run(5)
    assert (desk.calls[1].phase, desk.calls[1].queue) == ("talking", "bills")
    assert [turn.kind for turn in turns_of(1, desk.log[1], lambda _queue: None)] == ["reached"]


def test_an_ask_that_is_too_late_dials_nobody() -> None:
    step = asked(Call(1), asks.NotDialled(7), NOON)
    assert (step.call.phase, step.call.end, step.orders) == ("ended", "system", [])
    assert step.words == [asks.NotCalled(7, "withdrawn")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_whatever_happens_a_call_out_ends_and_its_agent_is_free(seed: int) -> None:
    """Any manner on both sides, any delay, a hang up, a held call, a controller that dies."""
    chance = Random(seed)
    manners: list[Manner] = ["answers", "silent", "busy", "declines", "rejects", "off", "absent"]
    desk = exchange(
        chance.choice(manners), own=chance.choice(manners), delay=chance.choice((0.0, 0.4))
    )
    desk.call_out(1, OUTSIDE)
    for _ in range(chance.randrange(5)):
        desk.clock.run(chance.uniform(0.0, 9.0))
        act = chance.randrange(5)
        if act == 0:
            desk.ask(1, asks.HangUp())
        elif act == 1:
            desk.ask(1, asks.Hold(on=chance.random() < 0.5))
        elif act == 2:
            desk.switch.put_down(desk.switch.at_endpoint(OUTSIDE, "up"))
        elif act == 3:
            desk.switch.put_down(desk.switch.at_endpoint("PJSIP/1001", "up"))
        else:
            desk.die()
            desk.clock.run(chance.uniform(0.0, 9.0))
            desk.live_again()
    desk.clock.run(70)
    desk.ask(1, asks.DialOver())
    desk.ask(1, asks.HangUp())
    desk.clock.run(70)
    call = desk.calls[1]
    assert call.phase == "ended"
    assert call.end in ENDS
    assert (call.connected_at is None) == (call.end in UNREACHED)
    assert is_quiet(desk)
    assert desk.agents[1].state in ("ready", "not_ready")
    assert fold(Call(1), desk.log[1]) == call
