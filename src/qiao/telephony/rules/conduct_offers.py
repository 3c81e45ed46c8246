"""Whoever is asked to take a call: agents who are rung, and a third who is consulted."""

from qiao.telephony.rules import switch
from qiao.telephony.rules.asks import (
    Consult,
    Decline,
    EndConsult,
    HandOver,
    JoinAll,
    Offer,
    Raise,
    Refused,
    Released,
    Requeue,
    Taken,
    WaitsElsewhere,
    WaitsNoMore,
    WaitsRaised,
    Withdraw,
)
from qiao.telephony.rules.calls import CALLING, Leg
from qiao.telephony.rules.conduct_menu import hear_music, hush
from qiao.telephony.rules.conduct_out import nobody_called
from qiao.telephony.rules.conduct_watch import follow_agent
from qiao.telephony.rules.conducting import Conduct, Terms, back_to_caller, creating, drop, sent_on
from qiao.telephony.rules.switch import Outcome


def offer(step: Conduct, ask: Offer) -> None:
    call = step.call
    if call.phase != "waiting" or call.leg("agent") is not None:
        step.tell(Refused(ask.offer, ask.staff, "caller_gone"))
        return
    channel = call.next_name("a")
    step.note(
        "offered", offer=ask.offer, staff=ask.staff, channel=channel, seconds=ask.seconds,
        **({"confirm": ask.confirm} if ask.confirm else {}),
    )  # fmt: skip
    step.do(creating(call, channel, ask.endpoint, "agent"))


def withdraw(step: Conduct, ask: Withdraw) -> None:
    _ask_no_more(step, ask.offer, "withdrawn")


def decline(step: Conduct, ask: Decline) -> None:
    _ask_no_more(step, ask.offer, "rejected")


def _ask_no_more(step: Conduct, offer: int, why: str) -> None:
    leg = next((each for each in step.call.open_offers if each.offer == offer), None)
    if leg is None:
        return
    if step.call.phase in CALLING:
        nobody_called(step, why)
        return
    drop(step, leg)
    refuse(step, leg, why)


def requeue(step: Conduct, ask: Requeue) -> None:
    """Let the caller wait in another queue. Whoever is rung is asked no more, but one who has
    lifted the receiver keeps the call."""
    call = step.call
    if call.phase != "waiting" or call.queue == ask.queue:
        return
    if any(leg.bridge for leg in call.open_offers):
        return
    for leg in call.open_offers:
        drop(step, leg)
        refuse(step, leg, "withdrawn")
    step.note("requeued", queue=ask.queue, staff=ask.staff)
    step.tell(WaitsElsewhere(ask.queue))


def raise_up(step: Conduct, ask: Raise) -> None:
    """Put the caller before the others, or back; whoever is rung with them is rung on."""
    call = step.call
    if call.phase != "waiting" or call.is_raised == ask.on:
        return
    if ask.on:
        step.note("raised", staff=ask.staff, reason=ask.reason)
    else:
        step.note("lowered", staff=ask.staff)
    step.tell(WaitsRaised(ask.on))


def not_reached(step: Conduct, channel: str) -> None:
    leg = step.call.legs.get(channel)
    if leg is None:
        return
    if leg.role == "watcher":
        step.note("watch_ended", channel=channel)
    else:
        refuse(step, leg, "unreachable")


def refuse(step: Conduct, leg: Leg, why: str) -> None:
    assert leg.offer is not None
    if leg.role == "consulted":
        consult_over(step, leg, why)
    else:
        step.note("refused", offer=leg.offer, why=why)
        if leg.bridge:
            _wait_on(step, leg.bridge)
    step.tell(Refused(leg.offer, leg.staff, why))


def _wait_on(step: Conduct, meeting: str) -> None:
    """Whom they were to meet has gone: the caller hears music again, at their old place."""
    hear_music(step)
    step.do(switch.EndBridge(meeting))


def meet(step: Conduct, leg: Leg) -> None:
    """Somebody lifted the receiver: bring both together, all or none."""
    call = step.call
    bridge = call.next_name("t")
    step.note("picked_up", offer=leg.offer, bridge=bridge)
    hush(step)
    meet_again(step, step.call.legs[leg.channel])


def meet_again(step: Conduct, leg: Leg) -> None:
    """The orders that bring caller and agent together in the bridge that the log names."""
    call = step.call
    if leg.prompt:  # a switch lets nobody into a bridge to whom it still says something
        step.do(switch.StopPlaying(leg.prompt))
    step.do(
        switch.MakeBridge(leg.bridge),
        switch.Music(call.holding, on=False),
        switch.Leave(call.holding, call.caller_channel),
        switch.Join(leg.bridge, (call.caller_channel, leg.channel)),
    )


def met(step: Conduct, order: switch.Join, result: Outcome, terms: Terms) -> None:
    call = step.call
    leg = call.legs.get(order.channels[-1])
    if call.phase != "waiting" or leg is None or leg.offer is None:
        return
    if result is not Outcome.DONE:
        return  # one of the two has gone; the signal that says which is on its way
    holding = call.holding
    step.note("connected", offer=leg.offer, bridge=order.bridge)
    step.do(switch.EndBridge(holding))
    step.tell(WaitsNoMore("taken"), Taken(leg.offer, leg.staff))
    if terms.is_recorded:
        recording = step.call.next_name("r")
        step.note("recording_began", recording=recording)
        step.do(switch.Record(order.bridge, recording))


def consult(step: Conduct, ask: Consult) -> None:
    call, agent = step.call, step.call.leg("agent")
    if call.phase not in ("talking", "held") or agent is None or call.leg("consulted"):
        step.tell(Refused(ask.offer, ask.staff, "withdrawn"))
        return
    if call.phase == "talking" or call.is_held_by_phone:
        step.do(
            switch.Leave(call.talk, agent.channel),
            switch.HoldMusic(call.caller_channel, on=True),
        )
    bridge = call.next_name("c")
    channel = f"q{call.call_id}-x{call.made + 2}"
    step.note(
        "consulted", offer=ask.offer, staff=ask.staff, channel=channel, bridge=bridge,
        seconds=ask.seconds, **sent_on(agent, ask.words),
    )  # fmt: skip
    step.do(
        switch.MakeBridge(bridge),
        switch.Join(bridge, (agent.channel,)),
        switch.RingTone(agent.channel, on=True),
        creating(call, channel, ask.endpoint, "agent"),
    )


def consult_up(step: Conduct, leg: Leg) -> None:
    agent = step.call.leg("agent")
    assert leg.offer is not None
    if agent is None or step.call.phase != "consulting":
        drop(step, leg)
        return
    step.note("consult_answered", offer=leg.offer)
    step.do(
        switch.RingTone(agent.channel, on=False),
        switch.Join(step.call.consult, (leg.channel,)),
    )
    step.tell(Taken(leg.offer, leg.staff))


def consult_over(step: Conduct, leg: Leg, why: str) -> None:
    """The third is not there any more: the agent is back with a caller on hold."""
    agent, bridge = step.call.leg("agent"), step.call.consult
    assert leg.offer is not None
    if agent is not None and not leg.is_up:
        step.do(switch.RingTone(agent.channel, on=False))
        back_to_caller(step)
    step.note("consult_ended", offer=leg.offer, why=why)
    if bridge:
        step.do(switch.EndBridge(bridge))


def end_consult(step: Conduct, ask: EndConsult) -> None:  # noqa: ARG001 - as all asks
    leg = step.call.leg("consulted")
    if step.call.phase != "consulting" or leg is None:
        return
    drop(step, leg)
    if leg.is_up:
        if leg.staff is not None:
            step.tell(Released(leg.staff))
        consult_over(step, leg, "ended")
        back_to_caller(step)
    else:
        refuse(step, leg, "withdrawn")


def hand_over(step: Conduct, ask: HandOver) -> None:  # noqa: ARG001 - as all asks
    call, agent, third = step.call, step.call.leg("agent"), step.call.leg("consulted")
    if agent is None or third is None or not third.is_up:
        return
    if call.phase == "talking":  # all are together already: the first only goes
        drop(step, agent)
        step.note("party_left", channel=agent.channel)
        follow_agent(step)
        if agent.staff is not None:
            step.tell(Released(agent.staff))
        return
    if call.phase != "consulting":
        return
    assert third.offer is not None
    bridge = call.consult
    step.note("handed_over", offer=third.offer)
    step.do(
        switch.HoldMusic(call.caller_channel, on=False),
        switch.Join(call.talk, (third.channel,)),
        switch.HangUp(agent.channel),
        switch.EndBridge(bridge),
    )
    follow_agent(step)
    if agent.staff is not None:
        step.tell(Released(agent.staff))


def join_all(step: Conduct, ask: JoinAll) -> None:  # noqa: ARG001 - as all asks
    call, agent, third = step.call, step.call.leg("agent"), step.call.leg("consulted")
    if call.phase != "consulting" or agent is None or third is None or not third.is_up:
        return
    bridge = call.consult
    step.note("joined", offer=third.offer)
    step.do(
        switch.HoldMusic(call.caller_channel, on=False),
        switch.Join(call.talk, (agent.channel, third.channel)),
        switch.EndBridge(bridge),
    )
