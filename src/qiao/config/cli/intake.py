"""`./qiao intake FILE --map MAP`: replay a real log of service requests."""

import argparse
from pathlib import Path

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, help="the log (CSV)")
    parser.add_argument("--map", type=Path, required=True, help="which column means what (TOML)")
    parser.add_argument("--limit", type=int, help="only so many rows")


def run(args: argparse.Namespace) -> int:
    """Take every row in through the operations of the desk; the plain role does it."""
    for path in (args.file, args.map):
        if not path.is_file():
            message = f"there is no file {path}"
            raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        from django.utils import timezone

        from qiao.contact import operations

        operations.replay_log(
            file=args.file,
            mapping=args.map,
            limit=args.limit,
            now=timezone.now(),
            progress=lambda text: print(text, flush=True),
        )
    return 0
