"""The caller is held, by us or by the agent's own telephone, and the agent muted."""

from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.conducting import Conduct, back_to_caller


def hold(step: Conduct, ask: asks.Hold) -> None:
    call, agent = step.call, step.call.leg("agent")
    if agent is None:
        return
    if ask.on and call.phase == "talking":
        step.note("held")
        step.do(
            switch.Leave(call.talk, agent.channel),
            switch.HoldMusic(call.caller_channel, on=True),
        )
    elif not ask.on and call.phase == "held":
        step.note("resumed")
        back_to_caller(step)


def held_by_phone(step: Conduct, *, on: bool) -> None:
    """The telephone holds by itself: only noted, where it changes how the call stands. Who is
    rung is rung on, who is asked is asked on, and whom we hold only we take back."""
    if on and step.call.phase == "talking":
        step.note("held", by="phone")
    elif not on and step.call.phase == "held" and step.call.is_held_by_phone:
        step.note("resumed", by="phone")


def mute(step: Conduct, ask: asks.Mute) -> None:
    agent = step.call.leg("agent")
    if agent is not None and agent.is_up and ask.on != step.call.is_muted:
        step.note("muted" if ask.on else "unmuted")
        step.do(switch.Mute(agent.channel, ask.on))
