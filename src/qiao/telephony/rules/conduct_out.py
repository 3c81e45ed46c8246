"""Whoever calls out: their own telephone is rung, then the other side, then both hear each other.

The other side is the call's ``caller`` from the beginning, so that all that may be done with a
call that came in may be done with this one: hold, transfer, consult, watch.
"""

from typing import Final

from qiao.telephony.rules import switch
from qiao.telephony.rules.asks import (
    Dial,
    DialOver,
    NotCalled,
    NotDialled,
    Reached,
    Refused,
    Released,
    Taken,
)
from qiao.telephony.rules.calls import CALLING, Call, Leg
from qiao.telephony.rules.conducting import Conduct, Terms, end

OWN: Final = "own"
OTHER: Final = "callee"  # roles of the two channels, as the switch tells them back
NO_NUMBER: Final = frozenset({1, 22, 28})  # of Q.850: not allocated, changed, not complete
SOFT: Final = 32  # the switch itself ends a ringing that took too long


def dial(step: Conduct, ask: Dial) -> None:
    """Ring the telephone of whoever calls."""
    call = step.call
    if call.phase != "new":
        return
    channel = call.next_name("o")
    step.note(
        "dialled_out", staff=ask.staff, channel=channel, seconds=ask.own_seconds, to=ask.number,
        endpoint=ask.endpoint, ring_seconds=ask.seconds, shown=ask.shown,
        **({} if ask.offer is None else {"offer": ask.offer}),
    )  # fmt: skip
    # Who pressed a key to call is at the ear; who is asked to call somebody back is rung.
    role = OWN if ask.offer is None else "agent"
    step.do(switch.Create(channel, ask.own_endpoint, role, str(call.call_id), ask.number))


def not_dialled(step: Conduct, ask: NotDialled) -> None:
    """Nobody conducted calls when it was asked: who asked has gone on to something else."""
    if step.call.phase == "new":
        step.tell(NotCalled(ask.staff, "withdrawn"))
        step.note("ended", why="system")


def lifted(step: Conduct, leg: Leg) -> None:
    """Whoever calls has their receiver at the ear: they hear that the other side is rung."""
    call = step.call
    assert call.out is not None
    bridge, other = call.next_name("t"), f"q{call.call_id}-k{call.made + 2}"
    step.note("lifted", channel=leg.channel, bridge=bridge, other=other)
    if leg.offer is not None:
        step.tell(Taken(leg.offer, leg.staff))
    step.do(
        switch.MakeBridge(bridge),
        switch.Join(bridge, (leg.channel,)),
        switch.RingTone(leg.channel, on=True),
        switch.Create(
            other, call.out.endpoint, OTHER, str(call.call_id), call.out.shown, leg.channel
        ),
    )


def reached(step: Conduct, leg: Leg, terms: Terms) -> None:
    """The other side has answered."""
    agent = step.call.leg("agent")
    assert agent is not None
    step.note("reached")
    step.do(switch.RingTone(agent.channel, on=False), switch.Join(step.call.talk, (leg.channel,)))
    step.tell(Reached(agent.staff))
    if terms.is_recorded:
        recording = step.call.next_name("r")
        step.note("recording_began", recording=recording)
        step.do(switch.Record(step.call.talk, recording))


def heard_calling(step: Conduct, leg: Leg, signal: switch.Signal, terms: Terms) -> bool:
    """What comes of a signal before anybody was reached; False for one that is not for it."""
    match signal:
        case switch.Ready():
            beside = step.call.leg("agent") if leg.role == "caller" else None
            step.do(switch.Dial(leg.channel, leg.seconds, beside.channel if beside else ""))
        case switch.Up() if leg.role == "agent" and not leg.is_up:
            lifted(step, leg)
        case switch.Up() if leg.role == "caller" and not leg.is_up:
            reached(step, leg, terms)
        case switch.Rings() if leg.role == "caller":
            step.note("rings_out")
        case switch.HangsUp(_, _, cause) if leg.role == "caller" and cause != SOFT:
            step.note("told_cause", channel=leg.channel, cause=cause, sip=None)
        case switch.Gone() | switch.Left() if leg.role in ("agent", "caller"):
            not_reached(step, leg, signal if isinstance(signal, switch.Gone) else None)
        case _:
            return False
    return True


def not_reached(step: Conduct, leg: Leg, gone: switch.Gone | None = None) -> None:
    """One of both channels has ended, or could not be made, before they talked."""
    call, agent = step.call, step.call.leg("agent")
    assert agent is not None
    if call.phase == "own_phone":
        nobody_called(step, _why_not_taken(gone), but=leg.channel)
        return
    why = why_not_reached(call, gone) if leg.role == "caller" else "given_up"
    if agent.staff is not None:
        step.tell(Released(agent.staff))
    end(step, why, but=leg.channel)


def unreachable(step: Conduct, leg: Leg) -> None:
    """The switch cannot make the channel at all."""
    gone = switch.Gone(step.at, leg.channel, 20)
    not_reached(step, leg, gone)


def give_up(step: Conduct) -> None:
    """Whoever calls does not want to any more."""
    agent = step.call.leg("agent")
    if step.call.phase == "own_phone":
        nobody_called(step, "withdrawn")
        return
    if agent is not None and agent.staff is not None:
        step.tell(Released(agent.staff))
    end(step, "given_up")


def dial_over(step: Conduct, ask: DialOver) -> None:  # noqa: ARG001 - as all asks
    """The switch would have ended the ringing itself: its word is lost."""
    leg = step.call.leg("agent" if step.call.phase == "own_phone" else "caller")
    if step.call.phase in CALLING and leg is not None:
        step.do(switch.HangUp(leg.channel))
        not_reached(step, leg, switch.Gone(step.at, leg.channel, 19))


def why_not_reached(call: Call, gone: switch.Gone | None) -> str:
    """Why the other side was not reached, as the switch tells it.

    Q.850 tells a telephone that is switched off as "no answer" (19) as well; whether it has rung
    tells both apart.
    """
    out = call.out
    assert out is not None
    cause = gone.cause if gone is not None else out.cause
    if cause in NO_NUMBER:
        return "no_number"
    if cause == switch.BUSY:
        return "busy"
    if cause == switch.REJECTED:
        return "rejected"
    return "no_answer" if out.has_rung else "unreachable"


def nobody_called(step: Conduct, why: str, but: str = "") -> None:
    """Their own telephone was not taken, or they gave up before: the other side heard nothing."""
    agent = step.call.leg("agent")
    if agent is not None and agent.offer is not None:
        step.tell(Refused(agent.offer, agent.staff, why))
    elif agent is not None and agent.staff is not None:
        step.tell(NotCalled(agent.staff, why))
    end(step, "own_phone", but=but)


def _why_not_taken(gone: switch.Gone | None) -> str:
    found = switch.why_unanswered(gone) if gone is not None else "no_answer"
    return "no_answer" if found == "ended" else found
