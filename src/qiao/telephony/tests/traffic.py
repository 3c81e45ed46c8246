"""Traffic that is played, beside the theory of queues.

The played switch brings the calls, and the router of the product decides who takes which. They
wait in two queues with terms of their own, which the same agents serve, every one of them with the
skills and the language that are asked for: first come, first served over both, so that the theory
of one waiting line holds.

100 calls in half an hour that last three minutes on average: 10 Erlang. The figures are those of
Erlang C (callers wait for ever) and Erlang A (they give up after two minutes on average). Means
of batches give the limits: waits of neighbours are alike, so single calls would promise too much.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, sqrt
from random import Random
from statistics import mean, stdev

from qiao.contact.rules.routing import Contact, Queue, Skills
from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.rules.calls import Call, Entry
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.tests.exchange import QUEUE, Agent, Exchange

START = datetime(2026, 11, 28, tzinfo=UTC)
EVERY, TALK = 18.0, 180.0  # seconds between calls, and of talk
BATCHES = 40
T99 = 2.708  # Student's t for 39 degrees of freedom, both sides
AT_ONCE = 0.05  # seconds: what the switch itself takes
SERVICE_LEVEL = 20.0
QUEUES = {
    "billing": Queue("billing", "longest_idle", (("billing", 2),), relax_after=(45.0,)),
    "repair": Queue("repair", "best_skill", (("repair", 3),), language_relax_after=(20.0, 40.0)),
}
ABLE = {"billing": 4, "repair": 3, "yue": 3}
WANTED: Sequence[tuple[str, Skills]] = (
    ("billing", ()), ("repair", (("yue", 3),)), ("repair", ()),
)  # fmt: skip


class Traffic(Exchange):
    """Callers who come by chance, talk by chance, and may lose patience."""

    def start(self, patience: float) -> None:
        self.chance = Random(self.seed)
        self.patience = patience
        self.switch.on_state = self._state
        self._come()

    def _come(self) -> None:
        self.clock.later(self.chance.expovariate(1 / EVERY), self._call)

    def _call(self) -> None:
        channel = self.switch.call("13800000000", "95598")
        if self.patience < inf:
            number = len(self.calls)
            after = self.chance.expovariate(1 / self.patience)
            self.clock.later(after, lambda: self._give_up(number, channel))
        self._come()

    def _give_up(self, number: int, channel: str) -> None:
        if self.calls[number].phase in ("arrived", "greeted", "waiting"):
            self.switch.put_down(channel)

    def _state(self, channel: str, state: str) -> None:
        """An agent took a call: its caller talks for a while."""
        if state == "up" and channel.startswith("q"):
            call_id = int(channel[1:].partition("-")[0])
            seconds = self.chance.expovariate(1 / TALK)
            self.clock.later(seconds, lambda: self._done(call_id))

    def _done(self, call_id: int) -> None:
        if caller := self.calls[call_id].caller_channel:
            self.switch.put_down(caller)


class TwoQueues(Traffic):
    """They want one thing or the other; some of them in another language."""

    def contact(self, call_id: int) -> Contact:
        since = self.calls[call_id].queued_at
        assert since is not None
        queue, languages = WANTED[call_id % len(WANTED)]
        return Contact(call_id, queue, since, languages=languages)


def waited(log: Sequence[Entry], call: Call) -> float:
    """Seconds from the queue to the talk, or to giving up."""
    at = {entry.kind: entry.at for entry in log}
    end = at.get("connected") or call.ended_at
    assert end is not None
    return (end - at["queued"]).total_seconds()


def batches(agents: int, patience: float, calls: int, seed: int) -> list[list[tuple[float, bool]]]:
    """Waits of the calls, and whether they were taken, in batches; the first is let go by."""
    staff = {n: Agent(n, f"PJSIP/{n}", skills=ABLE) for n in range(agents)}
    terms = Terms(QUEUE, is_recorded=False)
    desk = TwoQueues(CountedClock(START), terms, staff, seed=seed, queues=QUEUES)
    for each in staff.values():
        desk.switch.phones[each.endpoint] = Phone(each.endpoint, after_seconds=0.0)
    desk.start(patience)
    desk.clock.run(calls * EVERY)
    ended = [call for call in desk.calls.values() if call.phase == "ended" and call.queued_at]
    rows = [(waited(desk.log[c.call_id], c), c.end != "abandoned") for c in ended]
    size = len(rows) // (BATCHES + 1)
    return [rows[n * size : (n + 1) * size] for n in range(1, BATCHES + 1)]


@dataclass(frozen=True, slots=True)
class Found:
    """A figure of the play with its limits (99 of 100), beside that of the theory."""

    name: str
    found: float
    half: float
    theory: float

    @property
    def agrees(self) -> bool:
        """Whether the theory lies within the limits."""
        return abs(self.found - self.theory) <= self.half


Figure = Callable[[list[tuple[float, bool]]], float]


def waits(rows: list[tuple[float, bool]]) -> float:
    return mean(wait > AT_ONCE for wait, _taken in rows)


def asa(rows: list[tuple[float, bool]]) -> float:
    return mean(wait for wait, _taken in rows)


def in_time(rows: list[tuple[float, bool]]) -> float:
    return mean(wait <= SERVICE_LEVEL for wait, _taken in rows)


def given_up(rows: list[tuple[float, bool]]) -> float:
    return mean(not taken for _wait, taken in rows)


@dataclass(frozen=True, slots=True)
class Case:
    """So many agents and calls, with the patience of callers in seconds, and what the theory says
    of them."""

    agents: int
    patience: float
    calls: int
    figures: tuple[tuple[Figure, float], ...]

    def __str__(self) -> str:
        return f"{'C' if self.patience == inf else 'A'}, {self.agents} agents"

    def play(self, seed: int = 7) -> list[Found]:
        """Let the calls come; each figure beside its theory."""
        rows = batches(self.agents, self.patience, self.calls, seed)
        found = []
        for figure, theory in self.figures:
            values = [figure(batch) for batch in rows]
            half = T99 * stdev(values) / sqrt(len(values))
            found.append(Found(figure.__name__, mean(values), half, theory))
        return found


CASES = (
    Case(12, inf, 60_000, ((waits, 0.4494), (in_time, 0.6402), (asa, 40.44))),
    Case(13, inf, 40_000, ((waits, 0.2853), (in_time, 0.7956), (asa, 17.12))),
    Case(14, inf, 40_000, ((waits, 0.1741), (in_time, 0.8884), (asa, 7.84))),
    Case(12, 120.0, 40_000, ((waits, 0.2798), (asa, 7.39), (given_up, 0.0616))),
)
