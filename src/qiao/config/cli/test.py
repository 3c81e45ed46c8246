"""`./qiao test [--slow] [pytest's own words]`: the tests, on a database server of their own."""

import argparse
import os
import subprocess
import sys

from qiao.config.cli import assets, browser, catalogues, environment, peers
from qiao.config.cli.environment import PROJECT

PASSES_ON = True
_MOST_PROCESSES = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--slow", action="store_true", help="kill and load tests too")
    parser.epilog = "Anything else is handed to pytest: paths, -k, -x, -n …"


def run(args: argparse.Namespace) -> int:
    """Run pytest; its exit code is ours, its last line the last."""
    environment.move_home("test")
    for switched_on in ("QIAO_DEMO", "QIAO_MFA"):
        os.environ.setdefault(switched_on, "1")
    browser.ensure()
    peers.ensure()
    catalogues.compile_changed(PROJECT / "src" / "qiao")
    assets.ensure_assets()
    (environment.home() / "static").mkdir(exist_ok=True)  # looked for, though nothing is collected
    with environment.database():
        os.environ["QIAO_NO_POOL"] = "1"
        command = [sys.executable, "-m", "pytest", *pytest_words(args)]
        sys.stdout.flush()
        return subprocess.run(command, cwd=PROJECT, check=False).returncode


def pytest_words(args: argparse.Namespace) -> list[str]:
    """Return pytest's words: without the slow tests, and on all processors when run as a whole."""
    rest: list[str] = args.rest
    words = [] if args.slow or "-m" in rest else ["-m", "not slow"]
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if not rest and processes > 1:
        # The order of files is ours: see `pytest_collection_modifyitems`.
        words += ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]
    return [*words, *rest]
