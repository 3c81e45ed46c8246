"""The case desk under load: each part builds what it needs and measures it.

What is done to every open case at once is measured on fifty thousand of them, what agents read
and write among a million.
"""

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

MOST_OPEN = 50_000
ROWS = 100_000
COUNTED_OPEN = ("recount", "end-reports")  # the number of cases is that of the open ones

# The function of a part's module takes the number of cases (of rows, for the log that is taken in)
# and gives its results.
PARTS = {
    "recount": "recount",
    "end-reports": "ending",
    "intake": "intake",
    "lists": "lists",
    "desk": "desk",
    "burst": "burst",
}


def main() -> int:
    """Measure the wanted parts, print, and say which limits are broken."""
    args = _arguments()
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    size = {"cases": args.cases, "rows": args.rows}
    sizes = {name: min(args.cases, MOST_OPEN) for name in COUNTED_OPEN} | {"intake": args.rows}
    results = _results(args.only, sizes, args.cases)
    return report("cases", size, results, as_json=args.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench cases")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the log that is taken in")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _results(wanted: list[str], sizes: dict[str, int], cases: int) -> "Iterator[Result]":
    for name in wanted:
        part: Callable[[int], Iterator[Result]]
        part = import_module(f"cases_parts.{PARTS[name]}").measure
        yield from part(sizes.get(name, cases))


if __name__ == "__main__":
    sys.exit(main())
