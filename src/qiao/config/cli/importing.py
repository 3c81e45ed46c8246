"""`./qiao import customers FILE --as NUMBER`: take a file of customers in, or only look at it."""

import argparse
import csv
from dataclasses import fields
from pathlib import Path
from typing import Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=["customers"])
    parser.add_argument("file", type=Path, help="Excel or CSV, in UTF-8 or GB18030")
    parser.add_argument("--as", dest="number", required=True, help="staff number of who does it")
    parser.add_argument("--unit", default="", help="code of the branch; else the person's own")
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADER=FIELD",
        help="what a column means, where the proposal is wrong; an empty field leaves it out",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="read and judge, write nothing")
    parser.add_argument("--refused", type=Path, help="where refused rows go (CSV)")


def run(args: argparse.Namespace) -> int:
    """Take every row in through the operations of the desk; the plain role does it.

    May be stopped at any time: typed again, it goes on where it was. Returns 1 if rows were
    refused.
    """
    if not args.file.is_file():
        message = f"there is no file {args.file}"
        raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        from qiao.core.sheets import SheetRefused
        from qiao.customers.operations.importing import BadMapping

        try:
            return _run(args)
        except (SheetRefused, BadMapping) as refusal:
            raise CommandError(str(refusal)) from refusal


def _run(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from qiao.core.sheets import open_sheet
    from qiao.customers.operations import importing
    from qiao.staff.models import Organisation
    from qiao.staff.queries import actor_by_number

    now = timezone.now()
    actor = actor_by_number(args.number, day=timezone.localdate(now))
    unit = actor.organisation_id
    if args.unit:
        found = Organisation.objects.filter(code=args.unit).first()
        if found is None:
            message = f"there is no unit {args.unit!r}"
            raise CommandError(message)
        unit = found.pk
    header = open_sheet(args.file).header
    mapping = _mapping(
        args, header, importing.proposed_mapping(organisation_id=unit, header=header)
    )
    for column, name in enumerate(header):
        print(f"  {name} -> {mapping.get(column) or '(left out)'}")
    about: dict[str, Any] = {
        "actor": actor, "path": args.file, "mapping": mapping, "organisation_id": unit, "now": now,
    }  # fmt: skip
    if args.dry_run:
        return _tell(importing.check_file(**about))
    job = importing.start_import(**about)
    job = importing.run_import(
        actor=actor, import_id=job.pk, path=args.file, now=now, progress=_say
    )
    _say(job)
    return _keep_refused(args, job) if job.refused_count else 0


def _mapping(
    args: argparse.Namespace, header: tuple[str, ...], proposed: dict[int, str]
) -> dict[int, str]:
    own = dict(pair.rpartition("=")[::2] for pair in args.map)
    unknown = set(own) - set(header)
    if unknown:
        message = f"the file has no column {', '.join(sorted(unknown))}"
        raise CommandError(message)
    return {c: own.get(name, proposed.get(c, "")) for c, name in enumerate(header)}


def _say(job: Any) -> None:
    print(
        f"{job.read_count:,} read: {job.created_count:,} taken in, {job.known_count:,} known"
        f" already, {job.refused_count:,} refused", flush=True,
    )  # fmt: skip


def _tell(found: Any) -> int:
    print(
        f"{found.rows:,} rows: {found.new:,} new, {found.known:,} known, {found.refused:,} refused"
    )
    for (field, code), count in found.faults.most_common():
        print(f"  {count:>7,} x {field}: {code}")
    for number, faults in found.samples:
        told = "; ".join(f"{f.field} {f.code} {f.found!r}, expected {f.expected}" for f in faults)
        print(f"  row {number}: {told}")
    return 1 if found.refused else 0


def _keep_refused(args: argparse.Namespace, job: Any) -> int:
    from qiao.core.rules.cells import safe_cell
    from qiao.customers.rules.import_rows import RowFault

    parts = [part.name for part in fields(RowFault)]
    target = args.refused or environment.home() / "import" / f"{args.file.stem}.refused.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", *parts])
        for row in job.rows.filter(outcome="refused").order_by("row_number").iterator():
            for fault in row.faults:
                writer.writerow([row.row_number, *(safe_cell(fault[k]) for k in parts)])
    print(f"refused rows are told in {target}")
    return 1
