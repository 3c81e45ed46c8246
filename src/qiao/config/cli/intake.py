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
    parser.add_argument(
        "--refused", type=Path, help="where refused rows are kept (intake/ of the state folder)"
    )


def run(args: argparse.Namespace) -> int:
    """Take every row in through the operations of the desk; the plain role does it.

    May be stopped at any time: typed again, it goes on where it was. Returns 1 if rows were
    refused; they are kept in a file with what is wrong, to be mended and taken in.
    """
    for path in (args.file, args.map):
        if not path.is_file():
            message = f"there is no file {path}"
            raise CommandError(message)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        from django.utils import timezone

        from qiao.contact import operations
        from qiao.core.packs import PackInvalid

        try:
            done = operations.replay_log(
                file=args.file,
                mapping=args.map,
                limit=args.limit,
                now=timezone.now(),
                progress=lambda text: print(text, flush=True),
            )
        except PackInvalid as invalid:
            raise CommandError(str(invalid)) from invalid
        if not done.refused:
            return 0
        target = args.refused or environment.home() / "intake" / f"{args.file.stem}.refused.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        operations.write_refused(done.refused, file=target)
        print(f"refused rows are in {target}")
    return 1
