"""When to try again.

Source: RFC 5321, 4.5.4.1: retry after at least 30 minutes as a rule, but twice in the first hour,
and give up after four to five days. Notices of service are stale after two, so they are given up
earlier and a person is told.
"""

from datetime import timedelta
from typing import Final

RECEIVER: Final = (5, 15, 30, 60, 120, 240, 480, 720, 1_200)  # minutes
CHANNEL: Final = (1, 2, 4, 8, 15, 30)  # minutes: a server that is down is one wait for all


def pause_of_receiver(attempts: int) -> timedelta | None:
    """How long after the n-th attempt (from 1) one receiver is tried again; None: given up."""
    return timedelta(minutes=RECEIVER[attempts - 1]) if attempts <= len(RECEIVER) else None


def pause_of_channel(failures: int) -> timedelta:
    """How long after the n-th failure in a row (from 1) the channel is tried again."""
    return timedelta(minutes=CHANNEL[min(failures, len(CHANNEL)) - 1])
