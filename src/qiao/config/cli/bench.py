"""`./qiao bench NAME [--json]`: run `benchmarks/NAME.py` on a database server of its own."""

import argparse
import subprocess
import sys

from qiao.config.cli import environment, preparation
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

PASSES_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", help="a file of benchmarks/, without .py")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = "Anything else is handed to the benchmark."


def run(args: argparse.Namespace) -> int:
    """Run it; the state folder is a sibling (`.qiao-bench`), the usual data stay alone."""
    folder = PROJECT / "benchmarks"
    script = folder / f"{args.name}.py"
    if not script.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("[a-z]*.py"))) or "none yet"
        message = f"there is no benchmark {args.name!r}; known: {known}"
        raise CommandError(message)
    environment.move_home("bench")
    with environment.database():
        preparation.collect()
        preparation.run_self("migrate", "--quiet")
        words = [*(["--json"] if args.json else []), *args.rest]
        done = subprocess.run([sys.executable, str(script), *words], cwd=PROJECT, check=False)
        return done.returncode
