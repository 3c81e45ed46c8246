"""All bills that a reader may see, the newest first, narrowed by what they choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.billing.models import BillLine
from qiao.billing.queries.bills import VIEW, BillMissing
from qiao.billing.rules.money.ageing import span_of
from qiao.core.actor import Actor
from qiao.core.rules.ids import read_id
from qiao.staff.queries.places import subtrees

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class BillFilters:
    """What a list of bills is narrowed to; empty narrows nothing.

    `text` is the number of a bill or of an account; `since` and `until` are the days on which
    bills were issued, the last one excluded; `age` is one of `rules.money.ageing`, and only what
    is owed.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int | None = None
    services: tuple[str, ...] = ()
    state: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class BillRow:
    """One bill of a list; `owed_minor` is what is open of it now, with fees that are booked,
    `asked_minor` what was asked of it: where equal instalments run another amount than it comes
    to, and `budget_minor` what then stood to be settled, None for all others. `summary_id` and
    `summary_number` are the document in which it came with others."""

    bill_id: int
    number: str
    account_id: int
    account_number: str
    service: str
    organisation_id: int
    start_date: date
    end_date: date
    issued_date: date
    due_date: date
    currency: str
    minor: int
    owed_minor: int
    usage: Decimal | None
    unit: str
    state: str
    is_estimated: bool
    asked_minor: int
    budget_minor: int | None
    summary_id: int | None
    summary_number: str | None


@dataclass(frozen=True, slots=True)
class BillPage:
    """A page of bills; `following` is the cursor of the next one, empty after the last."""

    rows: tuple[BillRow, ...]
    following: str


_ROW: Final = """
SELECT b.id, b.number, b.account_id, a.number, a.service, b.organisation_id, b.start_date,
       b.end_date, b.issued_date, b.due_date, b.currency, b.total_minor, coalesce(b.owed, 0),
       b.usage, b.unit, b.state, b.is_estimated, coalesce(b.asked_minor, b.total_minor),
       b.budget_minor, m.summary_id, m.number
"""
_SUMMARY: Final = """
  LEFT JOIN LATERAL (SELECT l.summary_id, s.number FROM billing_summaryline l
                       JOIN billing_summarybill s ON s.id = l.summary_id
                      WHERE l.bill_id = b.id) m ON true
"""
_OWED: Final = """
  LEFT JOIN LATERAL (SELECT sum(s.minor)::bigint AS owed FROM billing_standing s
                      WHERE s.account_id = x.account_id AND s.ledger = 'receivable'
                        AND s.bill_id = x.id) o ON true
"""
# Unit by unit, each from its own index: the newest of all are among the newest of each.
_LIST: Final = """
  FROM unnest(%(units)s::bigint[]) AS u (id)
 CROSS JOIN LATERAL (
      SELECT x.*, o.owed FROM billing_bill x {owed}
       WHERE x.organisation_id = u.id {where}
       ORDER BY x.issued_date DESC, x.id DESC LIMIT %(limit)s) b
  JOIN customers_account a ON a.id = b.account_id {summary}
 ORDER BY b.issued_date DESC, b.id DESC LIMIT %(limit)s
"""
_ONE: Final = """
  FROM (SELECT x.*, o.owed FROM billing_bill x {owed}
         WHERE x.id = %(bill)s AND x.organisation_id = ANY(%(units)s::bigint[])) b
  JOIN customers_account a ON a.id = b.account_id {summary}
"""
_FOUND: Final = """
  FROM (SELECT x.*, o.owed FROM billing_bill x {owed}
         WHERE x.id IN (
               SELECT n.id FROM billing_bill n WHERE n.number = %(text)s
                UNION
               SELECT n.id FROM customers_account f JOIN billing_bill n ON n.account_id = f.id
                WHERE f.number = %(text)s)
           AND x.organisation_id = ANY(%(units)s::bigint[]) {where}) b
  JOIN customers_account a ON a.id = b.account_id {summary}
 ORDER BY b.issued_date DESC, b.id DESC LIMIT %(limit)s
"""


def list_bills(
    *, actor: Actor, filters: BillFilters, today: date, after: str = "", limit: int = PAGE
) -> BillPage:
    """A page of the bills that the actor may see; `after` is a cursor of another page. Ages are
    reckoned from `today`."""
    values: dict[str, Any] = {
        "units": _units(actor, filters.unit_id),
        "limit": limit + 1,
        "text": filters.text,
        "since": filters.since,
        "until": filters.until,
        "services": list(filters.services),
        "state": filters.state,
    }
    where = list(_conditions(filters, today, values))
    if (place := _read_cursor(after)) is not None:
        values |= {"day": place[0], "id": place[1]}
        where.append("(x.issued_date, x.id) < (%(day)s, %(id)s)")
    narrowed = "".join(f" AND {each}" for each in where)
    source = _FOUND if filters.text else _LIST
    with connection.cursor() as cursor:
        cursor.execute(_ROW + source.format(owed=_OWED, where=narrowed, summary=_SUMMARY), values)
        rows = tuple(BillRow(*row) for row in cursor.fetchall())
    kept = rows[:limit]
    return BillPage(kept, _cursor(kept[-1]) if len(rows) > limit else "")


def bill_with_lines(*, actor: Actor, bill_id: int) -> tuple[BillRow, list[BillLine]]:
    """A bill as in a list, with its lines. Raises `BillMissing`."""
    values: dict[str, Any] = {"bill": bill_id, "units": _units(actor, None)}
    with connection.cursor() as cursor:
        cursor.execute(_ROW + _ONE.format(owed=_OWED, summary=_SUMMARY), values)
        row = cursor.fetchone()
    if row is None:
        raise BillMissing(bill_id)
    return BillRow(*row), list(BillLine.objects.filter(bill=bill_id).order_by("place"))


def _units(actor: Actor, unit_id: int | None) -> list[int]:
    own = actor.organisations(VIEW)
    if unit_id is None:
        return sorted(own)
    return sorted(set(own).intersection(subtrees([unit_id]).get(unit_id, ())))


def _conditions(filters: BillFilters, today: date, values: dict[str, Any]) -> Sequence[str]:
    found = []
    if filters.since:
        found.append("x.issued_date >= %(since)s")
    if filters.until:
        found.append("x.issued_date < %(until)s")
    if filters.services:
        found.append(
            "EXISTS (SELECT FROM customers_account f WHERE f.id = x.account_id"
            " AND f.service = ANY(%(services)s::text[]))"
        )
    if filters.state:
        found.append("x.state = %(state)s")
    if filters.age:
        span = span_of(filters.age, today)
        values |= {"first": span.since, "last": span.until}
        found.append("o.owed <> 0 AND x.due_date BETWEEN %(first)s AND %(last)s")
    return found


def _cursor(row: BillRow) -> str:
    return f"{row.issued_date.isoformat()}.{row.bill_id}"


def _read_cursor(text: str) -> tuple[date, int] | None:
    day, _dot, pk = text.partition(".")
    found = read_id(pk)
    try:
        return (date.fromisoformat(day), found) if found is not None else None
    except ValueError:
        return None
