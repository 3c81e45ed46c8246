"""Jobs of the clock for the tree."""

from datetime import datetime

from django.utils import timezone

from qiao.core.transactions import acting
from qiao.staff.operations import close_due_units, duty


def close_units(now: datetime) -> None:
    """Close units whose day has come."""
    with acting(None):
        close_due_units(today=timezone.localdate(now))


def tell_of_holes(now: datetime) -> None:
    """Tell supervisors of the holes in the rosters of the days to come."""
    with acting(None):
        duty.tell_holes(now=now)
