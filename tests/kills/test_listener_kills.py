"""A listener that is killed again and again loses nothing and takes nothing in twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import transaction
from django.utils import timezone

from qiao.metering.models import (
    AsideMessage,
    DayUse,
    HeadEndFigures,
    IntervalLoad,
    LakeFile,
    ListenerState,
    Reading,
)
from qiao.metering.operations.head_ends import add_head_end
from qiao.metering.queries.lake import files_of, rows_of
from qiao.metering.rules.intervals import Rows
from qiao.metering.tests.cast import Metered, make_metered
from qiao.metering.tests.mosquitto import Mosquitto, a_broker

ROOT = Path(__file__).parents[2]
METERS, DAYS, KILLS, SECONDS = 6, 16, 12, 60.0
POISON = 4
pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


def world() -> Metered:
    """Meters and a head-end."""
    with transaction.atomic():
        found = make_metered(METERS)
        add_head_end(
            actor=found.company.agent, now=timezone.now(), form="json", name="集抄",
            organisation_id=found.company.lake.pk, topic="heads/+",
        )  # fmt: skip
    return found


def told(metered: Metered, rng: Random) -> list[tuple[str, bytes]]:
    """Readings of all meters of a day in a message, half hours of a meter and a day in another,
    some of them twice, poison between them, in no order."""
    now = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    bodies: list[bytes] = []
    for day in range(DAYS):
        begin = now - timedelta(days=DAYS + 1 - day)
        rows = [
            {
                "key": f"{place}-{day}", "meter_number": point.meter_number,
                "value": str(100 + 10 * day), "read_at": begin.isoformat(),
            }
            for place, point in enumerate(metered.points)
        ]  # fmt: skip
        bodies.append(json.dumps({"readings": rows}).encode())
        for place, point in enumerate(metered.points):
            slots = [
                {
                    "meter_number": point.meter_number, "value": "0.25",
                    "start": (begin + timedelta(minutes=30 * n)).isoformat(),
                }
                for n in range(48)
            ]  # fmt: skip
            body = {"key": f"c-{place}-{day}", "intervals": slots}
            bodies.append(json.dumps(body).encode())
    bodies += rng.sample(bodies, len(bodies) // 3)
    bodies += [b"poison %d" % n for n in range(POISON)]
    rng.shuffle(bodies)
    return [(f"heads/{n % 3}", body) for n, body in enumerate(bodies)]


@dataclass
class Killed:
    """Listeners of one broker and one database, run one after the other."""

    broker: Mosquitto
    environment: dict[str, str]
    log: Path

    def run(self, number: int, until: Callable[[], bool]) -> int:
        """How a listener ended: by its own hand, or told to stop when it is so."""
        words = [sys.executable, "-m", "tests.kills.meter_listener", str(number)]
        with (
            self.log.open("ab") as log,
            subprocess.Popen(
                words, env=self.environment, cwd=ROOT, stdout=log, stderr=log
            ) as listener,
        ):
            end = time.monotonic() + SECONDS
            while listener.poll() is None and not until() and time.monotonic() < end:
                time.sleep(0.1)
            if listener.poll() is None:
                listener.terminate()
            return listener.wait(SECONDS)


@pytest.fixture
def killed(own_database: str, media: Path, tmp_path: Path) -> Iterator[Killed]:
    """A broker of its own, and what listeners have to know."""
    broker = a_broker(tmp_path / "broker")
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        "QIAO_MQTT_URL": broker.address, "QIAO_MEDIA": str(media),
    }  # fmt: skip
    try:
        yield Killed(broker, environment, tmp_path / "runs.log")
    finally:
        broker.stop()


def test_twelve_kills_lose_nothing_and_take_nothing_in_twice(killed: Killed) -> None:
    rng = Random(19)
    metered = world()
    killed.run(0, is_asked_for)
    killed.broker.tell(told(metered, rng))
    for kill in range(KILLS):
        number = -rng.randrange(1, 3) if kill % 3 == 2 else rng.randrange(5, 45)
        code = killed.run(number, lambda: False)
        assert code == -signal.SIGKILL, killed.log.read_text()[-3_000:]
    killed.run(0, is_whole)
    keys = Counter(Reading.objects.values_list("key", flat=True))
    assert (len(keys), set(keys.values())) == (METERS * DAYS, {1})
    loads = IntervalLoad.objects.values_list("state", "taken_count", "refused_count")
    assert Counter(loads) == {("done", 48, 0): METERS * DAYS}
    days = [str(each.used.normalize()) for each in DayUse.objects.all()]
    assert days == ["12"] * (METERS * DAYS)
    slots = METERS * DAYS * 48
    assert len(lake_of(metered)) == slots
    figures = HeadEndFigures.objects.get()
    assert (figures.taken_count, figures.refused_count) == (METERS * DAYS + slots, 0)
    aside = AsideMessage.objects.values_list("reason", "state")
    assert Counter(aside) == {("json", "waiting"): POISON}


def lake_of(metered: Metered) -> Rows:
    """All intervals that are held."""
    months = sorted(set(LakeFile.objects.values_list("month", flat=True)))
    files = files_of(organisation_ids=[metered.company.lake.pk], months=months)
    return rows_of(files, [each.pk for each in metered.registers])


def is_asked_for() -> bool:
    """Whether the broker keeps what is told from now on."""
    said = ListenerState.objects.first()
    return said is not None and said.connected_at is not None


def is_whole() -> bool:
    """Whether every message was dealt with."""
    return (
        Reading.objects.count() == METERS * DAYS
        and IntervalLoad.objects.count() == METERS * DAYS
        and AsideMessage.objects.count() == POISON
    )
