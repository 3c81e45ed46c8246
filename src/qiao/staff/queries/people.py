"""People: who belongs where, who holds what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from qiao.core.actor import Actor
from qiao.staff.models import Membership, Staff, StaffSkill


def home_unit(staff_id: int) -> int:
    """The nearest unit of a person: their team, else where they are employed.

    Raises `Staff.DoesNotExist`.
    """
    team = Membership.objects.filter(staff_id=staff_id).order_by("team_id").first()
    return team.team_id if team else Staff.objects.get(pk=staff_id).organisation_id


def works_in(*, staff_id: int, team_id: int) -> bool:
    """Whether a person belongs to a team."""
    return Membership.objects.filter(staff_id=staff_id, team_id=team_id).exists()


def members_of(team_id: int) -> list[Staff]:
    """Active people of a team, its leader first, then by number."""
    people = Staff.objects.filter(memberships__team_id=team_id, is_active=True)
    return list(people.order_by("-memberships__is_lead", "number"))


def names_of(staff_ids: Iterable[int]) -> dict[int, str]:
    """Names by staff id; unknown ids are left out."""
    return dict(Staff.objects.filter(id__in=set(staff_ids)).values_list("id", "name"))


def phones_of(staff_ids: Iterable[int]) -> dict[int, str]:
    """Telephone numbers of people, as they were typed, by staff id; who has none is left out."""
    known = Staff.objects.filter(id__in=set(staff_ids)).exclude(phone="")
    return dict(known.values_list("id", "phone"))


def languages_of(staff_ids: Iterable[int]) -> dict[int, str]:
    """The languages that people chose to read in, by staff id; who chose none is left out."""
    known = Staff.objects.filter(id__in=set(staff_ids)).exclude(language="")
    return dict(known.values_list("id", "language"))


def ids_by_number(numbers: Iterable[str]) -> dict[str, int]:
    """Staff ids by number, those who left included; unknown numbers are left out."""
    return dict(Staff.objects.filter(number__in=list(numbers)).values_list("number", "id"))


def person_called(text: str) -> int | None:
    """Who has this number, or alone has this name, those who left included; None for nobody."""
    if numbered := ids_by_number([text]):
        return numbered[text]
    named = Staff.objects.filter(name=text).values_list("id", flat=True)[:2]
    return named[0] if len(named) == 1 else None


def skills_of(staff_id: int) -> dict[str, int]:
    """The skills of a person with their levels, 0 (none) to 5 (expert)."""
    held = StaffSkill.objects.filter(staff_id=staff_id)
    return dict(held.values_list("skill__key", "level"))


def skills_of_many(staff_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """The skills of people with their levels (see `skills_of`), by staff id; one statement."""
    found: dict[int, dict[str, int]] = {pk: {} for pk in staff_ids}
    held = StaffSkill.objects.filter(staff_id__in=found)
    for pk, key, level in held.values_list("staff_id", "skill__key", "level"):
        found[pk][key] = level
    return found


def members_of_teams(team_ids: Iterable[int]) -> list[Staff]:
    """Active people of some teams, each once, by number; one statement."""
    people = Staff.objects.filter(memberships__team_id__in=set(team_ids), is_active=True)
    return list(people.order_by("number").distinct())


@dataclass(frozen=True, slots=True)
class Holder:
    """An active person who holds a permission."""

    staff_id: int
    number: str
    name: str
    title: str
    phone: str


_HOLDERS = """
SELECT s.id, s.number, s.name, s.title, s.phone
  FROM staff_staff s
 WHERE s.is_active AND EXISTS (
       SELECT 1 FROM staff_assignment a
         JOIN staff_role r ON r.id = a.role_id AND %(permission)s = ANY(r.permissions)
         JOIN staff_organisation held ON held.id = a.organisation_id
         JOIN staff_organisation o ON o.path LIKE held.path || '%%'
        WHERE a.staff_id = s.id AND a.valid @> %(day)s::date AND o.id = ANY(%(units)s::bigint[])
          AND (o.kind <> 'sealed' OR NOT staff_barred(s.id, o.id, %(day)s::date)))
 ORDER BY s.number
"""


def holders_of(*, permission: str, organisation_ids: Iterable[int], day: date) -> list[Holder]:
    """Active people who hold a permission in one of these units on a day, by number."""
    units = list(organisation_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"permission": permission, "units": units, "day": day})
        return [Holder(*row) for row in cursor.fetchall()]


def people_in(*, actor: Actor, after: int = 0, limit: int = 30) -> tuple[list[Staff], int | None]:
    """A page of active people of the units whose colleagues the actor may see, by id."""
    units = list(actor.organisations("staff.view"))
    people = Staff.objects.filter(organisation__in=units, is_active=True, pk__gt=after)
    rows = list(people.select_related("organisation").order_by("pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def mail_addresses(staff_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """E-mail address and chosen language of active people; who has no address is left out."""
    people = Staff.objects.filter(id__in=set(staff_ids), is_active=True).exclude(email="")
    return {pk: (email, said) for pk, email, said in people.values_list("id", "email", "language")}
