"""A switch that is played: telephones that ring, are taken and hung up, with nothing behind them.

It ships with the product: the demo's callers, the telephone on the screen and training speak
through it. It does what an Asterisk was recorded to do, in the order in which that said so, and
knows its ways: a channel that was created arrives a moment later and cannot be dialled before, an
order on what has gone fails, and a join is for all or for nobody.
"""

import random
from collections.abc import Callable
from functools import partial
from typing import Final

from qiao.telephony.engines.clock import Clock
from qiao.telephony.engines.sim_phones import Channel, Phone, State
from qiao.telephony.engines.sim_recordings import SimRecordings
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order, Outcome, Signal

ARRIVES_AFTER: Final = 0.002  # seconds from its creation until a channel is ready, as recorded
RINGS_AFTER: Final = 0.002
SOUND_SECONDS: Final = 2.0
PRESSES_AFTER: Final = 1.5  # seconds of what is said until somebody presses a key
NO_ANSWER, NORMAL, SOFT = 19, switch.NORMAL, 32
TEMPORARILY_UNAVAILABLE: Final = 480


class SimSwitch:
    """The switch itself: takes orders at once, tells what happens through `tell`."""

    def __init__(
        self,
        clock: Clock,
        tell: Callable[[Signal], None],
        *,
        seed: int = 1,
        sound_seconds: Callable[[str], float] = lambda _sound: SOUND_SECONDS,
        shelf: Shelf | None = None,
    ) -> None:
        self.phones: dict[str, Phone] = {}
        self.finds: Callable[[str], Phone | None] = self.phones.get
        self.clock = clock
        self._tell_on = tell
        self._random = random.Random(seed)  # noqa: S311 - a play, no secret
        self.sound_seconds = sound_seconds
        self._channels: dict[str, Channel] = {}
        self._bridges: dict[str, list[str]] = {}
        self._kinds: dict[str, str] = {}
        self._music: set[str] = set()
        self._playbacks: dict[str, str] = {}  # to their channel
        self.recordings = SimRecordings(clock, self._tell, shelf)
        self._calls = 0
        self.hears = True  # False: what happens is not told
        self.on_state: Callable[[str, str], None] = lambda _channel, _state: None
        """Told of each channel that comes up or ends: for whoever plays the telephone."""

    # What people do.

    def call(self, caller: str, dialled: str, *, by: str = "sim") -> str:
        """Somebody dials; returns their channel, whose name begins with `by`."""
        self._calls += 1
        name = f"{by}-{self._calls}.{self._random.randrange(1 << 48):012x}"
        self._channels[name] = Channel(name, "ringing_in", caller=caller, dialled=dialled)
        self._tell(switch.Arrived(self.clock.now(), name, caller, dialled))
        return name

    def press(self, channel: str, key: str) -> None:
        """A key is pressed, also while something is played."""
        if channel in self._channels:
            self._tell(switch.KeyPressed(self.clock.now(), channel, key))
            if key == "#":
                self.recordings.end_of(channel)

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

    def role_of(self, channel: str) -> str:
        """For what a channel was created; empty for callers and for what has ended."""
        found = self._channels.get(channel)
        return found.role if found else ""

    def at_endpoint(self, endpoint: str, state: State) -> str:
        """The channel of a telephone that stands so; empty if there is none."""
        wanted = (c for c in self._channels.values() if c.endpoint == endpoint)
        return next((each.name for each in wanted if each.state == state), "")

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

    def _on_channel(self, order: switch.OnChannel, channel: Channel) -> Outcome:
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

    def _heard_through(self, order: switch.OnChannel, channel: Channel) -> Outcome:
        match order:
            case switch.HoldMusic(_, on):
                return self._switch_music(channel.name, on=on)
            case switch.Snoop(_, snoop, _):
                return self._snoop(channel, snoop)
            case switch.RecordChannel(_, recording, most, _):
                return self.recordings.begin(recording, channel.name, most)
        return Outcome.DONE

    def _create(self, order: switch.Create) -> Outcome:
        if order.channel in self._channels:
            return Outcome.ALREADY
        phone = self.finds(order.endpoint)
        if phone is None or phone.manner == "absent":
            return Outcome.UNREACHABLE
        made = Channel(
            order.channel, "created", order.shown, order.endpoint, order.role, order.about
        )
        self._channels[order.channel] = made
        self._soon(ARRIVES_AFTER, made, lambda: self._arrive(made))
        return Outcome.DONE

    def _arrive(self, channel: Channel) -> None:
        channel.state = "up" if channel.spied else "ready"
        self._tell(switch.Ready(self.clock.now(), channel.name, channel.role, channel.about))

    def _dial(self, channel: Channel, seconds: int) -> Outcome:
        if channel.state == "created":
            return Outcome.NOT_YET
        if channel.state != "ready":
            return Outcome.FAILED
        phone = self.finds(channel.endpoint) or Phone(channel.endpoint, "absent")
        self._soon(RINGS_AFTER, channel, lambda: self._ring(channel, phone, seconds))
        return Outcome.DONE

    def _ring(self, channel: Channel, phone: Phone, seconds: int) -> None:
        if phone.manner == "busy":
            self._end(channel, switch.BUSY, sip=486)
            return
        if phone.manner == "declines":
            self._end(channel, switch.REJECTED, sip=603)
            return
        if phone.manner in ("off", "absent"):
            self._end(channel, NO_ANSWER, sip=TEMPORARILY_UNAVAILABLE, is_told=True)
            return
        channel.state, channel.ring = "ringing", channel.ring + 1
        self._tell(switch.Rings(self.clock.now(), channel.name))
        self.on_state(channel.name, "ringing")
        this = channel.ring

        def give_up() -> None:
            if channel.state == "ringing" and channel.ring == this:
                self._end(channel, NO_ANSWER, sip=TEMPORARILY_UNAVAILABLE)

        self._soon(seconds, channel, give_up)
        if phone.manner in ("answers", "mailbox"):
            self._soon(phone.after_seconds, channel, lambda: self.take(channel.name))
        elif phone.manner == "rejects":
            self._soon(phone.after_seconds, channel, lambda: self.reject(channel.name))

    def _up(self, channel: Channel) -> None:
        channel.state = "up"
        self._tell(switch.Up(self.clock.now(), channel.name))
        self.on_state(channel.name, "up")

    def _end(
        self,
        channel: Channel,
        cause: int,
        *,
        sip: int | None = None,
        by_phone: bool = False,
        is_told: bool = False,
    ) -> None:
        """End a channel; what is told, and in which order, is as it was recorded."""
        now, name = self.clock.now(), channel.name
        self._channels.pop(name, None)
        refused = sip is not None and sip != TEMPORARILY_UNAVAILABLE
        itself = by_phone or refused or is_told
        self._tell(switch.HangsUp(now, name, cause if itself else SOFT))
        for playback in [key for key, on in self._playbacks.items() if on == name]:
            del self._playbacks[playback]
            self._tell(switch.PlaybackEnded(now, playback, ok=False))
        if channel.bridge:
            self._part(channel)
        self._tell(switch.Left(now, name))
        self.recordings.end_of(name)
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

    def _part(self, channel: Channel) -> None:
        bridge, channel.bridge = channel.bridge, ""
        members = self._bridges.get(bridge, [])
        if channel.name in members:
            members.remove(channel.name)
        self._tell(switch.Parted(self.clock.now(), channel.name, bridge))
        if not members:
            self._music.discard(bridge)
            self.recordings.end_of(bridge)

    def _on_sound(self, order: Order) -> Outcome:
        match order:
            case switch.StopPlaying(playback):
                return self._played(playback, ok=True)
            case switch.Music(bridge, _) | switch.Record(bridge, _) if bridge not in self._bridges:
                return Outcome.GONE
            case switch.Music(bridge, on):
                return self._switch_music(bridge, on=on)
            case switch.Record(bridge, recording):
                return self.recordings.begin(recording, bridge)
            case switch.PauseRecording(recording, on):
                return self.recordings.pause(recording, on=on)
            case switch.StopRecording(recording):
                return self.recordings.stop(recording)
        raise TypeError(f"nothing is done for {order!r}")

    def _switch_music(self, where: str, *, on: bool) -> Outcome:
        if on:
            self._music.add(where)
        elif where not in self._music:
            return Outcome.ALREADY
        else:
            self._music.discard(where)
        return Outcome.DONE

    def _snoop(self, channel: Channel, snoop: str) -> Outcome:
        if snoop in self._channels:
            return Outcome.ALREADY
        made = Channel(snoop, "created", role="snoop", spied=channel.name)
        self._channels[snoop] = made
        self._soon(ARRIVES_AFTER, made, lambda: self._arrive(made))
        return Outcome.DONE

    def _play(self, channel: Channel, playback: str, sounds: tuple[str, ...]) -> Outcome:
        self._playbacks[playback] = channel.name
        channel.playing.append("&".join(sounds))
        lengths = [self.sound_seconds(each) for each in sounds]
        ok = all(length > 0 for length in lengths)

        def ends() -> None:
            self._played(playback, ok=ok)

        self._soon(sum(lengths) if ok else 0.0, channel, ends)
        phone = self.finds(channel.endpoint) if channel.endpoint else None
        if phone is not None and phone.manner == "answers":
            for key in phone.presses:
                self._soon(PRESSES_AFTER, channel, partial(self.press, channel.name, key))
        return Outcome.DONE

    def _played(self, playback: str, *, ok: bool) -> Outcome:
        name = self._playbacks.pop(playback, None)
        if name is None:
            return Outcome.ALREADY
        self._channels[name].playing.pop(0)
        self._tell(switch.PlaybackEnded(self.clock.now(), playback, ok))
        return Outcome.DONE

    def _soon(self, seconds: float, channel: Channel, act: Callable[[], None]) -> None:
        """Do something with a channel after a while, if it is still there."""

        def due() -> None:
            if self._channels.get(channel.name) is channel:
                act()

        self.clock.later(seconds, due)

    def _tell(self, signal: Signal) -> None:
        if self.hears:
            self._tell_on(signal)
