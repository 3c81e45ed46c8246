"""The people whom visitors of the demo play, and those who work beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.texts import language_key
from qiao.staff.demo_cast import CAST, LEFT, MANAGERS
from qiao.staff.models import Staff
from qiao.staff.queries.people import ids_by_number
from qiao.staff.queries.rights import actor_for


def cast_ids() -> frozenset[int]:
    """Ids of the people whom visitors of the demo play."""
    return frozenset(Staff.objects.filter(number__in=CAST).values_list("id", flat=True))


def demo_managers() -> tuple[list[int], int]:
    """Ids of the demo's customer managers by number, and of the one who left."""
    known = ids_by_number(MANAGERS)
    return [pk for number, pk in sorted(known.items()) if number != LEFT], known[LEFT]


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the demo world and the part they play, in one language."""

    number: str
    name: str
    title: str
    role: str


def first_of_roles(keys: Iterable[str], *, language: str) -> list[Player]:
    """The first active person of each role, by staff number; roles without people are left out."""
    key = language_key(language)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (w.place) s.number, s.name, s.title,"
            " coalesce(r.names ->> %(language)s, r.key)"
            "  FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS w (key, place)"
            "  JOIN staff_role r ON r.key = w.key"
            "  JOIN staff_assignment a ON a.role_id = r.id"
            "  JOIN staff_staff s ON s.id = a.staff_id AND s.is_active"
            " ORDER BY w.place, s.number",
            {"keys": list(keys), "language": key},
        )
        return [Player(*row) for row in cursor.fetchall()]


def extras(*, role: str, day: date) -> list[Actor]:
    """The demo's other people of a role, by number: those who work while visitors watch."""
    people = Staff.objects.filter(is_active=True, assignments__role__key=role)
    others = people.exclude(number__in=CAST).distinct().order_by("number")
    return [actor_for(person, day=day) for person in others]
