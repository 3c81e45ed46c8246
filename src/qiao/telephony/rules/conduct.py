"""What comes next in a call: from what was heard or asked, entries of its log and orders.

Pure: neither switch nor database. Whoever runs a call keeps the entries first, then gives the
orders one after the other, and brings back what became of each. An order on something that has
gone is everyday: the signal that says so is on its way, and the call goes on when it comes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from qiao.telephony.rules import asks, menu_visits, switch
from qiao.telephony.rules.asks import Ask, Refused, Released, WaitsNoMore
from qiao.telephony.rules.calls import CALLING, Call, Leg
from qiao.telephony.rules.conduct_confirm import (
    ask_to_confirm,
    confirm,
    not_asked,
    not_confirmed,
    prompt_ended,
)
from qiao.telephony.rules.conduct_greeting import (
    greet,
    greeting_ended,
    greeting_not_said,
    greeting_stopped,
)
from qiao.telephony.rules.conduct_hold import held_by_phone, hold, mute
from qiao.telephony.rules.conduct_menu import (
    happens,
    heard_in_menu,
    is_served,
    message_ended,
    wait_after_menu,
)
from qiao.telephony.rules.conduct_offers import (
    consult,
    consult_over,
    consult_up,
    decline,
    end_consult,
    hand_over,
    join_all,
    meet,
    met,
    not_reached,
    offer,
    raise_up,
    refuse,
    requeue,
    withdraw,
)
from qiao.telephony.rules.conduct_out import (
    dial,
    dial_over,
    give_up,
    heard_calling,
    not_dialled,
    unreachable,
)
from qiao.telephony.rules.conduct_watch import (
    attend,
    end_watch,
    follow_agent,
    hear_through,
    is_joined,
    stays,
    take_over,
    watch,
    watcher_left,
)
from qiao.telephony.rules.conducting import (
    Conduct,
    Terms,
    back_to_caller,
    clear,
    drop,
    end,
    sent_on,
)
from qiao.telephony.rules.switch import Order, Outcome, Signal


def heard(call: Call, signal: Signal, terms: Terms) -> Conduct:
    """What comes of a signal. One of a channel that the call does not have changes nothing."""
    step = Conduct(call, signal.at)
    if call.phase in ("menu", "waiting") and heard_in_menu(step, signal, terms):
        return step
    match signal:
        case switch.Arrived():
            _arrive(step, signal)
        case switch.PlaybackEnded(_, playback, ok):
            greeting_ended(step, playback, terms)
            prompt_ended(step, playback, ok=ok)
        case switch.RecordingEnded():
            _recording_ended(step, signal)
        case _:
            _of_channel(step, signal, terms)
    return step


def _of_channel(step: Conduct, signal: Signal, terms: Terms) -> None:
    call, channel = step.call, getattr(signal, "channel", "")
    leg = call.legs.get(channel)
    if leg is not None:
        if call.phase in CALLING and heard_calling(step, leg, signal, terms):
            return
        _of_leg(step, leg, signal, terms)
    elif isinstance(signal, switch.Gone) and call.phase != "new":
        step.note("told_cause", channel=channel, cause=signal.cause, sip=signal.sip)


def asked(call: Call, ask: Ask, at: datetime, terms: Terms | None = None) -> Conduct:
    """What comes of something that was asked. What does not fit the call as it stands changes
    nothing, but an offer that is too late is given back. What a voice menu says needs `terms`."""
    step = Conduct(call, at)
    match ask:
        case asks.TimerRang(number) if terms is not None:
            happens(step, menu_visits.TimerEnded(number), terms)
        case asks.MenuAnswered(number, outcome, values, entries) if terms is not None:
            happens(step, menu_visits.Answered(number, outcome, values, entries), terms)
        case asks.TransferTo():
            _transfer(step, ask, terms or Terms(ask.queue))
        case _:
            _ASKED[type(ask)](step, ask)
    return step


def outcome(call: Call, order: Order, result: Outcome, at: datetime, terms: Terms) -> Conduct:
    """What comes of an order that was given."""
    step = Conduct(call, at)
    if isinstance(order, switch.Create) and result not in (Outcome.DONE, Outcome.ALREADY):
        leg = call.legs.get(order.channel)
        if leg is not None and call.phase in CALLING:
            unreachable(step, leg)
        else:
            not_reached(step, order.channel)
    elif isinstance(order, switch.Join) and order.bridge == _meeting(call):
        met(step, order, result, terms)
    elif not _of_greeting(step, order, result, terms) and result is Outcome.FAILED:
        step.note("trouble", order=type(order).__name__, outcome=str(result))
    return step


def _of_greeting(step: Conduct, order: Order, result: Outcome, terms: Terms) -> bool:
    match order:
        case switch.StopPlaying():
            return greeting_stopped(step, order, result, terms)
        case switch.Play():
            return greeting_not_said(step, order, result, terms)
    return False


def _meeting(call: Call) -> str:
    """The bridge in which caller and agent are to meet, if somebody lifted the receiver."""
    agent = call.leg("agent")
    return agent.bridge if agent and not agent.is_up else ""


def _arrive(step: Conduct, signal: switch.Arrived) -> None:
    if step.call.phase != "new":
        return
    step.note("arrived", channel=signal.channel, caller=signal.caller, dialled=signal.dialled)
    step.do(switch.Answer(signal.channel))


def _caller_up(step: Conduct, terms: Terms) -> None:
    if step.call.phase != "arrived":
        return
    step.note("answered")
    greet(step, terms)


def _caller_left(step: Conduct) -> None:
    """Whoever was rung is told that it was not their fault; who talked is free."""
    call = step.call
    waited = call.phase in ("arrived", "greeted", "menu", "waiting")
    for leg in call.legs.values():
        if leg.role != "caller":
            drop(step, leg)
    for leg in call.open_offers:
        assert leg.offer is not None
        step.tell(Refused(leg.offer, leg.staff, "caller_gone"))
    for leg in call.legs.values():
        if leg.role in ("agent", "consulted") and leg.is_up and leg.staff is not None:
            step.tell(Released(leg.staff))
    clear(step)
    if call.phase == "waiting":
        step.tell(WaitsNoMore("abandoned"))
    if call.phase == "menu" and is_served(call):
        step.note("ended", why="menu")
    else:
        step.note("ended", why="abandoned" if waited else "caller")


def _of_leg(step: Conduct, leg: Leg, signal: Signal, terms: Terms) -> None:
    match signal:
        case switch.Up():
            _up(step, leg, terms)
        case switch.Ready():
            _ready(step, leg)
        case switch.Rings() if leg.offer is not None and not leg.is_up:
            step.note("rings", offer=leg.offer)
        case switch.Gone():
            _left(step, leg, signal)
        case switch.Left():
            _left(step, leg, None)
        case switch.KeyPressed(_, _, key) if leg.prompt and not leg.bridge:
            confirm(step, leg, key)
        case switch.HeldByPhone(_, _, on) if leg.role == "agent" and leg.is_up:
            held_by_phone(step, on=on)


def _ready(step: Conduct, leg: Leg) -> None:
    if leg.role == "ear":
        hear_through(step, leg)
    elif leg.role != "caller":
        step.do(switch.Dial(leg.channel, leg.seconds, step.call.caller_channel))


def _up(step: Conduct, leg: Leg, terms: Terms) -> None:
    if leg.role == "caller":
        _caller_up(step, terms)
    elif leg.role == "agent" and step.call.phase == "waiting" and not leg.bridge:
        (ask_to_confirm if leg.confirm else meet)(step, leg)
    elif leg.role == "consulted" and not leg.is_up:
        consult_up(step, leg)
    elif leg.role == "watcher" and not leg.is_up:
        step.note("watching_up", channel=leg.channel)
        attend(step, step.call.legs[leg.channel])


def _left(step: Conduct, leg: Leg, gone: switch.Gone | None) -> None:
    if leg.role == "caller":
        _caller_left(step)
    elif leg.role == "watcher":
        watcher_left(step, leg)
    elif leg.role == "ear":
        return
    elif leg.offer is not None and not leg.is_up:
        refuse(step, leg, _why(gone))
    else:
        _party_left(step, leg)


def _why(gone: switch.Gone | None) -> str:
    """Why nobody took it. Without a cause it rang out: the cause may be told later, or never."""
    if gone is None:
        return "no_answer"
    found = switch.why_unanswered(gone)
    return "no_answer" if found == "ended" else found


def _party_left(step: Conduct, leg: Leg) -> None:
    """Somebody who talked hangs up: the others go on, and a caller who is left alone is let go."""
    call = step.call
    if leg.staff is not None:
        step.tell(Released(leg.staff))
    if call.phase == "consulting" and leg.role == "consulted":
        consult_over(step, leg, "left")
        back_to_caller(step)
        return
    rest = [
        each
        for each in call.legs.values()
        if each.role in ("agent", "consulted") and each.is_up and each.channel != leg.channel
    ]
    if not rest:
        if not stays(step):
            end(step, "agent", but=leg.channel)
        return
    if call.phase == "consulting":  # the agent goes: the third has the call
        step.do(
            switch.HoldMusic(call.caller_channel, on=False),
            switch.Join(call.talk, (rest[0].channel,)),
            switch.EndBridge(call.consult),
        )
        assert rest[0].offer is not None
        step.note("handed_over", offer=rest[0].offer)
    else:
        step.note("party_left", channel=leg.channel)
    if leg.role == "agent":
        follow_agent(step)


def _leave_talk(step: Conduct, ask: asks.LeaveTalk) -> None:
    leg = step.call.leg("consulted")
    if leg is not None and leg.is_up and leg.staff == ask.staff:
        drop(step, leg)
        _party_left(step, leg)


def _transfer(step: Conduct, ask: asks.TransferTo, terms: Terms) -> None:
    call = step.call
    if call.phase not in ("talking", "held"):
        return
    if call.phase == "held":
        step.do(switch.HoldMusic(call.caller_channel, on=False))
    step.do(switch.Leave(call.talk, call.caller_channel))
    talk, agent = call.talk, call.leg("agent")
    parties = [leg for leg in call.legs.values() if leg.role != "caller"]
    for leg in parties:
        _free(step, leg)
    wait_after_menu(step, terms, ask.queue, "transfer", sent_on(agent, ask.words))
    for leg in parties:
        drop(step, leg)
    step.do(switch.EndBridge(talk))


def _free(step: Conduct, leg: Leg) -> None:
    """Whoever talked or watched has no more to do with the call."""
    if leg.role in ("agent", "consulted"):
        step.note("party_left", channel=leg.channel, why="transfer")
        if leg.staff is not None:
            step.tell(Released(leg.staff))
    elif leg.role == "watcher":
        step.note("watch_ended", channel=leg.channel, why="transfer")
        if leg.bridge:
            step.do(switch.EndBridge(leg.bridge))


def _clock_stepped(step: Conduct, ask: asks.ClockStepped) -> None:
    """Since when it waits, is rung or talked goes along: no time of it is longer for that."""
    if step.call.phase not in ("new", "ended"):
        step.note("clock_stepped", seconds=ask.seconds)


def _hang_up(step: Conduct, ask: asks.HangUp) -> None:  # noqa: ARG001 - as all asks
    call = step.call
    if call.phase in ("new", "ended"):
        return
    if call.phase in CALLING:
        give_up(step)
        return
    if call.leg("consulted") is None and is_joined(call):  # as when the receiver is put down
        take_over(step, asks.TakeOver())
        return
    for leg in call.legs.values():
        if leg.role in ("agent", "consulted") and leg.is_up and leg.staff is not None:
            step.tell(Released(leg.staff))
    if call.phase == "waiting":
        step.tell(WaitsNoMore("ended"))
    end(step, "agent")


def _pause_recording(step: Conduct, ask: asks.PauseRecording) -> None:
    call = step.call
    if call.recording and ask.on != call.is_recording_paused:
        if ask.on:
            step.note("recording_paused", recording=call.recording, why=ask.why)
        else:
            step.note("recording_resumed", recording=call.recording)
        step.do(switch.PauseRecording(call.recording, ask.on))


def _recording_ended(step: Conduct, signal: switch.RecordingEnded) -> None:
    if message_ended(step, signal):
        return
    if signal.recording.startswith(f"q{step.call.call_id}-"):
        step.note(
            "recording_ended", recording=signal.recording, ok=signal.ok, seconds=signal.seconds
        )


_ASKED: Final[Mapping[type[Ask], Any]] = {
    asks.Dial: dial,
    asks.NotDialled: not_dialled,
    asks.DialOver: dial_over,
    asks.Offer: offer,
    asks.Withdraw: withdraw,
    asks.NotConfirmed: not_confirmed,
    asks.NotAsked: not_asked,
    asks.Decline: decline,
    asks.Hold: hold,
    asks.Mute: mute,
    asks.Consult: consult,
    asks.EndConsult: end_consult,
    asks.HandOver: hand_over,
    asks.JoinAll: join_all,
    asks.LeaveTalk: _leave_talk,
    asks.Watch: watch,
    asks.EndWatch: end_watch,
    asks.TakeOver: take_over,
    asks.Requeue: requeue,
    asks.Raise: raise_up,
    asks.PauseRecording: _pause_recording,
    asks.HangUp: _hang_up,
    asks.ClockStepped: _clock_stepped,
}
