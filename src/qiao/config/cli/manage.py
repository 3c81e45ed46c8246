"""`./qiao manage …`: a command of Django, with this installation's database and secrets."""

import argparse
import sys

from qiao.config.cli import environment

_OWNERS = {"migrate", "makemigrations", "createcachetable", "dbshell", "flush", "sqlflush"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("words", nargs=argparse.REMAINDER, help="as after manage.py")


def run(args: argparse.Namespace) -> int:
    """Hand over to Django; commands that change tables run as the owner."""
    from django.core.management import execute_from_command_line

    with environment.database():
        environment.set_up_django(owner=bool(_OWNERS.intersection(args.words[:1])))
        execute_from_command_line([sys.argv[0], *args.words])
    return 0
