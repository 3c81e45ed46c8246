"""Calls at a rate through the whole product: played switch, controller, database, web, screens."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import quantiles

from acd_parts import world
from measuring.databases import say
from measuring.timing import Limits, Result, result

AGENTS = 200
PORT = 8741
DESKS = Path(__file__).with_name("desks.py")
SETTLING = 8  # seconds in which all screens open their streams
BEHIND = 60  # seconds for the last calls to end
RING_LIMIT, POP_LIMIT = 50, 300  # milliseconds, 99 of 100


def measure(args: Namespace) -> Iterator[Result]:
    """From the decision to the ring, from the ring to the screen, and what became of the calls."""
    world.ready(args.customers)
    from acd_parts.exchange import Exchange
    from django.urls import reverse
    from measuring.browsing import cookie_of

    from qiao.config.cli.serving import serving

    people = world.people(AGENTS)
    exchange = Exchange(people, world.numbers(2_000))
    os.environ["QIAO_LOG"] = "WARNING"
    os.environ.pop("QIAO_NO_POOL", None)  # the web server has one
    with serving(PORT), tempfile.TemporaryFile("w+") as told:
        exchange.sign_on()
        orders = {
            "port": PORT,
            "seconds": SETTLING + args.seconds + BEHIND,
            "pages": [reverse("telephony:pop"), reverse("contact:standing")],
            "people": [
                {"staff_id": each.person_id, "cookie": cookie_of(each.number)} for each in people
            ],
        }
        desks = subprocess.Popen(
            [sys.executable, str(DESKS)], stdin=subprocess.PIPE, stdout=told, text=True
        )
        assert desks.stdin is not None
        json.dump(orders, desks.stdin)
        desks.stdin.close()
        try:
            asyncio.run(_after(SETTLING, exchange.run(args.rate, args.seconds)))
            desks.terminate()
            desks.wait(BEHIND)
        finally:
            desks.kill()
        told.seek(0)
        seen = json.load(told)
    say(str({name: value for name, value in seen.items() if name not in ("shown", "beats")}))
    yield _ring(exchange.times.to_ring)
    yield _pop(exchange.times.rang, {e.person_id: f"PJSIP/{e.number}" for e in people}, seen)
    yield _whole(exchange.times)


async def _after(seconds: float, then: "asyncio.coroutines") -> None:
    await asyncio.sleep(seconds)
    await then


def p99(values: Sequence[float]) -> float:
    """The 99th of a hundred, in milliseconds of values in seconds."""
    return round(quantiles(values, n=100, method="inclusive")[98] * 1000, 1)


def _ring(to_ring: Sequence[float]) -> Result:
    details = {"p99": p99(to_ring), "rings": len(to_ring)}
    limits = Limits(most={"p99": RING_LIMIT})
    return result("decision-to-ring", [s * 1000 for s in to_ring], [], limits, details)


def _pop(
    rang: Mapping[str, Sequence[float]], endpoints: Mapping[int, str], seen: Mapping[str, object]
) -> Result:
    """Each ring with the screen that showed it; a screen may be before its telephone."""
    shown = {endpoints[staff]: moments for staff, moments in seen["shown"]}
    taken, missing = [], 0
    for endpoint, moments in rang.items():
        screens = sorted(shown.get(endpoint, []))
        for place, moment in enumerate(moments):
            after = moments[place + 1] if place + 1 < len(moments) else float("inf")
            at = bisect_left(screens, moment - 0.5)
            if at < len(screens) and screens[at] < after - 0.5:
                taken.append(max(0.0, screens[at] - moment))
            else:
                missing += 1
    say(f"rings without a screen: {missing}; {seen['opened']} streams")
    details = {
        "p99": p99(taken), "screens": len(taken), "missing": missing,
        "streams": seen["opened"], "lost": seen["lost"], "faults": seen["faults"],
    }  # fmt: skip
    limits = Limits(most={"p99": POP_LIMIT, "missing": 0, "lost": 0, "faults": 0})
    return result("screen-pop-stream", [s * 1000 for s in taken], [], limits, details)


_COUNTS = """
SELECT (SELECT count(*) FROM telephony_call),
       (SELECT count(*) FROM telephony_call WHERE phase <> 'ended'),
       (SELECT count(*) FROM telephony_call WHERE connected_at IS NOT NULL),
       (SELECT count(*) FROM contact_interaction),
       (SELECT count(*) FROM (SELECT 1 FROM contact_offer WHERE state = 'taken'
          GROUP BY waiting_id HAVING count(*) > 1) twice),
       (SELECT count(*) FROM telephony_owedcall)
"""


def _whole(times: "object") -> Result:
    """What the callers met, against what is kept."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        kept, living, connected, contacts, twice, owed = cursor.fetchone()
    talked, called = len(times.talked), times.called
    wrong = (
        abs(kept - called) + living + abs(connected - talked) + abs(contacts - connected) + twice
    )
    details = {
        "calls": called, "talked": talked, "given_up": len(times.given_up), "owed": owed,
        "wrong": wrong,
    }  # fmt: skip
    say(f"{kept=} {living=} {connected=} {contacts=} {twice=}")
    return result("lost-or-doubled", [0.0], [], Limits(most={"wrong": 0}), details)
