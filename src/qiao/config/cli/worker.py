"""`./qiao worker`: the background jobs."""

import argparse

from qiao.config.cli import environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--concurrency",
        type=int,
        default=4,
        help="jobs at the same time, beside those of queues with places of their own",
    )
    parser.add_argument("--queues", help="only these queues, separated by commas")


def run(args: argparse.Namespace) -> int:
    """Work until told to stop."""
    with environment.database():
        environment.set_up_django()
        from qiao.core.grants import assert_plain_role
        from qiao.core.working import lanes, work

        assert_plain_role()
        queues = [queue for queue in (args.queues or "").split(",") if queue]
        work(lanes(places=args.concurrency, queues=queues))
    return 0
