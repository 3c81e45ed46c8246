"""Waiting times against published figures, against each other, and against a simulated queue."""

import heapq
from math import sqrt
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.contact.rules.erlang import (
    NotReachable,
    Service,
    Traffic,
    Unstable,
    agents_for,
    blocked,
    service,
)

HALF_HOUR = 100 / 1800  # 100 calls in 30 minutes, 180 s each: 10 Erlang
TRAFFIC = Traffic(HALF_HOUR, 180)
IMPATIENT = Traffic(HALF_HOUR, 180, 120)


@pytest.mark.parametrize(
    ("agents", "waiting", "within", "mean_wait"),
    [(12, 0.4494, 0.6402, 40.44), (13, 0.2853, 0.7956, 17.12), (14, 0.1741, 0.8884, 7.84)],
)
def test_all_wait_as_the_tables_say(
    agents: int, waiting: float, within: float, mean_wait: float
) -> None:
    """Erlang C."""
    found = service(TRAFFIC, agents, seconds=20)
    assert found.waiting == pytest.approx(waiting, abs=5e-5)
    assert found.within == pytest.approx(within, abs=5e-5)
    assert found.mean_wait == pytest.approx(mean_wait, abs=5e-3)
    assert found.abandoned == 0
    assert found.occupancy == pytest.approx(10 / agents)


def test_some_hang_up_as_the_tables_say() -> None:
    """Erlang A with a patience of two minutes."""
    found = service(IMPATIENT, 12)
    assert found.waiting == pytest.approx(0.2798, abs=5e-5)
    assert found.mean_wait == pytest.approx(7.39, abs=5e-3)
    assert found.abandoned == pytest.approx(0.0616, abs=5e-5)


def test_nobody_may_wait_as_the_tables_say() -> None:
    """Erlang B: two Erlang on five lines lose 3.67 %."""
    assert blocked(2, 5) == pytest.approx(0.0367, abs=5e-5)
    assert blocked(2, 0) == 1


traffics = st.builds(
    Traffic,
    st.floats(0.001, 2),
    st.floats(20, 900),
    st.floats(5, 3_000),
)


@given(traffics, st.integers(1, 60), st.floats(0, 300))
def test_figures_are_shares_and_agree_with_each_other(
    traffic: Traffic, agents: int, seconds: float
) -> None:
    """Whoever is not answered within the time waits longer or hung up."""
    found = service(traffic, agents, seconds=seconds)
    for share in (found.waiting, found.within, found.abandoned, found.occupancy):
        assert -1e-9 <= share <= 1 + 1e-9
    assert found.abandoned <= found.waiting + 1e-9
    assert 1 - found.waiting <= found.within + 1e-9
    long = service(traffic, agents, seconds=1e7)
    assert long.within == pytest.approx(1 - long.abandoned, abs=1e-6)
    assert found.within <= long.within + 1e-9


@given(traffics, st.integers(1, 40))
def test_another_agent_never_serves_worse(traffic: Traffic, agents: int) -> None:
    """So that the smallest number that is enough can be looked for by halves."""
    few, more = service(traffic, agents), service(traffic, agents + 1)
    assert more.within >= few.within - 1e-9
    assert more.abandoned <= few.abandoned + 1e-9
    assert more.mean_wait <= few.mean_wait + 1e-9


@given(st.floats(0.01, 0.2), st.floats(60, 600), st.floats(0.5, 0.99))
def test_endless_patience_is_the_formula_of_those_who_all_wait(
    calls: float, work: float, load: float
) -> None:
    """Palm's figures go over into Erlang's."""
    agents = max(1, round(calls * work / load))
    if calls * work > 0.97 * agents:
        agents += 1
    patient = service(Traffic(calls, work, 1e9), agents)
    endless = service(Traffic(calls, work), agents)
    assert patient.waiting == pytest.approx(endless.waiting, rel=1e-3, abs=1e-6)
    assert patient.within == pytest.approx(endless.within, rel=1e-3, abs=1e-6)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-3, abs=1e-4)


@given(traffics, st.floats(0.1, 0.99))
def test_as_many_agents_as_needed_and_not_one_more(traffic: Traffic, within: float) -> None:
    """One fewer is not enough."""
    found = agents_for(traffic, within=within)
    assert found.within >= within
    assert found == service(traffic, found.agents)
    if found.agents > 1:
        assert service(traffic, found.agents - 1).within < within


def test_what_cannot_be_is_refused() -> None:
    """More work than agents without anybody hanging up; negative rates; shares above one."""
    with pytest.raises(Unstable):
        service(TRAFFIC, 10)
    with pytest.raises(ValueError, match="positive"):
        Traffic(0, 180)
    with pytest.raises(ValueError, match="one agent"):
        service(TRAFFIC, 0)
    with pytest.raises(NotReachable):
        agents_for(TRAFFIC, within=1.01)


def simulated(traffic: Traffic, agents: int, seconds: float, calls: int, seed: int) -> Service:
    """The same queue played through call by call, by nothing of the formulas."""
    chance = Random(seed)
    free = [0.0] * agents  # when each agent is free again
    now, waited, within, gone, waiting = 0.0, 0.0, 0, 0, 0
    assert traffic.patience_seconds
    for _ in range(calls):
        now += chance.expovariate(traffic.calls_per_second)
        wait = max(0.0, free[0] - now)
        patience = chance.expovariate(1 / traffic.patience_seconds)
        waiting += wait > 0
        if patience < wait:
            gone += 1
            waited += patience
            continue
        waited += wait
        within += wait <= seconds
        work = chance.expovariate(1 / traffic.work_seconds)
        heapq.heapreplace(free, now + wait + work)
    return Service(agents, waiting / calls, within / calls, waited / calls, gone / calls, 0)


def test_a_queue_played_through_meets_the_figures() -> None:
    """Within the 99 % confidence limits of forty runs, first come first served."""
    traffic = Traffic(HALF_HOUR, 180, 90)
    wanted = service(traffic, 11, seconds=15)
    runs = [simulated(traffic, 11, 15, 4_000, seed) for seed in range(40)]
    for name in ("waiting", "within", "mean_wait", "abandoned"):
        values = [getattr(run, name) for run in runs]
        limit = 2.71 * stdev(values) / sqrt(len(values))
        assert abs(fmean(values) - getattr(wanted, name)) <= limit, name
