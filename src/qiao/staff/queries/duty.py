"""Who answers for a unit at a moment: the person on duty, else its supervisors, else those above.

So nothing that is due at night goes to nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from qiao.staff.models import DutyRoster, Membership, Staff
from qiao.staff.queries import chain_of
from qiao.staff.rules.roster import Change, Need, Pattern, Roster, Shift, duties, on_duty

SUPERVISOR: Final = "supervisor"
_HOLDERS = """
SELECT a.staff_id FROM staff_assignment a
  JOIN staff_role r ON r.id = a.role_id AND r.key = %(role)s
  JOIN staff_staff s ON s.id = a.staff_id AND s.is_active
 WHERE a.organisation_id = %(unit)s AND a.valid @> %(day)s::date ORDER BY s.number
"""


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers: ``duty`` (on duty), ``lead`` (leads the team) or ``supervisor``, in which unit.

    Empty only where the whole company has nobody left who could.
    """

    staff_ids: tuple[int, ...]
    why: str
    unit_id: int


def as_rules(row: DutyRoster) -> Roster:
    """A roster with all that belongs to it, as the rules take it."""
    shifts: dict[int | None, list[Shift]] = {}
    needs: dict[int | None, list[Need]] = {}
    for shift in row.shifts.all():
        kept = Shift(shift.week, shift.weekday, shift.start, shift.end, shift.staff_id)
        shifts.setdefault(shift.pattern_id, []).append(kept)
    for need in row.needs.all():
        kept_need = Need(need.weekday, need.start, need.end)
        needs.setdefault(need.pattern_id, []).append(kept_need)
    return Roster(
        zone=row.timezone,
        weeks=row.weeks,
        anchor=row.anchor,
        shifts=tuple(shifts.get(None, ())),
        needs=tuple(needs.get(None, ())),
        changes=tuple(Change(each.day, each.start, each.staff_id) for each in row.changes.all()),
        later=tuple(
            Pattern(
                each.since,
                each.weeks,
                each.since,
                tuple(shifts.get(each.pk, ())),
                tuple(needs.get(each.pk, ())),
            )
            for each in row.patterns.all()
        ),
    )


def rosters_of(unit_ids: Iterable[int]) -> list[DutyRoster]:
    """The active rosters of these units with everything that belongs to them."""
    rows = DutyRoster.objects.filter(unit_id__in=list(unit_ids), is_active=True)
    together = rows.select_related("unit").prefetch_related(
        "shifts", "needs", "changes", "patterns__planned_by"
    )
    return list(together.order_by("id"))


def on_duty_in(unit_id: int, now: datetime) -> tuple[int, ...]:
    """Active people on duty in the unit itself at a moment."""
    found = [pk for row in rosters_of([unit_id]) for pk in on_duty(as_rules(row), now)]
    working = set(active_among(found))
    return tuple(dict.fromkeys(pk for pk in found if pk in working))


def leads_of(unit_id: int) -> tuple[int, ...]:
    """Active people who lead a team."""
    leads = Membership.objects.filter(team_id=unit_id, is_lead=True, staff__is_active=True)
    return tuple(leads.order_by("staff__number").values_list("staff_id", flat=True))


def holders_of(role: str, unit_id: int, day: date) -> tuple[int, ...]:
    """Active people who hold a role in the unit itself on a day."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"role": role, "unit": unit_id, "day": day})
        return tuple(row[0] for row in cursor.fetchall())


def nearest_holders(role: str, unit_id: int, day: date) -> tuple[int, ...]:
    """Who holds a role in the unit, or in the nearest unit above in which anybody does."""
    for unit in chain_of(unit_id):
        if found := holders_of(role, unit, day):
            return found
    return ()


def supervisors_of(unit_id: int, day: date) -> Answerable:
    """Who leads or supervises a unit, or the nearest one above that anybody does."""
    for unit in chain_of(unit_id):
        if found := leads_of(unit):
            return Answerable(found, "lead", unit)
        if found := holders_of(SUPERVISOR, unit, day):
            return Answerable(found, "supervisor", unit)
    return Answerable((), "", unit_id)


def answerable_now(*, unit_id: int, now: datetime, day: date) -> Answerable:
    """Who is on duty for a unit or, going up, for one above it; else who supervises it."""
    for unit in chain_of(unit_id):
        if found := on_duty_in(unit, now):
            return Answerable(found, "duty", unit)
    return supervisors_of(unit_id, day)


def active_among(staff_ids: Sequence[int]) -> list[int]:
    """Those of these people who still work here."""
    rows = Staff.objects.filter(id__in=set(staff_ids), is_active=True)
    return list(rows.values_list("id", flat=True))


def duty_spans(
    *, unit_ids: Iterable[int], first: date, last: date
) -> list[tuple[int, datetime, datetime]]:
    """Who is on duty from when until before when, of duties that begin on the days from first to
    last in the rosters of these units."""
    return [
        (duty.staff_id, duty.start, duty.end)
        for row in rosters_of(unit_ids)
        for duty in duties(as_rules(row), first, last)
        if duty.staff_id is not None
    ]
