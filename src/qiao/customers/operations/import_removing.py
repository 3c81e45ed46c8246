"""Deleting what an import created, set by set, those that refer before what they refer to."""
# ruff: noqa: S608 - names come from the catalogue and are quoted; values are bound

from collections.abc import Sequence
from typing import Any

from django.db import connection

from qiao.customers.models import CustomerImport
from qiao.customers.operations.import_usage import used_places
from qiao.customers.queries.references import derived_keys, keys_to, used_by

_ACCOUNTS = (
    "DELETE FROM customers_accountparty WHERE account_id = ANY(%s)",
    "DELETE FROM customers_account WHERE id = ANY(%s)",
)
_CUSTOMERS = (
    "DELETE FROM customers_protection WHERE customer_id = ANY(%s)",
    "DELETE FROM customers_customerphone WHERE customer_id = ANY(%s)",
    "DELETE FROM customers_customeridentity WHERE customer_id = ANY(%s)",
    "DELETE FROM customers_customerorganisation WHERE customer_id = ANY(%s)",
    "DELETE FROM customers_customer WHERE id = ANY(%s)",
)
_POINTS = "SELECT DISTINCT service_point_id FROM customers_account WHERE id = ANY(%s)"
_CREATED = """
SELECT place_id FROM customers_importedplace
 WHERE customer_import_id = %s AND kind = %s AND place_id = ANY(%s)
"""
_PREMISES = "SELECT DISTINCT premises_id FROM customers_servicepoint WHERE id = ANY(%s)"
_LINKS = """
DELETE FROM customers_customerorganisation l
 WHERE l.customer_id = ANY(%s) AND l.organisation_id = %s AND l.since >= %s
   AND l.through_merge_of IS NULL
   AND NOT EXISTS (SELECT 1 FROM customers_accountparty t JOIN customers_account a
                       ON a.id = t.account_id
                    WHERE t.customer_id = l.customer_id AND a.organisation_id = l.organisation_id)
"""
_OWN_TABLES = "customers_"


def remove_accounts(cursor: Any, ids: Sequence[int]) -> list[int]:
    """Delete accounts with their parties; the service points that they stood at."""
    if not ids:
        return []
    cursor.execute(_POINTS, [list(ids)])
    points = [pk for (pk,) in cursor.fetchall() if pk is not None]
    _remove_derived(cursor, "customers_account", ids)
    for sql in _ACCOUNTS:
        cursor.execute(sql, [list(ids)])
    return points


def remove_customers(
    cursor: Any, import_id: int, rows: tuple[int, int], ids: Sequence[int]
) -> None:
    """Delete customers out of rows from first to last, with telephones, identities and links."""
    if ids:
        _remove_derived(cursor, "customers_customer", ids)
        cursor.execute(
            "SELECT customers_forget_machine_made(%s, %s, %s, %s)", [import_id, *rows, list(ids)]
        )
        for sql in _CUSTOMERS:
            cursor.execute(sql, [list(ids)])


def remove_places(cursor: Any, import_id: int, points: Sequence[int]) -> None:
    """Delete those of the points, and of their premises, that the import created, if unused."""
    points = _unused(cursor, import_id, "point", "customers_servicepoint", points)
    if not points:
        return
    cursor.execute(_PREMISES, [points])
    premises = [pk for (pk,) in cursor.fetchall()]
    _remove_derived(cursor, "customers_servicepoint", points)
    cursor.execute("DELETE FROM customers_servicepoint WHERE id = ANY(%s)", [points])
    premises = _unused(cursor, import_id, "premises", "customers_premises", premises)
    if premises:
        _remove_derived(cursor, "customers_premises", premises)
        cursor.execute("DELETE FROM customers_premises WHERE id = ANY(%s)", [premises])


def _unused(cursor: Any, import_id: int, kind: str, table: str, ids: Sequence[int]) -> list[int]:
    cursor.execute(_CREATED, [import_id, kind, list(ids)])
    created = sorted(pk for (pk,) in cursor.fetchall())
    if not created:
        return []
    cursor.execute(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [created])
    here = [pk for (pk,) in cursor.fetchall()]
    used = used_places(import_id, table, here)
    return [pk for pk in here if pk not in used]


def remove_links(cursor: Any, job: CustomerImport, owners: Sequence[int]) -> None:
    """Take back the unit's sight of people who were held before, unless something needs it.

    Whoever has to do with a module above keeps the link: it may be through that module.
    """
    own = [name for name, _ in keys_to("customers_customer") if name.startswith(_OWN_TABLES)]
    used = used_by("customers_customer", owners, without=own)
    bare = [pk for pk in owners if pk not in used]
    if bare:
        cursor.execute(_LINKS, [bare, job.organisation_id, job.created_at])


def _remove_derived(cursor: Any, table: str, ids: Sequence[int]) -> None:
    quote = connection.ops.quote_name
    for name, column in derived_keys(table):
        cursor.execute(f"DELETE FROM {quote(name)} WHERE {quote(column)} = ANY(%s)", [list(ids)])
