"""Calls conducted on a played switch, with agents, queues and a counted clock, all in memory.

Who takes which call decides the router of the product.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random

from qiao.contact.rules import routing
from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.engines.sim_switch import SimSwitch
from qiao.telephony.rules import adopting, asks, conduct, switch
from qiao.telephony.rules.call_log import fold
from qiao.telephony.rules.calls import Call, Entry
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.switch import Order, Outcome, Signal

QUEUE = "main"


@dataclass
class Agent:
    staff: int
    endpoint: str
    idle_since: float = 0.0
    state: str = "ready"  # ready, reserved, talking, wrap_up, not_ready
    offer: int | None = None
    rests: bool = False  # somebody in charge: has calls that they take over, is never asked
    confirm: str = ""  # the language in which they are asked for a key before they have a call
    skills: Mapping[str, int] = field(default_factory=dict)

    def as_routed(self, queues: frozenset[str]) -> routing.Agent:
        since = datetime.fromtimestamp(self.idle_since, UTC)
        return routing.Agent(self.staff, queues, since, self.skills)


@dataclass
class Exchange:
    """Runs calls as a controller does: keep, order, bring back what became of it."""

    clock: CountedClock
    terms: Terms
    agents: dict[int, Agent]
    seed: int = 1
    delay: float = 0.0  # an order takes up to so many seconds
    ring_seconds: int = 20
    wrap_up: Callable[[Random], float] = lambda _random: 0.0
    not_ready_seconds: float = 60.0
    queues: Mapping[str, routing.Queue] = field(
        default_factory=lambda: {QUEUE: routing.Queue(QUEUE)}
    )
    waiting: deque[int] = field(default_factory=deque)
    calls: dict[int, Call] = field(default_factory=dict)
    log: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    words: list[tuple[int, asks.Word]] = field(default_factory=list)
    offers: dict[int, int] = field(default_factory=dict)  # to their call

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.switch = SimSwitch(self.clock, self._hear, seed=self.seed)
        self._channels: dict[str, int] = {}
        self._orders: dict[int, deque[Order]] = defaultdict(deque)
        self._busy: set[int] = set()
        self._offer_no = 0
        self._life = 0
        self._answered: set[int] = set()
        for agent in self.agents.values():
            self.switch.phones.setdefault(agent.endpoint, Phone(agent.endpoint))

    def ask(self, call_id: int, ask: asks.Ask) -> None:
        """Somebody asks something of a call."""
        self._take(call_id, conduct.asked(self.calls[call_id], ask, self.clock.now()))

    def call_out(self, staff: int, endpoint: str, seconds: int = 30) -> int:
        """Somebody calls out from their own telephone; the call's id."""
        agent, call_id = self.agents[staff], len(self.calls) + 1
        assert agent.state == "ready", agent
        agent.state = "talking"
        self.calls[call_id] = Call(call_id)
        given = (staff, agent.endpoint, self.ring_seconds, "13900001111", endpoint, seconds)
        self.ask(call_id, asks.Dial(*given, shown="95598"))
        return call_id

    def next_offer(self, call_id: int) -> int:
        self._offer_no += 1
        self.offers[self._offer_no] = call_id
        return self._offer_no

    def route(self) -> None:
        """Ask people as the router decides: all are reserved before the first is rung."""
        if not self.waiting or not self.switch.hears:
            return
        served = frozenset(self.queues)
        free = [each.as_routed(served) for each in self.agents.values() if each.state == "ready"]
        if not free:
            return
        contacts = [self.contact(call_id) for call_id in self.waiting]
        offers = routing.route(self.queues, free, contacts, self.clock.now()).offers
        asked = []
        for each in offers:
            agent = self.agents[each.agent_id]
            self.waiting.remove(each.contact_id)
            self.reserve(agent, each.contact_id)
            given = (agent.offer or 0, agent.staff, agent.endpoint, self.ring_seconds)
            asked.append((each.contact_id, asks.Offer(*given, agent.confirm)))
        for call_id, ask in asked:
            self.ask(call_id, ask)

    def contact(self, call_id: int) -> routing.Contact:
        """A call that waits, as the router weighs it."""
        call = self.calls[call_id]
        assert call.queued_at is not None
        return routing.Contact(call_id, QUEUE, call.queued_at)

    def reserve(self, agent: Agent, call_id: int) -> None:
        assert agent.state == "ready", f"two offers of {agent}"
        agent.state, agent.offer = "reserved", self.next_offer(call_id)

    def die(self) -> None:
        """The controller is killed: what it was about to order is lost, and it hears nothing."""
        self.switch.hears = False
        self._orders.clear()
        self._life += 1
        self._busy.clear()

    def live_again(self) -> None:
        """Another takes its place: it knows the logs, and looks around."""
        self.switch.hears = True
        view, now = self.switch.view(), self.clock.now()
        for seen in view.channels:
            if seen.channel not in self._channels and not adopting.is_ours(seen.channel):
                self._hear(switch.Arrived(now, seen.channel, seen.caller, seen.dialled))
        for call_id in list(self.calls):
            call = self.calls[call_id]
            if call.phase != "ended":
                self._take(call_id, adopting.adopt(call, view, now, self.terms))
        for order in adopting.strays(self.calls.values(), view, self._channels):
            self.switch.give(order)
        for offer, call_id in self.offers.items():
            if offer not in self._answered:
                self.clock.later(self.ring_seconds, partial(self._expire, call_id, offer))
        self.route()

    def _expire(self, call_id: int, offer: int) -> None:
        if offer not in self._answered:
            self.ask(call_id, asks.Withdraw(offer))

    def _hear(self, signal: Signal) -> None:
        call_id = self._call_of(signal)
        if call_id is None:
            return
        if isinstance(signal, switch.Arrived):
            self.calls[call_id] = Call(call_id)
            self._channels[signal.channel] = call_id
        self._take(call_id, conduct.heard(self.calls[call_id], signal, self.terms))

    def _call_of(self, signal: Signal) -> int | None:
        if isinstance(signal, switch.Arrived):
            return len(self.calls) + 1
        name = next(
            (
                getattr(signal, each)
                for each in ("channel", "playback", "recording", "bridge")
                if hasattr(signal, each)
            ),
            "",
        )
        if name in self._channels:
            return self._channels[name]
        return int(name[1:].partition("-")[0]) if name.startswith("q") else None

    def _take(self, call_id: int, step: Conduct) -> None:
        assert fold(self.calls[call_id], step.entries) == step.call
        self.calls[call_id] = step.call
        self.log[call_id] += step.entries
        self._orders[call_id].extend(step.orders)
        for word in step.words:
            self.words.append((call_id, word))
            if isinstance(word, (asks.Refused, asks.Taken)) and word.offer is not None:
                self._answered.add(word.offer)
            self._listen(call_id, word)
        self._work(call_id)
        self.route()

    def _work(self, call_id: int) -> None:
        """One order after the other, each with its delay."""
        if call_id in self._busy or not self._orders[call_id]:
            return
        self._busy.add(call_id)
        order, life = self._orders[call_id].popleft(), self._life
        give = partial(self._give, call_id, order, life)
        self.clock.later(self.delay * self.random.random(), give)

    def _give(self, call_id: int, order: Order, life: int) -> None:
        if life != self._life:
            return
        result = self.switch.give(order)
        self._busy.discard(call_id)
        bring = partial(self._bring, call_id, order, result, life)
        self.clock.later(self.delay * self.random.random(), bring)
        self._work(call_id)

    def _bring(self, call_id: int, order: Order, result: Outcome, life: int) -> None:
        """What became of an order is known a while later: others are given meanwhile."""
        if life == self._life:
            call, now = self.calls[call_id], self.clock.now()
            self._take(call_id, conduct.outcome(call, order, result, now, self.terms))

    def _listen(self, call_id: int, word: asks.Word) -> None:
        match word:
            case asks.Waits():
                self.waiting.append(call_id)
            case asks.Later(ask, seconds):
                self.clock.later(seconds, partial(self.ask, call_id, ask))
            case asks.WaitsNoMore():
                if call_id in self.waiting:
                    self.waiting.remove(call_id)
            case asks.Refused(offer, staff, why):
                self._refused(call_id, offer, staff, why)
            case _:
                self._listen_of_people(word)

    def _listen_of_people(self, word: asks.Word) -> None:
        match word:
            case asks.Taken(offer, staff) if staff is not None:
                agent = self.agents[staff]
                assert offer is None or agent.offer == offer
                agent.state = "talking"
            case asks.NotCalled(staff, why):
                assert self.agents[staff].state == "talking"
                self.agents[staff].state = "not_ready" if why != "withdrawn" else "ready"
            case asks.Released(staff):
                self._released(self.agents[staff])

    def _refused(self, call_id: int, offer: int, staff: int | None, why: str) -> None:
        call = self.calls[call_id]
        rung = call.leg("agent") is not None
        if call.phase == "waiting" and not rung and call_id not in self.waiting:
            self.waiting.appendleft(call_id)  # it keeps its place
        if staff is None:
            return
        agent = self.agents[staff]
        assert agent.offer == offer, (agent, offer)
        agent.offer = None
        if why in ("caller_gone", "withdrawn"):
            self._ready(agent)
        else:
            agent.state = "not_ready"
            self.clock.later(self.not_ready_seconds, lambda: self._ready(agent))

    def _released(self, agent: Agent) -> None:
        assert agent.state == "talking", agent
        agent.state, agent.offer = "wrap_up", None
        self.clock.later(self.wrap_up(self.random), lambda: self._ready(agent))

    def _ready(self, agent: Agent) -> None:
        agent.state = "away" if agent.rests else "ready"
        agent.idle_since = self.clock.now().timestamp()
        self.route()
