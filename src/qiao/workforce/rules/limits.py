"""What forbids that somebody works a shift on a day: the rules that bind, each with its name.

The solver gets the same rules as constraints; changes by hand and the explanation of gaps ask
here, and a solved plan is checked here before it is kept.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from qiao.workforce.rules.plan import (
    DAY_MINUTES,
    DAYS,
    Assigned,
    Cell,
    Person,
    ShiftSpec,
    Week,
)


class Limit(StrEnum):
    """A rule that binds."""

    AWAY = "away"
    DUTY = "duty"
    SKILL = "skill"
    OTHER_SHIFT = "other_shift"
    REST = "rest"
    IN_ROW = "in_row"
    HOURS = "hours"
    PINNED = "pinned"


STATIC: Final = (Limit.AWAY, Limit.DUTY, Limit.SKILL)
"""Those that no other shift of the week changes."""


def why_not(
    week: Week, assigned: Assigned, cell: Cell, shift: ShiftSpec, *, instead: bool = True
) -> list[Limit]:
    """The rules that forbid a shift on a person's day; none where it may be.

    With `instead` it takes the place of what the person has on that day; without, having one
    already is a rule.
    """
    person = week.people[cell[0]]
    found = list(_static(week, person, cell[1], shift))
    if not instead and cell in assigned:
        found.append(Limit.OTHER_SHIFT)
    own = {day: week.shifts[key] for (who, day), key in assigned.items() if who == cell[0]}
    own[cell[1]] = shift
    if _too_little_rest(week, person, own, cell[1]):
        found.append(Limit.REST)
    if _longest_run(person, own, cell[1]) > week.limits.days_in_row:
        found.append(Limit.IN_ROW)
    if sum(each.paid_minutes for each in own.values()) > week.limits.week_minutes:
        found.append(Limit.HOURS)
    if cell in week.pinned and week.pinned[cell] != shift.key:
        found.append(Limit.PINNED)
    return found


def faults(week: Week, assigned: Assigned) -> list[tuple[Cell, Limit]]:
    """Every cell of a plan that breaks a rule, with the rule."""
    broken = [
        (cell, limit)
        for cell, key in assigned.items()
        for limit in why_not(week, assigned, cell, week.shifts[key])
    ]
    missing = [
        (cell, Limit.PINNED)
        for cell, key in week.pinned.items()
        if key is not None and assigned.get(cell) != key
    ]
    return broken + [each for each in missing if each not in broken]


def may_ever(week: Week, person: Person, day: int, shift: ShiftSpec) -> bool:
    """Whether a shift is possible whatever else the person does in the week."""
    if any(_static(week, person, day, shift)):
        return False
    last = person.before.get(day - 1) if day == 0 else None
    return last is None or _rest(last, shift) >= week.limits.rest_minutes


def _static(week: Week, person: Person, day: int, shift: ShiftSpec) -> Iterator[Limit]:
    if day in person.away or (shift.end > DAY_MINUTES and day + 1 in person.away):
        yield Limit.AWAY
    begin, end = day * DAY_MINUTES + shift.start, day * DAY_MINUTES + shift.end
    rest = week.limits.rest_minutes
    if any(a - rest < end and begin < b + rest for a, b in person.duties):
        yield Limit.DUTY
    if week.queue_needs and not person.queues & week.queue_needs.keys():
        yield Limit.SKILL


def _rest(earlier: ShiftSpec, later: ShiftSpec) -> int:
    """Minutes between a shift and the one of the next day."""
    return DAY_MINUTES + later.start - earlier.end


def _too_little_rest(week: Week, person: Person, own: dict[int, ShiftSpec], day: int) -> bool:
    before = own.get(day - 1) if day else person.before.get(-1)
    after = own.get(day + 1)
    least = week.limits.rest_minutes
    return (before is not None and _rest(before, own[day]) < least) or (
        after is not None and _rest(own[day], after) < least
    )


def _longest_run(person: Person, own: dict[int, ShiftSpec], day: int) -> int:
    """Days in a row around a day, those of the week before included."""
    first, last = day, day
    while first - 1 in own:
        first -= 1
    while last + 1 < DAYS and last + 1 in own:
        last += 1
    return last - first + 1 + (person.run_before if first == 0 else 0)
