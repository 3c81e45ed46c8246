"""What a form about cases offers to choose from: teams, people, units, areas."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.texts import language_key

CHOICES = 300


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation to choose: `region` is its region code."""

    unit_id: int
    name: str
    kind: str
    region: str
    parent: str


_UNITS = """
SELECT o.id, coalesce(nullif(o.names ->> %(language)s, ''), o.name), o.kind, o.region,
       coalesce(nullif(p.names ->> %(language)s, ''), p.name, '')
  FROM staff_organisation o
  LEFT JOIN staff_organisation p ON p.id = o.parent_id
 WHERE o.id = ANY(%(ids)s) AND o.is_active AND o.kind = ANY(%(kinds)s)
 ORDER BY p.path, o.name
 LIMIT %(limit)s
"""


def units(*, actor: Actor, permission: str, kinds: Sequence[str], language: str) -> list[Unit]:
    """Active units of these kinds in which the permission holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNITS,
            {
                "ids": list(actor.organisations(permission)),
                "kinds": list(kinds),
                "language": language_key(language),
                "limit": CHOICES,
            },
        )
        return [Unit(*row) for row in cursor.fetchall()]


_PEOPLE = """
SELECT DISTINCT s.id, s.name, s.number
  FROM staff_staff s
  LEFT JOIN staff_membership m ON m.staff_id = s.id
 WHERE s.is_active AND (s.organisation_id = ANY(%(ids)s) OR m.team_id = ANY(%(ids)s))
 ORDER BY s.name, s.number
 LIMIT %(limit)s
"""


def people(*, actor: Actor) -> list[tuple[int, str]]:
    """Active people of the units whose cases the actor may see."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"ids": list(actor.organisations("cases.view")), "limit": CHOICES})
        return [(pk, f"{name} {number}") for pk, name, number in cursor.fetchall()]


def opening_unit(*, actor: Actor, area: str) -> int | None:
    """Where a case without an account belongs: the branch that serves the area, else the
    actor's own unit, else any in which the actor may open cases."""
    allowed = actor.organisations("cases.open")
    if area:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM staff_organisation WHERE region = %s AND id = ANY(%s)"
                " AND kind = 'branch' ORDER BY id LIMIT 1",
                [area, list(allowed)],
            )
            if row := cursor.fetchone():
                return int(row[0])
    if actor.organisation_id in allowed:
        return actor.organisation_id
    return allowed[0] if allowed else None


def packs_at(*, organisation_id: int) -> tuple[str, ...]:
    """The packs that an organisation enables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT packs FROM staff_organisation WHERE id = %s", [organisation_id])
        row = cursor.fetchone()
    return tuple(row[0]) if row else ()
