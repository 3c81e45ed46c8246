"""Taking calls up again after a controller or its line to the switch was gone.

What happened meanwhile was not told, and orders may have been lost: the log says what should
stand, the switch says what does. What is missing has gone; the rest is ordered once more, since
an order that was carried out before is found done.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from qiao.telephony.rules import conduct, switch
from qiao.telephony.rules.calls import CALLING, Call, Leg
from qiao.telephony.rules.conduct_greeting import doubt_greeting
from qiao.telephony.rules.conduct_menu import (
    happens,
    hear_music,
    hush,
    visit_of,
    wait_after_menu,
)
from qiao.telephony.rules.conduct_offers import meet_again
from qiao.telephony.rules.conduct_watch import attend
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.menu_visits import PromptCut, PromptEnded, TimerEnded
from qiao.telephony.rules.switch import Order, View


def adopt(call: Call, view: View, at: datetime, terms: Terms) -> Conduct:
    """Bring a call that has not ended together with what stands at the switch."""
    alive = {each.channel: each for each in view.channels}
    step = Conduct(call, at)
    for leg in sorted(call.legs.values(), key=lambda each: each.role != "caller"):
        if leg.channel not in alive and leg.channel in step.call.legs:
            step.follow(conduct.heard(step.call, switch.Left(at, leg.channel), terms))
    if step.call.phase in ("new", "ended"):
        return step
    if step.call.phase in CALLING:
        _calling(step, alive, terms)
        return step
    caller = alive[step.call.caller_channel]
    _PHASES[step.call.phase](step, caller.is_up, terms)
    _receivers(step, alive, terms)
    watcher = step.call.leg("watcher")
    before = watcher is not None and call.legs.get(watcher.channel)
    if watcher is not None and before and before.is_up and step.call.phase == "talking":
        attend(step, watcher)
    return step


def _receivers(step: Conduct, alive: Mapping[str, switch.ChannelSeen], terms: Terms) -> None:
    """Receivers that were lifted while nobody listened."""
    for leg in list(step.call.legs.values()):
        seen = alive.get(leg.channel)  # none yet of one that was ordered just now
        if leg.is_up or seen is None or not seen.is_up:
            continue
        if leg.role == "agent":
            _lifted(step, leg, terms)
        elif leg.role in ("consulted", "watcher"):
            step.follow(conduct.heard(step.call, switch.Up(step.at, leg.channel), terms))


def strays(calls: Iterable[Call], view: View, known: Collection[str]) -> tuple[Order, ...]:
    """Orders that let go what stands at the switch and belongs to no call that lives.

    `known` are the callers' channels of all calls, ended ones too. A caller of whom nothing is
    known is no stray: they came while nobody listened.
    """
    channels: set[str] = set()
    bridges: set[str] = set()
    for call in calls:
        if call.phase == "ended":
            continue
        channels |= set(call.legs)
        bridges |= {call.holding, call.talk, call.consult}
        bridges |= {leg.bridge for leg in call.legs.values()}
    seen = [each.channel for each in view.channels]
    ours = [each for each in seen if is_ours(each) or each in known]
    return (
        *(switch.HangUp(each) for each in ours if each not in channels),
        *(switch.EndBridge(b.bridge) for b in view.bridges if b.bridge not in bridges),
    )


def is_ours(channel: str) -> bool:
    """Whether a channel was created here, and is no caller's."""
    call, dash, _rest = channel[1:].partition("-")
    return channel.startswith("q") and bool(dash) and call.isdigit()


def _arrived(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: FBT001 - all phases alike
    if is_up:
        step.follow(conduct.heard(step.call, switch.Up(step.at, step.call.caller_channel), terms))
    else:
        step.do(switch.Answer(step.call.caller_channel))


def _greeted(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: ARG001, FBT001
    doubt_greeting(step)


def _menu(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: ARG001, FBT001
    """What was being said is stopped, where it still is, and said anew: it may be advice for an
    emergency. What was waited for is over: the walk goes on from there."""
    visit = visit_of(step.call)
    assert visit is not None
    if visit.saying:
        hush(step)
        happens(step, PromptCut(visit.saying), terms)
    elif visit.timer:
        happens(step, TimerEnded(visit.timer), terms)
    elif visit.stage == "ended":
        wait_after_menu(step, terms, terms.queue)


def _waiting(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: FBT001, ARG001
    call = step.call
    step.do(switch.MakeBridge(call.holding, "holding"))
    hush(step)  # a switch lets nobody into a bridge to whom it still says something
    hear_music(step)
    visit = visit_of(call)
    if visit is not None and visit.stage == "waiting":  # what was being said is over
        if visit.saying:
            happens(step, PromptEnded(visit.saying), terms)
        elif visit.timer:
            happens(step, TimerEnded(visit.timer), terms)


def _talking(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: ARG001, FBT001
    call = step.call
    others = [leg.channel for leg in call.legs.values() if _talks(leg)]
    step.do(
        switch.MakeBridge(call.talk),
        switch.HoldMusic(call.caller_channel, on=False),
        switch.Join(call.talk, (call.caller_channel, *others)),
    )


def _calling(step: Conduct, alive: Mapping[str, switch.ChannelSeen], terms: Terms) -> None:
    """Somebody calls out: the receiver may have been lifted here, or there, while nobody listened;
    a ringing of which no word comes ends by itself."""
    for role in ("agent", "caller"):
        leg = step.call.leg("agent" if role == "agent" else "caller")
        seen = alive.get(leg.channel) if leg else None
        if leg is not None and seen is not None and seen.is_up and not leg.is_up:
            step.follow(conduct.heard(step.call, switch.Up(step.at, leg.channel), terms))


def _talks(leg: Leg) -> bool:
    if leg.role == "watcher":
        return leg.is_up and leg.mode == "talk"
    return leg.is_up and leg.role in ("agent", "consulted")


def _held(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: FBT001
    call, agent = step.call, step.call.leg("agent")
    assert agent is not None
    if call.is_held_by_phone:  # both stand in their bridge, as when they talk
        _talking(step, is_up, terms)
        return
    step.do(
        switch.Leave(call.talk, agent.channel),
        switch.HoldMusic(call.caller_channel, on=True),
    )


def _consulting(step: Conduct, is_up: bool, terms: Terms) -> None:  # noqa: ARG001, FBT001
    call = step.call
    both = [leg.channel for leg in call.legs.values() if leg.is_up and leg.role != "caller"]
    step.do(
        switch.HoldMusic(call.caller_channel, on=True),
        switch.MakeBridge(call.consult),
        *(switch.Join(call.consult, (each,)) for each in both),
    )


_PHASES = {
    "arrived": _arrived,
    "greeted": _greeted,
    "menu": _menu,
    "waiting": _waiting,
    "talking": _talking,
    "held": _held,
    "consulting": _consulting,
}


def _lifted(step: Conduct, leg: Leg, terms: Terms) -> None:
    """Somebody lifted the receiver while nobody listened."""
    if leg.bridge:
        meet_again(step, leg)
    else:
        step.follow(conduct.heard(step.call, switch.Up(step.at, leg.channel), terms))
