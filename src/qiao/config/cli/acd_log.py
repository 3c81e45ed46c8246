"""`./qiao telephony import-log` and `recount`: logs of other centres, figures anew."""

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiao.telephony.rules.acd_log import Fault

_SHOWN = 20


def arguments(commands: Any) -> None:
    """Declare the commands."""
    taking = commands.add_parser("import-log", help="make calls out of another centre's log")
    taking.add_argument("file", type=Path, help="the log (CSV, or CSV packed by gzip)")
    taking.add_argument("--profile", required=True, help="which log it is: anonymous_bank")
    taking.add_argument("--unit", help="code of the unit that its calls belong to: the company")
    taking.add_argument("--refused", type=Path, help="where faulty rows are listed as CSV")
    commands.add_parser("recount", help="count all figures of calls anew from their logs")


def run(args: argparse.Namespace) -> int:
    """Take a log in, or count anew. May be stopped at any time: typed again, it goes on."""
    if args.what == "import-log" and not args.file.is_file():
        message = f"there is no file {args.file}"
        raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        return _recount() if args.what == "recount" else _take_in(args)


def _recount() -> int:
    from django.utils import timezone

    from qiao.telephony.operations import rebuild_turns

    print(f"{rebuild_turns(now=timezone.now()):,} calls were counted anew")
    return 0


def _take_in(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from qiao.telephony.operations import UnknownProfile, WrongColumns, import_acd_log

    try:
        done = import_acd_log(
            file=args.file,
            profile=args.profile,
            organisation_id=_unit(args.unit),
            zone=timezone.get_current_timezone(),
            now=timezone.now(),
            progress=lambda so_far: print(f"{so_far.read:,} rows", flush=True),
        )
    except UnknownProfile as unknown:
        message = f"there is no profile {unknown}; known: anonymous_bank"
        raise CommandError(message) from unknown
    except WrongColumns as wrong:
        raise CommandError(str(wrong)) from wrong
    print(
        f"{done.read:,} rows: {done.new:,} calls taken in, {done.known:,} known before,"
        f" {done.no_calls:,} no calls, {len(done.faults):,} faulty"
    )
    _tell(done.faults, args.refused)
    return 1 if done.faults else 0


def _unit(code: str | None) -> int:
    from qiao.staff.models import Organisation
    from qiao.staff.queries import company_id

    if code is None:
        return company_id()
    found = Organisation.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        message = f"there is no unit {code}"
        raise CommandError(message)
    return int(found)


def _tell(faults: "Sequence[Fault]", target: Path | None) -> None:
    for fault in faults[:_SHOWN]:
        print(f"row {fault.row}: {fault.field}: expected {fault.expected}, found {fault.found!r}")
    if len(faults) > _SHOWN:
        print(f"and {len(faults) - _SHOWN:,} more")
    if target and faults:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "field", "expected", "found"])
            writer.writerows([each.row, each.field, each.expected, each.found] for each in faults)
        print(f"faulty rows are in {target}")
