"""What of an import has been used since: by which module, or how it was changed.

Reasons are codes: ``account``, ``party``, ``phone``, ``identity``, ``unit``, ``edited``,
``merged``, ``file``, or the key of the module that refers to the row (``cases``).
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from qiao.core.registry import registry
from qiao.customers.models import CustomerImport
from qiao.customers.queries.references import used_by

# What the product itself recomputes is no use that somebody made of a customer.
RECOMPUTED: Final = ["tier", "tier_reason", "name_search", "name_grams", "initials", "pinyin"]
OWN: Final = {
    "customers_customer": "merged",
    "customers_merge": "merged",
}
# What the machine noted of a customer for itself; asked after apart.
MACHINE_MADE: Final = ("customers_fact", "customers_tierchange")
_CUSTOMER_PARTS: Final = (
    *MACHINE_MADE,
    "customers_protection",
    "customers_customerphone",
    "customers_customeridentity",
    "customers_customerorganisation",
    "customers_accountparty",
)


def used_customers(job: CustomerImport, ids: Sequence[int]) -> dict[int, str]:
    """Why customers that an import created must stay, for those that must."""
    used = used_by("customers_customer", ids, without=_CUSTOMER_PARTS)
    found = {pk: _code(table) for pk, table in used.items()}
    return _ask(_CUSTOMERS, job, ids) | found


def used_accounts(job: CustomerImport, ids: Sequence[int]) -> dict[int, str]:
    """Why accounts that an import created must stay, for those that must."""
    used = used_by("customers_account", ids, without=("customers_accountparty",))
    found = {pk: _code(table) for pk, table in used.items()}
    return _ask(_ACCOUNTS, job, ids) | found


def used_places(job_id: int, table: str, ids: Sequence[int]) -> set[int]:
    """Which of these places something refers to, or somebody has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.row_id FROM core_auditentry e WHERE e.table_name = %s"
            " AND e.row_id = ANY(%s) AND e.operation = 'U'"
            " AND e.at >= (SELECT created_at FROM customers_customerimport WHERE id = %s)"
            " AND NOT EXISTS (SELECT FROM customers_importaddition x"
            " WHERE x.customer_import_id = %s AND x.target_id = e.row_id"
            " AND e.at BETWEEN x.since AND x.at)",
            [table, list(ids), job_id, job_id],
        )
        edited = {pk for (pk,) in cursor.fetchall()}
    return edited | set(used_by(table, ids))


def _code(table: str) -> str:
    if table in OWN:
        return OWN[table]
    owners = [module.key for module in registry if table.startswith(f"{module.key}_")]
    return owners[0] if owners else table


def _ask(sql: str, job: CustomerImport, ids: Sequence[int]) -> dict[int, str]:
    values: dict[str, Any] = {
        "ids": list(ids),
        "import": job.pk,
        "organisation": job.organisation_id,
        "since": job.created_at,
        "recomputed": RECOMPUTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


# What the import itself wrote later, out of a later row, is no use that somebody made.
_OWN_WRITING = """
EXISTS (SELECT FROM customers_importaddition x
         WHERE x.customer_import_id = %(import)s
           AND (x.target_id = e.row_id OR (x.kind = 'flags' AND x.customer_id = e.row_id))
           AND e.at BETWEEN x.since AND x.at)
"""
_OWN_ROW = """
EXISTS (SELECT FROM customers_importaddition x
         WHERE x.customer_import_id = %(import)s AND x.target_id = {row} AND x.kind = '{kind}')
"""
# The later reason of one customer stands: it says most.
_CUSTOMERS = f"""
SELECT i.customer_id, 'file' FROM customers_importedrow i
 WHERE i.customer_id = ANY(%(ids)s) AND i.outcome = 'known'
   AND i.customer_import_id <> %(import)s
UNION ALL
SELECT l.customer_id, 'unit' FROM customers_customerorganisation l
 WHERE l.customer_id = ANY(%(ids)s) AND l.organisation_id <> %(organisation)s
UNION ALL
SELECT e.row_id, 'edited' FROM core_auditentry e
 WHERE e.table_name = 'customers_customer' AND e.row_id = ANY(%(ids)s) AND e.operation = 'U'
   AND e.at >= %(since)s AND e.after - %(recomputed)s::text[] <> '{{}}'
   AND NOT {_OWN_WRITING}
UNION ALL
SELECT p.customer_id, 'phone' FROM customers_customerphone p
  JOIN customers_customer c ON c.id = p.customer_id
 WHERE c.id = ANY(%(ids)s) AND ((p.created_at <> c.created_at
         AND NOT {_OWN_ROW.format(row="p.id", kind="phone")}) OR p.verified_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM core_auditentry e WHERE e.table_name = 'customers_customerphone'
                  AND e.row_id = p.id AND e.operation = 'U' AND e.at >= %(since)s))
UNION ALL
SELECT p.customer_id, 'edited' FROM customers_protection p
  JOIN customers_customer c ON c.id = p.customer_id
 WHERE c.id = ANY(%(ids)s) AND ((p.claimed_at <> c.created_at
         AND NOT {_OWN_ROW.format(row="p.id", kind="flags")})
    OR p.confirmed_at IS NOT NULL OR p.ended_at IS NOT NULL
    OR EXISTS (SELECT FROM customers_protectionstep t WHERE t.protection_id = p.id))
UNION ALL
SELECT d.customer_id, 'identity' FROM customers_customeridentity d
  JOIN customers_customer c ON c.id = d.customer_id
 WHERE c.id = ANY(%(ids)s) AND ((d.created_at <> c.created_at
         AND NOT {_OWN_ROW.format(row="d.id", kind="id_number")}) OR d.verified_at IS NOT NULL)
UNION ALL
SELECT f.customer_id, 'customers' FROM customers_fact f
 WHERE f.customer_id = ANY(%(ids)s) AND f.kind <> 'account'
UNION ALL
SELECT t.customer_id, 'tier' FROM customers_tierchange t
 WHERE t.customer_id = ANY(%(ids)s) AND t.actor_id IS NOT NULL
UNION ALL
SELECT c.id, 'merged' FROM customers_customer c
 WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NOT NULL
"""  # noqa: S608 - put together from this module's own pieces; values are bound
_ACCOUNTS = f"""
SELECT a.id, 'edited' FROM customers_account a
 WHERE a.id = ANY(%(ids)s) AND (EXISTS (
       SELECT 1 FROM core_auditentry e WHERE e.table_name = 'customers_account'
          AND e.row_id = a.id AND e.operation = 'U' AND e.at >= %(since)s
          AND NOT {_OWN_WRITING})
    OR EXISTS (
       SELECT 1 FROM core_auditentry e WHERE e.table_name = 'customers_servicepoint'
          AND e.row_id = a.service_point_id AND e.operation = 'U' AND e.at >= %(since)s
          AND NOT {_OWN_WRITING}
          AND EXISTS (SELECT 1 FROM customers_importedplace w WHERE w.place_id = e.row_id
                         AND w.kind = 'point' AND w.customer_import_id = %(import)s))
    OR a.organisation_id <> %(organisation)s)
UNION ALL
SELECT t.account_id, 'party' FROM customers_accountparty t
 WHERE t.account_id = ANY(%(ids)s)
 GROUP BY t.account_id HAVING count(*) > 1 OR bool_or(EXISTS (
       SELECT 1 FROM core_auditentry e WHERE e.table_name = 'customers_accountparty'
          AND e.row_id = t.id AND e.operation = 'U' AND e.at >= %(since)s))
"""  # noqa: S608 - as above
