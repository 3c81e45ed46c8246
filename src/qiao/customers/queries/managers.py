"""Customer managers: who they are, whom they look after, and what was passed on."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.days import day_of
from qiao.core.prepared import fetch_all, fetch_one
from qiao.customers.models import HandOverOfCustomers
from qiao.customers.queries.manager_sql import COUNTS, STANDING, done_by, manager_of
from qiao.customers.queries.people import CustomerLine, NotVisible, held_as, lines_for
from qiao.customers.queries.search import ids_of, visible
from qiao.staff.queries import Holder, holders_of

ASSIGN: Final = "customers.assign_manager"
OWN: Final = "customers.manage_own"
MOST_HAND_OVERS: Final = 20


@dataclass(frozen=True, slots=True)
class Manager:
    """Who looks after a customer, and since when."""

    staff_id: int
    number: str
    name: str
    phone: str
    since: date
    is_active: bool


_MANAGER: Final = f"""
SELECT s.id, s.number, s.name, s.phone, m.since, s.is_active
  FROM (SELECT customers_held_as(customers_survivor(%(id)s)) AS ids) k
 CROSS JOIN LATERAL {manager_of("k.ids", "%(day)s::date")} m
  JOIN staff_staff s ON s.id = m.manager_id
"""


def manager_of_customer(*, customer_id: int, day: date) -> Manager | None:
    """Who looks after a customer on a day, whatever ids it is held under; None for nobody."""
    row = fetch_one(_MANAGER, {"id": customer_id, "day": day})
    return Manager(*row) if row else None


def may_assign(*, actor: Actor, units: Iterable[int]) -> bool:
    """Whether the actor gives a customer of these units to managers."""
    return any(actor.can_in(ASSIGN, unit) for unit in units)


def may_visit(*, actor: Actor, manager_id: int | None, units: Iterable[int]) -> bool:
    """Whether the actor writes visits to a customer of these units down: who looks after them,
    or who assigns managers there and stands in."""
    held = list(units)
    return (
        manager_id is not None
        and any(actor.can_in(OWN, unit) for unit in held)
        and (manager_id == actor.staff_id or may_assign(actor=actor, units=held))
    )


def units_of(*, customer_id: int) -> list[int]:
    """The units in which a customer is known, whichever id is given."""
    return [pk for (pk,) in fetch_all(_UNITS, {"id": customer_id})]


_UNITS: Final = """
SELECT l.organisation_id FROM customers_customerorganisation l
 WHERE l.customer_id = customers_survivor(%(id)s)
"""


def possible_managers(*, actor: Actor, day: date) -> list[Holder]:
    """People who may look after customers of the actor's units, by number; those whose own work
    is to assign them come last."""
    people, above = _who_may(actor.organisations(ASSIGN), day)
    return sorted(people, key=lambda each: (each.staff_id in above, each.number))


def _who_may(units: Sequence[int], day: date) -> tuple[list[Holder], set[int]]:
    """Who may look after customers of the units, and who assigns them."""
    people = holders_of(permission=OWN, organisation_ids=units, day=day)
    assigning = holders_of(permission=ASSIGN, organisation_ids=units, day=day)
    return people, {each.staff_id for each in assigning}


def managers_at_work() -> list[tuple[int, str]]:
    """Ids and names of people who look after customers or did, by staff number."""
    return [
        (pk, name)
        for pk, name in fetch_all(
            "SELECT s.id, s.name FROM staff_staff s WHERE EXISTS (SELECT 1"
            " FROM customers_managerassignment a WHERE a.manager_id = s.id) ORDER BY s.number",
            {},
        )
    ]


@dataclass(frozen=True, slots=True)
class Stay:
    """Days on which somebody looked after a customer; `until` is the first day after them.

    `taken_from` is who handed the customer over, if it began so.
    """

    manager: str
    since: date
    until: date | None
    reason: str
    end_reason: str
    hand_over_id: int | None
    note: str
    taken_from: str

    @property
    def is_running(self) -> bool:
        """Whether no end is known."""
        return self.until is None


_STAYS: Final = """
SELECT s.name, lower(a.period), upper(a.period), a.reason, a.end_reason, a.hand_over_id,
       coalesce(h.note, ''), coalesce(f.name, '')
  FROM customers_managerassignment a
  JOIN staff_staff s ON s.id = a.manager_id
  LEFT JOIN customers_handoverofcustomers h ON h.id = a.hand_over_id
  LEFT JOIN staff_staff f ON f.id = h.from_manager_id
 WHERE a.customer_id = ANY(%(ids)s::bigint[])
 ORDER BY lower(a.period) DESC, a.id DESC LIMIT 50
"""


def managers_so_far(*, customer_id: int) -> list[Stay]:
    """All managers of a customer, the latest first. The caller has checked the right."""
    return [Stay(*row) for row in fetch_all(_STAYS, {"ids": list(held_as(customer_id))})]


@dataclass(frozen=True, slots=True)
class ManagerLine:
    """A manager in the supervisor's table. `is_gone`: no longer works here, or may not."""

    staff_id: int
    number: str
    name: str
    phone: str
    is_gone: bool
    customers: int
    tiers: Mapping[str, int]
    overdue: int
    soon: int
    unplanned: int
    done: int


# How a customer of somebody stands, under ``own``; the next visit is the one planned, else the
# day by which the plan wants one.
ROWS: Final = f"""
  JOIN customers_customer c ON c.id = own.customer_id AND {visible("c.id")}
 CROSS JOIN LATERAL (SELECT {ids_of("c.id")} AS ids) h
  LEFT JOIN LATERAL (
      SELECT p.due_date, p.every_months, p.purpose FROM customers_visitplan p
       WHERE p.customer_id = ANY(h.ids)
       ORDER BY p.customer_id = c.id DESC, p.changed_at DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (
      SELECT v.id, v.date, v.topic, v.how FROM customers_customervisit v
       WHERE v.customer_id = ANY(h.ids) AND v.state = 'planned'
       ORDER BY v.date, v.id LIMIT 1) v ON true
 CROSS JOIN LATERAL (SELECT coalesce(v.date, p.due_date) AS next) n
"""
_TABLE: Final = f"""
WITH own AS ({STANDING}), sums AS (
    SELECT own.manager_id, {COUNTS}
      FROM own {ROWS} GROUP BY own.manager_id
)
SELECT s.id, s.number, s.name, s.phone, coalesce(t.customers, 0),
       coalesce(t.a, 0), coalesce(t.b, 0), coalesce(t.c, 0), coalesce(t.d, 0),
       coalesce(t.overdue, 0), coalesce(t.soon, 0), coalesce(t.unplanned, 0),
       {done_by("s.id")}
  FROM staff_staff s LEFT JOIN sums t ON t.manager_id = s.id
 WHERE t.manager_id IS NOT NULL OR s.id = ANY(%(holders)s::bigint[])
 ORDER BY s.number
"""


def managers_table(*, actor: Actor, day: date) -> list[ManagerLine]:
    """Managers with customers of the actor's units, those who are gone first, then by number.

    People whose own work is to assign are left out unless they look after somebody.
    """
    units = list(actor.organisations(ASSIGN))
    people, above = _who_may(units, day)
    holders = {each.staff_id for each in people}
    values = {"day": day, "organisations": units, "holders": sorted(holders - above)}
    lines = [
        ManagerLine(
            pk, number, name, phone, pk not in holders, customers,
            dict(zip("ABCD", row[:4], strict=True)), *row[4:],
        )
        for pk, number, name, phone, customers, *row in fetch_all(_TABLE, values)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (not line.is_gone, line.number))


_NAME: Final = f"""
SELECT s.name FROM staff_staff s
 WHERE s.id = %(manager)s
   AND EXISTS (SELECT 1 FROM ({STANDING} AND a.manager_id = %(manager)s) own
                WHERE {visible("own.customer_id")})
"""


def manager_name(*, actor: Actor, manager_id: int, day: date) -> str | None:
    """The name of one of those in `managers_table`; None for anybody else."""
    units = list(actor.organisations(ASSIGN))
    row = fetch_one(_NAME, {"manager": manager_id, "day": day, "organisations": units})
    if row is not None:
        return str(row[0])
    people, above = _who_may(units, day)
    names = {each.staff_id: each.name for each in people if each.staff_id not in above}
    return names.get(manager_id)


@dataclass(frozen=True, slots=True)
class HandOverLine:
    """A hand-over in a list."""

    hand_over_id: int
    day: date
    from_name: str
    to_name: str
    reason: str
    note: str
    customers: int
    made_by: str
    made_at: datetime


_HAND_OVERS: Final = """
SELECT h.id, h.day, f.name, t.name, h.reason, h.note, h.customer_count, coalesce(m.name, ''),
       h.made_at
  FROM customers_handoverofcustomers h
  JOIN staff_staff f ON f.id = h.from_manager_id
  JOIN staff_staff t ON t.id = h.to_manager_id
  LEFT JOIN staff_staff m ON m.id = h.made_by_id
 WHERE {where}
 ORDER BY h.day DESC, h.id DESC LIMIT %(limit)s
"""
_RECENT: Final = _HAND_OVERS.format(where="h.organisation_id = ANY(%(organisations)s::bigint[])")
_ONE: Final = _HAND_OVERS.format(where="h.id = %(id)s")


def recent_hand_overs(*, actor: Actor) -> list[HandOverLine]:
    """The latest hand-overs of the actor's units."""
    units = list(actor.organisations(ASSIGN))
    rows = fetch_all(_RECENT, {"organisations": units, "limit": MOST_HAND_OVERS})
    return [HandOverLine(*row) for row in rows]


_HANDED: Final = f"""
SELECT d.customer_id FROM customers_handedover d
 WHERE d.hand_over_id = %(id)s AND d.customer_id > %(after)s
   AND (SELECT true FROM customers_customerorganisation l
         JOIN customers_customer c ON c.id = l.customer_id
        WHERE l.customer_id = d.customer_id AND {visible("c.id")} LIMIT 1)
 ORDER BY d.customer_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class HandOverPage:
    """A hand-over with its customers that the actor may see, and after which id to go on."""

    hand_over: HandOverLine
    customers: Sequence[CustomerLine]
    after: int | None


def get_hand_over_for(
    *, actor: Actor, hand_over_id: int, after: int = 0, limit: int = 50
) -> HandOverPage:
    """One hand-over, for who assigns managers in its unit and for the two managers themselves.

    Raises `NotVisible`.
    """
    found = HandOverOfCustomers.objects.filter(pk=hand_over_id).first()
    own = found is not None and actor.staff_id in (found.from_manager_id, found.to_manager_id)
    if found is None or not (own or actor.can_in(ASSIGN, found.organisation_id)):
        raise NotVisible(f"hand-over {hand_over_id}")
    row = fetch_one(_ONE, {"id": hand_over_id, "limit": 1})
    assert row is not None
    values: dict[str, Any] = {
        "id": hand_over_id,
        "after": after,
        "limit": limit + 1,
        "organisations": list(actor.organisations("customers.view")),
    }
    ids = [pk for (pk,) in fetch_all(_HANDED, values)]
    lines = lines_for(actor=actor, customer_ids=ids[:limit])
    return HandOverPage(
        HandOverLine(*row),
        [lines[pk] for pk in ids[:limit] if pk in lines],
        ids[limit - 1] if len(ids) > limit else None,
    )


# A visit stands on its day, however late it was written down.
TIMELINE_SQL: Final = f"""
SELECT x.at, 'visit', v.id, '', v.topic, v.note, s.name, v.result, ''
  FROM customers_customervisit v
 CROSS JOIN LATERAL (SELECT least(v.closed_at,
            (v.date + time '23:59') AT TIME ZONE '{settings.TIME_ZONE}') AS at) x
  JOIN staff_staff s ON s.id = v.manager_id
 WHERE v.customer_id = ANY(%(customer_ids)s::bigint[]) AND v.state = 'done'
   AND cardinality(%(organisation_ids)s) > 0 AND x.at < %(before)s
 ORDER BY x.at DESC LIMIT %(limit)s
"""
# The customer's page and the aside: who looks after them, the plan, what was said last.
_CARE: Final = f"""
json_build_object(
    'manager', (SELECT json_build_object('id', s.id, 'name', s.name, 'number', s.number,
                                         'phone', s.phone, 'since', m.since,
                                         'is_active', s.is_active)
                  FROM {manager_of("k.ids", "k.day")} m JOIN staff_staff s ON s.id = m.manager_id),
    'plan', (SELECT json_build_object('every', p.every_months, 'due', p.due_date,
                                      'purpose', p.purpose, 'is_late', p.due_date < k.day)
               FROM customers_visitplan p WHERE p.customer_id = ANY(k.ids)
              ORDER BY p.customer_id = k.ids[1] DESC, p.changed_at DESC LIMIT 1),
    'ahead', (SELECT json_build_object('date', v.date, 'topic', v.topic, 'how', v.how,
                                       'is_late', v.date < k.day)
                FROM customers_customervisit v
               WHERE v.customer_id = ANY(k.ids) AND v.state = 'planned'
               ORDER BY v.date LIMIT 1),
    'last', (SELECT json_build_object('date', v.date, 'topic', v.topic, 'result', v.result,
                                      'note', v.note, 'next_step', v.next_step, 'who', s.name)
               FROM customers_customervisit v JOIN staff_staff s ON s.id = v.manager_id
              WHERE v.customer_id = ANY(k.ids) AND v.state = 'done'
              ORDER BY v.date DESC, v.id DESC LIMIT 1),
    'before', (SELECT json_agg(x) FROM (
                SELECT s.name, lower(a.period) AS since, upper(a.period) AS until, a.reason,
                       a.hand_over_id
                  FROM customers_managerassignment a JOIN staff_staff s ON s.id = a.manager_id
                 WHERE a.customer_id = ANY(k.ids) AND NOT (a.period @> k.day)
                 ORDER BY lower(a.period) DESC LIMIT 3) x),
    'units', (SELECT coalesce(json_agg(l.organisation_id), '[]')
                FROM customers_customerorganisation l WHERE l.customer_id = k.ids[1]),
    'visits', (SELECT count(*) FROM customers_customervisit v WHERE v.customer_id = ANY(k.ids)))
"""
_OF: Final = f"""
  FROM (SELECT %(customer_ids)s::bigint[] AS ids,
               {day_of("%(now)s::timestamptz")} AS day) k
 WHERE cardinality(%(organisation_ids)s) > 0
"""
PANEL: Final = f"SELECT {_CARE} {_OF}"
# Where nobody looks after a customer, that is no news during a call.
IN_CARE: Final = f"""
SELECT {_CARE} {_OF}
   AND EXISTS (SELECT 1 FROM {manager_of("k.ids", "k.day")} m)
"""
