"""Customer managers: assigned, ended, handed over; one customer or thousands in few statements."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import ManagersAssigned, ManagersEnded
from qiao.customers.models import HandOverOfCustomers
from qiao.customers.operations.access import local_day, lock_those
from qiao.customers.operations.refusals import CustomerRefusal, NotYet, ReasonMissing
from qiao.customers.queries.manager_sql import STANDING, STANDING_OF
from qiao.customers.queries.managers import ASSIGN, OWN
from qiao.customers.queries.search import ids_of, visible
from qiao.staff.queries import actor_by_id

MOST_AT_ONCE: Final = 5_000
AHEAD: Final = timedelta(days=90)
REASON_LENGTH: Final = 300
NOTE_LENGTH: Final = 2_000


class NotAManager(CustomerRefusal):
    """This member of staff does not look after customers, or works here no longer."""


class TooManyCustomers(CustomerRefusal):
    """More customers at once than are taken."""


class NothingToAssign(CustomerRefusal):
    """None of the customers can be given to that manager."""


class SameManager(CustomerRefusal):
    """A hand-over is between two people."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of the customers asked for.

    `assigned` have the manager now; `same` had that one already; `taken` have another one and
    were left; `later` had another one since after that day; `unseen` are not the actor's to give
    or not for the manager to see.
    """

    assigned: int
    same: int
    taken: int
    later: int
    unseen: int
    hand_over_id: int = 0


def manager_actor(*, manager_id: int, day: date) -> Actor:
    """Who looks after customers, with their rights. Raises `NotAManager`."""
    try:
        manager = actor_by_id(manager_id, day=day)
    except ObjectDoesNotExist as missing:
        raise NotAManager(str(manager_id)) from missing
    if not manager.can(OWN):
        raise NotAManager(str(manager_id))
    return manager


_HELD: Final = f"""
SELECT unnest({ids_of("c.id")}) FROM customers_customer c WHERE c.id = ANY(%(ids)s)
"""
# What was only planned, or began on that very day, gives way; what runs is cut.
_DROP: Final = """
DELETE FROM customers_managerassignment
 WHERE customer_id = ANY(%(held)s) AND lower(period) >= %(since)s
"""
_CUT: Final = """
UPDATE customers_managerassignment
   SET period = daterange(lower(period), %(since)s), end_reason = %(reason)s
 WHERE customer_id = ANY(%(held)s) AND lower(period) < %(since)s
   AND (upper_inf(period) OR upper(period) > %(since)s)
"""
_GIVE: Final = """
INSERT INTO customers_managerassignment (customer_id, manager_id, period, reason, end_reason,
                                         hand_over_id, assigned_at, assigned_by_id)
SELECT id, %(manager)s, daterange(%(since)s, NULL), %(reason)s, '', %(hand_over)s, %(now)s, %(by)s
  FROM unnest(%(ids)s::bigint[]) AS w (id) ORDER BY id
"""
_HANDED: Final = """
INSERT INTO customers_handedover (hand_over_id, customer_id)
SELECT %(hand_over)s, id FROM unnest(%(ids)s::bigint[]) AS w (id)
"""


def assign_manager(
    *,
    actor: Actor,
    now: datetime,
    customer_ids: Iterable[int],
    manager_id: int,
    since: date,
    reason: str = "",
    replace: bool = False,
) -> Assigned:
    """Give customers to a manager from a day on, all in few statements.

    Those who have another manager then are left, or with `replace` pass to the new one. Merged
    ids mean who stands for them. Raises `NotAManager`, `NothingToAssign`, `TooManyCustomers`,
    `NotYet`, `BadText`, `qiao.core.actor.Forbidden`.
    """
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    asked, values, unseen = _prepare(actor, now, customer_ids, manager_id, since, words)
    kinds = _standing(values)
    ids = [pk for pk in asked if kinds[pk] == "" or (replace and kinds[pk] == "taken")]
    counted = list(kinds.values())
    if not ids:
        raise NothingToAssign(str(len(asked)))
    _pass_on(values | {"ids": ids, "hand_over": None})
    _tell(actor, now, manager_id, len(ids), 0)
    return Assigned(
        len(ids),
        counted.count("same"),
        0 if replace else counted.count("taken"),
        counted.count("later"),
        unseen,
    )


def hand_over_customers(
    *,
    actor: Actor,
    now: datetime,
    from_manager_id: int,
    to_manager_id: int,
    day: date,
    reason: str,
    note: str = "",
    customer_ids: Iterable[int] | None = None,
) -> Assigned:
    """Pass customers of a manager to another one from a day on: those given, or all.

    Only customers of units in which the actor assigns managers pass on, and only those whose
    manager it still is when they are locked: of two hand-overs at once the second one finds what
    the first one left. `from_manager_id` may be somebody who works here no longer. The record
    with the note for who takes over stays with each customer.

    Raises `NotAManager`, `SameManager`, `ReasonMissing`,
    `NothingToAssign`, `TooManyCustomers`, `NotYet`, `BadText`, `qiao.core.actor.Forbidden`.
    """
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    told = clean(note, field="note", max_length=NOTE_LENGTH)
    if not words:
        raise ReasonMissing
    if from_manager_id == to_manager_id:
        raise SameManager(str(to_manager_id))
    wanted = _theirs(actor, from_manager_id, day)
    if customer_ids is not None:
        wanted &= set(customer_ids)
    asked, values, unseen = _prepare(actor, now, wanted, to_manager_id, day, words)
    still = _theirs(actor, from_manager_id, day)
    values["ids"] = [pk for pk in asked if pk in still]
    kinds = _standing(values)
    ids = [pk for pk, kind in kinds.items() if kind != "later"]
    if not ids:
        raise NothingToAssign(str(len(wanted)))
    made = HandOverOfCustomers.objects.create(
        organisation_id=actor.organisation_id,
        from_manager_id=from_manager_id,
        to_manager_id=to_manager_id,
        day=day,
        reason=words,
        note=told,
        customer_count=len(ids),
        made_at=now,
        made_by_id=actor.staff_id,
    )
    _pass_on(values | {"ids": ids, "hand_over": made.pk})
    _run(_HANDED, {"hand_over": made.pk, "ids": ids})
    _tell(actor, now, to_manager_id, len(ids), made.pk)
    return Assigned(len(ids), 0, 0, list(kinds.values()).count("later"), unseen, made.pk)


def end_manager(
    *, actor: Actor, now: datetime, customer_ids: Iterable[int], day: date, reason: str
) -> int:
    """Leave customers without a manager from a day on; how many had one.

    Raises `ReasonMissing`, `NothingToAssign`, `TooManyCustomers`, `NotYet`, `BadText`,
    `qiao.core.actor.Forbidden`.
    """
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing
    asked, values, _unseen = _prepare(actor, now, customer_ids, None, day, words)
    ids = [pk for pk, kind in _standing(values).items() if kind == "taken"]
    if not ids:
        raise NothingToAssign(str(len(asked)))
    _end(values | {"ids": ids})
    event = ManagersEnded(len(ids), ids[0] if len(ids) == 1 else 0)
    publish(event, organisation_id=actor.organisation_id, actor=actor, now=now)
    return len(ids)


def _prepare(
    actor: Actor,
    now: datetime,
    customer_ids: Iterable[int],
    manager_id: int | None,
    since: date,
    reason: str,
) -> tuple[list[int], dict[str, Any], int]:
    """Check and lock; ids that may be given, the values of the statements, how many may not."""
    required()
    actor.require(ASSIGN)
    today = local_day(organisation_id=actor.organisation_id, now=now)
    if since > today + AHEAD:
        raise NotYet(since, today + AHEAD)
    units = list(actor.organisations(ASSIGN))
    seen = units
    if manager_id is not None:
        manager = manager_actor(manager_id=manager_id, day=today)
        seen = list(manager.organisations(OWN))
    wanted = sorted(set(customer_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyCustomers(str(len(wanted)))
    ids = lock_those(customer_ids=wanted, organisations=units, seen=seen)
    values: dict[str, Any] = {
        "ids": ids,
        "manager": manager_id,
        "since": since,
        "today": today,
        "reason": reason,
        "now": now,
        "by": actor.staff_id,
    }
    return ids, values, max(0, len(wanted) - len(ids))


def _standing(values: dict[str, Any]) -> dict[int, str]:
    """By customer: ``later``, ``same``, ``taken``, or empty for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING_OF, values)
        return {
            pk: "later" if later else "same" if same else "taken" if taken else ""
            for pk, later, same, taken in cursor.fetchall()
        }


def _end(values: dict[str, Any]) -> None:
    ids = {"held": _ids(_HELD, values)}
    for sql in (_DROP, _CUT):
        _run(sql, values | ids)


def _pass_on(values: dict[str, Any]) -> None:
    _end(values)
    _run(_GIVE, values)


_THEIRS: Final = f"""
SELECT DISTINCT t.customer_id FROM ({STANDING} AND a.manager_id = %(manager)s) t
 WHERE {visible("t.customer_id")}
"""


def _theirs(actor: Actor, manager_id: int, day: date) -> set[int]:
    units = list(actor.organisations(ASSIGN))
    return set(_ids(_THEIRS, {"manager": manager_id, "day": day, "organisations": units}))


def _tell(actor: Actor, now: datetime, manager_id: int, count: int, hand_over_id: int) -> None:
    publish(
        ManagersAssigned(manager_id, count, hand_over_id),
        organisation_id=actor.organisation_id,
        actor=actor,
        now=now,
    )


def _run(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _ids(sql: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
