"""Orders and signals in the words of Asterisk's REST interface (ARI), versions 20 and 22.

Every translation here, and every answer that is not a success, was recorded from Asterisk 22.10.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qiao.telephony.rules import switch
from qiao.telephony.rules.adopting import is_ours
from qiao.telephony.rules.switch import Order, Outcome, Signal

MESSAGE_FORMAT: Final = "wav"
OURS: Final = frozenset({"agent", "watcher", "own"})
"""Roles of telephones of ours: nothing of ours is told to the world outside."""
UNWANTED: Final = (
    "ChannelVarset", "ChannelDialplan", "ChannelConnectedLine", "ChannelCallerId",
    "DeviceStateChanged", "PeerStatusChange", "ContactStatusChange",
)  # fmt: skip
"""Events that nothing here listens to: more than half of all."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call of the REST interface."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def _get(path: str) -> Request:
    return Request("GET", path)


CHANNELS: Final = _get("/channels")
BRIDGES: Final = _get("/bridges")


def application(app: str) -> Request:
    """What the switch knows of the application: its channels and bridges."""
    return _get(f"/applications/{app}")


def filtering(app: str) -> Request:
    """Have the switch keep to itself what nobody listens to."""
    disallowed = {"disallowed": [{"type": each} for each in UNWANTED]}
    return Request("PUT", f"/applications/{app}/eventFilter", body=disallowed)


def stored_sound(recording: str) -> Request:
    """The file of a recording that ended."""
    return _get(f"/recordings/stored/{recording}/file")


def drop_sound(recording: str) -> Request:
    """Let the file of a recording that ended be forgotten."""
    return Request("DELETE", f"/recordings/stored/{recording}")


def request_of(order: Order, app: str) -> Request:
    """The call that carries an order out. Raises `TypeError` for an order that is not known."""
    if isinstance(order, switch.OnChannel):
        return _of_channel(order, app)
    match order:
        case switch.StopPlaying(playback):
            return Request("DELETE", f"/playbacks/{playback}")
        case switch.MakeBridge(bridge, kind):
            query = {"type": "holding" if kind == "holding" else "mixing,dtmf_events"}
            return Request("POST", f"/bridges/{bridge}", query)
        case switch.EndBridge(bridge):
            return Request("DELETE", f"/bridges/{bridge}")
        case switch.Join(bridge, channels):
            query = {"channel": ",".join(channels)}
            return Request("POST", f"/bridges/{bridge}/addChannel", query)
        case switch.Leave(bridge, channel):
            return Request("POST", f"/bridges/{bridge}/removeChannel", {"channel": channel})
        case switch.Music(bridge, on):
            return Request(_method(on), f"/bridges/{bridge}/moh")
    return _of_recording(order)


def _of_recording(order: Order) -> Request:
    match order:
        case switch.Record(bridge, recording):
            query = {
                "name": recording, "format": MESSAGE_FORMAT, "ifExists": "fail", "beep": "false",
            }  # fmt: skip
            return Request("POST", f"/bridges/{bridge}/record", query)
        case switch.PauseRecording(recording, on):
            return Request(_method(on), f"/recordings/live/{recording}/pause")
        case switch.StopRecording(recording):
            return Request("POST", f"/recordings/live/{recording}/stop")
    raise TypeError(f"no call for {order!r}")


def _of_channel(order: switch.OnChannel, app: str) -> Request:
    path = f"/channels/{order.channel}"
    match order:
        case switch.Answer():
            return Request("POST", f"{path}/answer")
        case switch.HangUp(_, elsewhere):
            return Request("DELETE", path, {"reason_code": "26"} if elsewhere else {})
        case switch.Play(_, playback, sounds):
            media = ",".join(_media(each) for each in sounds)
            return Request("POST", f"{path}/play/{playback}", {"media": media})
        case switch.Create():
            return _creating(order, app)
        case switch.Dial(_, seconds, beside):
            query = {"timeout": str(seconds), **({"caller": beside} if beside else {})}
            return Request("POST", f"{path}/dial", query)
    return _of_talk(order, app, path)


def _of_talk(order: switch.OnChannel, app: str, path: str) -> Request:
    match order:
        case switch.HoldMusic(_, on):
            return Request(_method(on), f"{path}/moh")
        case switch.RingTone(_, on):
            return Request(_method(on), f"{path}/ring")
        case switch.Mute(_, on):
            return Request(_method(on), f"{path}/mute", {"direction": "in"})
        case switch.RecordChannel(_, recording, most, silence):
            query = {
                "name": recording, "format": MESSAGE_FORMAT, "ifExists": "fail", "beep": "true",
                "maxDurationSeconds": str(most), "maxSilenceSeconds": str(silence),
                "terminateOn": "#",
            }  # fmt: skip
            return Request("POST", f"{path}/record", query)
        case switch.Snoop(_, snoop, whispers):
            query = {
                "app": app, "appArgs": "snoop", "spy": "both",
                "whisper": "out" if whispers else "none",
            }  # fmt: skip
            return Request("POST", f"{path}/snoop/{snoop}", query)
        case switch.KeepTransfers():
            query = {"variable": "PJSIP_TRANSFER_HANDLING()", "value": "ari-only"}
            return Request("POST", f"{path}/variable", query)
        case switch.TellTransfer(_, state):
            return Request("POST", f"{path}/transfer_progress", {"states": state})
    raise TypeError(f"no call for {order!r}")


def _creating(order: switch.Create, app: str) -> Request:
    query = {
        "endpoint": order.endpoint,
        "app": app,
        "appArgs": f"{order.role},{order.about}",
        "channelId": order.channel,
        **({"originator": order.beside} if order.beside else {}),
    }
    variables = {"CONNECTEDLINE(num,i)": order.shown} if order.shown else {}
    if order.role in OURS:
        # By it a telephone in the browser knows which call rings and why; others pass over it.
        variables["PJSIP_HEADER(add,X-Qiao-Call)"] = f"{order.about};role={order.role}"
    return Request("POST", "/channels/create", query, {"variables": variables})


def _media(sound: str) -> str:
    """What the interface plays: a bare name is taken, and then nothing is heard and nothing told
    of its end."""
    return sound if ":" in sound else f"sound:{sound}"


def _method(on: bool) -> str:  # noqa: FBT001 - the field of an order
    return "POST" if on else "DELETE"


_ENDING: Final = (
    switch.HangUp, switch.StopPlaying, switch.EndBridge, switch.Leave, switch.StopRecording,
)  # fmt: skip
_MAKING: Final = (
    switch.Create, switch.MakeBridge, switch.Record, switch.RecordChannel, switch.Snoop,
)  # fmt: skip


def outcome_of(order: Order, status: int, message: str = "") -> Outcome:
    """What an answer of the interface means for an order.

    What is to end and is not there has ended. A conflict is a name that was given before, a
    channel that has not arrived, or music that was never on.
    """
    if 200 <= status < 300:
        return Outcome.DONE
    if status == 409:
        if "not in Stasis" in message:
            return Outcome.NOT_YET
        stops = isinstance(order, (switch.Music, switch.HoldMusic, switch.RingTone))
        return Outcome.ALREADY if stops or isinstance(order, _MAKING) else Outcome.FAILED
    if status == 404 or (status == 400 and "not found" in message):
        return Outcome.ALREADY if isinstance(order, _ENDING) else Outcome.GONE
    if isinstance(order, switch.Leave) and status == 422:
        return Outcome.ALREADY  # it is in no bridge, or in another one
    if isinstance(order, switch.Create) and status in (400, 500):
        return Outcome.UNREACHABLE
    return Outcome.FAILED


def is_too_soon(order: Order, status: int, message: str) -> bool:
    """Whether a recording was ordered, but has not begun."""
    is_of_one = isinstance(order, (switch.PauseRecording, switch.StopRecording))
    return is_of_one and status == 409 and "not in session" in message


def signals_of(event: Mapping[str, Any]) -> tuple[Signal, ...]:
    """The signals of one event; none for what nothing here listens to."""
    kind = str(event.get("type", ""))
    channel = event.get("channel", {}).get("id", "")
    found = _signal(kind, channel, moment_of(event), event)
    return () if found is None else (found,)


def moment_of(event: Mapping[str, Any]) -> datetime:
    """When it happened by the switch's clock."""
    return datetime.strptime(str(event["timestamp"]), "%Y-%m-%dT%H:%M:%S.%f%z")


def _signal(  # noqa: C901, PLR0912 - a table, one line a kind
    kind: str, channel: str, at: datetime, event: Mapping[str, Any]
) -> Signal | None:
    match kind:
        case "StasisStart":
            return _start(channel, at, event)
        case "ChannelStateChange":
            return _state(event["channel"]["state"], channel, at)
        case "ChannelDtmfReceived":
            return switch.KeyPressed(at, channel, event["digit"])
        case "ChannelHold" | "ChannelUnhold":
            return switch.HeldByPhone(at, channel, kind == "ChannelHold")
        case "ChannelHangupRequest":
            return switch.HangsUp(at, channel, int(event.get("cause") or 0))
        case "StasisEnd":
            return switch.Left(at, channel)
        case "ChannelDestroyed":
            return switch.Gone(at, channel, int(event.get("cause") or 0), event.get("tech_cause"))
        case "ChannelEnteredBridge":
            return switch.Joined(at, channel, event["bridge"]["id"])
        case "ChannelLeftBridge":
            return switch.Parted(at, channel, event["bridge"]["id"])
        case "BridgeDestroyed":
            return switch.BridgeEnded(at, event["bridge"]["id"])
        case "PlaybackFinished":
            playback = event["playback"]
            return switch.PlaybackEnded(at, playback["id"], playback["state"] == "done")
        case "RecordingFinished" | "RecordingFailed":
            return _recording(at, event["recording"], ok=kind == "RecordingFinished")
        case "ApplicationReplaced":
            return switch.Replaced(at)
    return _transfer(kind, at, event)


def _start(channel: str, at: datetime, event: Mapping[str, Any]) -> Signal:
    role, *rest = event.get("args") or [""]
    if role == "inbound":
        dialled = rest[0] if rest else event["channel"]["dialplan"]["exten"]
        return switch.Arrived(at, channel, event["channel"]["caller"]["number"], dialled)
    return switch.Ready(at, channel, role, ",".join(rest))


def _state(state: str, channel: str, at: datetime) -> Signal | None:
    if state == "Up":
        return switch.Up(at, channel)
    return switch.Rings(at, channel) if state == "Ringing" else None


def _recording(at: datetime, recording: Mapping[str, Any], *, ok: bool) -> Signal:
    seconds = int(recording.get("duration") or 0)
    return switch.RecordingEnded(at, recording["name"], ok, seconds)


def _transfer(kind: str, at: datetime, event: Mapping[str, Any]) -> Signal | None:
    """A telephone's transfer key: what it asks for, or what it did by itself."""
    if kind == "ChannelTransfer":
        if event.get("state"):
            return None  # our own word on how it goes
        asking = event["referred_by"]["source_channel"]["id"]
        wanted = event["refer_to"].get("requested_destination", {}).get("destination", "")
        return switch.TransferAsked(at, asking, wanted)
    if kind == "BridgeBlindTransfer":
        return switch.TransferDone(at, event["channel"]["id"])
    if kind == "BridgeAttendedTransfer":
        return switch.TransferDone(at, event["transferer_first_leg"]["id"])
    return None


def view_of(
    channels: Sequence[Mapping[str, Any]],
    bridges: Sequence[Mapping[str, Any]],
    known: Mapping[str, Any],
    app: str,
) -> switch.View:
    """What stands at the switch, of what the application holds.

    An application that listens to everything is told to hold nothing by name: its one channel is
    then ``__AST_CHANNEL_ALL_TOPIC``. So a channel is known by where it is, or by its name while it
    is only just made; a bridge by its name, or by who is in it.
    """
    named, its_bridges = set(known["channel_ids"]), set(known["bridge_ids"])
    ours = {
        each["id"]
        for each in channels
        if each["id"] in named or is_ours(each["id"]) or _is_in(app, each.get("dialplan", {}))
    }
    return switch.View(
        tuple(
            switch.ChannelSeen(
                each["id"],
                each["state"] == "Up",
                each["caller"]["number"],
                each.get("dialplan", {}).get("exten", ""),
            )
            for each in channels
            if each["id"] in ours
        ),
        tuple(
            switch.BridgeSeen(each["id"], tuple(each["channels"]))
            for each in bridges
            if each["id"] in its_bridges or is_ours(each["id"]) or ours & set(each["channels"])
        ),
    )


def _is_in(app: str, dialplan: Mapping[str, Any]) -> bool:
    """Whether a channel is handed over to the application now."""
    is_handed_over = dialplan.get("app_name") == "Stasis"
    return is_handed_over and str(dialplan.get("app_data", "")).partition(",")[0] == app
