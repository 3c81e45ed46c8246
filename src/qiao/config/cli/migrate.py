"""`./qiao migrate`: tables, then the rights of the plain role."""

import argparse
import os

from qiao.config.cli import environment, roles
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--quiet", action="store_true", help="say only what goes wrong")


def run(args: argparse.Namespace) -> int:
    """Migrate as the owner of the database."""
    with environment.database():
        migrate(verbosity=0 if args.quiet else 1)
    return 0


def migrate(*, verbosity: int) -> None:
    """Migrate in this process, which from now on is the owner of the database."""
    role = roles.role_of(os.environ["DATABASE_URL"])
    if role == roles.role_of(os.environ["DATABASE_OWNER_URL"]):
        message = (
            "web and worker need a plain database role: give DATABASE_URL that role, and"
            " DATABASE_OWNER_URL the owner (./qiao doctor shows the lines)"
        )
        raise CommandError(message)
    environment.set_up_django(owner=True)
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from qiao.core.installing import install

    call_command("migrate", interactive=False, verbosity=verbosity)
    install(timezone.now(), role)
    connection.close()
