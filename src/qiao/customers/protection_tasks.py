"""The passing of days: protections come onto the list."""

from datetime import datetime

from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.customers.operations.protection_moving import move_protections_on


def move_on(now: datetime) -> None:
    """Let all stand as they do today, a transaction a thousand; who dies in between goes on."""
    moved = 1
    while moved:
        with acting(None):
            moved = move_protections_on(now=now)


# Shortly after every hour, so that midnight of each zone is met and a missed night made good.
PERIODIC = (PeriodicJob("customers.move_protections_on", "4 * * * *", move_on),)
