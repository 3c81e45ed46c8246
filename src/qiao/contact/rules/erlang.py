"""How long callers wait for so many agents: the formulas of Erlang and of Palm.

Calls come at random at an even rate and last at random around a mean. In Erlang's second formula
(C) everybody waits; in Palm's (A; "Research on telephone traffic carried by full availability
groups", Tele 1/1957) each caller hangs up at random around a mean patience. Waiting of those who
come is counted over all of them, those answered at once included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, exp, inf
from typing import Final

_NEGLIGIBLE: Final = 1e-14  # of the whole: states less likely than that change no figure
_FEWEST: Final = 3  # states looked at, however unlikely
_LARGE: Final = 1e200
MOST_AGENTS: Final = 5_000


class Unstable(Exception):  # noqa: N818 - names the finding
    """More work comes than the agents can do, and nobody hangs up: the queue grows without end."""


class NotReachable(Exception):  # noqa: N818 - names the finding
    """No number of agents gives the service that was asked for."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What comes: calls per second, the mean seconds of work with one, the mean seconds after
    which somebody who waits hangs up (None: never)."""

    calls_per_second: float
    work_seconds: float
    patience_seconds: float | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what cannot be."""
        rates = (self.calls_per_second, self.work_seconds, self.patience_seconds or 1.0)
        if min(rates) <= 0 or max(rates) == inf:
            raise ValueError(f"rates and times must be positive and finite: {self}")

    @property
    def erlangs(self) -> float:
        """The work that comes, in agents who would be busy all the time."""
        return self.calls_per_second * self.work_seconds


@dataclass(frozen=True, slots=True)
class Service:
    """What callers meet. Shares are of all who call: `waiting` must wait at all, `within` are
    answered within the wanted seconds, `abandoned` hang up. `mean_wait` is in seconds; of those
    who hang up it counts until they do. `occupancy` is the share of the agents' time at work.
    """

    agents: int
    waiting: float
    within: float
    mean_wait: float
    abandoned: float
    occupancy: float


def blocked(erlangs: float, agents: int) -> float:
    """The share that finds all agents busy where nobody may wait (Erlang B)."""
    found = 1.0
    for n in range(1, agents + 1):
        found = erlangs * found / (n + erlangs * found)
    return found


def service(traffic: Traffic, agents: int, *, seconds: float = 20) -> Service:
    """What callers meet with so many agents; `seconds` is what `Service.within` asks for.

    Raises `Unstable`, `ValueError` (no agent).
    """
    if agents < 1:
        raise ValueError("at least one agent must be there")
    if traffic.patience_seconds is None:
        return _all_wait(traffic, agents, seconds)
    return _some_hang_up(traffic, agents, seconds, traffic.patience_seconds)


def agents_for(
    traffic: Traffic, *, within: float, seconds: float = 20, abandoned: float = 1.0
) -> Service:
    """The service of the smallest number of agents that answers the share `within` in `seconds`
    and lets no more than the share `abandoned` hang up.

    Raises `NotReachable`.
    """
    least = 1 if traffic.patience_seconds else int(traffic.erlangs) + 1
    most = max(least, 2 * ceil(traffic.erlangs) + 10)
    while not _is_enough(found := service(traffic, most, seconds=seconds), within, abandoned):
        least, most = most + 1, 2 * most
        if most > MOST_AGENTS:
            raise NotReachable(f"{within:.0%} within {seconds:g} s")
    while least < most:  # more agents never serve worse
        middle = (least + most) // 2
        met = service(traffic, middle, seconds=seconds)
        if _is_enough(met, within, abandoned):
            most, found = middle, met
        else:
            least = middle + 1
    return found


def _is_enough(found: Service, within: float, abandoned: float) -> bool:
    return found.within >= within and found.abandoned <= abandoned


def _all_wait(traffic: Traffic, agents: int, seconds: float) -> Service:
    load = traffic.erlangs
    if load >= agents:
        raise Unstable(f"{load:.2f} Erlang for {agents} agents")
    lost = blocked(load, agents)
    waiting = agents * lost / (agents - load * (1 - lost))
    spare = (agents - load) / traffic.work_seconds  # calls a second that the queue loses
    return Service(
        agents=agents,
        waiting=waiting,
        within=1 - waiting * exp(-spare * seconds),
        mean_wait=waiting / spare,
        abandoned=0.0,
        occupancy=load / agents,
    )


def _some_hang_up(traffic: Traffic, agents: int, seconds: float, patience: float) -> Service:
    """By the states of the queue: with j waiting, the agents and j impatient callers free a place.

    Somebody who finds j before them waits for j + 1 such moments. The sum of exponential times
    with rates c, c + 1/p, … c + j/p is -p log B with B of the Beta distribution (c p, j + 1), so
    that the share answered in time is E[B; B >= exp(-t/p)], a finite sum for whole j.
    """
    rate = agents / traffic.work_seconds
    lost = blocked(traffic.erlangs, agents)
    if lost == 0:  # fewer than one call in 1e300
        return Service(agents, 0.0, 1.0, 0.0, 0.0, traffic.erlangs / agents)
    shares = _answered_in_time(rate * patience, exp(-seconds / patience))
    # How likely states are against all agents busy and nobody waiting: `state` for j who wait.
    state, busy, queue, answered = 1.0, 1.0, 0.0, next(shares)
    idle = 1 / lost - 1
    j = 0
    while j < _FEWEST or state * (j + 1) > _NEGLIGIBLE * (idle + busy):
        j += 1
        state *= traffic.calls_per_second / (rate + j / patience)
        busy += state
        queue += j * state
        answered += state * next(shares)
        if busy > _LARGE:
            state, busy, queue, answered, idle = (
                each / _LARGE for each in (state, busy, queue, answered, idle)
            )
    total = idle + busy
    gone = queue / total / patience / traffic.calls_per_second
    return Service(
        agents=agents,
        waiting=busy / total,
        within=(idle + answered) / total,
        mean_wait=queue / total / traffic.calls_per_second,
        abandoned=gone,
        occupancy=traffic.erlangs * (1 - gone) / agents,
    )


def _answered_in_time(a: float, x: float) -> Iterator[float]:
    """E[B; B >= x] for B of the Beta distribution (a, j + 1), for j from 0."""
    j = 0
    term = x ** (a + 1)  # of the incomplete Beta function of (a + 1, j + 1) at x
    below = term
    while True:
        yield a / (a + j + 1) * (1 - below)
        j += 1
        term *= (a + j) / j * (1 - x)
        below += term
