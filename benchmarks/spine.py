"""The spine: a million customers, a million cases, five million contacts, and every hot path."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from spine_parts import timing, world

if TYPE_CHECKING:
    from spine_parts.timing import Result

PARTS = ("screen-pop", "search", "lists", "create", "throughput", "pages", "plans")
LEAST_CLOSED = 1_000  # fewer do not fill the pages that are compared


def main() -> int:
    """Build what is missing, measure, print, and say which limits are broken."""
    args = _arguments()
    if args.build:
        _set_up()
        world.build(world.Size(*map(int, args.size.split(","))))
        return 0
    if args.buffers:
        _set_up()
        from spine_parts.plans import read_all

        print(json.dumps(read_all(world.NOW)))
        return 0
    size = world.full(args.customers)
    world.ensure(size)
    if "plans" in args.only:
        world.ensure_few(_small(size), size)
    os.environ.update(world.environment_of(size))
    _set_up()
    report = _measure(size, args)
    print(json.dumps(report, ensure_ascii=False) if args.json else _table(report))
    for line in report["broken"]:
        world.say(f"BROKEN {line}")
    return 1 if report["broken"] else 0


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


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()


def _measure(size: world.Size, args: argparse.Namespace) -> dict[str, Any]:
    results = []
    for found in _results(size, args):
        world.say(_line(found.data()))
        results.append(found)
    data = [found.data() for found in results]
    broken = [line for found in results for line in found.broken]
    broken += [f"{d['case']}: reads more" for d in data if not d["ok"] and not d["limit_p95"]
               and not d["limit_ratio"]]  # fmt: skip
    return {
        "name": "spine",
        "machine": timing.machine(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "size": {
            "customers": size.customers,
            "cases": size.cases,
            "contacts": size.interactions,
        },
        "results": data,
        "broken": broken,
    }


def _results(size: world.Size, args: argparse.Namespace) -> Iterator["Result"]:
    from django.conf import settings
    from spine_parts import pages, plans, reads, writes

    from qiao.staff.queries import actor_by_number

    settings.ROOT_URLCONF = "spine_parts.addresses"
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


def _line(data: dict[str, Any]) -> str:
    floor = "" if data["floor"] is None else f" floor {data['floor']:8.2f}"
    ratio = "" if data["ratio"] is None else f" ratio {data['ratio']:5.2f}"
    extra = f" {data['per_second']}/s" if "per_second" in data else ""
    mark = "ok " if data["ok"] else "BAD"
    return f"{mark} {data['case']:<34} p50 {data['p50']:8.2f} p95 {data['p95']:8.2f}{floor}{ratio}{extra}"  # noqa: E501 - one line of a table


def _table(report: dict[str, Any]) -> str:
    head = f"{report['machine']}, load {report['load']}, {report['size']}"
    return "\n".join([head, *(_line(data) for data in report["results"])])


if __name__ == "__main__":
    sys.exit(main())
