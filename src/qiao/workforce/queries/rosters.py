"""Weeks of rosters: as pages show them, and as the rules and the solver take them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import Http404

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.staff.queries import chain_of, subtree_of
from qiao.staff.queries.absences import away_days
from qiao.staff.queries.duty import duty_spans
from qiao.workforce.models import (
    PlanningGroup,
    PulseGiven,
    RosterCell,
    RosterWeek,
    ShiftKind,
    ShiftWish,
)
from qiao.workforce.models.groups import VIEW
from qiao.workforce.parameters import CONTRACT, FAIR_WEEKS, IN_ROW, REST, WEEK_HOURS
from qiao.workforce.queries.demand import demand_of
from qiao.workforce.queries.groups import Member, members
from qiao.workforce.rules.plan import (
    DAYS,
    WEEKEND,
    Cell,
    Limits,
    Person,
    ShiftSpec,
    Week,
    Wish,
)

HOUR: Final = 60
LOOK_BACK_DAYS: Final = 14


class WeekMissing(Http404):
    """No such week, or none that the actor may see."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A week with all that its page and its rules need. `cells` are kept rows by person and day
    of the week; `away` the kind of absence in words, by
    person and day."""

    row: RosterWeek
    people: list[Member]
    shifts: dict[int, ShiftKind]
    cells: dict[Cell, RosterCell]
    away: dict[int, dict[int, str]]
    wishes: dict[Cell, ShiftWish]
    rules: Week

    @property
    def assigned(self) -> dict[Cell, int]:
        """The shift by person and day."""
        return {
            cell: each.shift_id for cell, each in self.cells.items() if each.shift_id is not None
        }


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def find_week(*, group: PlanningGroup, monday: date) -> RosterWeek | None:
    """The week of a group that begins on a day, if it is kept."""
    return group.weeks.filter(monday=monday).select_related("group", "published_by").first()


def week_for(*, actor: Actor, week_id: int) -> RosterWeek:
    """One week. Raises `WeekMissing`."""
    rows = RosterWeek.objects.filter(group__unit_id__in=actor.organisations(VIEW))
    found = rows.select_related("group__unit").filter(pk=week_id).first()
    if found is None:
        raise WeekMissing(str(week_id))
    return found


def spec_of(row: ShiftKind) -> ShiftSpec:
    """A shift as the rules take it."""
    breaks = tuple((int(a), int(b)) for a, b in row.breaks)
    return ShiftSpec(row.pk, row.begins, row.ends, breaks, row.is_night)


def planned(row: RosterWeek) -> Planned:
    """All of a week; the same number of statements for few people and many."""
    group, monday = row.group, row.monday
    people = members(group)
    cells = {
        (each.staff_id, (each.day - monday).days): each
        for each in row.cells.select_related("staff")
    }
    people = _with_others(people, cells)
    shifts = {each.pk: each for each in group.shifts.order_by("begins", "ends", "id")}
    ids = [each.staff_id for each in people]
    last = monday + timedelta(days=DAYS)
    away = {
        pk: {(day - monday).days: str(kind.label) for day, kind in days.items()}
        for pk, days in away_days(staff_ids=ids, first=monday, last=last).items()
    }
    wishes = {
        (each.staff_id, (each.day - monday).days): each
        for each in ShiftWish.objects.filter(staff_id__in=ids, day__gte=monday, day__lt=last)
    }
    rules = _rules(row, people, shifts, cells, away, wishes)
    return Planned(row, people, shifts, cells, away, wishes, rules)


def _with_others(people: Sequence[Member], cells: Mapping[Cell, RosterCell]) -> list[Member]:
    """Those of the group, and who is in the week though they left it meanwhile."""
    known = {each.staff_id for each in people}
    others = {each.staff_id: each.staff for each in cells.values() if each.staff_id not in known}
    more = [
        Member(pk, person.number, person.name, {}, frozenset())
        for pk, person in sorted(others.items())
    ]
    return [*people, *more]


def limits_of(group: PlanningGroup, day: date) -> tuple[Limits, int]:
    """What binds, and the minutes of a contract, as set on a day."""
    chain = chain_of(group.unit_id)

    def value(key: str) -> int:
        return int(parameters.find(key, day=day, organisation_ids=chain).value)

    limits = Limits(value(REST) * HOUR, value(IN_ROW), value(WEEK_HOURS) * HOUR)
    return limits, value(CONTRACT) * HOUR


def _rules(
    row: RosterWeek,
    people: Sequence[Member],
    shifts: Mapping[int, ShiftKind],
    cells: Mapping[Cell, RosterCell],
    away: Mapping[int, Mapping[int, str]],
    wishes: Mapping[Cell, ShiftWish],
) -> Week:
    group, monday = row.group, row.monday
    limits, contract = limits_of(group, monday)
    specs = {pk: spec_of(each) for pk, each in shifts.items()}
    in_use = {each.shift_id for each in cells.values()}
    demand = demand_of(row.demand)
    before = _before(monday, [each.staff_id for each in people], specs)
    nights, weekends = _shares_before(group, monday, specs)
    duties = _duties(group, monday)
    return Week(
        shifts={pk: s for pk, s in specs.items() if shifts[pk].is_active or pk in in_use},
        people={
            each.staff_id: Person(
                each.staff_id,
                each.queues,
                contract,
                frozenset(away.get(each.staff_id, ())),
                tuple(duties.get(each.staff_id, ())),
                before.get(each.staff_id, {}),
                nights[each.staff_id],
                weekends[each.staff_id],
            )
            for each in people
        },
        needs=tuple(demand.needs),
        queue_needs={key: tuple(line) for key, line in demand.queue_needs.items()},
        limits=limits,
        wishes=tuple(
            Wish(who, day, each.shift_id)
            for (who, day), each in wishes.items()
            if each.shift_id is None or each.shift_id in specs
        ),
        pinned={cell: each.shift_id for cell, each in cells.items() if each.is_pinned},
    )


def _before(
    monday: date, staff_ids: Sequence[int], specs: Mapping[int, ShiftSpec]
) -> dict[int, dict[int, ShiftSpec]]:
    """Shifts of the days before the week, whatever group they were in, by person."""
    rows = RosterCell.objects.filter(
        staff_id__in=staff_ids,
        day__lt=monday,
        day__gte=monday - timedelta(days=LOOK_BACK_DAYS),
        shift__isnull=False,
    ).select_related("shift")
    found: dict[int, dict[int, ShiftSpec]] = defaultdict(dict)
    for each in rows:
        if each.shift is not None:
            spec = specs.get(each.shift.pk) or spec_of(each.shift)
            found[each.staff_id][(each.day - monday).days] = spec
    return found


def _shares_before(
    group: PlanningGroup, monday: date, specs: Mapping[int, ShiftSpec]
) -> tuple[Counter[int], Counter[int]]:
    """Nights and days at weekends that each had in the weeks over which they are shared out."""
    weeks = parameters.find(FAIR_WEEKS, day=monday, organisation_ids=chain_of(group.unit_id)).value
    rows = RosterCell.objects.filter(
        week__group=group,
        day__lt=monday,
        day__gte=monday - timedelta(weeks=int(weeks)),
        shift__isnull=False,
    )
    nights: Counter[int] = Counter()
    weekends: Counter[int] = Counter()
    for who, day, shift in rows.values_list("staff_id", "day", "shift_id"):
        nights[who] += specs[shift].is_night if shift in specs else 0
        weekends[who] += day.weekday() in WEEKEND
    return nights, weekends


def _duties(group: PlanningGroup, monday: date) -> dict[int, list[tuple[int, int]]]:
    """Spans on night and weekend duty (the roster of `staff`), in minutes of the week."""
    zone = ZoneInfo(group.timezone)
    begin = datetime.combine(monday, datetime.min.time(), zone)
    units = {*chain_of(group.unit_id), *subtree_of(group.unit_id)}
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    first, last = monday - timedelta(days=1), monday + timedelta(days=DAYS)
    for who, start, end in duty_spans(unit_ids=units, first=first, last=last):
        minutes = [int((at - begin).total_seconds() // 60) for at in (start, end)]
        found[who].append((minutes[0], minutes[1]))
    return found


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A shift of one's own on a day."""

    day: date
    shift: ShiftKind
    group: PlanningGroup


def own_shifts(*, staff_id: int, first: date, last: date) -> list[OwnShift]:
    """One's own shifts of published weeks from first to last, in order."""
    rows = RosterCell.objects.filter(
        staff_id=staff_id,
        day__gte=first,
        day__lte=last,
        shift__isnull=False,
        week__state=RosterWeek.State.PUBLISHED,
    ).select_related("shift", "week__group")
    return [
        OwnShift(each.day, each.shift, each.week.group)
        for each in rows.order_by("day", "shift__begins")
        if each.shift is not None
    ]


def wishes_of(staff_ids: Iterable[int], *, first: date) -> list[ShiftWish]:
    """Wishes of people from a day on, in order."""
    rows = ShiftWish.objects.filter(staff_id__in=list(staff_ids), day__gte=first)
    return list(rows.select_related("shift").order_by("day"))


def has_answered(*, staff_id: int, day: date) -> bool:
    """Whether somebody has answered the pulse question on a day."""
    return PulseGiven.objects.filter(staff_id=staff_id, day=day).exists()
