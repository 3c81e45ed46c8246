"""Reads: who somebody is and may do, the tree, the teams."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.features import off_for
from qiao.core.registry import registry
from qiao.core.rules.texts import language_key
from qiao.staff.demo_cast import CAST, LEFT, MANAGERS
from qiao.staff.models import Membership, Organisation, Region, Role, Staff

_RIGHTS = """
SELECT r.key, r.home, r.permissions, array_agg(o.id ORDER BY o.id)
  FROM staff_assignment a
  JOIN staff_role r ON r.id = a.role_id
  JOIN staff_organisation held ON held.id = a.organisation_id
  JOIN staff_organisation o ON o.path LIKE held.path || '%%'
 WHERE a.staff_id = %(staff)s AND a.valid @> %(day)s::date
   AND (o.kind <> 'sealed' OR NOT staff_barred(%(staff)s, o.id, %(day)s::date))
 GROUP BY a.id, r.key, r.home, r.permissions
"""
Stamp = tuple[int, str]
_cache: dict[int, tuple[Stamp, date, Actor]] = {}
_tree_kept: tuple[Stamp, dict[int, Organisation]] | None = None
_cache_lock = threading.Lock()
CACHE_LIMIT = 5_000


def rights_stamp() -> Stamp:
    """What changes with every change of rights or of the tree.

    The transaction that wrote the version belongs to it: a change that was rolled back after it
    was read leaves a number that another change takes again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, xmin::text FROM staff_rightsversion")
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, "")


def actor_for(staff: Staff, *, day: date) -> Actor:
    """The actor of a member of staff with the rights of that day.

    Kept in the process until rights or the day change, so a revoked role stops at once.
    """
    stamp = rights_stamp()
    kept = _cache.get(staff.pk)
    if kept is not None and kept[:2] == (stamp, day):
        return kept[2]
    actor = _read_actor(staff, day)
    with _cache_lock:
        if len(_cache) >= CACHE_LIMIT:
            _cache.clear()
        _cache[staff.pk] = (stamp, day, actor)
    return actor


def _read_actor(staff: Staff, day: date) -> Actor:
    grants: dict[str, set[int]] = {}
    roles: set[str] = set()
    homes: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, {"staff": staff.pk, "day": day})
        for key, home, permissions, organisations in cursor.fetchall():
            roles.add(key)
            homes.add(home)
            for permission in permissions:
                grants.setdefault(permission, set()).update(organisations)
        cursor.execute(
            "SELECT team_id FROM staff_membership WHERE staff_id = %s ORDER BY team_id", [staff.pk]
        )
        teams = tuple(team for (team,) in cursor.fetchall())
    return Actor(
        staff_id=staff.pk,
        name=staff.name,
        organisation_id=staff.organisation_id,
        grants={permission: tuple(sorted(ids)) for permission, ids in grants.items()},
        roles=frozenset(roles),
        team_ids=teams,
        number=staff.number,
        title=staff.title,
        timezone=staff.organisation.timezone,
        homes=frozenset(homes),
        off=off_for([chain_of(unit) for unit in teams or (staff.organisation_id,)], day=day),
    )


def system_actor(*, organisation_id: int, name: str = "system") -> Actor:
    """The house itself, with every permission in the whole company; for jobs."""
    everywhere = tuple(Organisation.objects.order_by("id").values_list("id", flat=True))
    return Actor(
        staff_id=None,
        name=name,
        organisation_id=organisation_id,
        grants=dict.fromkeys(registry.permissions(), everywhere),
        roles=frozenset({"system"}),
    )


def actor_by_number(number: str, *, day: date) -> Actor:
    """The actor of a staff number. Raises `Staff.DoesNotExist`."""
    return actor_for(Staff.objects.get(number=number, is_active=True), day=day)


def actor_by_id(staff_id: int, *, day: date) -> Actor:
    """The actor of a member of staff who still works here. Raises `Staff.DoesNotExist`."""
    return actor_for(Staff.objects.get(pk=staff_id, is_active=True), day=day)


def _tree() -> dict[int, Organisation]:
    """All units by id, kept in the process until the tree changes."""
    global _tree_kept  # noqa: PLW0603 - the cache belongs to the process
    stamp = rights_stamp()
    kept = _tree_kept
    if kept is None or kept[0] != stamp:
        kept = (stamp, Organisation.objects.in_bulk())
        _tree_kept = kept
    return kept[1]


def chain_of(organisation_id: int) -> tuple[int, ...]:
    """Ids from the unit itself up to the company: the order in which settings are searched."""
    return chain_to(organisation(organisation_id))


def chain_to(unit: Organisation) -> tuple[int, ...]:
    """The same of a unit at hand."""
    return tuple(int(part) for part in reversed(unit.path.rstrip(".").split(".")))


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that may take work: its id, name, areas and the duties it takes."""

    team_id: int
    name: str
    branch_id: int
    areas: tuple[str, ...]
    duties: tuple[str, ...]


def teams_for(
    *, duty: str, area: str = "", within: Iterable[int] | None = None
) -> list[TeamChoice]:
    """Active teams that take `duty`, those serving `area` first, then by name.

    `within` limits the choice to these organisation ids.
    """
    allowed = None if within is None else set(within)
    found = [
        TeamChoice(t.pk, t.name, t.parent_id or t.pk, tuple(t.areas), tuple(t.skills))
        for t in _tree().values()
        if t.kind == Organisation.Kind.TEAM and t.is_active and duty in t.skills
        if allowed is None or t.pk in allowed
    ]
    return sorted(found, key=lambda t: (area not in t.areas, t.name))


def organisation(organisation_id: int) -> Organisation:
    """One unit of the tree, to be read, not changed. Raises `Organisation.DoesNotExist`."""
    found = _tree().get(organisation_id)
    if found is None:
        raise Organisation.DoesNotExist(f"unit {organisation_id}")
    return found


def local_days(now: datetime) -> dict[int, date]:
    """The date of `now` in every unit, by its id: each keeps the time of its own zone."""
    return {pk: now.astimezone(ZoneInfo(unit.timezone)).date() for pk, unit in _tree().items()}


def company_id() -> int:
    """The company itself: the first unit that stands under none.

    Raises `Organisation.DoesNotExist`.
    """
    for pk in companies():
        return pk
    raise Organisation.DoesNotExist("there is no company yet")


def companies() -> list[int]:
    """The units that stand under none; nothing in an empty database."""
    roots = Organisation.objects.filter(parent__isnull=True).order_by("pk")
    return [int(pk) for pk in roots.values_list("pk", flat=True)]


def find_team(team_id: int) -> Organisation | None:
    """An active team, or None."""
    return Organisation.objects.filter(
        id=team_id, kind=Organisation.Kind.TEAM, is_active=True
    ).first()


def is_barred(*, staff_id: int, organisation_id: int) -> bool:
    """Whether the matters of a sealed unit are kept from a person today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff_barred(%s, %s, current_date)", [staff_id, organisation_id])
        (found,) = cursor.fetchone()
    return bool(found)


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


def region_names(language: str) -> dict[str, str]:
    """Names of all regions by code, in a language such as ``zh-hans``."""
    key = language_key(language)
    return {r.code: r.names.get(key, r.name) for r in Region.objects.all()}


def names_of(staff_ids: Iterable[int]) -> dict[int, str]:
    """Names by staff id; unknown ids are left out."""
    return dict(Staff.objects.filter(id__in=set(staff_ids)).values_list("id", "name"))


def ids_by_number(numbers: Iterable[str]) -> dict[str, int]:
    """Staff ids by number, those who left included; unknown numbers are left out."""
    return dict(Staff.objects.filter(number__in=list(numbers)).values_list("number", "id"))


def organisation_names(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Names by organisation id."""
    wanted = Organisation.objects.filter(id__in=set(organisation_ids))
    return dict(wanted.values_list("id", "name"))


def branches_among(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Names by id of the branches among these units; of the company, where it has none."""
    units = Organisation.objects.filter(id__in=set(organisation_ids), is_active=True)
    for kind in (Organisation.Kind.BRANCH, Organisation.Kind.COMPANY):
        found = dict(units.filter(kind=kind).order_by("id").values_list("id", "name"))
        if found:
            return found
    return {}


def branches_by_area() -> dict[str, int]:
    """The branch that serves each region code, in the order of their founding."""
    branches = Organisation.objects.filter(kind=Organisation.Kind.BRANCH, is_active=True)
    found: dict[str, int] = {}
    for pk, areas in branches.order_by("id").values_list("id", "areas"):
        for area in areas:
            found.setdefault(area, pk)
    return found


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tree, with its name in one language; `depth` counts from the company."""

    unit_id: int
    name: str
    kind: str
    depth: int
    path: str

    def holds(self, other: "Unit") -> bool:
        """Whether `other` lies in its subtree; a unit holds itself."""
        return other.path.startswith(self.path)


def units_among(organisation_ids: Iterable[int], *, language: str) -> list[Unit]:
    """Active units out of these ids in the order of the tree: each above what is below it."""
    key = language_key(language)
    rows = Organisation.objects.filter(id__in=list(organisation_ids), is_active=True).exclude(
        kind=Organisation.Kind.SEALED
    )
    units = [
        Unit(row.pk, row.names.get(key, row.name), row.kind, row.path.count(".") - 1, row.path)
        for row in rows
    ]
    return sorted(units, key=lambda unit: [int(part) for part in unit.path.split(".")[:-1]])


def units_of_company(*, language: str) -> list[Unit]:
    """All active units below the company in the order of the tree: whom a matter may be about."""
    known = Organisation.objects.filter(is_active=True, parent__isnull=False)
    return units_among(known.values_list("id", flat=True), language=language)


def subtree_of(organisation_id: int) -> frozenset[int]:
    """Ids of a unit and of all below it; nothing for an unknown id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id FROM staff_organisation o JOIN staff_organisation top"
            " ON o.path LIKE top.path || '%%' WHERE top.id = %s",
            [organisation_id],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def home_of(actor: Actor) -> str:
    """The name of the page that the person's first role leads to; empty without a role."""
    roles = Role.objects.filter(assignment__staff=actor.staff_id).order_by("id")
    return roles.values_list("home", flat=True).first() or ""


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


def cast_ids() -> frozenset[int]:
    """Ids of the people whom visitors of the demo play."""
    return frozenset(Staff.objects.filter(number__in=CAST).values_list("id", flat=True))


def demo_managers() -> tuple[list[int], int]:
    """Ids of the demo's customer managers by number, and of the one who left."""
    known = ids_by_number(MANAGERS)
    return [pk for number, pk in sorted(known.items()) if number != LEFT], known[LEFT]


def extras(*, role: str, day: date) -> list[Actor]:
    """The demo's other people of a role, by number: those who work while visitors watch."""
    people = Staff.objects.filter(is_active=True, assignments__role__key=role)
    others = people.exclude(number__in=CAST).distinct().order_by("number")
    return [actor_for(person, day=day) for person in others]


def people_in(*, actor: Actor, after: int = 0, limit: int = 30) -> tuple[list[Staff], int | None]:
    """A page of active people of the units whose colleagues the actor may see, by id."""
    units = list(actor.organisations("staff.view"))
    people = Staff.objects.filter(organisation__in=units, is_active=True, pk__gt=after)
    rows = list(people.select_related("organisation").order_by("pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None
