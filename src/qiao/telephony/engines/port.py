"""The port: what every telephony engine can do."""

from collections.abc import AsyncIterator
from typing import Protocol

from qiao.telephony.rules.switch import Order, Outcome, Signal, View


class EngineDown(Exception):  # noqa: N818 - what came of it
    """The switch cannot be reached, or does not know us; the words say what to do."""


class TelephonyEngine(Protocol):
    """A switch under our control, for one controller at a time."""

    async def start(self) -> None:
        """Reach the switch and listen. Raises `EngineDown`."""

    async def reach(self) -> None:
        """Be able to ask for recordings without listening: a job does, beside the controller who
        listens."""

    async def stop(self) -> None:
        """Let the switch go; calls stay as they are. Never raises."""

    async def give(self, order: Order) -> Outcome:
        """Give an order and wait for what became of it. Never raises: a switch that does not
        answer is `Outcome.FAILED`."""

    def signals(self) -> AsyncIterator[Signal]:
        """What happens, in the order in which it was heard."""

    async def look_around(self) -> View:
        """All that stands at the switch now. Raises `EngineDown`."""

    def fetch_recording(self, recording: str) -> AsyncIterator[bytes]:
        """The sound of a recording that ended, as WAV, in blocks. Raises `EngineDown`; `KeyError`
        where the switch has none of that name."""

    async def drop_recording(self, recording: str) -> None:
        """Let the switch forget a recording; harmless where it has none. Raises `EngineDown`."""
