"""`./qiao check`: every static check, one line each."""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from qiao.config.cli import assets, environment
from qiao.config.cli.environment import PROJECT

_ADDRESS = re.compile(
    r"(?:https?|git|ssh|file):/|\bresolved\b|--(?:extra-)?index-url|--find-links"
)
_SHOWN = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("names", nargs="*", help="only these checks")


def run(args: argparse.Namespace) -> int:
    """Run the checks; exit code 1 if one fails."""
    environment.move_home("test")
    environment.load_secrets()
    path = [str(PROJECT / "src"), str(PROJECT / "tools")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)
    failed = 0
    for name, check in _checks().items():
        if args.names and name not in args.names:
            continue
        began = time.monotonic()
        said = check()
        seconds = time.monotonic() - began
        print(
            f"{name:<18} {'failed' if said is not None else 'ok':<7} {seconds:5.1f} s", flush=True
        )
        if said is not None:
            failed += 1
            lines = said.strip().splitlines()
            print("".join(f"    {line}\n" for line in lines[-_SHOWN:]), end="", flush=True)
    return 1 if failed else 0


def addresses(root: Path) -> list[str]:
    """Return the lines of lock files that hold an address, as `file:line: text`."""
    found = []
    for path in [*sorted((root / "requirements").glob("*.lock")), root / "package-lock.json"]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if _ADDRESS.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    return found


def _checks() -> dict[str, Callable[[], str | None]]:
    python = [sys.executable, "-m"]
    ours = [*python, "qiao.config.cli"]
    return {
        "lint": lambda: _run([*python, "ruff", "check", "."]),
        "format": lambda: _run([*python, "ruff", "format", "--check", "."]),
        "types": lambda: _run([*python, "mypy"]),
        "imports": lambda: _run([str(Path(sys.executable).with_name("lint-imports"))]),
        "migrations": lambda: _run([*ours, "manage", "makemigrations", "--check", "--dry-run"]),
        "translations": lambda: _run([*ours, "i18n"]),
        "icons": lambda: "\n".join(assets.missing_icons()) or None,
        "lock files": lambda: "\n".join(addresses(PROJECT)) or None,
    }


def _run(command: list[str]) -> str | None:
    """Run a tool; return what it said if it failed, None if all is well."""
    done = subprocess.run(
        command,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return (done.stdout or "it said nothing") if done.returncode else None
