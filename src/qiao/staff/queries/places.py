"""Who works where in the tree."""

from collections.abc import Iterable

from django.db import connection

from qiao.staff.models import Organisation

_PEOPLE = """
SELECT s.id, coalesce(array_agg(DISTINCT m.team_id) FILTER (WHERE m.team_id IS NOT NULL),
                      ARRAY[s.organisation_id])
  FROM staff_staff s LEFT JOIN staff_membership m ON m.staff_id = s.id
 WHERE s.is_active GROUP BY s.id
"""


def subtrees(organisation_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each of these units its own id and those of all below it; one statement."""
    wanted = set(organisation_ids)
    paths = dict(Organisation.objects.values_list("id", "path"))
    return {
        unit: tuple(pk for pk, path in paths.items() if path.startswith(paths[unit]))
        for unit in wanted
        if unit in paths
    }


def people_by_unit() -> dict[int, frozenset[int]]:
    """Ids of active people by the unit that they work in: their teams, else where they are
    employed."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE)
        for staff_id, units in cursor.fetchall():
            for unit in units:
                found.setdefault(unit, set()).add(staff_id)
    return {unit: frozenset(people) for unit, people in found.items()}
