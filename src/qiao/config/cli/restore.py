"""`./qiao restore FILE`: read a backup into an empty place, and compare."""

import argparse
from pathlib import Path
from typing import Any

from qiao.config.cli import archive, environment, preparation, runs
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--force", action="store_true", help="throw away what is there")


def run(args: argparse.Namespace) -> int:
    """Restore, compare row by row and file by file, then migrate and give the rights."""
    if not args.file.is_file():
        message = f"there is no file {args.file}"
        raise CommandError(message)
    (environment.home() / "prepared").unlink(missing_ok=True)
    with environment.database():
        contents = _restore(args.file, force=args.force)
    rows = sum(count for count, _ in contents["tables"].values())
    print(f"Restored and compared equal: {rows} rows, {len(contents['media'])} files")
    return 0


def _restore(file: Path, *, force: bool) -> dict[str, Any]:
    with runs.turn() as is_ours:
        if not is_ours:
            message = "a backup or a test is under way: stop the keeper first"
            raise CommandError(message)
        contents = archive.read(file, force=force)
        preparation.run_self("migrate", "--quiet")
        runs.settle_restored(file, contents)
    return contents
