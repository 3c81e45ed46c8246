"""Taking back what an import added to those who were known before: exactly that, set by set.

An added row goes unless somebody changed or verified it; a filled field is emptied unless
something else stands there now. What stays says why.
"""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.db import connection

from qiao.customers.models import CustomerImport
from qiao.customers.operations.facts import withdraw_facts
from qiao.customers.operations.import_removing import remove_links, remove_places

BATCH: Final = 2_000
BEFORE: Final = (
    "address", "flags", "gender", "id_number", "meter_number", "meter_size", "owner", "phone",
)  # fmt: skip
"""What is taken back before the people and accounts that the import brought."""
AFTER: Final = ("branch",)
"""What hangs on them: the sight of a customer, while an account needs it."""

_NEXT: Final = """
SELECT id, row_number, kind, customer_id, target_id, value FROM customers_importaddition
 WHERE customer_import_id = %s AND undone = '' AND NOT is_own AND kind = ANY(%s)
 ORDER BY id LIMIT %s
"""
Additions = list[tuple[int, int, str, int, int, str]]


def next_additions(job: CustomerImport, kinds: Sequence[str]) -> Additions:
    """The next additions that are to be taken back; their customers and accounts are locked."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [job.pk, list(kinds), BATCH])
        rows: Additions = list(cursor.fetchall())
        for sql in _LOCKS:
            cursor.execute(sql, [[row[0] for row in rows]])
    return rows


def take_additions_back(job: CustomerImport, rows: Additions, *, now: datetime) -> tuple[int, int]:
    """Take these back and mark them; the counts of rows of the file that were and were not."""
    with connection.cursor() as cursor:
        for kind, group in groupby(sorted(rows, key=lambda row: row[2]), key=lambda row: row[2]):
            _TAKERS[kind](cursor, job, [row[0] for row in group], now)
    return _mark_rows(job, [row[1] for row in rows])


Taker = Callable[[Any, CustomerImport, list[int], datetime], None]


def _taker(sql: str, here: str, reason: str) -> Taker:
    """Takes one kind back by a statement, and marks by `here`: whether it is still there."""

    def take(cursor: Any, job: CustomerImport, ids: list[int], _now: datetime) -> None:
        cursor.execute(sql, {"ids": ids, "since": job.created_at})
        _mark(cursor, ids, here, reason)

    return take


def _mark(cursor: Any, ids: list[int], here: str, reason: str) -> None:
    cursor.execute(_MARK.format(here=here), {"ids": ids, "reason": reason})


def _take_meters(cursor: Any, _job: CustomerImport, ids: list[int], _now: datetime) -> None:
    cursor.execute(_UNHANG, {"ids": ids})
    cursor.execute(_METER, {"ids": ids})
    _mark(cursor, ids, _HERE_FIELD.format("meter_number"), "edited")


def _take_sizes(cursor: Any, _job: CustomerImport, ids: list[int], _now: datetime) -> None:
    cursor.execute(_HUNG_SIZE, {"ids": ids})
    cursor.execute(_SIZE, {"ids": ids})
    _mark(cursor, ids, _HERE_FIELD.format("meter_size"), "edited")


def _take_owners(cursor: Any, job: CustomerImport, ids: list[int], now: datetime) -> None:
    cursor.execute(_OWNER, {"ids": ids, "since": job.created_at})
    gone = [f"party:{pk}" for (pk,) in cursor.fetchall()]
    withdraw_facts(source="customers", kind="account", refs=gone, now=now)
    _mark(cursor, ids, _HERE_OWNER, "party")


def _take_addresses(cursor: Any, job: CustomerImport, ids: list[int], _now: datetime) -> None:
    cursor.execute(_ADDRESS, {"ids": ids, "since": job.created_at})
    remove_places(cursor, job.pk, sorted({int(point) for (point,) in cursor.fetchall()}))
    _mark(cursor, ids, _HERE_ADDRESS, "edited")


def _take_branches(cursor: Any, job: CustomerImport, ids: list[int], _now: datetime) -> None:
    cursor.execute("SELECT target_id FROM customers_importaddition WHERE id = ANY(%s)", [ids])
    remove_links(cursor, job, [pk for (pk,) in cursor.fetchall()])
    cursor.execute(
        _MARK.format(here=_HERE_BRANCH),
        {"ids": ids, "reason": "branch", "unit": job.organisation_id},
    )


def follow_own(job: CustomerImport) -> tuple[int, int]:
    """Mark what was added to people and accounts of the import itself: it shared their fate.

    The counts of rows that went so and that stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"import": job.pk})
        cursor.execute(_OWN_ROWS, {"import": job.pk})
        told = [undone for (undone,) in cursor.fetchall()]
    return told.count("removed"), told.count("kept")


def _mark_rows(job: CustomerImport, numbers: list[int]) -> tuple[int, int]:
    """Mark rows that only added, once all they added is dealt with."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"import": job.pk, "numbers": sorted(set(numbers))})
        told = [undone for (undone,) in cursor.fetchall()]
    return told.count("removed"), told.count("kept")


_LOCKS = (
    "SELECT id FROM customers_customer WHERE id IN (SELECT customer_id FROM"
    " customers_importaddition WHERE id = ANY(%s)) ORDER BY id FOR NO KEY UPDATE",
    "SELECT id FROM customers_account WHERE id IN (SELECT target_id FROM customers_importaddition"
    " WHERE id = ANY(%s) AND kind = 'address') ORDER BY id FOR NO KEY UPDATE",
)
_MINE = "customers_importaddition x WHERE x.id = ANY(%(ids)s)"
_EDITED = """
EXISTS (SELECT FROM core_auditentry e
         WHERE e.table_name = '{table}' AND e.row_id = {id} AND e.operation = 'U'
           AND e.at >= %(since)s)
"""
_PHONE = f"""
DELETE FROM customers_customerphone p USING {_MINE}
   AND p.id = x.target_id AND p.verified_at IS NULL
   AND NOT {_EDITED.format(table="customers_customerphone", id="p.id")}
"""
_IDENTITY = f"""
DELETE FROM customers_customeridentity i USING {_MINE}
   AND i.id = x.target_id AND i.verified_at IS NULL
"""
_GENDER = f"""
UPDATE customers_customer c SET gender = '' FROM {_MINE}
   AND c.id = x.target_id AND c.gender = x.value
"""
_FLAGS = f"""
DELETE FROM customers_protection p USING {_MINE}
   AND p.id = x.target_id AND p.confirmed_at IS NULL AND p.ended_at IS NULL
   AND NOT EXISTS (SELECT FROM customers_protectionstep t WHERE t.protection_id = p.id)
"""
_OWNER = f"""
DELETE FROM customers_accountparty t USING {_MINE}
   AND t.id = x.target_id AND NOT {_EDITED.format(table="customers_accountparty", id="t.id")}
RETURNING t.id
"""
# A place at which something was changed since stays with its account; what the import itself
# wrote there does not count.
_ADDRESS = f"""
UPDATE customers_account a SET service_point_id = NULL FROM {_MINE}
   AND a.id = x.target_id AND a.service_point_id = x.value::bigint
   AND NOT EXISTS (
       SELECT FROM core_auditentry e
        WHERE e.table_name = 'customers_servicepoint' AND e.row_id = a.service_point_id
          AND e.operation = 'U' AND e.at >= %(since)s AND NOT EXISTS (
              SELECT FROM customers_importaddition y
               WHERE y.customer_import_id = x.customer_import_id AND y.target_id = e.row_id
                 AND y.kind IN ('meter_number', 'meter_size')
                 AND (e.at BETWEEN y.since AND y.at OR y.undone = 'removed')))
RETURNING x.value
"""
_UNHANG = f"""
DELETE FROM customers_meterinstallation m USING {_MINE}
   AND m.service_point_id = x.target_id AND m.meter_number = x.value AND upper_inf(m.period)
   AND m.opening_reading IS NULL
   AND EXISTS (SELECT FROM customers_servicepoint s
                WHERE s.id = x.target_id AND s.meter_number = x.value)
"""
_METER = f"""
UPDATE customers_servicepoint s SET meter_number = '' FROM {_MINE}
   AND s.id = x.target_id AND s.meter_number = x.value
   AND NOT EXISTS (SELECT FROM customers_meterinstallation m
                    WHERE m.service_point_id = s.id AND upper_inf(m.period))
"""
_HUNG_SIZE = f"""
UPDATE customers_meterinstallation m SET meter_size = '' FROM {_MINE}
   AND m.service_point_id = x.target_id AND upper_inf(m.period) AND m.meter_size = x.value
   AND EXISTS (SELECT FROM customers_servicepoint s
                WHERE s.id = x.target_id AND s.meter_size = x.value)
"""
_SIZE = f"""
UPDATE customers_servicepoint s SET meter_size = '' FROM {_MINE}
   AND s.id = x.target_id AND s.meter_size = x.value
"""
_HERE_FIELD = (
    "EXISTS (SELECT FROM customers_servicepoint s WHERE s.id = x.target_id AND s.{} <> '')"
)
_HERE_OWNER = "EXISTS (SELECT FROM customers_accountparty t WHERE t.id = x.target_id)"
_HERE_ADDRESS = (
    "EXISTS (SELECT FROM customers_account a"
    " WHERE a.id = x.target_id AND a.service_point_id IS NOT NULL)"
)
_HERE_BRANCH = (
    "EXISTS (SELECT FROM customers_customerorganisation l"
    " WHERE l.customer_id = x.target_id AND l.organisation_id = %(unit)s)"
)
_MARK = """
UPDATE customers_importaddition x
   SET undone = CASE WHEN {here} THEN 'kept' ELSE 'removed' END,
       kept_because = CASE WHEN {here} THEN %(reason)s ELSE '' END
 WHERE x.id = ANY(%(ids)s)
"""
# A row that brought somebody is marked with them.
_ROWS = """
UPDATE customers_importedrow r
   SET undone = CASE WHEN v.kept <> '' THEN 'kept' ELSE 'removed' END, kept_because = v.kept
  FROM (SELECT x.row_number, max(x.kept_because) AS kept FROM customers_importaddition x
         WHERE x.customer_import_id = %(import)s AND x.row_number = ANY(%(numbers)s)
         GROUP BY 1 HAVING bool_and(x.undone <> '' OR x.is_own)) AS v
 WHERE r.customer_import_id = %(import)s AND r.row_number = v.row_number
   AND r.outcome = 'known' AND r.undone = ''
RETURNING r.undone
"""
_OWN = """
UPDATE customers_importaddition x
   SET kept_because = coalesce((
           SELECT max(r.kept_because) FROM customers_importedrow r
            WHERE r.customer_import_id = x.customer_import_id
              AND r.customer_id = x.customer_id AND r.undone = 'kept'), ''),
       undone = CASE WHEN EXISTS (
       SELECT FROM customers_customer c WHERE c.id = x.customer_id)
       AND (x.kind NOT IN ('address', 'meter_number', 'meter_size') OR EXISTS (
            SELECT FROM customers_account a WHERE a.id = x.target_id AND x.kind = 'address'
            UNION ALL
            SELECT FROM customers_servicepoint s WHERE s.id = x.target_id AND x.kind <> 'address'))
       THEN 'kept' ELSE 'removed' END
 WHERE x.customer_import_id = %(import)s AND x.is_own AND x.undone = ''
"""
_OWN_ROWS = """
UPDATE customers_importedrow r
   SET undone = v.undone, kept_because = v.kept
  FROM (SELECT x.row_number, max(x.kept_because) AS kept,
               CASE WHEN bool_or(x.undone = 'kept') THEN 'kept' ELSE 'removed' END AS undone
          FROM customers_importaddition x
         WHERE x.customer_import_id = %(import)s GROUP BY 1) AS v
 WHERE r.customer_import_id = %(import)s AND r.row_number = v.row_number
   AND r.outcome = 'known' AND r.undone = ''
RETURNING r.undone
"""
_TAKERS: Final = {
    "address": _take_addresses,
    "branch": _take_branches,
    "flags": _taker(
        _FLAGS,
        "EXISTS (SELECT FROM customers_protection p WHERE p.id = x.target_id)",
        "edited",
    ),
    "gender": _taker(
        _GENDER,
        "EXISTS (SELECT FROM customers_customer c WHERE c.id = x.target_id AND c.gender <> '')",
        "edited",
    ),
    "id_number": _taker(
        _IDENTITY,
        "EXISTS (SELECT FROM customers_customeridentity i WHERE i.id = x.target_id)",
        "identity",
    ),
    "meter_number": _take_meters,
    "meter_size": _take_sizes,
    "owner": _take_owners,
    "phone": _taker(
        _PHONE,
        "EXISTS (SELECT FROM customers_customerphone p WHERE p.id = x.target_id)",
        "phone",
    ),
}
