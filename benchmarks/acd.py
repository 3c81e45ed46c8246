"""The telephone at its busiest: twenty calls a second, two hundred agents, a million customers."""

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from measuring.report import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measuring.timing import Result

PARTS = ("calls", "routing", "streams", "erlang")  # modules whose `measure` takes our arguments


def main() -> int:
    """Measure the wanted parts, print, and say which limits are broken."""
    args = _arguments()
    os.environ["QIAO_NO_POOL"] = "1"
    size = {"customers": args.customers}
    return report("acd", size, _results(args), as_json=args.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench acd")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=20, help="calls a second")
    parser.add_argument("--seconds", type=float, default=60, help="in which people call")
    parser.add_argument("--minutes", type=float, default=10, help="in which streams are held")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _results(args: argparse.Namespace) -> "Iterator[Result]":
    for name in args.only:
        part: Callable[[argparse.Namespace], Iterator[Result]]
        part = import_module(f"acd_parts.{name}").measure
        yield from part(args)


if __name__ == "__main__":
    sys.exit(main())
