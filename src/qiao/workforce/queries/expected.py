"""How many calls the weeks of rosters were planned for, as others see them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qiao.core.manifest import ExpectedCalls
from qiao.staff.queries import subtree_of
from qiao.workforce.models import PlanningGroup, RosterWeek
from qiao.workforce.queries.groups import queues_of
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.rules.plan import DAY_SLOTS, SLOT_MINUTES


def expected_calls(
    *, organisation_ids: Collection[int], since: datetime, until: datetime
) -> ExpectedCalls | None:
    """What the weeks of groups were planned for that take the calls of all these units, and of no
    others. Of two groups that take calls of one queue only the first counts."""
    wanted, covered = set(organisation_ids), set[str]()
    calls = defaultdict[datetime, float](float)
    for group in PlanningGroup.objects.filter(is_active=True).order_by("id"):
        queues = set(queues_of(group))
        if covered & queues or set(subtree_of(group.calls_of_id)) != wanted:
            continue
        found = list(_of_group(group, since, until))
        for moment, n in found:
            calls[moment] += n
        covered |= queues if found else set()
    return ExpectedCalls(calls, frozenset(covered)) if covered else None


def _of_group(
    group: PlanningGroup, since: datetime, until: datetime
) -> Iterator[tuple[datetime, float]]:
    zone = ZoneInfo(group.timezone)
    first, last = (monday_of(each.astimezone(zone).date()) for each in (since, until))
    weeks = RosterWeek.objects.filter(group=group, monday__range=(first, last))
    for monday, line in weeks.values_list("monday", "demand__calls"):
        for slot, n in enumerate(line or ()):
            moment = _moment(monday, slot, zone)
            if since <= moment < until:
                yield moment, float(n)


def _moment(monday: date, slot: int, zone: ZoneInfo) -> datetime:
    day, place = divmod(slot, DAY_SLOTS)
    hour, minute = divmod(place * SLOT_MINUTES, 60)
    return datetime.combine(monday + timedelta(days=day), time(hour, minute), zone)
