"""A card is swiped at another system's desk: the tier comes back over HTTP, with its key.

Two hundred milliseconds is what the trade asks for (CU-11), network included; the floor is the
same request's way through the server to a key that is told who it is.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone
from measuring import timing
from measuring.databases import connected_to, environment_of
from measuring.timing import Limits, Result

from customers_parts import world
from qiao.api.operations import create_key
from qiao.staff.queries import actor_by_number

LIMITS = Limits(p95=100, most={"p99": 200})
ROUNDS = 1_000
ADMINISTRATOR = "9001"
CARDS = 500
READY_SECONDS = 30


def measure(customers: int) -> Iterator[Result]:
    """Swipe the cards of many accounts, one after the other, over a connection kept open."""
    name = world.ensure(customers)
    with connected_to(name):
        key, cards = _prepare()
    with _served(name) as port:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        heads = {"Authorization": f"Bearer {key}", "Accept-Language": "zh-CN"}

        def ask(path: str) -> None:
            line.request("GET", path, headers=heads)
            answer = line.getresponse()
            body = answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"{answer.status} {json.loads(body)}")

        taken: list[float] = []

        def swipe(number: int) -> None:
            began = time.perf_counter()
            ask(f"/api/v1/stations/tier?card={cards[number % CARDS]}")
            taken.append((time.perf_counter() - began) * 1000)

        found = timing.measure(
            "tier-station", swipe, lambda _number: ask("/api/v1/me"), rounds=ROUNDS
        )
        found.details["p99"] = round(sorted(taken)[int(len(taken) * 0.99)], 2)
        line.close()
    yield Result(found.case, found.p50, found.p95, found.floor, LIMITS, found.details)


def _prepare() -> tuple[str, list[str]]:
    now = timezone.now()
    with transaction.atomic():
        actor = actor_by_number(ADMINISTRATOR, day=timezone.localdate(now))
        made = create_key(
            actor=actor,
            now=now,
            organisation_id=actor.organisation_id,
            name="bench",
            scopes=["stations:read"],
            calls_a_minute=1_000_000,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM customers_account WHERE status = 'active' AND id IN ("
            " SELECT (random() * (SELECT max(id) FROM customers_account))::bigint"
            " FROM generate_series(1, %s)) LIMIT %s",
            [CARDS * 4, CARDS],
        )
        cards = [number for (number,) in cursor.fetchall()]
    random.Random(962).shuffle(cards)
    return made.secret.text, (cards * CARDS)[:CARDS]


@contextmanager
def _served(name: str) -> Iterator[int]:
    """The product's own server on a free port, with its pool of connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = environment_of(name) | {"DJANGO_SETTINGS_MODULE": "qiao.config.settings"}
    environment.pop("QIAO_NO_POOL", None)
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "qiao.config.asgi:application"],
        env=environment, stdout=sys.stderr, stderr=sys.stderr, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(port: int) -> None:
    for _try in range(READY_SECONDS * 5):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")
