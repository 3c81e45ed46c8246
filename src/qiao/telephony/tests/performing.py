"""Who plays in a scenario: a stage, an ear that waits for what is heard, usual turns of a call."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from qiao.telephony.engines.port import TelephonyEngine
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import (
    Answer,
    Arrived,
    Create,
    Dial,
    EndBridge,
    Join,
    Joined,
    Leave,
    MakeBridge,
    Music,
    Order,
    Outcome,
    Ready,
    Rings,
    Signal,
    Up,
)

S = TypeVar("S", bound=Signal)
LONG = 10.0
CALLER, DIALLED = "18600001111", "95598"
FIRST, SECOND = "PJSIP/1001", "PJSIP/1002"
OUTSIDE = "PJSIP/13900001111@trunk"


class Stage(Protocol):
    """Who lifts receivers and presses keys. A recording does so by itself."""

    @property
    def engine(self) -> TelephonyEngine:
        """The engine that is tried."""

    def dials(self) -> None:
        """A caller dials the hotline."""

    def puts_down(self, channel: str) -> None:
        """Somebody hangs up."""

    def presses(self, channel: str, keys: str) -> None:
        """Somebody presses keys."""

    def phone(self, endpoint: str, manner: str = "answers", after_seconds: float = 0.0) -> None:
        """How a telephone behaves from now on."""

    def holds(self, channel: str) -> None:
        """Somebody presses the hold key of a telephone, and again."""

    def loses_line(self) -> None:
        """The websocket breaks."""


@dataclass
class Ear:
    """Hears all signals, and lets a scenario wait for those it needs."""

    heard: list[Signal] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, engine: TelephonyEngine) -> None:
        async for signal in engine.signals():
            self.heard.append(signal)
            self._more.set()

    async def wait(self, kind: type[S], times: int = 1, **facts: object) -> S:
        """The signal of this kind with these facts, heard before or awaited."""

        def found() -> list[S]:
            return [each for each in self.heard if isinstance(each, kind) and fits(each, facts)]

        async def hear() -> S:
            while len(found()) < times:
                self._more.clear()
                await self._more.wait()
            return found()[times - 1]

        try:
            return await asyncio.wait_for(hear(), LONG)
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} {facts} in {self.heard}") from None


def fits(signal: Signal | Order, facts: dict[str, object]) -> bool:
    return all(getattr(signal, name) == value for name, value in facts.items())


@dataclass
class Performance:
    """A scenario under way."""

    stage: Stage
    ear: Ear

    async def give(self, order: Order, outcome: Outcome = Outcome.DONE) -> None:
        found = await self.stage.engine.give(order)
        assert found is outcome, f"{order}: {found}, not {outcome}"

    async def caller(self) -> str:
        """A caller arrives and is answered."""
        self.stage.dials()
        arrived = await self.ear.wait(Arrived)
        assert (arrived.caller, arrived.dialled) == (CALLER, DIALLED)
        await self.give(Answer(arrived.channel))
        await self.ear.wait(Up, channel=arrived.channel)
        return arrived.channel

    async def queue(self, caller: str, bridge: str = "queue") -> None:
        await self.give(MakeBridge(bridge, "holding"))
        await self.give(Join(bridge, (caller,)))
        await self.give(Music(bridge, on=True))
        await self.ear.wait(Joined, channel=caller, bridge=bridge)

    async def ring(
        self, agent: str, endpoint: str, beside: str, seconds: int = 20, *, rings: bool = True
    ) -> None:
        await self.give(Create(agent, endpoint, "agent", beside, CALLER, beside))
        ready = await self.ear.wait(Ready, channel=agent)
        assert (ready.role, ready.about) == ("agent", beside)
        await self.give(Dial(agent, seconds, beside))
        if rings:
            await self.ear.wait(Rings, channel=agent)

    async def talk(
        self, caller: str, agent: str, bridge: str = "talk", queue: str = "queue"
    ) -> None:
        await self.give(MakeBridge(bridge))
        await self.give(Music(queue, on=False))
        await self.give(Leave(queue, caller))
        await self.give(Join(bridge, (caller, agent)))
        await self.give(EndBridge(queue))
        await self.ear.wait(Joined, channel=caller, bridge=bridge)
        await self.ear.wait(Joined, channel=agent, bridge=bridge)

    async def connected(self, agent: str = "agent", endpoint: str = FIRST) -> str:
        """A caller who was queued, rung through and talks with an agent."""
        self.stage.phone(endpoint)
        caller = await self.caller()
        await self.queue(caller)
        await self.ring(agent, endpoint, caller)
        await self.ear.wait(Up, channel=agent)
        await self.talk(caller, agent)
        return caller


def told_of(heard: list[Signal], names: dict[str, str]) -> dict[str, list[Any]]:
    """What was told of each channel, in its order; what a switch may leave out is left out.

    `Gone` may stay away, `HangsUp` may come twice: an end is one of `Left`.
    """
    found: dict[str, list[Any]] = {}
    for each in heard:
        if not isinstance(each, switch.OfChannel) or isinstance(
            each, (switch.Gone, switch.HangsUp)
        ):
            continue
        channel = names.get(each.channel, each.channel)
        bridge = getattr(each, "bridge", "")
        found.setdefault(channel, []).append((type(each).__name__, bridge))
    return found
