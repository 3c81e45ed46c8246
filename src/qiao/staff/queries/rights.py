"""Who somebody is and what they may do; rights are kept in the process until they change."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.features import decisions, off_for
from qiao.core.registry import registry
from qiao.core.rows import Reading
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.queries.stamps import Stamp, rights_stamp
from qiao.staff.queries.units import chain_of

_RIGHTS = """
SELECT a.staff_id, r.key, r.home, r.permissions, array_agg(o.id ORDER BY o.id)
  FROM staff_assignment a
  JOIN staff_role r ON r.id = a.role_id
  JOIN staff_organisation held ON held.id = a.organisation_id
  JOIN staff_organisation o ON o.path LIKE held.path || '%%'
 WHERE a.staff_id = ANY(%(ids)s::bigint[]) AND a.valid @> %(day)s::date
   AND (o.kind <> 'sealed' OR NOT staff_barred(a.staff_id, o.id, %(day)s::date))
 GROUP BY a.id, r.key, r.home, r.permissions
"""
_TEAMS: Final = """
SELECT staff_id, array_agg(team_id ORDER BY team_id) FROM staff_membership
 WHERE staff_id = ANY(%(ids)s::bigint[]) GROUP BY staff_id
"""
_ACTIVE: Final = Reading(Staff, where="t.id = %(id)s AND t.is_active")
_cache: dict[int, tuple[Stamp, date, Actor]] = {}
_cache_lock = threading.Lock()
CACHE_LIMIT = 5_000


def actor_for(staff: Staff, *, day: date) -> Actor:
    """The actor of a member of staff with the rights of that day.

    Kept in the process until rights or the day change, so a revoked role stops at once.
    """
    return actors_for([staff], day=day)[staff.pk]


def actors_for(people: Collection[Staff], *, day: date) -> dict[int, Actor]:
    """The same of several by id, in as many statements as for one."""
    stamp = rights_stamp()
    known = {staff.pk: _cache.get(staff.pk) for staff in people}
    found = {pk: kept[2] for pk, kept in known.items() if kept and kept[:2] == (stamp, day)}
    read = _read_actors([each for each in people if each.pk not in found], day)
    with _cache_lock:
        if len(_cache) + len(read) > CACHE_LIMIT:
            _cache.clear()
        _cache.update({pk: (stamp, day, actor) for pk, actor in read.items()})
    return found | read


@dataclass(slots=True)
class _Held:
    """What somebody's roles add up to."""

    grants: dict[str, set[int]] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)
    teams: tuple[int, ...] = ()


def _read_actors(people: Collection[Staff], day: date) -> dict[int, Actor]:
    if not people:
        return {}
    ids = [staff.pk for staff in people]
    held = {pk: _Held() for pk in ids}
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, {"ids": ids, "day": day})
        for staff_id, key, home, permissions, organisations in cursor.fetchall():
            own = held[staff_id]
            own.roles.add(key)
            own.homes.add(home)
            for permission in permissions:
                own.grants.setdefault(permission, set()).update(organisations)
        cursor.execute(_TEAMS, {"ids": ids})
        for staff_id, teams in cursor.fetchall():
            held[staff_id].teams = tuple(teams)
    chains = {
        staff.pk: [chain_of(unit) for unit in held[staff.pk].teams or (staff.organisation_id,)]
        for staff in people
    }
    units = {unit for each in chains.values() for chain in each for unit in chain}
    known = decisions(organisation_ids=units)
    return {
        staff.pk: _actor(staff, held[staff.pk], off_for(chains[staff.pk], day=day, known=known))
        for staff in people
    }


def _actor(staff: Staff, held: _Held, off: frozenset[str]) -> Actor:
    return Actor(
        staff_id=staff.pk,
        name=staff.name,
        organisation_id=staff.organisation_id,
        grants={permission: tuple(sorted(ids)) for permission, ids in held.grants.items()},
        roles=frozenset(held.roles),
        team_ids=held.teams,
        number=staff.number,
        title=staff.title,
        timezone=staff.organisation.timezone,
        homes=frozenset(held.homes),
        off=off,
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
    staff = active_staff(staff_id)
    if staff is None:
        raise Staff.DoesNotExist(str(staff_id))
    return actor_for(staff, day=day)


def active_staff(staff_id: int) -> Staff | None:
    """A member of staff who still works here, with what their row tells."""
    return _ACTIVE.first(id=staff_id)


def is_barred(*, staff_id: int, organisation_id: int) -> bool:
    """Whether the matters of a sealed unit are kept from a person today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff_barred(%s, %s, current_date)", [staff_id, organisation_id])
        (found,) = cursor.fetchone()
    return bool(found)


def home_of(actor: Actor) -> str:
    """The name of the page that the person's first role leads to; empty without a role."""
    roles = Role.objects.filter(assignment__staff=actor.staff_id).order_by("id")
    return roles.values_list("home", flat=True).first() or ""
