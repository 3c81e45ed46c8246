"""The spine: a million customers, a million cases, five million contacts, and every hot path."""

import argparse
import os
import sys

from spine_parts import world


def main() -> int:
    """Build what is missing, measure, and say which limits are broken."""
    parser = argparse.ArgumentParser(prog="./qiao bench spine")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--interactions", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.build:
        _set_up()
        world.build(world.Size(args.customers, args.cases, args.interactions))
        return 0
    world.ensure(world.full(args.customers))
    return 0


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
