"""`./qiao learn-causes`: train the model that suggests causes, tell how good it is, install it."""

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiao.cases.rules.learning import Example, Report

REASONS = {
    "few": "too few cases were coded since the model in force was trained",
    "weak": "the right cause is not often enough among three suggestions",
    "not_better": "the model in force is as good on the rows that neither has seen",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--from", dest="file", type=Path, metavar="CSV",
        help="texts with labels, in UTF-8 or GB18030; else the coded cases",
    )  # fmt: skip
    parser.add_argument("--text", default="text", metavar="COL", help="column of the text")
    parser.add_argument("--title", default="", metavar="COL", help="column of the title, if any")
    parser.add_argument("--label", default="label", metavar="COL", help="column of the cause")
    parser.add_argument("--report", action="store_true", help="measure and tell, install nothing")
    parser.add_argument("--folds", type=int, default=10, help="parts of the cross validation")
    parser.add_argument("--repeats", type=int, default=3, help="how often it is repeated")
    parser.add_argument("--least", type=float, default=0.0, metavar="F1",
                        help="return 1 when the macro-F1 is below this")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Measure by cross validation and print; install what is better than the model in force.

    Labels of a file must be codes or names of causes to be installed. Returns 1 below `--least`.
    """
    if args.folds < 2 or args.repeats < 1:
        message = "at least two folds, and one repetition"
        raise CommandError(message)
    if args.file and args.report:
        return _told(_measured(_read(args), args), args)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        return _from_database(args)


def _from_database(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from qiao.cases.operations.cause_models import install_model
    from qiao.cases.queries.cause_models import coded_examples
    from qiao.core.transactions import acting

    now = timezone.now()
    examples = _as_causes(_read(args)) if args.file else coded_examples(now=now)
    report = _measured(examples, args)
    code = _told(report, args)
    if args.report:
        return code
    with acting(None):
        source = args.file.name if args.file else "cases"
        model = install_model(examples=examples, report=report, source=source, now=now)
    if model.in_force:
        print("installed: suggestions come from this model now")
    else:
        print(f"not installed: {REASONS[model.refused_why]}")
    return code


def _measured(examples: "Sequence[Example]", args: argparse.Namespace) -> "Report":
    from qiao.cases.rules.learning import cross_validate

    if len({example.key for example in examples}) < 2:
        message = f"{len(examples)} coded texts of fewer than two causes: nothing to learn from"
        raise CommandError(message)
    return cross_validate(examples, folds=args.folds, repeats=args.repeats)


def _told(report: "Report", args: argparse.Namespace) -> int:
    print(f"{report.rows} texts, {report.groups} after joining near duplicates, which are never"
          f" parted; {report.folds} folds, {len(report.rounds)} times")  # fmt: skip
    print(f"{'texts':>6} {'precision':>9} {'recall':>7} {'F1':>6}  cause")
    for each in report.measures:
        print(
            f"{each.count:>6} {each.precision:>9.3f} {each.recall:>7.3f} {each.f1:>6.3f}"
            f"  {each.key}"
        )
    print(f"macro-F1 {report.macro_f1:.3f}"
          f" (from {min(report.rounds):.3f} to {max(report.rounds):.3f}),"
          f" among three suggestions {report.top3:.3f}")  # fmt: skip
    return 1 if report.macro_f1 < args.least else 0


def _read(args: argparse.Namespace) -> "list[Example]":
    from qiao.cases.rules.learning import Example

    try:
        content = args.file.read_bytes()
    except OSError as error:
        message = f"{args.file} cannot be read: {error.strerror}"
        raise CommandError(message) from error
    rows = list(csv.DictReader(io.StringIO(_decoded(content, args.file), newline="")))
    wanted = [name for name in (args.text, args.title, args.label) if name]
    missing = [name for name in wanted if not rows or name not in rows[0]]
    if missing:
        message = f"{args.file} has no column {', '.join(missing)}"
        raise CommandError(message)
    return [
        Example(row[args.title] if args.title else "", row[args.text] or "", row[args.label])
        for row in rows
        if row[args.label]
    ]


def _decoded(content: bytes, file: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = f"{file} is neither UTF-8 nor GB18030"
    raise CommandError(message)


def _as_causes(examples: "Sequence[Example]") -> "list[Example]":
    """The same texts with codes of causes for labels. Refuses labels that are no cause."""
    from dataclasses import replace

    from django.utils import timezone

    from qiao.cases.queries.causes import usable_causes

    known: dict[str, str] = {}
    for cause in usable_causes(day=timezone.now().date()):
        for name in (*cause.names.values(), cause.key):
            known[name] = cause.key
    strange = sorted({example.key for example in examples} - known.keys())
    if strange:
        message = f"no such cause: {', '.join(strange[:5])}; --report measures without installing"
        raise CommandError(message)
    return [replace(example, key=known[example.key]) for example in examples]
