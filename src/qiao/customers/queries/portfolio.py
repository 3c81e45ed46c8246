"""The portfolio of a customer manager: customers, what stands open, and which visits are due."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.manifest import PortfolioCount
from qiao.core.panels import Scopes
from qiao.core.prepared import fetch_all, fetch_one
from qiao.core.registry import registry
from qiao.core.rules.grams import normalise
from qiao.customers.models import Customer
from qiao.customers.queries.manager_sql import COUNTS, SOON_DAYS, STANDING, done_by
from qiao.customers.queries.managers import ASSIGN, OWN, ROWS, manager_name
from qiao.customers.queries.people import CustomerLine, NotVisible, held_as, lines_for
from qiao.customers.queries.search import ids_of

SORTS: Final = ("due", "tier")
SHOWS: Final = ("", "late", "soon", "unplanned")
PAGE: Final = 30
MOST_VISITS: Final = 300
NEVER: Final = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose portfolio is looked at, and in which units the viewer may see its customers."""

    staff_id: int
    name: str
    organisations: tuple[int, ...]
    is_own: bool = False


def keeper_for(*, actor: Actor, manager_id: int | None, day: date) -> Keeper:
    """The manager whose portfolio the actor may see: the own one, or with the right to assign,
    that of anybody in the table of managers. Raises `NotVisible`."""
    if manager_id is None or manager_id == actor.staff_id:
        return Keeper(actor.person_id, actor.name, actor.organisations(OWN), is_own=True)
    if actor.can(ASSIGN):
        name = manager_name(actor=actor, manager_id=manager_id, day=day)
        if name is not None:
            return Keeper(manager_id, name, actor.organisations(ASSIGN))
    raise NotVisible(f"manager {manager_id}")


@dataclass(frozen=True, slots=True)
class PortfolioSums:
    """How a portfolio stands: customers, by tier, visits late, soon, without plan, done."""

    customers: int
    tiers: Mapping[str, int]
    late: int
    soon: int
    unplanned: int
    done: int


_OWN: Final = f"own AS ({STANDING} AND a.manager_id = %(manager)s)"
_SUMS: Final = f"""
WITH {_OWN}
SELECT {COUNTS}, {done_by("%(manager)s")}
  FROM own {ROWS}
"""


def portfolio_sums(*, keeper: Keeper, day: date) -> PortfolioSums:
    """The strip above a portfolio, in one statement."""
    row = fetch_one(_SUMS, _values(keeper, day))
    assert row is not None
    customers, *rest = row
    return PortfolioSums(customers, dict(zip("ABCD", rest[:4], strict=True)), *rest[4:])


def _values(keeper: Keeper, day: date) -> dict[str, Any]:
    return {
        "manager": keeper.staff_id,
        "day": day,
        "organisations": list(keeper.organisations),
    }


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """A customer of a portfolio. `next_date` is the visit planned, else the day by which the plan
    wants one; `counts` are in the order of the columns, `alerts` say what to look at first."""

    customer: CustomerLine
    since: date
    next_date: date | None
    is_planned: bool
    topic: str
    every_months: int | None
    last_contact: tuple[datetime, str] | None
    counts: tuple[int, ...]
    alerts: tuple[tuple[Any, int], ...]


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Lines, the labels of their counts, and the key after which the next page begins."""

    lines: Sequence[PortfolioLine]
    columns: tuple[PortfolioCount, ...]
    after: str


_ORDER: Final = {
    "due": "coalesce(n.next, '9999-12-31'::date), c.id",
    "tier": "c.tier, coalesce(n.next, '9999-12-31'::date), c.id",
}
_SHOWN: Final = {
    "": "",
    "late": "AND n.next < %(day)s",
    "soon": f"AND n.next >= %(day)s AND n.next < %(day)s::date + {SOON_DAYS}",
    "unplanned": "AND n.next IS NULL",
}
_AFTER: Final = {
    "due": "(%(after_next)s::date, %(after_id)s::bigint)",
    "tier": "(%(after_tier)s::text, %(after_next)s::date, %(after_id)s::bigint)",
}


def _page(sort: str, show: str) -> str:
    return f"""
WITH {_OWN}
SELECT c.id, own.since, n.next, v.id IS NOT NULL, coalesce(v.topic, p.purpose, ''),
       p.every_months, c.tier, last.at, last.channel
  FROM own {ROWS}
  LEFT JOIN LATERAL (
      SELECT l.at, l.channel FROM customers_lastcontact l
       WHERE l.customer_id = ANY(h.ids) ORDER BY l.at DESC LIMIT 1) last ON true
 WHERE (%(tier)s = '' OR c.tier = %(tier)s)
   AND (%(text)s = '' OR strpos(c.name_search, %(text)s) > 0)
   AND ({_ORDER[sort]}) > {_AFTER[sort]} {_SHOWN[show]}
 ORDER BY {_ORDER[sort]} LIMIT %(limit)s
"""


_PAGES: Final = {(sort, show): _page(sort, show) for sort in SORTS for show in SHOWS}


def portfolio(
    *,
    actor: Actor,
    keeper: Keeper,
    now: datetime,
    day: date,
    sort: str = "due",
    show: str = "",
    tier: str = "",
    text: str = "",
    after: str = "",
    limit: int = PAGE,
) -> PortfolioPage:
    """Customers of a manager in keyset steps, with what other modules count of them.

    Raises `KeyError` for an unknown order or choice.
    """
    values = _values(keeper, day) | {
        "tier": tier if tier in Customer.Tier.values else "",
        "text": normalise(text),
        "limit": limit + 1,
        **_read_key(after),
    }
    if sort == "due":
        values.pop("after_tier")
    rows = fetch_all(_PAGES[sort, show], values)
    shown = rows[:limit]
    known = lines_for(actor=actor, customer_ids=[row[0] for row in shown])
    columns = registry.portfolio(actor)
    counts = _counts(actor, columns, [row[0] for row in shown], now)
    lines = [
        PortfolioLine(
            known[row[0]], row[1], row[2], row[3], row[4], row[5],
            (row[7], row[8]) if row[7] else None,
            *_split(columns, counts[row[0]]),
        )
        for row in shown
        if row[0] in known
    ]  # fmt: skip
    following = _key_of(shown[-1]) if len(rows) > limit else ""
    return PortfolioPage(lines, tuple(c for c in columns if not c.is_alert), following)


def _split(
    columns: Sequence[PortfolioCount], counts: Sequence[int]
) -> tuple[tuple[int, ...], tuple[tuple[Any, int], ...]]:
    pairs = list(zip(columns, counts, strict=True))
    return (
        tuple(n for column, n in pairs if not column.is_alert),
        tuple((column.label, n) for column, n in pairs if column.is_alert and n),
    )


def _key_of(row: Sequence[Any]) -> str:
    return f"{row[6]}.{row[2] or NEVER}.{row[0]}"


def _read_key(text: str) -> dict[str, Any]:
    """What an address says to go on after; from the beginning if it says nothing known."""
    tier, _, rest = text.partition(".")
    day, _, number = rest.partition(".")
    try:
        known = date.fromisoformat(day), int(number)
    except ValueError:
        return {"after_tier": "", "after_next": date(1, 1, 1), "after_id": 0}
    if tier not in Customer.Tier.values or not 0 <= known[1] < 2**63:
        return {"after_tier": "", "after_next": date(1, 1, 1), "after_id": 0}
    return {"after_tier": tier, "after_next": known[0], "after_id": known[1]}


def _counts(
    actor: Actor, columns: Sequence[PortfolioCount], customer_ids: Sequence[int], now: datetime
) -> dict[int, tuple[int, ...]]:
    """What modules count of these customers, in one statement whatever their number."""
    if not columns or not customer_ids:
        return dict.fromkeys(customer_ids, ())
    scopes = Scopes(actor)
    selected = ", ".join(f"({scopes.bind(each.sql, each.permission)})" for each in columns)
    sql = (
        f"SELECT c.id, {selected} FROM unnest(%(ids)s::bigint[]) AS c (id)"
        f" CROSS JOIN LATERAL (SELECT {ids_of('c.id')} AS ids) h"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(customer_ids), "now": now, **scopes.parameters()})
        return {pk: tuple(int(n or 0) for n in rest) for pk, *rest in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit that comes: one planned for a day, or one that the plan wants by that day."""

    customer: CustomerLine
    day: date
    is_planned: bool
    topic: str
    how: str


_AHEAD: Final = f"""
WITH {_OWN}
SELECT c.id, n.next, v.id IS NOT NULL, coalesce(v.topic, p.purpose, ''), coalesce(v.how, '')
  FROM own {ROWS}
 WHERE n.next < %(until)s
 ORDER BY n.next, c.id LIMIT {MOST_VISITS}
"""


def visits_ahead(*, actor: Actor, keeper: Keeper, day: date, until: date) -> list[VisitLine]:
    """Visits that are late or come before `until`, the earliest first; at most `MOST_VISITS`."""
    rows = fetch_all(_AHEAD, _values(keeper, day) | {"until": until})
    known = lines_for(actor=actor, customer_ids=[row[0] for row in rows])
    return [VisitLine(known[pk], *rest) for pk, *rest in rows if pk in known]


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit of a customer as their page tells of it; keys are of `CustomerVisit`."""

    visit_id: int
    day: date
    first_day: date
    state: str
    who: str
    topic: str
    how: str
    result: str
    note: str
    next_step: str
    reason: str


_VISITS: Final = """
SELECT v.id, v.date, v.first_date, v.state, s.name, v.topic, v.how, v.result, v.note, v.next_step,
       v.reason
  FROM customers_customervisit v JOIN staff_staff s ON s.id = v.manager_id
 WHERE v.customer_id = ANY(%(ids)s::bigint[]) ORDER BY v.date DESC, v.id DESC LIMIT 100
"""


def visits_of(*, customer_id: int) -> list[PastVisit]:
    """The latest hundred visits of a customer. The caller has checked the right."""
    return [PastVisit(*row) for row in fetch_all(_VISITS, {"ids": list(held_as(customer_id))})]
