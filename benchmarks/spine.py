"""The spine: a million customers, a million cases, five million contacts, and every hot path."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from measuring.databases import set_up, work_on
from measuring.report import report
from spine_parts import world

if TYPE_CHECKING:
    from measuring.timing import Result

PARTS = ("screen-pop", "search", "lists", "create", "throughput", "pages", "plans")
LEAST_CLOSED = 1_000  # fewer do not fill the pages that are compared


def main() -> int:
    """Build what is missing, measure, print, and say which limits are broken."""
    args = _arguments()
    if args.build:
        set_up()
        world.build(world.Size(*map(int, args.size.split(","))))
        return 0
    if args.buffers:
        set_up()
        from spine_parts.plans import read_all

        print(json.dumps(read_all(world.NOW)))
        return 0
    size = world.full(args.customers)
    world.ensure(size)
    if "plans" in args.only:
        world.ensure_few(_small(size), size)
    work_on(size.database)
    set_up()
    told = {"customers": size.customers, "cases": size.cases, "contacts": size.interactions}
    return report("spine", told, _results(size, args), as_json=args.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./qiao bench spine")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=float, default=15, help="of create-throughput")
    parser.add_argument("--port", type=int, default=8731)
    parser.add_argument("--size", help=argparse.SUPPRESS)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--buffers", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _small(size: world.Size) -> world.Size:
    """The world with a hundredth of its closed cases."""
    closed = size.cases - size.open_cases
    return world.with_closed(max(LEAST_CLOSED, closed // 100), size)


def _results(size: world.Size, args: argparse.Namespace) -> Iterator["Result"]:
    from django.conf import settings
    from spine_parts import pages, plans, reads, writes

    from qiao.staff.queries import actor_by_number

    settings.ROOT_URLCONF = "measuring.addresses"
    agent = actor_by_number("1027", day=world.NOW.date())
    chief = actor_by_number("1008", day=world.NOW.date())
    if "screen-pop" in args.only:
        yield reads.pop(agent, world.NOW)
    if "search" in args.only:
        yield from reads.searches(agent)
    if "lists" in args.only:
        yield from reads.lists([agent, chief], world.NOW)
    if "pages" in args.only:
        yield from pages.pages()
    if "plans" in args.only:
        yield from plans.compare(_small(size), size)
    if "create" in args.only:
        yield writes.create(agent)
    if "throughput" in args.only:
        yield writes.throughput(agent, seconds=args.seconds, port=args.port)


if __name__ == "__main__":
    sys.exit(main())
