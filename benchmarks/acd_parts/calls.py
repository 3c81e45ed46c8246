"""Calls at a rate through the whole product: played switch, controller, database, web, screens."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from measuring.databases import say
from measuring.timing import Limits, Result, result
from measuring.usage import children_of, seconds_of, server_of

from acd_parts import world

if TYPE_CHECKING:
    from acd_parts.exchange import Exchange, Ring, Times
    from qiao.core.actor import Actor

AGENTS = 200
PORT = 8741
DESKS = Path(__file__).with_name("desks.py")
CLOSERS = Path(__file__).with_name("closers.py")
SETTLING = 15  # seconds in which all screens load their page and open its stream
BEHIND = 60  # seconds for the last calls to end
EARLY, LATE = 2, 1  # seconds before and after a ring in which a screen shows it
RING_LIMIT, POP_LIMIT = 50, 300  # milliseconds, 99 of 100


def measure(args: Namespace) -> Iterator[Result]:
    """From the decision to the ring, from the ring to the screen, and what became of the calls."""
    world.ready(args.customers)
    from acd_parts.exchange import Exchange
    from qiao.config.cli.serving import serving

    people = world.people(AGENTS)
    exchange = Exchange(people, world.numbers(2_000))
    os.environ["QIAO_LOG"] = "WARNING"
    os.environ.pop("QIAO_NO_POOL", None)  # the web server has one
    with serving(PORT):
        exchange.sign_on()
        seen, work = _played(exchange, people, args)
    say(str({name: value for name, value in seen.items() if name not in ("shown", "beats")}))
    yield _ring(exchange.times.to_ring, work)
    yield _pop(exchange.times.rang, {e.person_id: f"PJSIP/{e.number}" for e in people}, seen)
    yield _whole(exchange.times)


def _played(
    exchange: "Exchange", people: "Sequence[Actor]", args: Namespace
) -> tuple[dict[str, Any], dict[str, float]]:
    """People call and are served; what their screens tell, and what each part took of the
    processors in milliseconds a call."""
    from acd_parts.exchange import WRAP_UP
    from qiao.config.cli.environment import home

    (web,) = children_of(os.getpid())
    with tempfile.TemporaryFile("w+") as told, ExitStack() as stack:
        seconds = SETTLING + args.seconds + BEHIND
        desks = _started(DESKS, orders_of_desks(people, seconds, loads=True), told, stack)
        wait = {"people": [each.number for each in people], "wait": WRAP_UP}
        closers = _started(CLOSERS, wait, subprocess.DEVNULL, stack)
        others = {
            "web": web, "screens": desks.pid, "closers": closers.pid,
            "database": server_of(home() / "pg"),
        }  # fmt: skip
        time.sleep(SETTLING)
        before = _taken(others)
        asyncio.run(exchange.run(args.rate, args.seconds))
        after = _taken(others)
        desks.terminate()
        desks.wait(BEHIND)
        told.seek(0)
        seen = json.load(told)
    calls = exchange.times.called
    return seen, {
        f"cpu_{name}": round((after[name] - before[name]) * 1000 / calls, 1) for name in after
    }


def orders_of_desks(people: "Sequence[Actor]", seconds: float, *, loads: bool) -> dict[str, Any]:
    """What the screens of these people are to do for so long: whether they load the page first,
    whose stream they open."""
    from django.urls import reverse
    from measuring.browsing import cookie_of

    cookies = {number: cookie_of(number) for number in {each.number for each in people}}
    return {
        "port": PORT,
        "seconds": seconds,
        "loads": loads,
        "stands": reverse("cases:list"),
        "page": reverse("frame"),
        "people": [{"staff_id": p.person_id, "cookie": cookies[p.number]} for p in people],
    }


def _started(
    program: Path, orders: Mapping[str, object], told: Any, stack: ExitStack
) -> "subprocess.Popen[str]":
    """A program of ours at work on these orders, until the end of the stack."""
    made = subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=told, text=True
    )
    stack.callback(made.kill)
    assert made.stdin is not None
    json.dump(orders, made.stdin)
    made.stdin.close()
    return made


def _taken(others: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds until now: of the switch with its controller, which are this process, and
    of the others."""
    own = os.times()
    return {"switch": own.user + own.system} | {k: seconds_of(pid) for k, pid in others.items()}


def p99(values: Sequence[float]) -> float:
    """The 99th of a hundred, in milliseconds of values in seconds; nothing where nothing was."""
    if len(values) < 2:
        return 1000 * sum(values)
    return round(quantiles(values, n=100, method="inclusive")[98] * 1000, 1)


def _ring(to_ring: Sequence[float], work: Mapping[str, float]) -> Result:
    """With what each part took of the processors, in milliseconds a call."""
    details = {"p99": p99(to_ring), "rings": len(to_ring), **work}
    limits = Limits(most={"p99": RING_LIMIT})
    return result("decision-to-ring", [s * 1000 for s in to_ring], [], limits, details)


def _pop(
    rang: "Mapping[str, Sequence[Ring]]", endpoints: Mapping[int, str], seen: Mapping[str, Any]
) -> Result:
    """Each ring with the screen that showed its call; a screen may be before its telephone.

    A ring is missing where it lasted for the time that a screen may take and no screen showed it;
    one that was over sooner, because its caller put down, is counted apart.
    """
    shown: dict[tuple[str, int], list[float]] = defaultdict(list)
    for staff, screens in seen["shown"]:
        for call_id, moment in screens:
            shown[endpoints[staff], call_id].append(moment)
    taken, unseen, late = [], [], []
    for endpoint, rings in rang.items():
        for ring in rings:
            moments = shown[endpoint, ring.call_id]
            first = next((each for each in moments if each > ring.since - EARLY), None)
            if first is not None and first < ring.until + LATE:
                taken.append(max(0.0, first - ring.since))
            else:
                unseen.append(ring.until - ring.since)
            if first is None or (first - ring.since) * 1000 > POP_LIMIT:
                late.append(ring.since)
    begun = min((ring.since for rings in rang.values() for ring in rings), default=0.0)
    say(f"late or without a screen rang: {sorted(round(each - begun, 1) for each in late)} s")
    missing = sum(1 for lasted in unseen if lasted * 1000 >= POP_LIMIT)
    say(f"rings without a screen lasted: {sorted(round(each, 2) for each in unseen)} s")
    say(f"answers: {seen['answers']}; {seen['opened']} streams")
    details = {
        "p99": p99(taken), "screens": len(taken), "missing": missing,
        "over_before": len(unseen) - missing,
        "streams": seen["opened"], "lost": seen["lost"], "faults": seen["faults"],
    }  # fmt: skip
    limits = Limits(most={"p99": POP_LIMIT, "missing": 0, "lost": 0, "faults": 0})
    return result("screen-pop-stream", [s * 1000 for s in taken], [], limits, details)


_COUNTS = """
SELECT (SELECT count(*) FROM telephony_call),
       (SELECT count(*) FROM telephony_call WHERE phase <> 'ended'),
       (SELECT count(*) FROM contact_interaction),
       (SELECT count(*) FROM contact_offer WHERE state = 'taken'),
       (SELECT count(*) FROM contact_agentstate WHERE state IN ('reserved', 'busy'))
"""


def _whole(times: "Times") -> Result:
    """What callers and telephones met, against what is kept.

    A call is lost where somebody lifted the receiver and it is neither kept as talked nor as given
    up by its caller in that moment; doubled where two lifted one, or nobody did.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        kept, living, contacts, taken, held = cursor.fetchone()
        cursor.execute('SELECT id, "end", connected_at IS NOT NULL FROM telephony_call')
        ended = cursor.fetchall()
    talked = {pk for pk, _end, is_talked in ended if is_talked}
    given_up = {pk for pk, end, _is_talked in ended if end == "abandoned"}
    lost = abs(kept - times.called) + living + held + len(set(times.lifted) - talked - given_up)
    doubled = len(talked - set(times.lifted)) + sum(n - 1 for n in times.lifted.values())
    doubled += abs(contacts - len(talked)) + abs(taken - len(talked))
    details = {
        "calls": times.called, "talked": len(talked), "given_up": len(given_up),
        "lost": lost, "doubled": doubled,
    }  # fmt: skip
    return result("lost-or-doubled", [0.0], [], Limits(most={"lost": 0, "doubled": 0}), details)
