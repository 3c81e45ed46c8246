"""`./qiao shots`: render the pages into pictures and look for faults, on a world of their own."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

from qiao.config.cli import browser, environment, preparation, serving
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

PASSES_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "shots", help="folder of the pictures"
    )
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--pack", default="water")
    parser.epilog = "Anything else is handed to tools/shots.py."


def run(args: argparse.Namespace) -> int:
    """Serve a small world, then hand over to `tools/shots.py`."""
    browser.ensure()
    if "QIAO_CHROMIUM" not in os.environ:
        message = "no Chromium here; on Debian, as root, type: apt-get install chromium"
        raise CommandError(message)
    environment.move_home("shots")
    os.environ["QIAO_DEMO"] = "1"
    with environment.database():
        preparation.collect()
        words = [f"--pack={args.pack}", f"--customers={args.customers}"]
        preparation.run_self("prepare", *words)
        with serving.serving(_free_port()) as address:
            script = [sys.executable, str(PROJECT / "tools" / "shots.py")]
            words = [f"--address={address}", f"--out={args.out.resolve()}", *args.rest]
            return subprocess.run([*script, *words], cwd=PROJECT, check=False).returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
