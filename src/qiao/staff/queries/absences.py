"""Who is away and who stands in, at a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.staff.models import Absence

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class StoodInFor:
    """Somebody whose work is a deputy's for now; `until` is the last day."""

    staff_id: int
    name: str
    until: date


# Whoever stands in is somebody's deputy these days: of most people nothing else is asked.
_FOR_WHOM = """
SELECT s.id, s.name, upper(a.days) - 1
  FROM staff_absence a
  JOIN staff_staff s ON s.id = a.staff_id AND s.is_active
  JOIN staff_organisation o ON o.id = s.organisation_id
 WHERE a.ended_at IS NULL AND a.days @> (%(now)s AT TIME ZONE o.timezone)::date
   AND EXISTS (SELECT FROM staff_absence d
                WHERE d.deputy_id = %(me)s AND d.ended_at IS NULL
                  AND d.days && daterange((%(now)s - interval '1 day')::date,
                                          (%(now)s + interval '1 day')::date, '[]'))
   AND staff_stands_in(s.id, %(now)s) = %(me)s
 ORDER BY s.number
"""
_DEPUTIES = """
SELECT p.id, staff_stands_in(p.id, %(now)s) FROM unnest(%(staff)s::bigint[]) AS p (id)
"""


def stood_in_for(*, staff_id: int, now: datetime) -> list[StoodInFor]:
    """For whom a person stands in at the moment, directly or in the place of another deputy."""
    return [StoodInFor(*row) for row in fetch_all(_FOR_WHOM, {"me": staff_id, "now": now})]


def deputies_at(*, staff_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Who stands in at the moment, by those of the people who are away and have somebody."""
    with connection.cursor() as cursor:
        cursor.execute(_DEPUTIES, {"staff": sorted(staff_ids), "now": now})
        return {person: deputy for person, deputy in cursor.fetchall() if deputy}


def absences_for(*, actor: Actor, today: date) -> list[Absence]:
    """Absences of today and to come: one's own, those one stands in for, and those of the units
    in which the actor sees colleagues; own first, then by day."""
    seen = Absence.objects.filter(
        staff__organisation__in=list(actor.organisations("staff.view"))
    ) | Absence.objects.filter(staff=actor.person_id)
    rows = seen.filter(ended_at=None, days__endswith__gt=today).distinct()
    found = rows.select_related("staff", "deputy").order_by("days", "staff__number")[:MOST_SHOWN]
    return sorted(found, key=lambda row: actor.person_id not in (row.staff_id, row.deputy_id))


def away_days(
    *, staff_ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, Absence.Kind]]:
    """The days from first to last, both included, on which people are away, with the kind of
    absence; who is not is left out. One statement."""
    rows = Absence.objects.filter(
        staff_id__in=set(staff_ids), ended_at=None, days__overlap=DateRange(first, last, "[]")
    )
    found: dict[int, dict[date, Absence.Kind]] = {}
    for pk, days, kind in rows.values_list("staff_id", "days", "kind"):
        day = max(days.lower, first)
        while day <= last and day < days.upper:
            found.setdefault(pk, {})[day] = Absence.Kind(kind)
            day += timedelta(days=1)
    return found
