"""The played switch as an engine: see `sim_switch` for what it plays."""

import asyncio
from collections.abc import AsyncIterator

from qiao.telephony.engines.clock import Clock
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.engines.sim_switch import ARRIVES_AFTER, SimSwitch
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order, Outcome, Signal


class SimEngine:
    """The simulated switch as an engine. Belongs to one event loop."""

    def __init__(
        self, clock: Clock, *, seed: int = 1, told_late: bool = False, shelf: Shelf | None = None
    ) -> None:
        self._heard: asyncio.Queue[Signal | None] = asyncio.Queue()
        self._told_late = told_late
        self._clock = clock
        self.switch = SimSwitch(clock, self._hear, seed=seed, shelf=shelf)

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

    async def reach(self) -> None:
        """Nothing is needed to ask for recordings: they lie on the switch's shelf."""

    async def fetch_recording(self, recording: str) -> AsyncIterator[bytes]:
        """The sound of a recording that ended, as WAV, in blocks. Raises `KeyError`."""
        for block in self.switch.recordings.shelf.sound_of(recording):
            yield block

    async def drop_recording(self, recording: str) -> None:
        """Let the switch forget a recording."""
        self.switch.recordings.shelf.drop(recording)

    def lose_line(self) -> None:
        """Let nothing be heard from now on."""
        self._heard.put_nowait(switch.LineLost(self._clock.now()))
        self.switch.hears = False

    def get_line_back(self) -> None:
        """Let be heard again what happens from now on."""
        self.switch.hears = True
        self._heard.put_nowait(switch.LineBack(self._clock.now()))
