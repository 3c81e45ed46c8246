"""`./qiao sample customers FILE`: a realistic file to try an import with."""

import argparse
from pathlib import Path

from qiao.config.cli import environment
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=["customers"])
    parser.add_argument("file", type=Path, help="its ending says which form: .xlsx or .csv")
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--faulty", type=int, default=50, help="rows with a fault each")


def run(args: argparse.Namespace) -> int:
    """Write the file; nothing else is touched."""
    with environment.database():
        environment.set_up_django()
        from django.utils import timezone

        from qiao.customers.operations.sampling import write_sample

        try:
            done = write_sample(
                args.file, rows=args.rows, faulty=args.faulty, today=timezone.localdate()
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
    print(f"{args.file}: {done.rows:,} customers, {done.faulty:,} of them with a fault")
    return 0
