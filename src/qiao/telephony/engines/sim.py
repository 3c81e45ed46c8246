"""A switch that is played: telephones that ring, are taken and hung up, with nothing behind them.

It ships with the product: the demo's callers, the telephone on the screen and training speak
through it. It does what an Asterisk was recorded to do, in the order in which that said so, and
knows its ways: a channel that was created arrives a moment later and cannot be dialled before, an
order on what has gone fails, a join is for all or for nobody, and `told_late` has answers come
after the signals that they caused.
"""

import asyncio
import io
import random
import wave
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from qiao.telephony.engines.clock import Clock
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order, Outcome, Signal

State = Literal["ringing_in", "created", "ready", "ringing", "up"]
Manner = Literal["answers", "silent", "busy", "rejects", "absent"]

ARRIVES_AFTER: Final = 0.002  # seconds from its creation until a channel is ready, as recorded
RINGS_AFTER: Final = 0.002
SOUND_SECONDS: Final = 2.0
SAMPLES: Final = 8000  # a second, 16 bits, one channel: what a telephone carries
NO_ANSWER, NORMAL, SOFT = 19, switch.NORMAL, 32
TEMPORARILY_UNAVAILABLE: Final = 480


@dataclass
class Phone:
    """A telephone that can be rung: what it does when it rings, and after how many seconds."""

    endpoint: str
    manner: Manner = "answers"
    after_seconds: float = 2.0


@dataclass
class _Channel:
    name: str
    state: State
    caller: str = ""
    endpoint: str = ""
    role: str = ""
    about: str = ""
    dialled: str = ""
    bridge: str = ""
    spied: str = ""
    playing: list[str] = field(default_factory=list)
    recording: str = ""
    ring: int = 0  # tells one ringing from the next


@dataclass
class _Recording:
    on: str  # channel or bridge
    since: float
    paused_since: float | None = None
    left_out: float = 0.0
    seconds: int | None = None  # once it has ended


class SimSwitch:
    """The switch itself: takes orders at once, tells what happens through `tell`."""

    def __init__(
        self,
        clock: Clock,
        tell: Callable[[Signal], None],
        *,
        seed: int = 1,
        sound_seconds: Callable[[str], float] = lambda _sound: SOUND_SECONDS,
    ) -> None:
        self.phones: dict[str, Phone] = {}
        self.clock = clock
        self._tell_on = tell
        self._random = random.Random(seed)  # noqa: S311 - a play, no secret
        self.sound_seconds = sound_seconds
        self._channels: dict[str, _Channel] = {}
        self._bridges: dict[str, list[str]] = {}
        self._kinds: dict[str, str] = {}
        self._music: set[str] = set()
        self._playbacks: dict[str, str] = {}  # to their channel
        self._recordings: dict[str, _Recording] = {}
        self._began = clock.now()
        self._calls = 0
        self.hears = True  # False: what happens is not told
        self.on_state: Callable[[str, str], None] = lambda _channel, _state: None
        """Told of each channel that comes up or ends: for whoever plays the telephone."""

    # What people do.

    def call(self, caller: str, dialled: str) -> str:
        """Somebody dials; returns their channel."""
        self._calls += 1
        name = f"sim-{self._calls}.{self._random.randrange(1 << 24):06x}"
        self._channels[name] = _Channel(name, "ringing_in", caller=caller, dialled=dialled)
        self._tell(switch.Arrived(self.clock.now(), name, caller, dialled))
        return name

    def press(self, channel: str, key: str) -> None:
        """A key is pressed, also while something is played."""
        if channel in self._channels:
            self._tell(switch.KeyPressed(self.clock.now(), channel, key))

    def take(self, channel: str) -> None:
        """Whoever is rung lifts the receiver."""
        found = self._channels.get(channel)
        if found is not None and found.state == "ringing":
            self._up(found)

    def reject(self, channel: str, cause: int = switch.REJECTED, sip: int = 603) -> None:
        """Whoever is rung does not want to."""
        found = self._channels.get(channel)
        if found is not None and found.state == "ringing":
            self._end(found, cause, sip=sip)

    def put_down(self, channel: str) -> None:
        """Somebody hangs up."""
        found = self._channels.get(channel)
        if found is not None:
            self._end(found, NORMAL, by_phone=True)

    def hold(self, channel: str, *, on: bool) -> None:
        """A telephone's own hold key."""
        if channel in self._channels:
            self._tell(switch.HeldByPhone(self.clock.now(), channel, on))

    def ask_transfer(self, channel: str, to: str) -> None:
        """A telephone's own transfer key."""
        if channel in self._channels:
            self._tell(switch.TransferAsked(self.clock.now(), channel, to))

    def standing(self, channel: str) -> str:
        """The state of a channel; empty when it has ended."""
        found = self._channels.get(channel)
        return found.state if found else ""

    def heard_by(self, channel: str) -> str:
        """What a channel hears now: the sound that is played, ``music``, ``talk`` or nothing."""
        found = self._channels.get(channel)
        if found is None:
            return ""
        if found.playing:
            return found.playing[0]
        if self._music & {found.bridge, channel}:
            return "music"
        return "talk" if len(self._bridges.get(found.bridge, ())) > 1 else ""

    def view(self) -> switch.View:
        """All that stands now."""
        return switch.View(
            tuple(
                switch.ChannelSeen(each.name, each.state == "up", each.caller, each.dialled)
                for each in self._channels.values()
            ),
            tuple(switch.BridgeSeen(key, tuple(m)) for key, m in self._bridges.items()),
        )

    def sound_of(self, recording: str) -> bytes:
        """The sound of a recording that ended, as WAV: silence of its length."""
        seconds = self._recordings[recording].seconds
        if seconds is None:
            raise KeyError(recording)
        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLES)
            file.writeframes(b"\0\0" * SAMPLES * seconds)
        return target.getvalue()

    # What it is told to do.

    def give(self, order: Order) -> Outcome:
        """Carry an order out."""
        if isinstance(order, switch.Create):
            return self._create(order)
        if isinstance(order, switch.OnChannel):
            channel = self._channels.get(order.channel)
            if channel is None:
                ends = isinstance(order, switch.HangUp)
                return Outcome.ALREADY if ends else Outcome.GONE
            return self._on_channel(order, channel)
        if isinstance(order, (switch.MakeBridge, switch.EndBridge, switch.Join, switch.Leave)):
            return self._on_bridge(order)
        return self._on_sound(order)

    def _on_channel(self, order: switch.OnChannel, channel: _Channel) -> Outcome:
        match order:
            case switch.Answer():
                if channel.state != "up":
                    self._up(channel)
            case switch.HangUp(_, elsewhere):
                self._end(channel, switch.ELSEWHERE if elsewhere else NORMAL)
            case switch.Dial(_, seconds, _):
                return self._dial(channel, seconds)
            case switch.Play(_, playback, sounds):
                return self._play(channel, playback, sounds)
            case _:
                return self._heard_through(order, channel)
        return Outcome.DONE

    def _heard_through(self, order: switch.OnChannel, channel: _Channel) -> Outcome:
        match order:
            case switch.HoldMusic(_, on):
                return self._switch_music(channel.name, on=on)
            case switch.Snoop(_, snoop, _):
                return self._snoop(channel, snoop)
            case switch.RecordChannel(_, recording, most, _):
                return self._record(recording, channel.name, most)
        return Outcome.DONE

    def _create(self, order: switch.Create) -> Outcome:
        if order.channel in self._channels:
            return Outcome.ALREADY
        phone = self.phones.get(order.endpoint)
        if phone is None or phone.manner == "absent":
            return Outcome.UNREACHABLE
        made = _Channel(
            order.channel, "created", order.shown, order.endpoint, order.role, order.about
        )
        self._channels[order.channel] = made
        self._soon(ARRIVES_AFTER, made, lambda: self._arrive(made))
        return Outcome.DONE

    def _arrive(self, channel: _Channel) -> None:
        channel.state = "up" if channel.spied else "ready"
        self._tell(switch.Ready(self.clock.now(), channel.name, channel.role, channel.about))

    def _dial(self, channel: _Channel, seconds: int) -> Outcome:
        if channel.state == "created":
            return Outcome.NOT_YET
        if channel.state != "ready":
            return Outcome.FAILED
        phone = self.phones.get(channel.endpoint, Phone(channel.endpoint, "absent"))
        self._soon(RINGS_AFTER, channel, lambda: self._ring(channel, phone, seconds))
        return Outcome.DONE

    def _ring(self, channel: _Channel, phone: Phone, seconds: int) -> None:
        if phone.manner == "busy":
            self._end(channel, switch.BUSY, sip=486)
            return
        if phone.manner == "absent":
            self._end(channel, NO_ANSWER, sip=TEMPORARILY_UNAVAILABLE)
            return
        channel.state, channel.ring = "ringing", channel.ring + 1
        self._tell(switch.Rings(self.clock.now(), channel.name))
        self.on_state(channel.name, "ringing")
        this = channel.ring

        def give_up() -> None:
            if channel.state == "ringing" and channel.ring == this:
                self._end(channel, NO_ANSWER, sip=TEMPORARILY_UNAVAILABLE)

        self._soon(seconds, channel, give_up)
        if phone.manner == "answers":
            self._soon(phone.after_seconds, channel, lambda: self.take(channel.name))
        elif phone.manner == "rejects":
            self._soon(phone.after_seconds, channel, lambda: self.reject(channel.name))

    def _up(self, channel: _Channel) -> None:
        channel.state = "up"
        self._tell(switch.Up(self.clock.now(), channel.name))
        self.on_state(channel.name, "up")

    def _end(
        self, channel: _Channel, cause: int, *, sip: int | None = None, by_phone: bool = False
    ) -> None:
        """End a channel; what is told, and in which order, is as it was recorded."""
        now, name = self.clock.now(), channel.name
        self._channels.pop(name, None)
        refused = sip is not None and sip != TEMPORARILY_UNAVAILABLE
        if not refused:
            self._tell(switch.HangsUp(now, name, cause if by_phone else SOFT))
        for playback in [key for key, on in self._playbacks.items() if on == name]:
            del self._playbacks[playback]
            self._tell(switch.PlaybackEnded(now, playback, ok=False))
        if channel.bridge:
            self._part(channel)
        self._tell(switch.Left(now, name))
        self._end_recordings(name)
        for each in [c for c in self._channels.values() if c.spied == name]:
            self._end(each, NORMAL)
        if not channel.spied:
            self._tell(switch.Gone(now, name, cause, sip))
        self.on_state(name, "ended")

    def _on_bridge(self, order: Order) -> Outcome:
        match order:
            case switch.MakeBridge(bridge, kind):
                self._bridges.setdefault(bridge, [])
                self._kinds[bridge] = kind
                return Outcome.DONE
            case switch.EndBridge(bridge):
                if bridge not in self._bridges:
                    return Outcome.ALREADY
                for name in self._bridges[bridge][:]:
                    self._part(self._channels[name])
                del self._bridges[bridge]
                self._music.discard(bridge)
                self._tell(switch.BridgeEnded(self.clock.now(), bridge))
                return Outcome.DONE
            case switch.Join(bridge, names):
                return self._join(bridge, names)
            case switch.Leave(bridge, name):
                channel = self._channels.get(name)
                if channel is None or channel.bridge != bridge:
                    return Outcome.ALREADY
                self._part(channel)
        return Outcome.DONE

    def _join(self, bridge: str, names: tuple[str, ...]) -> Outcome:
        known = [self._channels.get(name) for name in names]
        if bridge not in self._bridges or not all(known):
            return Outcome.GONE
        if any(each.state in ("created", "ringing_in") for each in known if each):
            return Outcome.NOT_YET
        for each in known:
            assert each is not None
            if each.bridge == bridge:
                continue
            if each.bridge:
                self._part(each)
            each.bridge = bridge
            self._bridges[bridge].append(each.name)
            self._tell(switch.Joined(self.clock.now(), each.name, bridge))
        return Outcome.DONE

    def _part(self, channel: _Channel) -> None:
        bridge, channel.bridge = channel.bridge, ""
        members = self._bridges.get(bridge, [])
        if channel.name in members:
            members.remove(channel.name)
        self._tell(switch.Parted(self.clock.now(), channel.name, bridge))
        if not members:
            self._music.discard(bridge)
            self._end_recordings(bridge)

    def _on_sound(self, order: Order) -> Outcome:
        match order:
            case switch.StopPlaying(playback):
                return self._played(playback, ok=True)
            case switch.Music(bridge, _) | switch.Record(bridge, _) if bridge not in self._bridges:
                return Outcome.GONE
            case switch.Music(bridge, on):
                return self._switch_music(bridge, on=on)
            case switch.Record(bridge, recording):
                return self._record(recording, bridge, None)
            case switch.PauseRecording(recording, on):
                return self._pause(recording, on=on)
            case switch.StopRecording(recording):
                return self._stop_recording(recording)
        raise TypeError(f"nothing is done for {order!r}")

    def _stop_recording(self, recording: str) -> Outcome:
        found = self._recordings.get(recording)
        if found is None or found.seconds is not None:
            return Outcome.ALREADY
        self._end_recording(recording)
        return Outcome.DONE

    def _switch_music(self, where: str, *, on: bool) -> Outcome:
        if on:
            self._music.add(where)
        elif where not in self._music:
            return Outcome.ALREADY
        else:
            self._music.discard(where)
        return Outcome.DONE

    def _snoop(self, channel: _Channel, snoop: str) -> Outcome:
        if snoop in self._channels:
            return Outcome.ALREADY
        made = _Channel(snoop, "created", role="snoop", spied=channel.name)
        self._channels[snoop] = made
        self._soon(ARRIVES_AFTER, made, lambda: self._arrive(made))
        return Outcome.DONE

    def _play(self, channel: _Channel, playback: str, sounds: tuple[str, ...]) -> Outcome:
        self._playbacks[playback] = channel.name
        channel.playing.append("&".join(sounds))
        lengths = [self.sound_seconds(each) for each in sounds]
        ok = all(length > 0 for length in lengths)

        def ends() -> None:
            self._played(playback, ok=ok)

        self._soon(sum(lengths) if ok else 0.0, channel, ends)
        return Outcome.DONE

    def _played(self, playback: str, *, ok: bool) -> Outcome:
        name = self._playbacks.pop(playback, None)
        if name is None:
            return Outcome.ALREADY
        self._channels[name].playing.pop(0)
        self._tell(switch.PlaybackEnded(self.clock.now(), playback, ok))
        return Outcome.DONE

    def _record(self, recording: str, on: str, most_seconds: float | None) -> Outcome:
        if recording in self._recordings:
            return Outcome.ALREADY
        self._recordings[recording] = _Recording(on, self._passed())
        if most_seconds is not None:
            self.clock.later(most_seconds, lambda: self._end_recording(recording))
        return Outcome.DONE

    def _pause(self, recording: str, *, on: bool) -> Outcome:
        found = self._recordings.get(recording)
        if found is None or found.seconds is not None:
            return Outcome.GONE
        if on and found.paused_since is None:
            found.paused_since = self._passed()
        elif not on and found.paused_since is not None:
            found.left_out += self._passed() - found.paused_since
            found.paused_since = None
        return Outcome.DONE

    def _end_recordings(self, on: str) -> None:
        for key, each in self._recordings.items():
            if each.on == on and each.seconds is None:
                self._end_recording(key)

    def _end_recording(self, recording: str) -> None:
        found = self._recordings[recording]
        if found.seconds is not None:
            return
        self._pause(recording, on=False)
        found.seconds = max(0, round(self._passed() - found.since - found.left_out))
        now = self.clock.now()
        self._tell(switch.RecordingEnded(now, recording, ok=True, seconds=found.seconds))

    def _passed(self) -> float:
        return (self.clock.now() - self._began).total_seconds()

    def _soon(self, seconds: float, channel: _Channel, act: Callable[[], None]) -> None:
        """Do something with a channel after a while, if it is still there."""

        def due() -> None:
            if self._channels.get(channel.name) is channel:
                act()

        self.clock.later(seconds, due)

    def _tell(self, signal: Signal) -> None:
        if self.hears:
            self._tell_on(signal)


class SimEngine:
    """The simulated switch as an engine. Belongs to one event loop."""

    def __init__(self, clock: Clock, *, seed: int = 1, told_late: bool = False) -> None:
        self._heard: asyncio.Queue[Signal | None] = asyncio.Queue()
        self._told_late = told_late
        self._clock = clock
        self.switch = SimSwitch(clock, self._hear, seed=seed)

    async def start(self) -> None:
        """Listen from now on: what nobody heard before is not told again."""
        self._heard = asyncio.Queue()
        self.switch.hears = True

    def _hear(self, signal: Signal) -> None:
        self._heard.put_nowait(signal)

    async def stop(self) -> None:
        """Listen no more; calls stay as they are."""
        self.switch.hears = False
        self._heard.put_nowait(None)

    async def give(self, order: Order) -> Outcome:
        """Carry an order out; `told_late`, signals that it causes are heard before its answer."""
        outcome = self.switch.give(order)
        if self._told_late:
            await asyncio.sleep(2 * ARRIVES_AFTER)
        return outcome

    async def signals(self) -> AsyncIterator[Signal]:
        """What happens; ends with `stop`."""
        while (signal := await self._heard.get()) is not None:
            yield signal

    async def look_around(self) -> switch.View:
        """All that stands now."""
        return self.switch.view()

    async def fetch_recording(self, recording: str) -> bytes:
        """The sound of a recording that ended, as WAV. Raises `KeyError`."""
        return self.switch.sound_of(recording)

    def lose_line(self) -> None:
        """Let nothing be heard from now on."""
        self._heard.put_nowait(switch.LineLost(self._clock.now()))
        self.switch.hears = False

    def get_line_back(self) -> None:
        """Let be heard again what happens from now on."""
        self.switch.hears = True
        self._heard.put_nowait(switch.LineBack(self._clock.now()))
