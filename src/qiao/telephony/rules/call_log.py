"""A call as its log tells it: entries are only ever added, and the call is what they give.

The log is what times, service level and the call's record are counted from. A controller that was
killed folds it again and knows each call as it stood. Entries and what they hold:

======================  ==========================================================================
``arrived``             channel, caller, dialled
``answered``            the caller hears us
``greeting_doubted``    nobody listened while the caller was being greeted
``greeted_anew``        playback: the greeting was cut, and is said once more from its start
``menu_began``          menu, version, visit: a voice menu speaks with the caller; the visit is
                        stored whole
``menu_moved``          visit: something happened there
``queued``              queue, bridge; again after a transfer, with `why`; by whom they
                        were sent on, and their words
``left_queue``          the caller went back into the voice menu, and keeps their place
``requeued``            queue, staff: who let the caller wait there, since when they did before
``raised``              staff, reason: who put the caller before all who are no emergency
``lowered``             staff: who put them back to their place
``offered``             offer, staff, channel, seconds: somebody is asked to take it; `confirm`,
                        the language in which they are asked for a key before
``rings``               offer
``refused``             offer, why: ``no_answer``, ``busy``, ``rejected``, ``unreachable``,
                        ``caller_gone``, ``withdrawn``, ``unconfirmed``
``asked_to_confirm``    offer, playback: their telephone was taken, the key is asked for
``picked_up``           offer, bridge: they lifted the receiver; both are to meet in the bridge
``connected``           offer, bridge: caller and agent hear each other
``held`` ``resumed``    the caller hears music, the agent may do something else
``muted`` ``unmuted``   the caller does not hear the agent
``consulted``           offer, staff, channel, bridge, seconds: a third is asked, the caller held;
                        `by` whom, and their `words`
``consult_answered``    offer
``consult_ended``       offer, why
``handed_over``         offer: the third has the call now, the first is free
``joined``              offer: all talk together
``watched``             staff, channel, mode ``listen``, ``whisper``, ``talk``
``watching_up``         channel
``ear``                 channel, snoop, bridge: how the watcher hears
``watch_ended``         channel; why, where the call went on to another queue
``taken_over``          channel, staff: whoever watched has the call now, the agent is free
``recording_began``     recording
``recording_paused``    recording, why
``recording_resumed``   recording
``recording_ended``     recording, ok, seconds
``party_left``          channel, of somebody who talked while the call goes on
``dialled_out``         staff, channel, seconds, to, endpoint, ring_seconds, shown: somebody calls
                        out, their own telephone is rung first; offer, where the router asked
                        them to call somebody back
``lifted``              channel, bridge, other: they lifted the receiver; the other side is called
``rings_out``           it rings there
``reached``             the other side has answered, both hear each other
``told_cause``          channel, cause, sip: why a leg ends, when the switch says it earlier or
                        later than that it does
``clock_stepped``       seconds by which the clock was set: moments before are told by the old one
``trouble``             order, outcome: an order of which nothing came
``ended``               why: ``caller``, ``agent``, ``abandoned``, ``switch``, ``system``,
                        ``menu`` where the voice menu did what the caller wanted; of a call out
                        that reached nobody ``own_phone``, ``given_up`` (by who called),
                        ``no_answer``, ``busy``, ``rejected``, ``unreachable`` (switched off),
                        ``no_number``
======================  ==========================================================================
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.telephony.rules.calls import Call, Entry, Leg, Outward, Phase


def fold(call: Call, entries: Iterable[Entry]) -> Call:
    """The call after more entries."""
    for entry in entries:
        call = apply(call, entry)
    return call


def apply(call: Call, entry: Entry) -> Call:
    """The call after one more entry. Raises `KeyError` for a kind that is not known."""
    return _APPLY[entry.kind](call, entry.data, entry.at)


def _arrived(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    leg = Leg(data["channel"], "caller")
    return replace(
        call, phase="arrived", caller=data["caller"], dialled=data["dialled"], arrived_at=at,
        legs={leg.channel: leg},
    )  # fmt: skip


def _answered(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = _changed(call, call.caller_channel, is_up=True)
    return replace(call, phase="greeted", legs=legs, greeting=f"q{call.call_id}-greeting")


def _greeting_doubted(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_greeting_in_doubt=True)


def _greeted_anew(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, greeting=data["playback"], is_greeting_in_doubt=False, made=call.made + 1)


def _menu_began(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    version = data.get("version", 0)
    return replace(
        call, phase="menu", menu=data["menu"], menu_version=version, visit=data["visit"]
    )


def _menu_moved(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, visit=data["visit"])


def _queued(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    return replace(
        call, phase="waiting", queue=data["queue"], holding=data["bridge"], talk="",
        queued_at=call.queued_at if call.keeps_place else at, keeps_place=False,
        recording="", is_recording_paused=False, is_muted=False, is_raised=False,
        made=call.made + 1, sent_by=data.get("by"), sent_words=data.get("words", ""),
    )  # fmt: skip


def _left_queue(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, phase="menu", holding="", is_raised=False, keeps_place=True)


def _raised(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_raised=True)


def _lowered(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_raised=False)


def _requeued(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, queue=data["queue"])


def _offered(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    leg = Leg(
        data["channel"], "agent", data["staff"], data["offer"], seconds=data["seconds"],
        confirm=data.get("confirm", ""),
    )  # fmt: skip
    return replace(call, legs={**call.legs, leg.channel: leg}, made=call.made + 1)


def _asked_to_confirm(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    leg = _of_offer(call, data["offer"])
    legs = {**call.legs, leg.channel: replace(leg, prompt=data["playback"])}
    return replace(call, legs=legs, made=call.made + 1)


def _rings(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return call


def _refused(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, legs=_without_offer(call, data["offer"]))


def _picked_up(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    leg = _of_offer(call, data["offer"])
    legs = {**call.legs, leg.channel: replace(leg, bridge=data["bridge"])}
    return replace(call, legs=legs, made=call.made + 1)


def _connected(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    leg = _of_offer(call, data["offer"])
    legs = {**call.legs, leg.channel: replace(leg, is_up=True, bridge="", prompt="")}
    return replace(
        call, phase="talking", legs=legs, holding="", talk=data["bridge"],
        connected_at=call.connected_at or at,
    )  # fmt: skip


def _held(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, phase="held", is_held_by_phone=data.get("by") == "phone")


def _resumed(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, phase="talking", is_held_by_phone=False)


def _muted(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_muted=True)


def _unmuted(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_muted=False)


def _consulted(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    leg = Leg(data["channel"], "consulted", data["staff"], data["offer"], seconds=data["seconds"])
    legs = {**call.legs, leg.channel: leg}
    return replace(
        call, phase="consulting", legs=legs, consult=data["bridge"], made=call.made + 2,
        sent_by=data.get("by"), sent_words=data.get("words", ""),
    )  # fmt: skip


def _consult_answered(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    leg = _of_offer(call, data["offer"])
    return replace(call, legs={**call.legs, leg.channel: replace(leg, is_up=True)})


def _consult_ended(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = _without_offer(call, data["offer"])
    phase: Phase = "talking" if call.phase == "consulting" else call.phase
    return replace(call, phase=phase, legs=legs, consult="")


def _handed_over(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = {key: leg for key, leg in call.legs.items() if leg.role != "agent"}
    new = _of_offer(call, data["offer"])
    legs[new.channel] = replace(new, role="agent")
    return replace(call, phase="talking", legs=legs, consult="", is_muted=False)


def _joined(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, phase="talking", consult="")


def _watched(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    kept = call.legs.get(data["channel"])
    if kept is not None:
        return replace(call, legs=_changed(call, kept.channel, mode=data["mode"]))
    leg = Leg(data["channel"], "watcher", data["staff"], mode=data["mode"])
    return replace(call, legs={**call.legs, leg.channel: leg}, made=call.made + 1)


def _watching_up(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, legs=_changed(call, data["channel"], is_up=True))


def _ear(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    watcher = call.legs[data["channel"]]
    legs = {key: leg for key, leg in call.legs.items() if leg.role != "ear"}
    ear = Leg(data["snoop"], "ear", watcher.staff, bridge=data["bridge"], mode=watcher.mode)
    legs[ear.channel] = ear
    legs[watcher.channel] = replace(watcher, bridge=data["bridge"])
    return replace(call, legs=legs, made=call.made + 2)


def _watch_ended(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = {
        key: leg for key, leg in call.legs.items() if key != data["channel"] and leg.role != "ear"
    }
    return replace(call, legs=legs)


def _taken_over(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = {key: leg for key, leg in call.legs.items() if leg.role not in ("agent", "ear")}
    watcher = legs[data["channel"]]
    legs[watcher.channel] = replace(watcher, role="agent", mode=None, bridge="")
    return replace(call, phase="talking", legs=legs, is_muted=False)


def _recording_began(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(
        call, recording=data["recording"], is_recording_paused=False, made=call.made + 1
    )


def _recording_paused(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_recording_paused=True)


def _recording_resumed(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, is_recording_paused=False)


def _recording_ended(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    if data["recording"] != call.recording:
        return call
    return replace(call, recording="", is_recording_paused=False)


def _party_left(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = {key: leg for key, leg in call.legs.items() if key != data["channel"]}
    other = next((leg for leg in legs.values() if leg.role == "consulted" and leg.is_up), None)
    if other is not None and not any(leg.role == "agent" for leg in legs.values()):
        legs[other.channel] = replace(other, role="agent")
    return replace(call, legs=legs)


def _dialled_out(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    leg = Leg(data["channel"], "agent", data["staff"], data.get("offer"), seconds=data["seconds"])
    out = Outward(
        data["endpoint"], data["ring_seconds"], data["shown"],
        at + timedelta(seconds=data["seconds"]),
    )  # fmt: skip
    return replace(
        call, phase="own_phone", caller=data["to"], arrived_at=at, legs={leg.channel: leg},
        out=out, made=call.made + 1,
    )  # fmt: skip


def _lifted(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    assert call.out is not None
    legs = _changed(call, data["channel"], is_up=True)
    legs[data["other"]] = Leg(data["other"], "caller", seconds=call.out.seconds)
    out = replace(call.out, due_at=at + timedelta(seconds=call.out.seconds))
    return replace(
        call, phase="dialling", legs=legs, talk=data["bridge"], out=out, made=call.made + 2
    )


def _rings_out(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return replace(call, out=replace(call.out, has_rung=True)) if call.out else call


def _reached(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    legs = _changed(call, call.caller_channel, is_up=True)
    return replace(call, phase="talking", legs=legs, connected_at=at)


def _clock_stepped(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    by = timedelta(seconds=data["seconds"])
    out = replace(call.out, due_at=call.out.due_at + by) if call.out else None
    moments = ((name, getattr(call, name)) for name in ("arrived_at", "queued_at", "connected_at"))
    return replace(call, out=out, **{name: at + by for name, at in moments if at})


def _told_cause(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    if call.phase != "dialling" or call.out is None or data["channel"] != call.caller_channel:
        return call
    return replace(call, out=replace(call.out, cause=data["cause"]))


def _kept(call: Call, data: Mapping[str, Any], at: datetime) -> Call:  # noqa: ARG001
    return call


def _ended(call: Call, data: Mapping[str, Any], at: datetime) -> Call:
    return replace(call, phase="ended", legs={}, ended_at=at, end=data["why"])


_APPLY: Final = {
    "arrived": _arrived,
    "answered": _answered,
    "greeting_doubted": _greeting_doubted,
    "greeted_anew": _greeted_anew,
    "menu_began": _menu_began,
    "menu_moved": _menu_moved,
    "queued": _queued,
    "left_queue": _left_queue,
    "requeued": _requeued,
    "raised": _raised,
    "lowered": _lowered,
    "offered": _offered,
    "rings": _rings,
    "asked_to_confirm": _asked_to_confirm,
    "refused": _refused,
    "picked_up": _picked_up,
    "connected": _connected,
    "held": _held,
    "resumed": _resumed,
    "muted": _muted,
    "unmuted": _unmuted,
    "consulted": _consulted,
    "consult_answered": _consult_answered,
    "consult_ended": _consult_ended,
    "handed_over": _handed_over,
    "joined": _joined,
    "watched": _watched,
    "watching_up": _watching_up,
    "ear": _ear,
    "watch_ended": _watch_ended,
    "taken_over": _taken_over,
    "recording_began": _recording_began,
    "recording_paused": _recording_paused,
    "recording_resumed": _recording_resumed,
    "recording_ended": _recording_ended,
    "party_left": _party_left,
    "dialled_out": _dialled_out,
    "lifted": _lifted,
    "rings_out": _rings_out,
    "reached": _reached,
    "clock_stepped": _clock_stepped,
    "told_cause": _told_cause,
    "trouble": _kept,
    "ended": _ended,
}


def _changed(call: Call, channel: str, **changes: Any) -> dict[str, Leg]:
    legs = dict(call.legs)
    if channel in legs:
        legs[channel] = replace(legs[channel], **changes)
    return legs


def _of_offer(call: Call, offer: int) -> Leg:
    return next(leg for leg in call.legs.values() if leg.offer == offer)


def _without_offer(call: Call, offer: int) -> dict[str, Leg]:
    return {key: leg for key, leg in call.legs.items() if leg.offer != offer}
