"""Many screens that nothing is told to: their streams stay open."""

import json
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator

from measuring.timing import Limits, Result, result

from acd_parts import world
from acd_parts.calls import AGENTS, DESKS, PORT, orders_of_desks, p99

STREAMS = 2_000
OPENING = 30  # seconds


def measure(args: Namespace) -> Iterator[Result]:
    """None may be dropped; what lies between two signs of life is told."""
    world.ready(args.customers)
    from qiao.config.cli.serving import serving

    people = world.people(AGENTS)
    seconds = args.minutes * 60 + OPENING
    os.environ["QIAO_LOG"] = "WARNING"
    os.environ.pop("QIAO_NO_POOL", None)  # the web server has one
    with serving(PORT), tempfile.TemporaryFile("w+") as told:
        screens = [people[n % AGENTS] for n in range(STREAMS)]
        orders = orders_of_desks(screens, seconds, loads=False)
        subprocess.run(
            [sys.executable, str(DESKS)], input=json.dumps(orders), stdout=told, text=True,
            check=True, timeout=seconds + 120,
        )  # fmt: skip
        told.seek(0)
        seen = json.load(told)
    details = {
        "streams": seen["opened"], "lost": seen["lost"], "minutes": args.minutes,
        "heartbeat_p99": p99(seen["beats"]),
    }  # fmt: skip
    limits = Limits(most={"lost": 0}, least={"streams": STREAMS})
    yield result("streams", [s * 1000 for s in seen["beats"]], [], limits, details)
