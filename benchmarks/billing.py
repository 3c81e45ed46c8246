"""From meter to bill at a million accounts, as far as it is built: rating, bills on paper."""

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from measuring.report import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measuring.timing import Result

PARTS = (
    "rate",
    "run",
    "resume",
    "readings",
    "interval",
    "panel",
    "pdf",
)  # modules whose `measure` takes our arguments


def main() -> int:
    """Measure the wanted parts, print, and say which limits are broken."""
    args = _arguments()
    return report(
        "billing",
        {
            "accounts": args.accounts,
            "due": args.due,
            "bills": args.bills,
            "intervals": args.intervals,
        },
        _results(args),
        as_json=args.json,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench billing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=100_000, help="customers whose bills are run")
    parser.add_argument(
        "--intervals", type=int, default=10_000_000, help="half-hourly rows into the lake"
    )
    parser.add_argument("--bills", type=int, default=10_000, help="how many become PDF")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _results(args: argparse.Namespace) -> "Iterator[Result]":
    for name in args.only:
        part: Callable[[argparse.Namespace], Iterator[Result]]
        part = import_module(f"billing_parts.{name}").measure
        yield from part(args)


if __name__ == "__main__":
    sys.exit(main())
