"""`./qiao bill pdf --as NUMBER --out DIR`: bills as PDF files, for the printer or to be kept."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError, WrongWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiao.billing.paper.batch import Batch, Written


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    doing = parser.add_subparsers(dest="what", required=True, metavar="pdf")
    pdf = doing.add_parser(
        "pdf", allow_abbrev=False, help="write PDF files; stopped, it goes on where it was"
    )
    options: tuple[tuple[str, dict[str, Any]], ...] = (
        ("--as", {"dest": "number", "required": True, "metavar": "NUMBER",
                  "help": "staff number of who takes them; it is recorded"}),
        ("--out", {"type": Path, "required": True, "metavar": "DIR",
                   "help": "where the files go; no others may lie there"}),
        ("--issued", {"type": date.fromisoformat, "metavar": "DAY",
                      "help": "bills of the run of this day"}),
        ("--accounts", {"nargs": "+", "default": [], "metavar": "NUMBER",
                        "help": "bills of these accounts"}),
        ("--bills", {"nargs": "+", "default": [], "metavar": "NUMBER",
                     "help": "these bills, those taken back too"}),
        ("--unit", {"default": "", "metavar": "CODE", "help": "of this unit and those below it"}),
        ("--language", {"choices": ["en", "zh-hans", "zh-hant"], "default": "",
                        "help": "by default each in its customer's language"}),
        ("--each", {"action": "store_true",
                    "help": "a file for each bill; else files of a hundred bills"}),
    )  # fmt: skip
    for name, about in options:
        pdf.add_argument(name, **about)


def run(args: argparse.Namespace) -> int:
    """Write the files; the plain role of the database does it."""
    if not (args.issued or args.accounts or args.bills):
        raise WrongWords("which bills: --issued, --accounts or --bills")
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        return _write(args)


def _write(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from qiao.billing.paper.batch import Wanted, batches_of, bills_wanted
    from qiao.core import disclosure
    from qiao.core.transactions import acting
    from qiao.staff.models import Staff
    from qiao.staff.queries import actor_by_number

    now = timezone.now()
    try:
        actor = actor_by_number(args.number, day=timezone.localdate(now))
    except Staff.DoesNotExist as error:
        message = f"nobody with the staff number {args.number} works here"
        raise CommandError(message) from error
    wanted = Wanted(args.issued, tuple(args.accounts), tuple(args.bills), _units(args.unit))
    bills = bills_wanted(actor=actor, wanted=wanted)
    if not bills:
        raise CommandError("there are no such bills that this person may see")
    with acting(actor):
        disclosure.record(
            kind="export",
            subject="billing.bill",
            organisation_id=actor.organisation_id,
            actor=actor,
            now=now,
            reason=f"pdf: {args.out}",
            row_count=len(bills),
        )
    written = _written(batches_of(bills, each=args.each), args)
    print(f"{written.made:,} bills written to {args.out}, {written.kept:,} were there already")
    return 0


def _written(batches: "Sequence[Batch]", args: argparse.Namespace) -> "Written":
    from qiao.billing.paper.batch import OtherFiles, write_batches
    from qiao.core.typesetting import NoFont

    try:
        return write_batches(batches, args.out, language=args.language, progress=_say)
    except OtherFiles as refusal:
        message = f"{args.out} holds other files ({refusal.name}): name an empty folder"
        raise CommandError(message) from refusal
    except NoFont as refusal:
        message = "this machine has no font for Chinese (Debian: fonts-noto-cjk, or QIAO_FONTS)"
        raise CommandError(message) from refusal
    except OSError as error:
        message = f"{args.out}: {error.strerror or error}"
        raise CommandError(message) from error


def _say(written: "Written") -> None:
    print(f"  {written.made:,} written", flush=True)


def _units(code: str) -> tuple[int, ...]:
    from qiao.staff.models import Organisation
    from qiao.staff.queries import subtree_of

    if not code:
        return ()
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        message = f"there is no unit {code!r}"
        raise CommandError(message)
    return tuple(subtree_of(found.pk))
