"""`./qiao tariff survey`: which files of the Open Water Rate Specification can be expressed."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = {".owrs", ".yaml", ".yml"}


def run(args: argparse.Namespace) -> int:
    """Print how many files are expressed whole, and of each other one what is left out and why."""
    files = _files(args.folder)
    left_out = {name: reasons for name, reasons in files.items() if reasons}
    whole = len(files) - len(left_out)
    if args.json:
        print(json.dumps({"files": len(files), "expressed": whole, "left_out": left_out},
                         ensure_ascii=False, indent=2))  # fmt: skip
        return 0
    print(f"{whole} of {len(files)} files are expressed whole ({whole / len(files):.1%})")
    for name, reasons in left_out.items():
        print(f"\n{name}")
        for why, classes in _by_reason(reasons).items():
            print(f"  {classes}: {why}" if classes else f"  {why}")
    return 0


def text_of(file: Path) -> str:
    """Read a file of text; what is no UTF-8 in it is taken as a sign of its own."""
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror or error}") from error


def _files(folder: Path) -> dict[str, dict[str, str]]:
    """By file the classes that cannot be expressed with the reason; '' stands for the file."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise CommandError(f"{folder} cannot be read: {error.strerror or error}") from error
    if not paths:
        raise CommandError(f"{folder} has no file that ends in {', '.join(sorted(SUFFIXES))}")
    return {path.name: _refused(path) for path in paths}


def _refused(path: Path) -> dict[str, str]:
    from qiao.billing.rules.tariffs.owrs_parts import NotExpressed
    from qiao.billing.rules.tariffs.owrs_text import read_owrs_text

    try:
        return dict(read_owrs_text(text_of(path)).refused)
    except NotExpressed as refusal:
        return {"": str(refusal)}


def _by_reason(reasons: "Mapping[str, str]") -> dict[str, str]:
    """Classes that share a reason together."""
    found: dict[str, list[str]] = {}
    for cust_class, why in reasons.items():
        found.setdefault(why, []).append(cust_class)
    return {why: ", ".join(classes) for why, classes in found.items()}
