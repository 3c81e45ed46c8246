"""`./qiao migrate`: tables, then the rights of the plain role."""

import argparse
import os
from collections.abc import Collection, Mapping

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

    _refuse_unfinished()
    call_command("migrate", interactive=False, verbosity=verbosity)
    install(timezone.now(), role)
    connection.close()


Step = tuple[str, str]


def missing_steps(
    applied: Collection[Step], replaced: Mapping[Step, Collection[Step]]
) -> list[Step]:
    """Return the former steps that a database lacks which has others that the same one replaced.

    `replaced` has for each of today's steps (module, name) those in whose place it stands.
    """
    return sorted(
        former
        for step, formers in replaced.items()
        if step in applied or any(former in applied for former in formers)
        for former in formers
        if former not in applied
    )


def _refuse_unfinished() -> None:
    """Raises `CommandError` for a database that stopped among steps that are no longer kept."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder(connection).applied_migrations()
    if not applied:
        return
    replaced = {
        step: migration.replaces for step, migration in MigrationLoader(None).replacements.items()
    }
    missing = missing_steps(applied, replaced)
    if missing:
        some = ", ".join(".".join(step) for step in missing[:3])
        message = (
            f"this database stopped at a version from before the release, {len(missing)} steps"
            f" short of the last ({some}). Bring it up to date with the last version that has"
            " these steps, or start with a new database"
        )
        raise CommandError(message)
