"""Loading millions of rows: keys and indexes are dropped first and built once at the end.

PostgreSQL checks a foreign key row by row while rows come in, and keeps a million such checks in
memory; added afterwards, the same key is checked by one join, and an exclusion by one build. Only
the owner of a table may do this; everybody else loads the slow way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qiao.core.transactions import check_constraints

FROM_ROWS = 10_000  # below this, dropping and building costs more than it saves

_OWNED = """
SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) FROM pg_class c WHERE c.oid = ANY(%s::regclass[])
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY contype DESC, conname
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = ANY(%s::regclass[])
   AND NOT EXISTS (
       SELECT FROM pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""


@contextmanager
def bulk_load(cursor: Any, *tables: str, rows: int) -> Iterator[None]:
    """Let the block write many rows into tables; keys and indexes are whole again after it."""
    names = list(tables)
    cursor.execute("SET LOCAL work_mem = '128MB'")
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cursor.execute(_OWNED, [names])
    if rows < FROM_ROWS or not cursor.fetchone()[0]:
        yield
        return
    # What was written before is looked at now: a table with checks that wait cannot be altered.
    check_constraints()
    cursor.execute(_CONSTRAINTS, [names])
    constraints = cursor.fetchall()
    cursor.execute(_INDEXES, [names])
    indexes = cursor.fetchall()
    for table, name, _ in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    known = {name for _, name, _ in constraints}
    rest = [(name, made) for name, made in indexes if name.strip('"') not in known]
    for name, _ in rest:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, made in rest:
        cursor.execute(made)
    for table, name, text in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}')


def pass_over_ids(cursor: Any, table: str, *, rows: int) -> None:
    """Let new rows of a table get ids above those that a bulk load wrote itself."""
    cursor.execute(_OWNED, [[table]])
    if cursor.fetchone()[0]:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            " HAVING max(id) IS NOT NULL"
        )
        return
    cursor.execute(
        "SELECT count(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
        [table, rows],
    )
