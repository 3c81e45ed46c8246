"""One call at a time, conducted by the product's own rules on any engine, in the time that passes.

As the controller does it: what is heard is kept first, then orders are given one after the other,
then what became of each is brought back. The rules are pure, so no database is needed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from django.utils import timezone

from qiao.telephony.rules import adopting, asks, conduct, switch
from qiao.telephony.rules.call_log import fold
from qiao.telephony.rules.calls import Call, Entry
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.menus import OK
from qiao.telephony.rules.switch import Order, Outcome, Signal
from qiao.telephony.tests.performing import CALLER, FIRST, Stage, fits

QUEUE = "main"
TERMS = Terms(QUEUE, is_recorded=False)
LONG = 12.0  # seconds


@dataclass
class LiveDesk:
    """Whoever conducts calls of a stage."""

    stage: Stage
    terms: Terms = TERMS
    pace: float = 1.0  # what is asked later is so much sooner
    calls: dict[int, Call] = field(default_factory=dict)
    log: list[Entry] = field(default_factory=list)  # of the call that was begun last
    heard: list[Signal] = field(default_factory=list)
    given: list[tuple[Order, Outcome]] = field(default_factory=list)
    words: list[asks.Word] = field(default_factory=list)
    _orders: asyncio.Queue[Order] = field(default_factory=asyncio.Queue)
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _offers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def call(self) -> Call:
        """The call that was begun last."""
        return self.calls[len(self.calls)]

    async def listen(self) -> None:
        """Hear the switch, until cancelled."""
        async for signal in self.stage.engine.signals():
            self.heard.append(signal)
            if isinstance(signal, switch.LineBack):
                await self._take_up()
            elif isinstance(signal, switch.Arrived):
                self._begin()
                self._hear(signal)
            elif self.calls and self._is_of_call(signal):
                self._hear(signal)
            self._more.set()

    async def work(self) -> None:
        """Give orders, until cancelled."""
        while True:
            order = await self._orders.get()
            outcome = await self.stage.engine.give(order)
            self.given.append((order, outcome))
            if self.calls:
                now = timezone.now()
                self._take(conduct.outcome(self.call, order, outcome, now, self.terms))
            self._more.set()

    def ask(self, ask: asks.Ask) -> None:
        """Somebody asks something of the call."""
        self._take(conduct.asked(self.call, ask, timezone.now(), self.terms))

    def offer(
        self, endpoint: str = FIRST, staff: int = 1, seconds: int = 20, confirm: str = ""
    ) -> None:
        """Somebody is to take the call of who waits, by a key where `confirm` is a language."""
        self.ask(asks.Offer(next(self._offers), staff, endpoint, seconds, confirm))

    def consult(self, endpoint: str, staff: int = 2) -> None:
        """The agent asks a third."""
        self.ask(asks.Consult(next(self._offers), staff, endpoint, 20))

    def call_out(self, own: str, other: str, seconds: int = 4) -> None:
        """Somebody calls out."""
        self._begin()
        self.ask(asks.Dial(1, own, 20, CALLER, other, seconds))

    def call_back(self, own: str, other: str, own_seconds: int = 20, seconds: int = 4) -> None:
        """Somebody is to call back whoever kept their place in a queue."""
        self._begin()
        offer = next(self._offers)
        self.ask(asks.Dial(1, own, own_seconds, CALLER, other, seconds, offer=offer))

    async def kept(self, kind: str, times: int = 1, **data: object) -> Entry:
        """Wait until the log has such an entry."""

        def found() -> list[Entry]:
            return [e for e in self.log if e.kind == kind and data.items() <= e.data.items()]

        await self._until(lambda: len(found()) >= times, f"{kind} {data}")
        return found()[times - 1]

    async def told(self, kind: type[Signal], times: int = 1, **facts: object) -> None:
        """Wait until the switch has said something."""

        def is_told() -> bool:
            return sum(isinstance(e, kind) and fits(e, facts) for e in self.heard) >= times

        await self._until(is_told, f"{kind.__name__} {facts}")

    async def done(self, kind: type[Order], times: int = 1, **facts: object) -> None:
        """Wait until an order was given and carried out."""

        def is_done() -> bool:
            found = [o for o, r in self.given if isinstance(o, kind) and r is Outcome.DONE]
            return sum(fits(each, facts) for each in found) >= times

        await self._until(is_done, f"{kind.__name__} {facts}")

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def quiet(self) -> None:
        """Wait until all orders are given and nothing more follows from them."""
        await self._until(self._orders.empty, "the last order")
        await asyncio.sleep(0.1)

    def kinds(self) -> list[str]:
        """What happened, without causes: those may be told sooner, later or not at all."""
        return [each.kind for each in self.log if each.kind != "told_cause"]

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        async def wait() -> None:
            while not is_so():
                self._more.clear()
                await self._more.wait()

        try:
            await asyncio.wait_for(wait(), LONG)
        except TimeoutError:
            raise AssertionError(
                f"no {what} in {[e.kind for e in self.log]}; heard {self.heard}"
            ) from None

    def _begin(self) -> None:
        self.calls[len(self.calls) + 1] = Call(len(self.calls) + 1)
        self.log = []

    def _is_of_call(self, signal: Signal) -> bool:
        names = [getattr(signal, n, "") for n in ("channel", "playback", "recording", "bridge")]
        ours = f"q{self.call.call_id}-"
        return any(n == self.call.caller_channel or n.startswith(ours) for n in names if n)

    def _hear(self, signal: Signal) -> None:
        self._take(conduct.heard(self.call, signal, self.terms))

    async def _take_up(self) -> None:
        view = await self.stage.engine.look_around()
        if self.calls:
            self._take(adopting.adopt(self.call, view, timezone.now(), self.terms))
        known = {self.call.caller_channel} if self.calls else set()
        for order in adopting.strays(self.calls.values(), view, known):
            self._orders.put_nowait(order)

    def _take(self, step: Conduct) -> None:
        assert fold(self.call, step.entries) == step.call
        self.calls[step.call.call_id] = step.call
        self.log += step.entries
        self.words += step.words
        for order in step.orders:
            self._orders.put_nowait(order)
        for word in step.words:
            self._listen(word)
        self._more.set()

    def _listen(self, word: asks.Word) -> None:
        """What a voice menu waits for, or asks and wants promised."""
        match word:
            case asks.Later(ask, seconds):
                asyncio.get_running_loop().call_later(seconds * self.pace, self.ask, ask)
            case asks.Asks(question):
                self.ask(asks.MenuAnswered(question.id, OK, {"place": 1}))
            case asks.WantsCallback(number, _, _):
                self.ask(asks.MenuAnswered(number, OK, {}))
