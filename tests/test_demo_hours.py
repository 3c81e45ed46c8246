"""The demo world can be built at any hour and on any day: midnight, month's and year's ends."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.slow
MOMENTS = (  # all past: what a stage reads of the clock itself must not lie before its world
    "2026-11-28T00:05+08:00",
    "2026-11-28T07:40+08:00",
    "2026-11-01T00:10+08:00",
    "2026-01-01T00:30+08:00",
    "2026-04-30T23:50+08:00",
    "2026-02-17T12:00+08:00",  # the first day of the Spring Festival
)
CUSTOMERS = 20_000  # as `./qiao demo` builds it


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_world_is_built_and_is_whole(own_database: str, moment: str) -> None:
    words = [f"--customers={CUSTOMERS}", f"--at={moment}", "--audit"]
    environment = {
        **os.environ,
        "DATABASE_URL": _named(os.environ["DATABASE_URL"], own_database),
        "DATABASE_OWNER_URL": _named(os.environ["DATABASE_OWNER_URL"], own_database),
    }
    environment.pop("QIAO_EMBEDDED", None)
    done = subprocess.run(
        [sys.executable, "-m", "qiao.config.cli", "prepare", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in done.stdout.splitlines() if line.lstrip().startswith("BAD")]
    assert done.returncode == 0, "\n".join([*wrong, done.stderr[-2000:]])


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
