"""What a switch is told, and what it tells: orders and signals, the same for every engine.

A *channel* is one leg of a call: the caller's, an agent's, a supervisor's ear. Channels that share
a *bridge* hear each other. Whoever gives an order chooses the names of channels, bridges,
playbacks and recordings, and keeps them before it is given: signals may arrive before the answer
to the order that caused them, and an order that was given twice is found done.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

KEYS: Final = "0123456789*#ABCD"


class Outcome(StrEnum):
    """What became of an order."""

    DONE = "done"
    ALREADY = "already"  # what it makes is there, or what it ends has ended
    GONE = "gone"  # a channel or bridge that it names is no more
    NOT_YET = "not_yet"  # the channel has not arrived: its signal `Ready` comes first
    UNREACHABLE = "unreachable"  # no telephone is signed on there
    FAILED = "failed"  # the switch could not, or did not answer


@dataclass(frozen=True, slots=True)
class Order:
    """Something that the switch is to do."""


@dataclass(frozen=True, slots=True)
class OnChannel(Order):
    """To one channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Answer(OnChannel):
    """Take the call of a channel that rings here."""


@dataclass(frozen=True, slots=True)
class HangUp(OnChannel):
    """End a channel. `elsewhere`: somebody else took the call, so no missed call is noted."""

    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Play(OnChannel):
    """Play sounds one after the other; `PlaybackEnded` follows."""

    playback: str
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopPlaying(Order):
    """End a playback before its end."""

    playback: str


@dataclass(frozen=True, slots=True)
class Create(OnChannel):
    """Make a channel to an endpoint without ringing yet; `Ready` follows, then it may `Dial`.

    `role` and `about` come back with `Ready`; `shown` is the number that the telephone shows,
    `beside` the channel with which it will talk.
    """

    endpoint: str
    role: str
    about: str
    shown: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Dial(OnChannel):
    """Ring a created channel for so many seconds."""

    seconds: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class MakeBridge(Order):
    """Make a bridge: one that holds who waits, or one in which all hear each other."""

    bridge: str
    kind: Literal["holding", "mixing"] = "mixing"


@dataclass(frozen=True, slots=True)
class EndBridge(Order):
    """Take a bridge away; channels in it stay."""

    bridge: str


@dataclass(frozen=True, slots=True)
class Join(Order):
    """Put channels into a bridge, out of the one they are in. All or none of them."""

    bridge: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave(Order):
    """Take a channel out of a bridge."""

    bridge: str
    channel: str


@dataclass(frozen=True, slots=True)
class Music(Order):
    """Start or stop the music in a holding bridge."""

    bridge: str
    on: bool


@dataclass(frozen=True, slots=True)
class HoldMusic(OnChannel):
    """Start or stop the music that one channel hears while it is held."""

    on: bool


@dataclass(frozen=True, slots=True)
class RingTone(OnChannel):
    """Start or stop the tone that somebody else is being rung."""

    on: bool


@dataclass(frozen=True, slots=True)
class Mute(OnChannel):
    """Let nobody hear what a channel says, or let them again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Record(Order):
    """Record what is said in a bridge, until it is stopped or the bridge is empty."""

    bridge: str
    recording: str


@dataclass(frozen=True, slots=True)
class RecordChannel(OnChannel):
    """Record what one channel says, such as a message left at night, until `#` or so long."""

    recording: str
    most_seconds: int
    most_silence_seconds: int


@dataclass(frozen=True, slots=True)
class PauseRecording(Order):
    """Leave out what is said now, or go on recording."""

    recording: str
    on: bool


@dataclass(frozen=True, slots=True)
class StopRecording(Order):
    """End a recording and keep it."""

    recording: str


@dataclass(frozen=True, slots=True)
class Snoop(OnChannel):
    """Make a channel that hears what another hears and says, and may whisper to it alone."""

    snoop: str
    whispers: bool = False


@dataclass(frozen=True, slots=True)
class KeepTransfers(OnChannel):
    """Have a telephone's own transfer key ask here instead of transferring by itself."""


@dataclass(frozen=True, slots=True)
class TellTransfer(OnChannel):
    """Tell a telephone how the transfer goes that it asked for."""

    state: Literal[
        "channel_progress", "channel_answered", "channel_unavailable", "channel_declined"
    ]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that happened at the switch, at its own clock's time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OfChannel(Signal):
    """Of one channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Arrived(OfChannel):
    """Somebody calls: their number as the network gave it, and the number that they dialled."""

    caller: str
    dialled: str


@dataclass(frozen=True, slots=True)
class Ready(OfChannel):
    """A channel that was created here has arrived, with the role and matter it was given."""

    role: str
    about: str


@dataclass(frozen=True, slots=True)
class Rings(OfChannel):
    """A telephone rings."""


@dataclass(frozen=True, slots=True)
class Up(OfChannel):
    """A channel was taken: by the caller's order, or by whom was rung."""


@dataclass(frozen=True, slots=True)
class KeyPressed(OfChannel):
    """A key of a telephone was pressed."""

    key: str


@dataclass(frozen=True, slots=True)
class HeldByPhone(OfChannel):
    """A telephone put the other side on hold, or took it back."""

    on: bool


@dataclass(frozen=True, slots=True)
class TransferAsked(OfChannel):
    """A telephone asks to transfer its call to a number."""

    to: str


@dataclass(frozen=True, slots=True)
class TransferDone(OfChannel):
    """A telephone has transferred its call by itself."""


@dataclass(frozen=True, slots=True)
class HangsUp(OfChannel):
    """A channel is about to end; `Gone` may follow or stay away."""

    cause: int


@dataclass(frozen=True, slots=True)
class Left(OfChannel):
    """A channel is no more under control here: it ended, or went elsewhere by itself."""


@dataclass(frozen=True, slots=True)
class Gone(OfChannel):
    """A channel ended. `cause` is that of Q.850, `sip` the SIP answer where there was one."""

    cause: int
    sip: int | None = None


@dataclass(frozen=True, slots=True)
class Joined(OfChannel):
    """A channel came into a bridge."""

    bridge: str


@dataclass(frozen=True, slots=True)
class Parted(OfChannel):
    """A channel left a bridge."""

    bridge: str


@dataclass(frozen=True, slots=True)
class BridgeEnded(Signal):
    """A bridge is no more."""

    bridge: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded(Signal):
    """A playback ended, or could not be played."""

    playback: str
    ok: bool


@dataclass(frozen=True, slots=True)
class RecordingEnded(Signal):
    """A recording was ended and kept, or could not be made."""

    recording: str
    ok: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class LineLost(Signal):
    """Nothing is heard from the switch any more."""


@dataclass(frozen=True, slots=True)
class LineBack(Signal):
    """The switch is heard again; what happened meanwhile is not told: look around."""


@dataclass(frozen=True, slots=True)
class Replaced(Signal):
    """Another controller listens to the switch in our place."""


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel as it stands."""

    channel: str
    is_up: bool
    caller: str
    dialled: str = ""


@dataclass(frozen=True, slots=True)
class BridgeSeen:
    """A bridge as it stands."""

    bridge: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that stands at the switch: channels and bridges under control here."""

    channels: tuple[ChannelSeen, ...]
    bridges: tuple[BridgeSeen, ...]


NO_ANSWER: Final = frozenset({18, 19})
BUSY: Final = 17
REJECTED: Final = 21
NORMAL: Final = 16
ELSEWHERE: Final = 26


def why_unanswered(gone: Gone) -> Literal["no_answer", "busy", "rejected", "unreachable", "ended"]:
    """Why nobody took a call that was dialled.

    Q.850 tells a telephone that is not there as "no answer" too (19), and only the SIP answer
    tells it apart: 480 after ringing is a timeout here, so the caller knows whether it rang.
    """
    if gone.cause == BUSY:
        return "busy"
    if gone.cause == REJECTED:
        return "rejected"
    if gone.cause in NO_ANSWER:
        return "no_answer"
    return "ended" if gone.cause in (NORMAL, ELSEWHERE) else "unreachable"
