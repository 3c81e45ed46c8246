"""`./qiao import values FILE --as NUMBER`: what customers paid, month by month."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qiao.config.cli import environment


def run_values(args: argparse.Namespace, actor: Any, unit: int, mapping: dict[int, str]) -> int:
    """Note the values, or only count them; refused rows go into a file. Returns 1 if there are."""
    from django.utils import timezone

    from qiao.core.table_files import table_file
    from qiao.customers.operations.value_importing import take_values
    from qiao.customers.showing.refused_file import fault_lines, header

    batches = take_values(
        actor=actor, path=args.file, mapping=mapping, organisation_id=unit, source=args.source,
        now=timezone.now(), writes=not args.dry_run,
    )  # fmt: skip
    taken: list[Any] = []

    def lines() -> Iterator[list[object]]:
        for figures, refused in batches:
            taken[:] = [figures]
            _say(figures)
            yield from fault_lines((number, _plain(faults)) for number, faults in refused)

    target = _target(args)
    target.parent.mkdir(parents=True, exist_ok=True)
    form = "xlsx" if target.suffix == ".xlsx" else "csv"
    with table_file(target, form=form, header=header()) as write:
        write(lines())
    return _end(taken, target)


def _target(args: argparse.Namespace) -> Path:
    return args.refused or environment.home() / "import" / f"{args.file.stem}.refused.csv"


def _plain(faults: list[Any]) -> list[dict[str, str]]:
    return [{"field": f.field, "code": f.code, "found": f.found} for f in faults]


def _say(figures: Any) -> None:
    print(
        f"{figures.rows:,} read: {figures.new:,} new, {figures.corrected:,} corrected,"
        f" {figures.same:,} known already, {figures.refused:,} refused", flush=True,
    )  # fmt: skip


def _end(taken: list[Any], target: Path) -> int:
    from qiao.customers.showing.import_words import expected_word, fault_sentence

    refused = taken[0].refused if taken else 0
    if not refused:
        target.unlink()
        return 0
    for (field, code), count in taken[0].faults.most_common():
        print(f"  {count:>7,} x {fault_sentence(field, code)}; {expected_word(field, code)}")
    print(f"refused rows are told in {target}")
    return 1
