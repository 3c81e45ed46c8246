"""The hold key of a telephone: noted where it changes how the call stands, and nowhere else."""

from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.rules import asks
from qiao.telephony.tests.exchange import Exchange
from qiao.telephony.tests.test_conduct import consulting, exchange, kinds, phase, talking

OUTSIDE = "PJSIP/13900001111@trunk"


def presses_hold(desk: Exchange, *, on: bool) -> None:
    agent = desk.calls[1].leg("agent")
    assert agent is not None
    desk.switch.hold(agent.channel, on=on)
    desk.clock.run(1)


def test_a_telephone_holds_by_itself_and_takes_back() -> None:
    desk = exchange()
    talking(desk)
    presses_hold(desk, on=True)
    assert phase(desk) == "held"
    presses_hold(desk, on=False)
    assert phase(desk) == "talking"


def test_whoever_presses_it_while_the_other_side_is_rung_still_reaches_them() -> None:
    desk = exchange(1)
    desk.switch.phones[OUTSIDE] = Phone(OUTSIDE, after_seconds=10)
    desk.call_out(1, OUTSIDE)
    desk.clock.run(5)
    assert phase(desk) == "dialling"
    presses_hold(desk, on=True)
    assert phase(desk) == "dialling"
    desk.clock.run(20)
    assert (phase(desk), "reached" in kinds(desk)) == ("talking", True)


def test_it_neither_ends_a_consultation_nor_takes_back_whom_the_desk_holds() -> None:
    desk = exchange()
    caller = talking(desk)
    consulting(desk)
    for on in (True, False):
        presses_hold(desk, on=on)
        assert phase(desk) == "consulting"
    desk.ask(1, asks.EndConsult())
    desk.clock.run(1)
    desk.ask(1, asks.Hold(on=True))
    desk.clock.run(1)
    for on in (True, False):
        presses_hold(desk, on=on)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("held", "music")


def test_whoever_asks_a_third_from_there_leaves_the_caller_in_music() -> None:
    desk = exchange()
    caller = talking(desk)
    presses_hold(desk, on=True)
    consulting(desk)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("consulting", "music")


def test_a_call_that_is_taken_up_again_leaves_it_to_the_telephone() -> None:
    desk = exchange()
    caller = talking(desk)
    presses_hold(desk, on=True)
    desk.die()
    desk.live_again()
    desk.clock.run(1)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("held", "talk")
    presses_hold(desk, on=False)
    assert phase(desk) == "talking"
