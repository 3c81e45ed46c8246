"""What refers to a row, asked of the database itself: no module can be forgotten.

Foreign keys are read from the catalogue, so that a module above counts without being imported.
Tables whose rows only follow from others are named by their module's manifest (`derived`): they
are no reason to keep what they point at, and go with it. So do those whose key cascades.
"""
# ruff: noqa: S608 - names come from the catalogue and are quoted; values are bound

from collections.abc import Iterable, Sequence

from django.db import connection

from qiao.core.registry import registry

_KEYS = """
SELECT c.conrelid::regclass::text, a.attname
  FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.conparentid = 0 AND cardinality(c.conkey) = 1
   AND c.confdeltype <> 'c' AND c.confrelid = %s::regclass
 ORDER BY 1, 2
"""


def keys_to(table: str) -> list[tuple[str, str]]:
    """Every table and column that refers to rows of `table`."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [table])
        return list(cursor.fetchall())


def derived_keys(table: str) -> list[tuple[str, str]]:
    """Those of `keys_to` whose rows follow from others."""
    derived = set(registry.derived())
    return [key for key in keys_to(table) if key[0] in derived]


def used_by(table: str, ids: Sequence[int], *, without: Iterable[str] = ()) -> dict[int, str]:
    """For every row that something refers to: a table that does, the last by name.

    Tables `without` and those that are derived are left out.
    """
    left_out = {*without, *registry.derived()}
    keys = [(name, column) for name, column in keys_to(table) if name not in left_out]
    if not ids or not keys:
        return {}
    quote = connection.ops.quote_name
    parts = [
        f"SELECT {quote(column)}, %s FROM {quote(name)} WHERE {quote(column)} = ANY(%s)"
        for name, column in keys
    ]
    values = [value for name, _ in keys for value in (name, list(ids))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts) + " ORDER BY 2 DESC", values)
        found: dict[int, str] = {}
        for pk, name in cursor.fetchall():
            found.setdefault(pk, name)
    return found
