"""A first plan of a week, shift by shift: what the solver begins from.

The shift that covers most of what is missing goes to who may have it and has worked least of their
contract. It keeps the rules of `limits`; nothing else is weighed.
"""

from qiao.workforce.rules.limits import why_not
from qiao.workforce.rules.plan import DAYS, PARTS, WEEK_SLOTS, Cell, Person, ShiftSpec, Week

ENOUGH = 0.2  # of a shift: one that covers less of what is missing is not given any more


def first_plan(week: Week) -> dict[Cell, int]:
    """A plan that keeps the rules."""
    assigned: dict[Cell, int] = {
        cell: key
        for cell, key in week.pinned.items()
        if key is not None and not why_not(week, {}, cell, week.shifts[key])
    }
    short = [PARTS * need for need in week.needs]
    worked = dict.fromkeys(week.people, 0)
    for (who, day), key in assigned.items():
        worked[who] += week.shifts[key].paid_minutes
        _cover(short, week.shifts[key], day, week.people[who])
    open_shifts = [(day, shift) for day in range(DAYS) for shift in week.shifts.values()]
    while open_shifts:
        gains = [_gain(short, shift, day) for day, shift in open_shifts]
        best = max(range(len(gains)), key=gains.__getitem__)
        if gains[best] < ENOUGH:
            break
        day, shift = open_shifts[best]
        person = _who(week, assigned, worked, day, shift)
        if person is None:
            open_shifts.pop(best)
            continue
        assigned[person.person_id, day] = shift.key
        worked[person.person_id] += shift.paid_minutes
        _cover(short, shift, day, person)
    return assigned


def _gain(short: list[int], shift: ShiftSpec, day: int) -> float:
    """The share of a shift in which somebody is missing."""
    parts = shift.parts_at_work(day)
    covered = sum(min(n, max(0, short[slot])) for slot, n in parts.items())
    return covered / max(1, sum(parts.values()))


def _cover(short: list[int], shift: ShiftSpec, day: int, person: Person) -> None:
    for slot, parts in shift.parts_at_work(day, person.turn).items():
        if slot < WEEK_SLOTS:
            short[slot] -= parts


def _who(
    week: Week, assigned: dict[Cell, int], worked: dict[int, int], day: int, shift: ShiftSpec
) -> Person | None:
    """Who may have the shift, first of all who has worked least of their contract."""
    wished = {(wish.person_id, wish.day) for wish in week.wishes if wish.shift is None}
    for person in sorted(
        week.people.values(),
        key=lambda each: (
            (each.person_id, day) in wished,
            each.nights_before if shift.is_night else 0,
            worked[each.person_id] / max(1, each.weekly_minutes),
        ),
    ):
        cell = (person.person_id, day)
        full = worked[person.person_id] + shift.paid_minutes > person.weekly_minutes
        if cell in week.pinned or cell in assigned or full:
            continue
        if not why_not(week, assigned, cell, shift):
            return person
    return None
