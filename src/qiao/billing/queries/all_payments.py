"""All payments that a reader may see, whoever took them, the newest first, narrowed by what they
choose; how many there are is kept, never counted."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.billing.queries import seen
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.figures import KEPT
from qiao.billing.queries.sources import OF_SERVICES, OWN, Place, cursor_of, of_source, place_of
from qiao.billing.queries.units import units_asked
from qiao.core.actor import Actor
from qiao.core.kept import Ask
from qiao.core.rules.spans import Span
from qiao.customers.queries import find_accounts

PAGE: Final = 50
LATELY: Final = 30  # days that are summed up where none are chosen
MEANT: Final = 200  # accounts that a text may mean


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """What a list of payments is narrowed to; empty narrows nothing.

    `text` is the number of a receipt, a reference of a channel, a slip, or whatever finds
    accounts: a payer's name, a number. `since` and `until` are days booked, the last one excluded;
    `source` is one of `queries.sources`; a `channel` is of own payments.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int | None = None
    services: tuple[str, ...] = ()
    channel: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of a list, in minor units; `holds` is false once it was taken back. `means` is
    empty, and `channel` as that system says it, where another one took it: `feed_id` and `told`,
    its name and as of when."""

    payment_id: int
    number: str
    account_id: int
    account_number: str
    service: str
    organisation_id: int
    booked_date: date
    received_at: datetime
    channel: str
    means: str
    minor: int
    currency: str
    holds: bool
    feed_id: int | None
    told: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of payments; `following` is the cursor of the next one, empty after the last."""

    rows: tuple[PaymentRow, ...]
    following: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many payments came in some days, and what those that hold come to in minor units, by
    currency; the last day is within."""

    since: date
    last: date
    count: int
    minor: Mapping[str, int]


_ROW: Final = f"""
SELECT p.id, p.number, p.account_id, a.number, a.service, p.organisation_id, p.booked_date,
       p.received_at, p.channel, p.means, p.minor, p.currency, p.holds, p.feed_id,
       {seen.teller("p.feed_id")}
"""
_OWN: Final = """(
         SELECT y.*, y.taken_back_by_id IS NULL AS holds, NULL::bigint AS feed_id
           FROM billing_payment y) x"""
_FED: Final = """(
         SELECT g.id, g.number, g.account_id, g.organisation_id, g.booked_date, g.received_at,
                g.way AS channel, '' AS means, g.minor, f.currency, NOT g.is_reversed AS holds,
                g.feed_id, '' AS reference, '' AS slip
           FROM billing_fedpayment g JOIN billing_feed f ON f.id = g.feed_id
          WHERE g.is_current) x"""
_COLUMNS: Final = """x.id, x.number, x.account_id, x.organisation_id, x.booked_date,
              x.received_at, x.channel, x.means, x.minor, x.currency, x.holds, x.feed_id"""
_NEWEST: Final = f"""(
       SELECT {_COLUMNS} FROM {{rows}} WHERE x.organisation_id = u.id {{where}}
        ORDER BY x.booked_date DESC, x.id DESC LIMIT %(limit)s)"""
# Each way to be found by an index of its own.
_FOUND: Final = " UNION ".join(
    f"""(
       SELECT {_COLUMNS} FROM {{rows}}
        WHERE {found} AND x.organisation_id = ANY(%(units)s::bigint[]) {{where}}
        ORDER BY x.booked_date DESC, x.id DESC LIMIT %(limit)s)"""
    for found in ("x.number = %(text)s", "x.account_id = ANY(%(accounts)s::bigint[])")
)
_BY_REFERENCE: Final = f"""(
       SELECT {_COLUMNS} FROM {_OWN}
        WHERE x.channel = ANY(%(channels)s::text[]) AND x.reference = %(text)s
          AND x.organisation_id = ANY(%(units)s::bigint[]) {{where}})"""
_BY_UNIT: Final = "unnest(%(units)s::bigint[]) AS u (id) CROSS JOIN LATERAL"
_LIST: Final = """
  FROM {each} ({parts}) p
  JOIN customers_account a ON a.id = p.account_id
 ORDER BY p.booked_date DESC, p.feed_id IS NOT NULL, p.id DESC LIMIT %(limit)s
"""


def list_payments(
    *,
    actor: Actor,
    filters: PaymentFilters,
    channels: tuple[str, ...],
    after: str = "",
    limit: int = PAGE,
) -> PaymentPage:
    """A page of the payments that the actor may see; `after` is a cursor of another page,
    `channels` are all there are."""
    values: dict[str, Any] = {
        "units": units_asked(actor, VIEW, filters.unit_id),
        "limit": limit + 1,
        "text": filters.text,
        "since": filters.since,
        "until": filters.until,
        "services": list(filters.services),
        "channel": filters.channel,
        "channels": list(channels),
    }
    place = place_of(after)
    if place is not None:
        values |= place.values()
    if filters.text:
        lines = find_accounts(actor=actor, text=filters.text)
        values["accounts"] = [line.account_id for line in lines[:MEANT]]
    part, each = (_FOUND, "") if filters.text else (_NEWEST, _BY_UNIT)
    sources = of_source(OWN if filters.channel else filters.source, own=_OWN, fed=_FED)
    found = [
        part.format(rows=rows, where=_where(filters, values, place, source))
        for source, rows in sources.items()
    ]
    if filters.text and OWN in sources:
        found.append(_BY_REFERENCE.format(where=_where(filters, values, place, OWN)))
    parts = (" UNION " if filters.text else " UNION ALL ").join(found)
    with connection.cursor() as cursor:
        cursor.execute(_ROW + _LIST.format(each=each, parts=parts), values)
        rows = tuple(PaymentRow(*row) for row in cursor.fetchall())
    kept = rows[:limit]
    return PaymentPage(kept, _cursor(kept[-1]) if len(rows) > limit else "")


def taken_in(*, actor: Actor, filters: PaymentFilters, today: date) -> Taken:
    """What came in the days that are chosen, or lately, by what is kept: what else narrows the
    list narrows it too, but for a text."""
    last = filters.until - timedelta(days=1) if filters.until else today
    since = filters.since or last - timedelta(days=LATELY - 1)
    sums = KEPT.read(
        Ask(("payments", "taken"), Span(since, last)),
        organisations=units_asked(actor, VIEW, filters.unit_id),
    )
    count, minor = 0, dict[str, int]()
    for (_mark, view, _part, holder), n in sums.values.items():
        currency, service, channel = holder.split(":")
        if not _counts(filters, service, channel):
            continue
        if view == "payments":
            count += n
        else:
            minor[currency] = minor.get(currency, 0) + n
    return Taken(since, last, count, minor)


def _counts(filters: PaymentFilters, service: str, channel: str) -> bool:
    is_fed = channel.startswith("feed-")
    return (
        (not filters.services or service in filters.services)
        and (not filters.channel or channel == filters.channel)
        and (
            not filters.source
            or (not is_fed if filters.source == OWN else channel == f"feed-{filters.source}")
        )
    )


def _where(
    filters: PaymentFilters, values: dict[str, Any], place: Place | None, source: str
) -> str:
    """What narrows a source, as SQL; the values that it needs are put in."""
    found = []
    if filters.since:
        found.append("x.booked_date >= %(since)s")
    if filters.until:
        found.append("x.booked_date < %(until)s")
    if filters.services:
        found.append(OF_SERVICES)
    if filters.channel:
        found.append("x.channel = %(channel)s")
    if filters.source.isdecimal():
        values["feed"] = int(filters.source)
        found.append("x.feed_id = %(feed)s")
    if place is not None:
        found.append(place.after(source, "x.booked_date", "x.id"))
    return "".join(f" AND {each}" for each in found)


def _cursor(row: PaymentRow) -> str:
    return cursor_of(row.booked_date, row.payment_id, is_fed=row.feed_id is not None)
