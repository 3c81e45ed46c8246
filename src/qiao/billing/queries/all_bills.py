"""All bills that a reader may see, whoever billed them, the newest first, narrowed by what they
choose."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.billing.models import BillLine
from qiao.billing.queries import seen
from qiao.billing.queries.bills import VIEW, BillMissing
from qiao.billing.queries.sources import OF_SERVICES, Place, cursor_of, of_source, place_of
from qiao.billing.queries.units import units_asked
from qiao.billing.rules.money.ageing import span_of
from qiao.core.actor import Actor

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class BillFilters:
    """What a list of bills is narrowed to; empty narrows nothing.

    `text` is the number of a bill or of an account; `since` and `until` are the days on which
    bills were issued, the last one excluded; `age` is one of `rules.money.ageing`, and only what
    is owed; `source` one of `queries.sources`.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int | None = None
    services: tuple[str, ...] = ()
    state: str = ""
    age: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BillRow:
    """One bill of a list; `owed_minor` is what is open of it now, with fees that are booked,
    `asked_minor` what was asked of it: where equal instalments run another amount than it comes
    to, and `budget_minor` what then stood to be settled, None for all others. `summary_id` and
    `summary_number` are the document in which it came with others. `is_taken_over` where it came
    from a former billing system once and for all; `told` says who tells it, and as of when."""

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
    feed_id: int | None
    told: Mapping[str, Any] | None
    summary_id: int | None
    summary_number: str | None
    is_taken_over: bool


@dataclass(frozen=True, slots=True)
class BillPage:
    """A page of bills; `following` is the cursor of the next one, empty after the last."""

    rows: tuple[BillRow, ...]
    following: str


_ROW: Final = f"""
SELECT b.id, b.number, b.account_id, a.number, a.service, b.organisation_id, b.start_date,
       b.end_date, b.issued_date, b.due_date, b.currency, b.total_minor, coalesce(b.owed, 0),
       b.usage, b.unit, b.state, b.is_estimated, b.asked, b.budget_minor, b.feed_id,
       {seen.teller("b.feed_id")}, m.summary_id, m.number,
       b.kind = 'taken_over'
"""
_COLUMNS: Final = """x.id, x.feed_id, x.number, x.account_id, x.organisation_id, x.start_date,
              x.end_date, x.issued_date, x.due_date, x.currency, x.total_minor, x.usage, x.unit,
              x.state, x.is_estimated, x.asked, x.budget_minor, x.kind"""
_OWN: Final = """(
         SELECT i.*, NULL::bigint AS feed_id, coalesce(i.asked_minor, i.total_minor) AS asked
           FROM billing_bill i) x
          LEFT JOIN LATERAL (SELECT sum(s.minor)::bigint AS owed FROM billing_standing s
                              WHERE s.account_id = x.account_id AND s.ledger = 'receivable'
                                AND s.bill_id = x.id) o ON true"""
_FED: Final = """(
         SELECT g.id, g.feed_id, g.number, g.account_id, g.organisation_id, g.start_date,
                g.end_date, g.issued_date, g.due_date, f.currency, g.minor AS total_minor,
                g.usage, g.unit,
                CASE WHEN g.is_cancelled THEN 'reversed' ELSE 'issued' END AS state,
                false AS is_estimated, g.minor AS asked, NULL::bigint AS budget_minor,
                'regular'::text AS kind, g.open_minor AS owed
           FROM billing_fedbill g JOIN billing_feed f ON f.id = g.feed_id WHERE g.is_current) x
         CROSS JOIN LATERAL (SELECT x.owed) o"""
_REST: Final = """
  JOIN customers_account a ON a.id = b.account_id
  LEFT JOIN LATERAL (SELECT l.summary_id, s.number FROM billing_summaryline l
                       JOIN billing_summarybill s ON s.id = l.summary_id
                      WHERE l.bill_id = b.id AND b.feed_id IS NULL) m ON true
"""
# Of each source, unit by unit, each from its own index: the newest of all are among the newest of
# each.
_NEWEST: Final = f"""(
       SELECT {_COLUMNS}, o.owed FROM {{rows}}
        WHERE x.organisation_id = u.id {{where}}
        ORDER BY x.issued_date DESC, x.id DESC LIMIT %(limit)s)"""
_FOUND: Final = f"""(
       SELECT {_COLUMNS}, o.owed FROM {{rows}}
        WHERE x.number = %(text)s AND x.organisation_id = ANY(%(units)s::bigint[]) {{where}}
        UNION
       SELECT {_COLUMNS}, o.owed FROM customers_account q JOIN ({{rows}}) ON x.account_id = q.id
        WHERE q.number = %(text)s AND x.organisation_id = ANY(%(units)s::bigint[]) {{where}}
        ORDER BY 8 DESC, 1 DESC LIMIT %(limit)s)"""
_BY_UNIT: Final = "unnest(%(units)s::bigint[]) AS u (id) CROSS JOIN LATERAL"
_LIST: Final = f"""
  FROM {{each}} ({{parts}}) b {_REST}
 ORDER BY b.issued_date DESC, b.feed_id IS NOT NULL, b.id DESC LIMIT %(limit)s
"""
_ONE: Final = f"""
  FROM (SELECT {_COLUMNS}, o.owed FROM {_OWN}
         WHERE x.id = %(bill)s AND x.organisation_id = ANY(%(units)s::bigint[])) b {_REST}
"""


def list_bills(
    *, actor: Actor, filters: BillFilters, today: date, after: str = "", limit: int = PAGE
) -> BillPage:
    """A page of the bills that the actor may see; `after` is a cursor of another page. Ages are
    reckoned from `today`."""
    values: dict[str, Any] = {
        "units": units_asked(actor, VIEW, filters.unit_id),
        "limit": limit + 1,
        "text": filters.text,
        "since": filters.since,
        "until": filters.until,
        "services": list(filters.services),
        "state": filters.state,
    }
    place = place_of(after)
    if place is not None:
        values |= place.values()
    part, each = (_FOUND, "") if filters.text else (_NEWEST, _BY_UNIT)
    parts = " UNION ALL ".join(
        part.format(rows=rows, where=_where(filters, today, values, place, source))
        for source, rows in of_source(filters.source, own=_OWN, fed=_FED).items()
    )
    with connection.cursor() as cursor:
        cursor.execute(_ROW + _LIST.format(each=each, parts=parts), values)
        rows = tuple(BillRow(*row) for row in cursor.fetchall())
    kept = rows[:limit]
    return BillPage(kept, _cursor(kept[-1]) if len(rows) > limit else "")


def _where(
    filters: BillFilters, today: date, values: dict[str, Any], place: Place | None, source: str
) -> str:
    """What narrows a source, as SQL; the values that it needs are put in."""
    found = list(_conditions(filters, today, values))
    if filters.source.isdecimal():
        values["feed"] = int(filters.source)
        found.append("x.feed_id = %(feed)s")
    if place is not None:
        found.append(place.after(source, "x.issued_date", "x.id"))
    return "".join(f" AND {each}" for each in found)


def bill_with_lines(*, actor: Actor, bill_id: int) -> tuple[BillRow, list[BillLine]]:
    """A bill as in a list, with its lines. Raises `BillMissing`."""
    values: dict[str, Any] = {"bill": bill_id, "units": units_asked(actor, VIEW, None)}
    with connection.cursor() as cursor:
        cursor.execute(_ROW + _ONE, values)
        row = cursor.fetchone()
    if row is None:
        raise BillMissing(bill_id)
    return BillRow(*row), list(BillLine.objects.filter(bill=bill_id).order_by("place"))


def _conditions(filters: BillFilters, today: date, values: dict[str, Any]) -> Sequence[str]:
    found = []
    if filters.since:
        found.append("x.issued_date >= %(since)s")
    if filters.until:
        found.append("x.issued_date < %(until)s")
    if filters.services:
        found.append(OF_SERVICES)
    if filters.state:
        found.append("x.state = %(state)s")
    if filters.age:
        span = span_of(filters.age, today)
        values |= {"first": span.since, "last": span.until}
        found.append("o.owed <> 0 AND x.due_date BETWEEN %(first)s AND %(last)s")
    return found


def _cursor(row: BillRow) -> str:
    return cursor_of(row.issued_date, row.bill_id, is_fed=row.feed_id is not None)
