"""When nobody is to be disturbed: the house's quiet hours, and a customer's own."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet from one time of day until another; over midnight if it begins later than it ends.
    On rest days it ends at `until_on_rest_days`."""

    begins: time
    until: time
    until_on_rest_days: time | None = None


def _inside(clock: time, begins: time, until: time) -> bool:
    if begins == until:
        return False
    if begins < until:
        return begins <= clock < until
    return clock >= begins or clock < until


def _end_of(moment: datetime, quiet: Quiet, rest_days: frozenset[str]) -> datetime | None:
    """The end of the quiet time in which a local moment lies, or None."""
    today_rests = moment.date().isoformat() in rest_days
    until = quiet.until_on_rest_days if today_rests else None
    until = until or quiet.until
    clock = moment.timetz().replace(tzinfo=None)
    if not _inside(clock, quiet.begins, until):
        return None
    end = datetime.combine(moment.date(), until, moment.tzinfo)
    if end > moment:
        return end
    tomorrow = moment.date() + timedelta(days=1)
    rests = tomorrow.isoformat() in rest_days and quiet.until_on_rest_days
    return datetime.combine(tomorrow, rests or quiet.until, moment.tzinfo)


def earliest(
    moment: datetime, quiet_times: tuple[Quiet, ...], rest_days: frozenset[str] = frozenset()
) -> datetime:
    """The first moment from `moment` (local) on at which none of the quiet times disturbs.

    `rest_days` are ISO dates. Quiet times that leave no hour free count no longer than a day.
    """
    found, limit = moment, moment + timedelta(days=1)
    moved = True
    while moved and found < limit:
        moved = False
        for quiet in quiet_times:
            end = _end_of(found, quiet, rest_days)
            if end is not None and end > found:
                found, moved = end, True
    return found
