"""Invoices: of bills, of an account, listed by state; who may be proposed as the buyer."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.billing.models import Bill, Invoice
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.figures import KEPT
from qiao.billing.queries.units import units_asked
from qiao.billing.rules.bills.invoices import TITLE_LENGTH, Buyer
from qiao.core.actor import Actor
from qiao.core.kept import Ask
from qiao.core.rules.ids import read_id
from qiao.core.rules.spans import Span

ASK: Final = "invoices.ask"
PAGE: Final = 50
OF_ACCOUNT: Final = 12
_FIRST, _LAST = date(1900, 1, 1), date(9999, 12, 31)


class InvoiceMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such invoice, or not for this reader."""


def is_invoiced(bill: Bill) -> bool:
    """Whether an invoice of a bill can be issued here: it holds, comes to something, and was
    issued by this system."""
    return (
        bill.state == Bill.State.ISSUED
        and bill.total_minor > 0
        and bill.kind != Bill.Kind.TAKEN_OVER
    )


def invoice_for(*, actor: Actor, invoice_id: int) -> Invoice:
    """An invoice of a unit in which the actor asks for invoices, with its bill and its original.
    Raises `InvoiceMissing`."""
    found = (
        Invoice.objects.select_related("bill", "original")
        .filter(pk=invoice_id, organisation__in=list(actor.organisations(ASK)))
        .first()
    )
    if found is None:
        raise InvoiceMissing(invoice_id)
    return found


def invoices_of_bills(bills: Iterable[Bill]) -> dict[int, list[Invoice]]:
    """All invoices of bills by their ids, the latest first; the caller has checked the right."""
    kept = list(bills)
    rows = Invoice.objects.select_related("asked_by", "ended_by", "original").filter(
        account__in={bill.account_id for bill in kept}, bill__in=[bill.pk for bill in kept]
    )
    found: dict[int, list[Invoice]] = defaultdict(list)
    for row in rows.order_by("-pk"):
        found[row.bill_id].append(row)
    return dict(found)


def invoices_of_account(account_id: int) -> list[Invoice]:
    """The latest invoices of an account; the caller has checked the right."""
    rows = Invoice.objects.filter(account=account_id)
    return list(rows.order_by("-pk")[:OF_ACCOUNT])


def proposed_buyer(bill: Bill) -> Buyer:
    """Whose name an invoice of a bill is proposed to have: that of the account's last one for the
    customer to whom the bill goes, else their name."""
    who = addressees_of_bills([bill])[0]
    last = (
        Invoice.objects.filter(
            account=bill.account_id, customer=who.customer_id or None, kind=Invoice.Kind.BLUE
        )
        .order_by("-pk")
        .first()
        if who.customer_id
        else None
    )
    if last is None:
        return Buyer(who.name[:TITLE_LENGTH])
    return Buyer(last.title, last.tax_number, last.address, last.email)


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """What a list of invoices is narrowed to; empty narrows nothing.

    `text` is the number of an invoice (our own, or the 20 digits of the tax platform), of a bill
    or of an account; `since` and `until` are the days on which it was asked for, the last
    excluded.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list; amounts are minor units, below nothing for a red one. `original_id`
    and `original_number` are what a red one cancels."""

    invoice_id: int
    number: str
    kind: str
    state: str
    stands: bool
    bill_id: int
    bill_number: str
    account_id: int
    account_number: str
    organisation_id: int
    original_id: int | None
    original_number: str | None
    title: str
    tax_number: str
    address: str
    email: str
    currency: str
    minor: int
    tax_minor: int
    asked_at: datetime
    asked_date: date
    invoice_number: str
    issued_date: date | None
    url: str
    reason: str
    refusal: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """A page of invoices; `following` is the cursor of the next one, empty after the last."""

    rows: tuple[InvoiceRow, ...]
    following: str


_ROW: Final = """
SELECT i.id, i.number, i.kind, i.state, i.stands, i.bill_id, b.number, i.account_id, a.number,
       i.organisation_id, i.original_id, o.number, i.title, i.tax_number, i.address, i.email,
       i.currency, i.minor, i.tax_minor, i.asked_at, i.asked_date, i.invoice_number,
       i.issued_date, i.url, i.reason, i.refusal, i.ended_at
"""
_REST: Final = """
  JOIN billing_bill b ON b.id = i.bill_id
  JOIN customers_account a ON a.id = i.account_id
  LEFT JOIN billing_invoice o ON o.id = i.original_id
 ORDER BY i.asked_date DESC, i.id DESC LIMIT %(limit)s
"""
# Unit by unit and state by state, each from the index: the newest of all are among the newest of
# each.
_NEWEST: Final = """
  FROM unnest(%(units)s::bigint[]) AS u (id)
 CROSS JOIN unnest(%(states)s::text[]) AS s (state)
 CROSS JOIN LATERAL (
       SELECT x.* FROM billing_invoice x
        WHERE x.organisation_id = u.id AND x.state = s.state {where}
        ORDER BY x.asked_date DESC, x.id DESC LIMIT %(limit)s) i
"""
_FOUND: Final = """
  FROM (SELECT x.* FROM (
              SELECT n.id FROM billing_invoice n WHERE n.number = %(text)s
               UNION
              SELECT n.id FROM billing_invoice n
               WHERE n.invoice_number = %(text)s AND n.invoice_number ~ '^[0-9]{{20}}$'
               UNION
              SELECT n.id FROM customers_account q
                JOIN billing_invoice n ON n.account_id = q.id WHERE q.number = %(text)s
               UNION
              SELECT n.id FROM billing_bill q
                JOIN billing_invoice n ON n.account_id = q.account_id AND n.bill_id = q.id
               WHERE q.number = %(text)s) f
          JOIN billing_invoice x ON x.id = f.id
         WHERE x.organisation_id = ANY(%(units)s::bigint[])
           AND x.state = ANY(%(states)s::text[]) {where}) i
"""


def list_invoices(
    *, actor: Actor, filters: InvoiceFilters, after: str = "", limit: int = PAGE
) -> InvoicePage:
    """A page of the invoices that the actor may see, the newest first; `after` is a cursor of
    another page."""
    values: dict[str, Any] = {
        "units": units_asked(actor, ASK, filters.unit_id),
        "states": [filters.state] if filters.state else list(Invoice.State.values),
        "limit": limit + 1,
        "text": filters.text,
        "since": filters.since,
        "until": filters.until,
    }
    found = []
    if filters.since:
        found.append("x.asked_date >= %(since)s")
    if filters.until:
        found.append("x.asked_date < %(until)s")
    if (place := _place_of(after)) is not None:
        values |= {"day": place[0], "last": place[1]}
        found.append("(x.asked_date, x.id) < (%(day)s, %(last)s)")
    where = "".join(f" AND {each}" for each in found)
    part = _FOUND if filters.text else _NEWEST
    with connection.cursor() as cursor:
        cursor.execute(_ROW + part.format(where=where) + _REST, values)
        rows = tuple(InvoiceRow(*row) for row in cursor.fetchall())
    kept = rows[:limit]
    return InvoicePage(kept, _cursor(kept[-1]) if len(rows) > limit else "")


def counts_by_state(*, actor: Actor, filters: InvoiceFilters) -> dict[str, int]:
    """How many invoices there are in each state, of the units and days that are chosen, by what is
    kept."""
    last = filters.until - timedelta(days=1) if filters.until else _LAST
    since = filters.since or _FIRST
    if last < since:
        return {}
    sums = KEPT.read(
        Ask(("invoices",), Span(since, last)),
        organisations=units_asked(actor, ASK, filters.unit_id),
    )
    return sums.by_holder("invoices")


def _cursor(row: InvoiceRow) -> str:
    return f"{row.asked_date.isoformat()}.{row.invoice_id}"


def _place_of(text: str) -> tuple[date, int] | None:
    """The day and the id of a cursor; None for none, or where it does not read well."""
    day, _dot, row = text.partition(".")
    found = read_id(row)
    try:
        return (date.fromisoformat(day), found) if found else None
    except ValueError:
        return None


def row_of(invoice: Invoice) -> InvoiceRow:
    """One invoice as in a list; the caller has checked the right."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ROW + " FROM (SELECT * FROM billing_invoice WHERE id = %(id)s) i" + _REST,
            {"id": invoice.pk, "limit": 1},
        )
        return InvoiceRow(*cursor.fetchone())
