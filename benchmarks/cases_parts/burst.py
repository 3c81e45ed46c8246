"""Five thousand new cases in a minute, as after a burst main, while eight agents read the list."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.utils import timezone
from measuring.browsing import cookie_of
from measuring.databases import connected_to
from measuring.timing import Limits, Result

from cases_parts.agents import Agent, at_work, read_by
from cases_parts.desk import CREW, DESK, PORT, SUPERVISOR, pages, prepared
from qiao.config.cli.serving import serving
from qiao.staff.queries import actor_by_number

READ = Limits(p95=100, least={"per_minute": 4_950})
NEW, SECONDS = 5_000, 60
OPENER = Path(__file__).with_name("opening.py")


def measure(cases: int) -> Iterator[Result]:
    """Read the list of open cases while others are opened by the product's own operation."""
    with connected_to(prepared(cases)):
        chief = actor_by_number(SUPERVISOR, day=timezone.localdate())
        cookies = [cookie_of(number) for number in CREW]
        kinds = {"list": pages(chief)["list"]}
        connection.close()
        with serving(PORT):
            crew = [
                Agent(PORT, cookie, kinds, database=DESK, seed=place)
                for place, cookie in enumerate(cookies)
            ]
            with at_work(crew):
                rate = _burst()
        yield from read_by(crew, case="burst", limits=READ, per_minute=rate)


def _burst() -> float:
    """Let another process open the cases at an even pace; how many a minute it managed."""
    command = [sys.executable, str(OPENER), str(NEW), str(SECONDS)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError("the cases could not be opened")
    return float(done.stdout)
