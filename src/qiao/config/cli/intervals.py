"""`./qiao intervals FILE --as NUMBER`: take a file of interval data in, here and now."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from qiao.metering.models import IntervalLoad

STEPS = (5, 10, 15, 20, 30, 60)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="Parquet, or CSV with a header")
    parser.add_argument(
        "--as", dest="number", required=True, metavar="NUMBER",
        help="staff number of who takes it in: meters of their units are known",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=int, choices=STEPS, default=30,
        help="length of the intervals whose row does not say it (30)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Take it in; stopped, the same command goes on where it was."""
    if not args.file.is_file():
        message = f"{args.file}: there is no such file"
        raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        return _told(_take(args))


def _take(args: argparse.Namespace) -> "IntervalLoad":
    from django.utils import timezone

    from qiao.core.actor import Forbidden
    from qiao.metering.operations import intervals
    from qiao.staff.models import Staff
    from qiao.staff.queries import actor_by_number

    now = timezone.now()
    try:
        actor = actor_by_number(args.number, day=timezone.localdate(now))
        return intervals.take_file(
            actor=actor, organisation_id=actor.organisation_id, path=args.file,
            minutes=args.minutes, now=now,
        )  # fmt: skip
    except Staff.DoesNotExist as error:
        message = f"nobody with the staff number {args.number} works here"
        raise CommandError(message) from error
    except Forbidden as error:
        message = f"{args.number} may not take readings in"
        raise CommandError(message) from error
    except intervals.LoadKnown as known:
        message = f"this file was taken in before, by load {known.load_id}"
        raise CommandError(message) from known


def _told(load: "IntervalLoad") -> int:
    from qiao.metering.models import RefusedInterval

    print(
        f"load {load.pk}: {load.read_count:,} rows read, {load.taken_count:,} taken in,"
        f" {load.refused_count:,} refused"
    )
    for field, code, count in load.faults:
        example = RefusedInterval.objects.filter(load=load, field=field, code=code).first()
        where = f", such as row {example.row_number}" if example else ""
        print(f"  {field}: {code}, {count:,} rows{where}")
    if load.state != "done":
        message = f"it was stopped: {load.failure} {load.failure_detail}".rstrip()
        raise CommandError(message)
    return 0
