"""`./qiao worker`: the background jobs."""

import argparse

from qiao.config.cli import environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at the same time")
    parser.add_argument("--queues", help="only these queues, separated by commas")


def run(args: argparse.Namespace) -> int:
    """Work until told to stop."""
    with environment.database():
        environment.set_up_django()
        from django.core.management import call_command

        from qiao.core.grants import assert_plain_role

        assert_plain_role()
        words = ["worker", f"--concurrency={args.concurrency}", "--delete-jobs=never"]
        words += [f"--queues={args.queues}"] if args.queues else []
        call_command("procrastinate", *words)
    return 0
