"""Decisions of the router in memory: two hundred people, three waiting lines, whoever waits."""

import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from measuring.databases import set_up
from measuring.timing import Limits, Result, result

AGENTS, WAITING, ROUNDS = 200, 400, 60
LEAST = 20_000  # decisions a second
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


def measure(args: Namespace) -> Iterator[Result]:
    """How many contacts are given out, or left to wait with a reason, in a second."""
    del args
    set_up()
    from qiao.contact.rules.routing import FULL, Agent, Contact, Overflow, Queue, route

    chance = Random(1)
    keys = ("billing", "repair", "complaints")
    queues = {
        key: Queue(
            key, strategy=strategy, skills=((key, 2),), relax_after=(30, 60, 90), least_level=0,
            tier_points={"A": 10, "B": 5}, overflow=(Overflow(keys[0], after_seconds=60),),
            last_agent_seconds=20,
        )
        for key, strategy in zip(
            keys, ("longest_idle", "best_skill", "least_occupied"), strict=True
        )
    }  # fmt: skip
    taken, decisions = [], 0
    for number in range(ROUNDS):
        agents = [
            Agent(
                n, frozenset(chance.sample(keys, 2)),
                NOW - timedelta(seconds=chance.random() * 600),
                {key: chance.randint(1, 5) for key in keys}, FULL * chance.randint(0, 1),
                chance.random(),
            )
            for n in range(AGENTS)
        ]  # fmt: skip
        waiting = [
            Contact(
                n, chance.choice(keys), NOW - timedelta(seconds=chance.random() * 200),
                tier=chance.choice("ABC"), is_emergency=chance.random() < 0.01,
                last_agent=chance.randrange(AGENTS) if chance.random() < 0.2 else None,
            )
            for n in range(WAITING)
        ]  # fmt: skip
        began = time.perf_counter()
        found = route(queues, agents, waiting, NOW)
        taken.append((time.perf_counter() - began) * 1000)
        decisions += len(found.offers) + len(found.waiting)
        assert decisions == (number + 1) * WAITING
    per_second = round(decisions / (sum(taken) / 1000))
    details = {"per_second": per_second, "decisions": decisions}
    yield result("routing", taken, [], Limits(least={"per_second": LEAST}), details)
