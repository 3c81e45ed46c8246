"""Lists of customers for a file, a chunk at a time by id."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.customers.queries.manager_sql import STANDING
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.queries.search import TODAY, Narrow, find_customers, visible
from qiao.customers.queries.segments import get_open_segment_for
from qiao.customers.queries.tags import get_tag

CHUNK: Final = 2_000
MOST_FOUND: Final = 100  # what a search by words gives at most


@dataclass(frozen=True, slots=True)
class ExportFilters:
    """What narrows an export: as the page of customers, a tier, a protected flag, a segment, a
    tag, who looks after them (their ids, 0 for none), and words."""

    tier: str = ""
    flag: str = ""
    text: str = ""
    segment: int = 0
    tag: int = 0
    manager: int = 0


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A customer as a file shows it. `phones` are in the stored form, the first one first.

    Accounts are those of the units asked for in which the customer has a part today.
    """

    customer_id: int
    number: str
    name: str
    kind: str
    gender: str
    tier: str
    flags: tuple[str, ...]
    created_at: datetime
    phones: tuple[str, ...]
    accounts: tuple[str, ...]
    services: tuple[str, ...]
    addresses: tuple[str, ...]
    opened_date: date | None


def _chunk(
    narrowed: str, source: str = "customers_customer c", key: str = "c.id", first: str = ""
) -> str:
    """Everybody of a chunk of `source` in the order of `key`, the parts joined once for all."""
    return f"""
WITH page AS MATERIALIZED (
    SELECT c.id, c.number, c.name, c.kind, c.gender, c.tier, c.flags, c.created_at
      FROM {source}
     WHERE {first}c.merged_into_id IS NULL AND {key} > %(after)s
       AND (%(tier)s = '' OR c.tier = %(tier)s)
       {narrowed} AND {visible(key)}
     ORDER BY {key} LIMIT %(limit)s
), merged AS MATERIALIZED (
    SELECT DISTINCT m.merged_into_id AS id FROM customers_customer m
     WHERE m.merged_into_id IN (SELECT id FROM page)
), held AS MATERIALIZED (
    SELECT id, id AS as_id FROM page
     UNION
    SELECT merged.id, unnest(customers_held_as(merged.id)) FROM merged
), phones AS (
    SELECT h.id, array_agg(p.number || CASE p.extension WHEN '' THEN ''
               ELSE ';ext=' || p.extension END ORDER BY p.is_primary DESC, p.id) AS numbers
      FROM held h JOIN customers_customerphone p ON p.customer_id = h.as_id GROUP BY h.id
), accounts AS (
    SELECT h.id, array_agg(a.number ORDER BY a.number) AS numbers,
           array_agg(DISTINCT a.service) AS services,
           array_agg(DISTINCT w.full_text) FILTER (WHERE w.id IS NOT NULL) AS addresses,
           min(a.opened_date) AS opened
      FROM held h
      JOIN customers_accountparty t ON t.customer_id = h.as_id AND t.period @> {TODAY}
      JOIN customers_account a
        ON a.id = t.account_id AND a.organisation_id = ANY(%(organisations)s)
      LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
      LEFT JOIN customers_premises w ON w.id = s.premises_id
     GROUP BY h.id
)
SELECT page.id, page.number, page.name, page.kind, page.gender, page.tier, page.flags,
       page.created_at, phones.numbers, accounts.numbers, accounts.services, accounts.addresses,
       accounts.opened
  FROM page LEFT JOIN phones ON phones.id = page.id LEFT JOIN accounts ON accounts.id = page.id
 ORDER BY page.id
"""


_EVERYONE = _chunk("")
_PROTECTED = _chunk("AND NOT (c.flags = '{}') AND c.flags @> ARRAY[%(flag)s]")
_FOUND = _chunk("AND c.id = ANY(%(ids)s)")
# Members are walked in the order of their key; `c` is joined to each of a chunk.
_MEMBERS = _chunk(
    "AND (%(flag)s = '' OR c.flags @> ARRAY[%(flag)s])"
    " AND (%(tag)s = 0 OR EXISTS (SELECT 1 FROM customers_customertag k"
    " WHERE k.tag_id = %(tag)s AND k.customer_id = m.customer_id))",
    "customers_segmentmember m JOIN customers_customer c ON c.id = m.customer_id",
    "m.customer_id",
    "m.segment_id = %(segment)s AND ",
)
_TAGGED = _chunk(
    "AND (%(flag)s = '' OR c.flags @> ARRAY[%(flag)s])",
    "customers_customertag m JOIN customers_customer c ON c.id = m.customer_id",
    "m.customer_id",
    "m.tag_id = %(tag)s AND ",
)


# A portfolio: whom somebody looks after on that day, as their page shows it.
_CARED = _chunk(
    "AND (%(flag)s = '' OR c.flags @> ARRAY[%(flag)s])"
    " AND (%(tag)s = 0 OR EXISTS (SELECT 1 FROM customers_customertag k"
    " WHERE k.tag_id = %(tag)s AND k.customer_id = c.id))"
    " AND (%(segment)s = 0 OR EXISTS (SELECT 1 FROM customers_segmentmember m"
    " WHERE m.segment_id = %(segment)s AND m.customer_id = c.id))"
    " AND (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s))",
    f"({STANDING} AND a.manager_id = %(manager)s) own"
    " JOIN customers_customer c ON c.id = own.customer_id",
)


def export_rows(
    *, actor: Actor, organisations: Sequence[int], filters: ExportFilters
) -> Iterator[list[ExportRow]]:
    """Customers linked to these units, the oldest first, in chunks; no transaction stays open.

    Those of a manager are of today, in the units in which the actor may see the portfolio.

    Raises `NotVisible` for a segment that the actor may not see or that is archived, for a tag
    that is none, and for a manager whose portfolio the actor may not see.
    """
    sql, values = _statement(actor, organisations, filters)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = [_row(row) for row in cursor.fetchall()]
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        values["after"] = rows[-1].customer_id


def _statement(
    actor: Actor, organisations: Sequence[int], filters: ExportFilters
) -> tuple[str, dict[str, Any]]:
    """The statement of a chunk, and its values before the first one."""
    values: dict[str, Any] = {
        "after": 0,
        "tier": filters.tier,
        "flag": filters.flag,
        "tag": filters.tag,
        "segment": filters.segment,
        "ids": None,
        "limit": CHUNK,
        "organisations": list(organisations),
        "zone": settings.TIME_ZONE,
    }
    sql = _PROTECTED if filters.flag else _EVERYONE
    if filters.tag:
        get_tag(filters.tag)
        sql = _TAGGED
    if filters.segment:
        segment = get_open_segment_for(actor=actor, segment_id=filters.segment)
        sql, values["segment"] = _MEMBERS, segment.pk
    if filters.text:
        narrow = Narrow(
            tier=filters.tier, flag=filters.flag, segment=filters.segment, tag=filters.tag
        )
        hits = find_customers(actor=actor, text=filters.text, limit=MOST_FOUND, narrow=narrow)
        sql, values["ids"] = _FOUND, [hit.customer_id for hit in hits]
    if filters.manager:
        sql = _CARED
        values |= _cared(actor, organisations, filters.manager)
    return sql, values


def _cared(actor: Actor, organisations: Sequence[int], manager_id: int) -> dict[str, Any]:
    day = timezone.localdate()
    keeper = keeper_for(actor=actor, manager_id=manager_id, day=day)
    units = sorted({*organisations} & {*keeper.organisations})
    return {"manager": keeper.staff_id, "day": day, "organisations": units}


def _row(row: Sequence[Any]) -> ExportRow:
    pk, number, name, kind, gender, tier, flags, created_at, *parts, opened = row
    phones, accounts, services, addresses = (tuple(part or ()) for part in parts)
    return ExportRow(
        customer_id=pk,
        number=number,
        name=name,
        kind=kind,
        gender=gender,
        tier=tier,
        flags=tuple(flags),
        created_at=created_at,
        phones=phones,
        accounts=accounts,
        services=services,
        addresses=addresses,
        opened_date=opened,
    )
