"""How people kept to their shifts, and what they carried."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Sum

from qiao.contact.queries.agents import state_spans
from qiao.contact.queries.rhythm import contacts_of_agents
from qiao.core.packs.enabled import catalogue
from qiao.staff.queries import subtree_of
from qiao.workforce.models import (
    Certificate,
    PlanningGroup,
    PulseCount,
    RosterCell,
    RosterWeek,
    ShiftKind,
)
from qiao.workforce.queries.rosters import spec_of
from qiao.workforce.rules.adherence import Kept, Stood, kept
from qiao.workforce.rules.load import Load, mood
from qiao.workforce.rules.plan import WEEKEND, turn_of

LOAD_DAYS: Final = 28
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PastShift:
    """A published shift of somebody on a day, and how they kept to it; None while it is not
    over."""

    staff_id: int
    day: date
    shift: ShiftKind
    result: Kept | None

    def is_one_of(self, what: str) -> bool:
        """Whether a figure counts it: a key of `COUNTED`."""
        return COUNTED[what](self)


COUNTED: Final[Mapping[str, Callable[[PastShift], bool]]] = {
    "all": lambda _each: True,
    "over": lambda each: each.result is not None,
    "night": lambda each: each.shift.is_night,
    "weekend": lambda each: each.day.weekday() in WEEKEND,
    "late": lambda each: each.result is not None and bool(each.result.late),
    "early": lambda each: each.result is not None and bool(each.result.early),
    "overrun": lambda each: each.result is not None and bool(each.result.overrun),
    "absent": lambda each: each.result is not None and each.result.absent,
}
"""Which shifts a figure of load or adherence counts."""


@dataclass(frozen=True, slots=True)
class ShiftKept:
    """How somebody kept to the shift of a day that is over."""

    staff_id: int
    day: date
    shift_id: int
    result: Kept


def _cells(
    group: PlanningGroup, staff_ids: Collection[int], first: date, last: date
) -> Sequence[RosterCell]:
    return list(
        RosterCell.objects.filter(
            week__group=group,
            week__state=RosterWeek.State.PUBLISHED,
            staff_id__in=staff_ids,
            day__gte=first,
            day__lte=last,
            shift__isnull=False,
        )
        .select_related("shift")
        .order_by("day", "staff_id")
    )


def adherence(
    *, group: PlanningGroup, staff_ids: Collection[int], first: date, last: date, now: datetime
) -> list[ShiftKept]:
    """How people kept to their published shifts of these days, those that are over; two
    statements."""
    return [
        ShiftKept(each.staff_id, each.day, each.shift.pk, each.result)
        for each in past_shifts(group=group, staff_ids=staff_ids, first=first, last=last, now=now)
        if each.result is not None
    ]


def past_shifts(
    *, group: PlanningGroup, staff_ids: Collection[int], first: date, last: date, now: datetime
) -> list[PastShift]:
    """The published shifts of people on these days, by day and person; two statements."""
    zone = ZoneInfo(group.timezone)
    cells = _cells(group, staff_ids, first, last)
    stood: dict[int, list[Stood]] = defaultdict(list)
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + 2 * ONE_DAY, time(), zone)
    for each in state_spans(staff_ids=staff_ids, since=since, until=until, now=now):
        span = Stood(each.start, each.end, each.state, each.reason)
        stood[each.staff_id].append(span)
    found = []
    for cell in cells:
        if cell.shift is None:
            continue
        spec = spec_of(cell.shift)
        midnight = datetime.combine(cell.day, time(), zone)

        def at(minute: int, midnight: datetime = midnight) -> datetime:
            return midnight + timedelta(minutes=minute)

        result = None
        if at(spec.end) <= now:
            breaks = [(at(a), at(b)) for a, b in spec.breaks_in_turn(turn_of(cell.staff_id))]
            result = kept((at(spec.start), at(spec.end)), breaks, stood[cell.staff_id])
        found.append(PastShift(cell.staff_id, cell.day, cell.shift, result))
    return found


def loads(*, group: PlanningGroup, staff_ids: Collection[int], until: date) -> Mapping[int, Load]:
    """What people had in the four weeks before a day, by person; two statements."""
    zone = ZoneInfo(group.timezone)
    first = until - timedelta(days=LOAD_DAYS)
    contacts: dict[int, Counter[str]] = defaultdict(Counter)
    seconds: Counter[int] = Counter()
    abusive: Counter[int] = Counter()
    for each in contacts_of_agents(
        organisation_ids=subtree_of(group.calls_of_id),
        staff_ids=staff_ids,
        since=datetime.combine(first, time(), zone),
        until=datetime.combine(until, time(), zone),
        outcomes=[key for key, each in catalogue().outcomes.items() if each.is_abusive],
    ):
        abusive[each.staff_id] += each.ended_so
        contacts[each.staff_id][each.reason] += each.count
        seconds[each.staff_id] += int(each.work_seconds)
    minutes: Counter[int] = Counter()
    nights: Counter[int] = Counter()
    weekends: Counter[int] = Counter()
    for cell in _cells(group, staff_ids, first, until - ONE_DAY):
        if cell.shift is not None:
            minutes[cell.staff_id] += spec_of(cell.shift).paid_minutes
            nights[cell.staff_id] += cell.shift.is_night
            weekends[cell.staff_id] += cell.day.weekday() in WEEKEND
    return {
        pk: Load(
            contacts[pk],
            seconds[pk] / 3600,
            minutes[pk] / 60,
            nights[pk],
            weekends[pk],
            abusive[pk],
        )
        for pk in staff_ids
    }


def moods(
    *, team_ids: Collection[int], first: date, last: date
) -> list[tuple[date, float | None, int]]:
    """The mean mood of teams by week, the latest last; None where fewer than five answered."""
    rows = PulseCount.objects.filter(team_id__in=team_ids, day__gte=first, day__lte=last)
    weeks: dict[date, Counter[int]] = defaultdict(Counter)
    for day, value, n in rows.values_list("day", "mood").annotate(whole=Sum("n")):
        weeks[day - timedelta(days=day.weekday())][value] += n
    found = []
    for monday in sorted(weeks):
        mean = mood(weeks[monday])
        found.append((monday, mean[0] if mean else None, mean[1] if mean else 0))
    return found


def certificates_of(staff_id: int) -> list[Certificate]:
    """What somebody is certified for, what ends first first."""
    rows = Certificate.objects.filter(staff_id=staff_id)
    return sorted(rows, key=lambda each: (each.expires is None, each.expires or each.issued))
