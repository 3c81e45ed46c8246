"""The demo world can be built at any hour and on any day: midnight, month's and year's ends."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.slow
MOMENTS = (
    "now",
    "2026-11-29T00:05+08:00",
    "2026-11-29T07:40+08:00",
    "2026-12-01T00:10+08:00",
    "2027-01-01T00:30+08:00",
    "2026-02-28T23:50+08:00",
    "2026-02-17T12:00+08:00",  # the first day of the Spring Festival
)
CUSTOMERS = 20_000  # as `./qiao demo` builds it


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_world_is_built_and_is_whole(own_database: str, moment: str) -> None:
    words = [f"--customers={CUSTOMERS}", *([] if moment == "now" else [f"--at={moment}"]), "--audit"]
    done = subprocess.run(
        [sys.executable, "-m", "qiao.config.cli", "prepare", *words],
        env={
            "QIAO_DEMO": "1",
            **os.environ,
            "DATABASE_URL": _named(os.environ["DATABASE_URL"], own_database),
            "DATABASE_OWNER_URL": _named(os.environ["DATABASE_OWNER_URL"], own_database),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in done.stdout.splitlines() if line.lstrip().startswith("BAD")]
    assert done.returncode == 0, "\n".join([*wrong, done.stderr[-2000:]])


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
