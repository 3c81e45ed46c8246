"""How many calls the weeks of rosters were planned for, and when people work, as others see it."""

from collections import defaultdict
from collections.abc import Collection, Set
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from qiao.core.manifest import ExpectedCalls
from qiao.staff.queries import subtree_of
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek
from qiao.workforce.queries.groups import queues_of
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.rules.plan import DAY_MINUTES, DAY_SLOTS, SLOT_MINUTES

DAY: Final = timedelta(days=1)


def expected_calls(
    *, organisation_ids: Collection[int], since: datetime, until: datetime
) -> ExpectedCalls | None:
    """What the weeks of groups were planned for that take the calls of all these units, and of no
    others. Of two groups that take calls of one queue only the first counts."""
    wanted, covered = set(organisation_ids), set[str]()
    calls = defaultdict[datetime, float](float)
    for group, lines in _planned(wanted, since, until).items():
        queues = set(queues_of(group))
        found = [
            (moment, float(n))
            for monday, line in lines
            for slot, n in enumerate(line or ())
            if since <= (moment := _moment(monday, slot, ZoneInfo(group.timezone))) < until
        ]
        if not found or covered & queues:
            continue
        for moment, n in found:
            calls[moment] += n
        covered |= queues
    return ExpectedCalls(calls, frozenset(covered)) if covered else None


def shift_hours(*, organisation_ids: Collection[int], day: date) -> tuple[int, int] | None:
    """The first and the last hour of a day in which a published shift works of a group of one of
    these units, or that takes their calls; one from the day before may reach into it. One
    statement."""
    cells = RosterCell.objects.filter(
        Q(week__group__calls_of_id__in=organisation_ids)
        | Q(week__group__unit_id__in=organisation_ids),
        week__state=RosterWeek.State.PUBLISHED,
        day__in=(day - DAY, day),
        shift__isnull=False,
    )
    spans = cells.values_list("day", "shift__begins", "shift__ends").distinct()
    found = [
        (max(0, begins - past), min(DAY_MINUTES, ends - past))
        for on, begins, ends in spans
        for past in [0 if on == day else DAY_MINUTES]
        if ends > past
    ]
    if not found:
        return None
    first, last = min(a for a, _ in found), max(b for _, b in found)
    return first // 60, (last - 1) // 60


def _planned(
    wanted: Set[int], since: datetime, until: datetime
) -> dict[PlanningGroup, list[tuple[date, list[float]]]]:
    """The calls by half hour of each group's weeks, the groups that were added first before."""
    groups = list(PlanningGroup.objects.filter(is_active=True, calls_of_id__in=wanted))
    roots = {pk for pk in {each.calls_of_id for each in groups} if set(subtree_of(pk)) == wanted}
    taking = {each.pk: each for each in groups if each.calls_of_id in roots}
    # A day more on each side: where a week begins depends on the time zone of its group.
    first, last = monday_of(since.date() - DAY), monday_of(until.date() + DAY)
    weeks = RosterWeek.objects.filter(group__in=taking, monday__range=(first, last))
    found: dict[PlanningGroup, list[tuple[date, list[float]]]] = defaultdict(list)
    for group_id, monday, line in weeks.order_by("group_id", "monday").values_list(
        "group_id", "monday", "demand__calls"
    ):
        found[taking[group_id]].append((monday, line))
    return found


def _moment(monday: date, slot: int, zone: ZoneInfo) -> datetime:
    day, place = divmod(slot, DAY_SLOTS)
    hour, minute = divmod(place * SLOT_MINUTES, 60)
    return datetime.combine(monday + timedelta(days=day), time(hour, minute), zone)
