"""Whoever watches a call: listens through an ear at the agent, whispers, talks, takes over."""

from qiao.telephony.rules import switch
from qiao.telephony.rules.asks import EndWatch, Released, Taken, TakeOver, Watch
from qiao.telephony.rules.calls import Call, Leg
from qiao.telephony.rules.conducting import Conduct, creating


def watch(step: Conduct, ask: Watch) -> None:
    call, watcher = step.call, step.call.leg("watcher")
    if not call.talk or call.leg("agent") is None:
        return
    if watcher is not None and watcher.staff != ask.staff:
        return  # one at a time
    channel = watcher.channel if watcher else call.next_name("w")
    step.note("watched", staff=ask.staff, channel=channel, mode=ask.mode)
    if watcher is None:
        step.do(creating(call, channel, ask.endpoint, "watcher"))
    elif watcher.is_up:
        attend(step, step.call.legs[channel])


def attend(step: Conduct, watcher: Leg) -> None:
    """Let whoever watches hear as they chose: through an ear at the agent, or among the others."""
    call, agent, ear = step.call, step.call.leg("agent"), step.call.leg("ear")
    if agent is None:
        return
    if watcher.mode == "talk":
        step.do(switch.Join(call.talk, (watcher.channel,)))
        if ear is not None:
            step.do(switch.HangUp(ear.channel))
        return
    snoop = call.next_name("s")
    bridge = watcher.bridge or f"q{call.call_id}-l{call.made + 2}"
    step.note("ear", channel=watcher.channel, snoop=snoop, bridge=bridge)
    step.do(
        switch.MakeBridge(bridge),
        switch.Snoop(agent.channel, snoop, whispers=watcher.mode == "whisper"),
    )
    if ear is not None:
        step.do(switch.HangUp(ear.channel))


def follow_agent(step: Conduct) -> None:
    """Somebody else has the call now: whoever watches is at them."""
    watcher = step.call.leg("watcher")
    if watcher is not None and watcher.is_up:
        attend(step, watcher)


def hear_through(step: Conduct, ear: Leg) -> None:
    watcher = step.call.leg("watcher")
    if watcher is not None and watcher.mode != "talk":
        step.do(switch.Join(ear.bridge, (watcher.channel, ear.channel)))


def watcher_left(step: Conduct, leg: Leg) -> None:
    ear = step.call.leg("ear")
    if ear is not None:
        step.do(switch.HangUp(ear.channel))
    step.note("watch_ended", channel=leg.channel)
    if leg.bridge:
        step.do(switch.EndBridge(leg.bridge))


def end_watch(step: Conduct, ask: EndWatch) -> None:
    watcher = step.call.leg("watcher")
    if watcher is not None and ask.staff in (None, watcher.staff):
        step.do(switch.HangUp(watcher.channel))
        watcher_left(step, watcher)


def take_over(step: Conduct, ask: TakeOver) -> None:
    """Whoever watches has the call from now on; the agent is free."""
    agent, watcher = step.call.leg("agent"), _who_may_have_it(step.call)
    if watcher is None or ask.staff not in (None, watcher.staff) or agent is None:
        return
    _has_it(step, watcher)
    step.do(switch.HangUp(agent.channel))
    if agent.staff is not None:
        step.tell(Released(agent.staff))


def stays(step: Conduct) -> bool:
    """The agent has gone while whoever watches talked with both: they have the call now."""
    watcher = _who_may_have_it(step.call)
    if watcher is None or not is_joined(step.call):
        return False
    _has_it(step, watcher)
    return True


def is_joined(call: Call) -> bool:
    """Whether whoever watches talks with the caller."""
    watcher = _who_may_have_it(call)
    return watcher is not None and watcher.mode == "talk"


def _who_may_have_it(call: Call) -> Leg | None:
    watcher = call.leg("watcher")
    if watcher is None or not watcher.is_up or call.phase not in ("talking", "held"):
        return None
    return watcher


def _has_it(step: Conduct, watcher: Leg) -> None:
    call, ear = step.call, step.call.leg("ear")
    if call.phase == "held":
        step.do(switch.HoldMusic(call.caller_channel, on=False))
    if watcher.mode != "talk":
        step.do(switch.Join(call.talk, (watcher.channel,)))
    step.note("taken_over", channel=watcher.channel, staff=watcher.staff)
    if ear is not None:
        step.do(switch.HangUp(ear.channel))
    if watcher.bridge:
        step.do(switch.EndBridge(watcher.bridge))
    step.tell(Taken(None, watcher.staff))
