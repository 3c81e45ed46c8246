"""From meter to bill at a million accounts: as far as it is built, what the engine rates."""

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from measuring.report import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measuring.timing import Result

PARTS = ("rate",)  # modules whose `measure` takes our arguments


def main() -> int:
    """Measure the wanted parts, print, and say which limits are broken."""
    args = _arguments()
    return report("billing", {"accounts": args.accounts}, _results(args), as_json=args.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench billing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _results(args: argparse.Namespace) -> "Iterator[Result]":
    for name in args.only:
        part: Callable[[argparse.Namespace], Iterator[Result]]
        part = import_module(f"billing_parts.{name}").measure
        yield from part(args)


if __name__ == "__main__":
    sys.exit(main())
