"""A duty roster as spans of time: a pattern of weeks, exceptions on single days, and its holes.

Local minutes of the roster's zone. A shift whose end is not later than its start goes on into the
next day. On the night of a clock change it is as long as the clocks make it: from its start to its
end as they are read on the wall.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Shift:
    """A span of the pattern: in week `week` of the cycle, on `weekday` (0 Monday)."""

    week: int
    weekday: int
    start: int
    end: int
    staff_id: int


@dataclass(frozen=True, slots=True)
class Change:
    """On one day somebody else takes the shift that begins at `start` (None: nobody does)."""

    day: date
    start: int
    staff_id: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """On `weekday` somebody must be on duty from `start` to `end`."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cycle of `weeks` that begins in the week of `anchor`, in force from the day `since`."""

    since: date
    weeks: int
    anchor: date
    shifts: tuple[Shift, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """The whole plan: a cycle of `weeks` that begins in the week of `anchor`, until one of the
    `later` patterns takes its place; and changes of single days."""

    zone: str
    weeks: int
    anchor: date
    shifts: tuple[Shift, ...]
    needs: tuple[Need, ...]
    changes: tuple[Change, ...] = ()
    later: tuple[Pattern, ...] = ()

    def pattern_on(self, day: date) -> Pattern:
        """The pattern that is in force on a day: the one that began last."""
        begun = [each for each in self.later if each.since <= day]
        first = Pattern(date.min, self.weeks, self.anchor, self.shifts, self.needs)
        return max(begun, key=lambda each: each.since, default=first)

    @property
    def people(self) -> frozenset[int]:
        """Everybody whom the plan names."""
        shifts = [*self.shifts, *(shift for each in self.later for shift in each.shifts)]
        changed = (each.staff_id for each in self.changes)
        return frozenset(each for each in (*(s.staff_id for s in shifts), *changed) if each)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on duty from `start` to `end` (exclusive, UTC); None stands for nobody."""

    day: date
    start: datetime
    end: datetime
    staff_id: int | None
    start_minute: int
    end_minute: int


def moment(day: date, minute: int, zone: str) -> datetime:
    """A minute of a local day as an instant; one that a clock change skips is moved on by it."""
    local = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minute)
    return local.astimezone(UTC)


def duties(roster: Roster, first: date, last: date) -> list[Duty]:
    """All duties that begin on the days from first to last, in order."""
    changed: Mapping[tuple[date, int], int | None] = {
        (item.day, item.start): item.staff_id for item in roster.changes
    }
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for shift in _shifts_on(roster, day):
            staff_id = changed.get((day, shift.start), shift.staff_id)
            found.append(_duty(roster, day, shift, staff_id))
    return sorted(found, key=lambda duty: (duty.start, duty.end))


def _shifts_on(roster: Roster, day: date) -> list[Shift]:
    pattern, week = roster.pattern_on(day), week_of(roster, day)
    return [item for item in pattern.shifts if item.week == week and item.weekday == day.weekday()]


def week_of(roster: Roster, day: date) -> int:
    """Which week of the cycle a day lies in, from 0."""
    pattern = roster.pattern_on(day)
    monday = day - timedelta(days=day.weekday())
    first = pattern.anchor - timedelta(days=pattern.anchor.weekday())
    return (monday - first).days // 7 % pattern.weeks


def _duty(roster: Roster, day: date, shift: Shift, staff_id: int | None) -> Duty:
    over = day if shift.end > shift.start else day + timedelta(days=1)
    start = moment(day, shift.start, roster.zone)
    end = moment(over, shift.end, roster.zone)
    return Duty(day, start, end, staff_id, shift.start, shift.end)


def on_duty(roster: Roster, now: datetime) -> list[int]:
    """Who is on duty at a moment, in the order of their beginning; may be nobody."""
    today = now.astimezone(ZoneInfo(roster.zone)).date()
    found = duties(roster, today - timedelta(days=1), today)
    return [duty.staff_id for duty in found if duty.staff_id and duty.start <= now < duty.end]


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch in which somebody must be on duty and nobody is."""

    start: datetime
    end: datetime


def holes(
    roster: Roster, first: date, last: date, *, available: frozenset[int] | None = None
) -> list[Hole]:
    """Where the plan leaves a need open between the days; only who is `available` counts."""
    covered = sorted(
        (duty.start, duty.end)
        for duty in duties(roster, first - timedelta(days=1), last + timedelta(days=1))
        if duty.staff_id is not None and (available is None or duty.staff_id in available)
    )
    found: list[Hole] = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for need in roster.pattern_on(day).needs:
            if need.weekday == day.weekday():
                over = day if need.end > need.start else day + timedelta(days=1)
                start = moment(day, need.start, roster.zone)
                found += _uncovered(start, moment(over, need.end, roster.zone), covered)
    return found


def _uncovered(
    start: datetime, end: datetime, covered: Sequence[tuple[datetime, datetime]]
) -> Iterable[Hole]:
    reached = start
    for begins, ends in covered:
        if ends <= reached:
            continue
        if begins >= end:
            break
        if begins > reached:
            yield Hole(reached, begins)
        reached = max(reached, ends)
    if reached < end:
        yield Hole(reached, end)
