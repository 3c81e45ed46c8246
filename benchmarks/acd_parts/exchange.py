"""The played switch with a controller, people who take calls by chance, and when what happened.

Times are `time.monotonic()`, which all processes of a machine share.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from acd_parts.world import LINE
from qiao.contact.operations import Asked, sign_on
from qiao.core.actor import Actor
from qiao.telephony.controller import Controller
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.operations import Switchboard, conducting
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order, Outcome, Signal

LIFTS = (0.4, 1.6)  # seconds from the ringing to the lifting of a receiver
TALK_SECONDS = 4.0
WRAP_UP = (0.5, 1.5)
PATIENCE_SECONDS = 30.0
DRAIN_SECONDS = 40.0


@dataclass
class Ring:
    """A telephone rings, until it is lifted or nobody wants it any more."""

    channel: str
    since: float
    until: float = float("inf")

    @property
    def call_id(self) -> int:
        """Whose call rings: the channels of agents carry it."""
        return int(self.channel[1:].partition("-")[0])


@dataclass
class Times:
    """When decisions were made and telephones rang, and what became of each call."""

    decided: dict[str, float] = field(default_factory=dict)  # by endpoint
    endpoints: dict[str, str] = field(default_factory=dict)  # of channels
    callers: dict[int, str] = field(default_factory=dict)  # their channels, by call
    to_ring: list[float] = field(default_factory=list)  # seconds
    rang: dict[str, list[Ring]] = field(default_factory=lambda: defaultdict(list))
    called: int = 0
    lifted: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # times, by call


class TimedEngine(SimEngine):
    """Notes when a telephone rings."""

    def __init__(self, clock: Any, times: Times) -> None:
        super().__init__(clock, seed=time.time_ns())
        self._times = times

    async def give(self, order: Order) -> Outcome:
        if isinstance(order, switch.Create):
            self._times.endpoints[order.channel] = order.endpoint
        return await super().give(order)

    def _hear(self, signal: Signal) -> None:
        if isinstance(signal, switch.Rings):
            now, endpoint = time.monotonic(), self._times.endpoints[signal.channel]
            self._times.rang[endpoint].append(Ring(signal.channel, now))
            if (decided := self._times.decided.pop(endpoint, None)) is not None:
                self._times.to_ring.append(now - decided)
        super()._hear(signal)


class TimedBoard(Switchboard):
    """Notes when it begins to be decided who gets whom: before any of it is kept."""

    def __init__(self, times: Times) -> None:
        super().__init__()
        self._times, self._began = times, 0.0
        decides = vars(conducting)["route"]

        def route(*, now: datetime) -> Sequence[Asked]:
            self._began = time.monotonic()
            found: Sequence[Asked] = decides(now=now)
            return found

        vars(conducting)["route"] = route

    def _offer(self, asked: Asked, now: datetime) -> None:
        self._times.decided[asked.endpoint] = self._began
        if known := self._calls.get(asked.subject_id):
            self._times.callers[asked.subject_id] = known.row.channel
        super()._offer(asked, now)


class Exchange:
    """Callers at a rate, for so long. Belongs to one event loop."""

    def __init__(self, people: Sequence[Actor], numbers: Sequence[str], seed: int = 1) -> None:
        self.times = Times()
        self._people = {each.person_id: each for each in people}
        self._numbers = numbers
        self._random = Random(seed)
        self.engine = TimedEngine(LoopClock(timezone.now), self.times)
        self.engine.switch.on_state = self._state
        self._callers: dict[str, asyncio.TimerHandle] = {}

    def sign_on(self) -> None:
        """Everybody begins."""
        for each in self._people.values():
            endpoint = f"PJSIP/{each.number}"
            self.engine.switch.phones[endpoint] = Phone(
                endpoint, "answers", self._random.uniform(*LIFTS)
            )
            with transaction.atomic():
                sign_on(actor=each, endpoint=endpoint, now=timezone.now())

    async def run(self, rate: float, seconds: float) -> None:
        """Let people call, then let the last of them end."""
        controller = Controller(self.engine, timezone.now)
        controller.board = TimedBoard(self.times)
        conducting = asyncio.create_task(controller.run())
        await asyncio.sleep(2)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._call()
            await asyncio.sleep(self._random.expovariate(rate))
        drained = time.monotonic() + DRAIN_SECONDS
        while controller.board.living and time.monotonic() < drained:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)
        controller.stop()
        await asyncio.gather(conducting, return_exceptions=True)

    def _call(self) -> None:
        loop = asyncio.get_running_loop()
        channel = self.engine.switch.call(self._random.choice(self._numbers), LINE)
        self.times.called += 1
        patience = self._random.expovariate(1 / PATIENCE_SECONDS)
        self._callers[channel] = loop.call_later(patience, self._give_up, channel)

    def _give_up(self, channel: str) -> None:
        self.engine.switch.put_down(channel)

    def _state(self, channel: str, state: str) -> None:
        """A ring is over; and where a telephone was lifted, the patience of its caller plays no
        part more."""
        rings = self.times.rang.get(self.times.endpoints.get(channel, ""))
        if state != "ringing" and rings and rings[-1].channel == channel:
            rings[-1].until = min(rings[-1].until, time.monotonic())
        if state != "up" or not channel.startswith("q"):
            return
        call_id = int(channel[1:].partition("-")[0])
        self.times.lifted[call_id] += 1
        caller = self.times.callers[call_id]
        if (timer := self._callers.pop(caller, None)) is not None:
            timer.cancel()
            talk = self._random.expovariate(1 / TALK_SECONDS)
            asyncio.get_running_loop().call_later(talk, self.engine.switch.put_down, caller)
