"""Schemathesis calls everything that the description names, in every way it can think of."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from qiao.api.tests.programs import make_key
from tests.journeys.site import served
from tests.world import build_world

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).parents[2]
LOCK = PROJECT / "requirements" / "schemathesis.lock"
EXAMPLES = 50
LIMIT_SECONDS = 3_000
# What a request may be answered that is not as described: 413 where it is far too long as well.
REFUSED = [
    "400",
    "401",
    "403",
    "404",
    "405",
    "406",
    "409",
    "413",
    "415",
    "422",
    "428",
    "429",
    "5xx",
]
# What a well-formed request may be answered: 412 is the word of a version that is over.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "412", "429", "5xx"]


@pytest.fixture(scope="session")
def schemathesis() -> Path:
    """Its command, from an environment of its own that is made of the lock file when needed."""
    home = Path(os.environ["QIAO_HOME"]) / "schemathesis"
    stamp = home / "lock"
    if not stamp.is_file() or stamp.read_bytes() != LOCK.read_bytes():
        venv.create(home, with_pip=True, clear=True)
        install = [home / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", LOCK]
        subprocess.run(install, check=True)
        stamp.write_bytes(LOCK.read_bytes())
    return home / "bin" / "schemathesis"


@pytest.mark.usefixtures("own_database")
def test_every_call_keeps_to_the_description(
    schemathesis: Path, own_database: str, tmp_path: Path
) -> None:
    with transaction.atomic():
        world = build_world(timezone.now())
        key = make_key(world.company.agent, calls_a_minute=1_000_000)
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(
        f'[auth.openapi.ApiKey]\nbearer = "{key}"\n'
        f"[checks.positive_data_acceptance]\nexpected-statuses = {ACCEPTED}\n"
        f"[checks.negative_data_rejection]\nexpected-statuses = {REFUSED}\n"
    )
    with served(own_database, tmp_path / "media", tmp_path / "web.log") as address:
        command = [
            schemathesis, "--config-file", settings, "run", f"{address}/api/v1/openapi.json",
            "--checks", "all", "--max-examples", str(EXAMPLES), "--generation-deterministic",
            "--phases", "examples,coverage,fuzzing,stateful",
            "--output-truncate", "false",
        ]  # fmt: skip
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "tests.contract.hooks",
            "PYTHONPATH": str(PROJECT),
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS, check=False,
        )  # fmt: skip
    said = done.stdout.decode("utf-8", "replace")
    sys.stdout.write(said)
    if done.returncode:
        # A fault of the server is explained in its own log only.
        sys.stdout.write((tmp_path / "web.log").read_text(errors="replace")[-200_000:])
    assert done.returncode == 0, said[-20_000:]
