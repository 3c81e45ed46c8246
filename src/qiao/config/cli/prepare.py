"""The part of `./qiao demo` that writes tables and the world: a process that is the owner."""

import argparse
from datetime import datetime

from qiao.config.cli import environment, migrate


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--pack", default="water")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--audit", action="store_true")
    parser.add_argument(
        "--at", type=datetime.fromisoformat, help="the moment at which the world stands, not now"
    )


def run(args: argparse.Namespace) -> int:
    """Migrate, build the world if there is none, then look at it if asked."""
    with environment.database():
        migrate.migrate(verbosity=0)
        from qiao.core import demo

        demo.build_world(customers=args.customers, pack=args.pack, progress=_say, now=args.at)
        if args.audit:
            return 0 if demo.audit_world(progress=_say) else 1
    return 0


def _say(text: str) -> None:
    print(f"  {text}", flush=True)
