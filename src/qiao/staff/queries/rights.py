"""Who somebody is and what they may do; rights are kept in the process until they change."""

import threading
from datetime import date
from typing import Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.features import off_for
from qiao.core.registry import registry
from qiao.core.rows import Reading
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.queries.stamps import Stamp, rights_stamp
from qiao.staff.queries.units import chain_of

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
_ACTIVE: Final = Reading(Staff, where="t.id = %(id)s AND t.is_active")
_cache: dict[int, tuple[Stamp, date, Actor]] = {}
_cache_lock = threading.Lock()
CACHE_LIMIT = 5_000


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
