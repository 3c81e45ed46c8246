"""The customer base at a million: import, export, duplicates, segments, tiers."""

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from measuring.databases import set_up
from measuring.report import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measuring.timing import Result

# The function of a part's module takes the number of customers and gives its results.
PARTS = {
    "import": "loading",
    "import-read": "reading",
    "dedupe": "dedupe",
    "tier-all": "grading",
    "tier-station": "stations",
    "segment-refresh": "segments",
    "segment-read": "segment_reading",
    "export": "exporting",
}


def main() -> int:
    """Measure the wanted parts, print, and say which limits are broken."""
    args = _arguments()
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    size = {"customers": args.customers}
    return report("customers", size, _results(args.only, args.customers), as_json=args.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench customers")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _results(wanted: list[str], customers: int) -> "Iterator[Result]":
    for name in wanted:
        part: Callable[[int], Iterator[Result]]
        part = import_module(f"customers_parts.{PARTS[name]}").measure
        yield from part(customers)


if __name__ == "__main__":
    sys.exit(main())
