"""`./qiao import customers|values FILE --as NUMBER`: take a file in, look at it, undo it."""

import argparse
from pathlib import Path
from typing import Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError
from qiao.config.cli.importing_values import run_values


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=["customers", "values"],
                        help="customers, or what they paid by month")  # fmt: skip
    parser.add_argument("file", type=Path, help="Excel or CSV, in UTF-8 or GB18030")
    parser.add_argument("--as", dest="number", required=True, help="staff number of who does it")
    parser.add_argument("--unit", default="", help="code of the branch; else the person's own")
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADER=FIELD",
        help="what a column means, where the proposal is wrong; an empty field leaves it out",
    )  # fmt: skip
    parser.add_argument(
        "--known", choices=["leave", "add"], default="leave",
        help="what becomes of customers who are known already: left, or given what is missing",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="read and judge, write nothing")
    parser.add_argument(
        "--source", default="billing",
        help="values only: the name of the system they are from; the same for all its files",
    )  # fmt: skip
    parser.add_argument("--take-back", action="store_true", help="undo the import of this file")
    parser.add_argument("--refused", type=Path, help="where refused rows go (.csv or .xlsx)")
    parser.add_argument(
        "--differing", type=Path,
        help="where rows go that say otherwise than what is held (.csv or .xlsx)",
    )  # fmt: skip
    parser.add_argument(
        "--language", choices=["en", "zh-hans", "zh-hant"], default="en",
        help="in which faults are told",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Take every row in through the operations of the desk; the plain role does it.

    May be stopped at any time: typed again, it goes on where it was. Returns 1 if rows were
    refused, or kept because they are in use.
    """
    if not args.file.is_file():
        message = f"there is no file {args.file}"
        raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        from django.utils.translation import override

        from qiao.core.sheets import SheetRefused
        from qiao.core.table_uploads import BadMapping
        from qiao.core.table_words import refusal_word

        with override(args.language):
            try:
                return _run(args)
            except SheetRefused as refusal:
                message = f"{refusal_word(str(refusal.code))} ({refusal.detail})"
                raise CommandError(message) from refusal
            except BadMapping as refusal:
                raise CommandError(str(refusal)) from refusal


def _run(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from qiao.core.sheets import open_sheet
    from qiao.customers.operations import import_checking, importing
    from qiao.customers.rules import value_rows
    from qiao.staff.queries import actor_by_number

    now = timezone.now()
    actor = actor_by_number(args.number, day=timezone.localdate(now))
    unit = _unit(args.unit) if args.unit else actor.organisation_id
    if args.take_back and args.what == "customers":
        return _take_back(args.file, actor, unit, now)
    header = open_sheet(args.file).header
    if args.what == "values":
        proposed = value_rows.propose(header)
    else:
        proposed = importing.proposed_mapping(organisation_id=unit, header=header)
    mapping = _mapping(args, header, proposed)
    for column, name in enumerate(header):
        print(f"  {name} -> {mapping.get(column) or '(left out)'}")
    if args.what == "values":
        return run_values(args, actor, unit, mapping)
    about: dict[str, Any] = {
        "actor": actor, "path": args.file, "mapping": mapping, "organisation_id": unit, "now": now,
        "known": args.known,
    }  # fmt: skip
    if args.dry_run:
        return _tell(import_checking.check_file(**about))
    job = importing.start_import(**about)
    job = importing.run_import(
        actor=actor, import_id=job.pk, path=args.file, now=now, progress=_say
    )
    _say(job)
    if job.differing_count:
        _keep_differing(args, job, actor)
    return _keep_refused(args, job) if job.refused_count else 0


def _unit(code: str) -> int:
    from qiao.staff.models import Organisation

    found = Organisation.objects.filter(code=code).first()
    if found is None:
        message = f"there is no unit {code!r}"
        raise CommandError(message)
    return int(found.pk)


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
    of_known = _of_known(job.added_count, job.differing_count)
    print(
        f"{job.read_count:,} read: {job.created_count:,} taken in, {job.known_count:,} known"
        f" already{of_known}, {job.refused_count:,} refused", flush=True,
    )  # fmt: skip


def _of_known(added: int, differing: int) -> str:
    told = [f"{added:,} got what was missing"] if added else []
    told += [f"{differing:,} say otherwise"] if differing else []
    return f" ({', '.join(told)})" if told else ""


def _tell(found: Any) -> int:
    from qiao.customers.showing.import_words import (
        added_word,
        expected_word,
        fault_sentence,
        field_word,
    )

    print(
        f"{found.rows:,} rows: {found.new:,} new, {found.known:,} known"
        f"{_of_known(found.added, found.differing)}, {found.refused:,} refused"
    )
    for kind, count in found.additions.most_common():
        print(f"  {count:>7,} x + {added_word(kind)}")
    for key, count in found.differences.most_common():
        print(f"  {count:>7,} x ≠ {field_word(key)}")
    for (field, code), count in found.faults.counts.most_common():
        print(f"  {count:>7,} x {fault_sentence(field, code)}; {expected_word(field, code)}")
        for number, text in found.faults.examples.get((field, code), ()):
            print(f"            row {number}: {text}")
    return 1 if found.refused else 0


def _keep_refused(args: argparse.Namespace, job: Any) -> int:
    from qiao.customers.showing.refused_file import write_refused

    target = args.refused or environment.home() / "import" / f"{args.file.stem}.refused.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_refused(job, target, form="xlsx" if target.suffix == ".xlsx" else "csv")
    print(f"refused rows are told in {target}")
    return 1


def _keep_differing(args: argparse.Namespace, job: Any, actor: Any) -> None:
    from qiao.customers.showing.differing_file import write_differing

    target = args.differing or environment.home() / "import" / f"{args.file.stem}.differing.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    form = "xlsx" if target.suffix == ".xlsx" else "csv"
    write_differing(actor=actor, job=job, path=target, form=form)
    print(f"rows that say otherwise are told in {target}")


def _take_back(file: Path, actor: Any, unit: int, now: Any) -> int:
    from qiao.core.table_uploads import digest_of
    from qiao.core.transactions import acting
    from qiao.customers.models import CustomerImport
    from qiao.customers.operations import import_undoing

    states = (*import_undoing.UNDOABLE, CustomerImport.State.ROLLING_BACK)
    job = CustomerImport.objects.filter(
        organisation_id=unit, digest=digest_of(file), state__in=states
    ).last()
    if job is None:
        message = "this file was not taken in, or is taken back already"
        raise CommandError(message)
    if job.state in import_undoing.UNDOABLE:
        with acting(actor):
            try:
                import_undoing.begin_undoing(actor=actor, import_id=job.pk)
            except import_undoing.TakenInAgain as refusal:
                message = "the file was taken in a second time: take that import back first"
                raise CommandError(message) from refusal
    job = import_undoing.undo_import(actor=actor, import_id=job.pk, now=now, progress=_say_back)
    _tell_kept(job)
    return 1 if job.kept_count else 0


def _say_back(job: Any) -> None:
    print(
        f"{job.undone_count:,} rows taken back, {job.kept_count:,} kept because they are in use",
        flush=True,
    )


def _tell_kept(job: Any) -> None:
    from qiao.customers.showing.import_words import kept_word

    kept = job.rows.filter(undone="kept").order_by("row_number")
    for number, reason in kept.values_list("row_number", "kept_because").iterator():
        print(f"  row {number}: {kept_word(reason)}")
