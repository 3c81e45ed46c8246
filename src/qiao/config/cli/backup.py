"""`./qiao backup FILE`: database and attachments, one file."""

import argparse
from pathlib import Path

from qiao.config.cli import environment, runs
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--force", action="store_true", help="overwrite the file")
    parser.add_argument(
        "--with-secrets", action="store_true", help="put the secret keys into the file as well"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file while the system goes on working."""
    if args.file.exists() and not args.force:
        message = f"{args.file} exists: choose another name or give --force"
        raise CommandError(message)
    with environment.database():
        contents = runs.by_command(args.file, with_secrets=args.with_secrets)
    tables, media = contents["tables"], contents["media"]
    rows = sum(count for count, _ in tables.values())
    print(f"{args.file}: {len(tables)} tables, {rows} rows, {len(media)} files")
    if not args.with_secrets:
        print("Keep secrets.env as well: without it the encrypted numbers stay closed.")
    return 0
