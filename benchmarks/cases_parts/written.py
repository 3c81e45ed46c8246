"""What one act on a case writes, found by watching it once, and written again bare elsewhere.

The floor of a write does the same durable work: the same rows into the same tables, the same
columns of the same rows, under the same indexes and triggers, in one transaction. Rows that
triggers write are left to them.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

Row = Mapping[str, Any]
_WRITES = re.compile(
    r'\b(?:INSERT INTO|UPDATE(?: ONLY)?|DELETE FROM)\s+"?([a-z_]+)', re.IGNORECASE
)
_DEFERS, JOBS = "procrastinate_defer_jobs", "procrastinate_jobs"
# What must differ from row to row.
FRESH = ("message_ref", "key")
NUMBERED = "cases_caseevent"
NOT_CASES = "id"
_TABLES = """
SELECT t.table_name,
       array_agg(c.column_name::text ORDER BY c.ordinal_position)
         FILTER (WHERE c.is_generated = 'NEVER'),
       bool_or(c.column_name = 'id'), bool_or(c.column_name = 'case_id'),
       bool_or(c.column_name = 'id' AND c.is_identity = 'NO' AND c.column_default IS NULL)
  FROM information_schema.tables t
  JOIN information_schema.columns c USING (table_schema, table_name)
 WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
   AND NOT (SELECT k.relispartition FROM pg_class k WHERE k.oid = t.table_name::regclass)
 GROUP BY 1
"""


@dataclass
class Table:
    """A table that an act may write to: of the case itself, or one that only grows."""

    name: str
    columns: list[str]
    key: str  # of the case: id, case_id; empty for one that grows
    has_id: bool
    counted: bool  # its ids come from a sequence that a statement must name
    before: list[Row] = field(default_factory=list)
    newest: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Columns of the row at this place among the rows of the case in its table."""

    table: Table
    place: int
    values: Row


class Written:
    """The rows of one act, by watching it on the case with this id."""

    def __init__(self, act: Callable[[int], object], case_id: int) -> None:
        self.case_id = case_id
        tables = _tables()
        for table in tables:
            table.before = _rows(table, case_id) if table.key else []
            table.newest = _newest(table) if not table.key and table.has_id else 0
        named: set[str] = set()
        with connection.execute_wrapper(_watching(named)):
            act(case_id)
        self.new: dict[str, list[Row]] = defaultdict(list)
        self.changes: list[Change] = []
        self.gone: list[Change] = []
        self.tables = {table.name: table for table in tables if table.name in named}
        for table in self.tables.values():
            self._compare(table)
        self.events = len(self.new[NUMBERED])
        if not self.changes and not self.events:
            raise RuntimeError("the act that was watched wrote nothing")

    def told(self) -> dict[str, int]:
        """How many rows of which table are added, changed, taken away."""
        counts = {name: len(rows) for name, rows in self.new.items() if rows}
        return {
            "added": sum(counts.values()),
            "changed": len(self.changes),
            "removed": len(self.gone),
        }

    def write(self, case_id: int) -> None:
        """The same to another case, in a transaction of its own."""
        with transaction.atomic(), connection.cursor() as cursor:
            for change in self.gone:
                cursor.execute(
                    f"DELETE FROM {change.table.name} WHERE ctid = {_nth(change)}", [case_id]
                )
            for change in self.changes:
                self._change(cursor, change, case_id)
            for name, rows in self.new.items():
                self._add(cursor, self.tables[name], rows, case_id)

    def _compare(self, table: Table) -> None:
        if not table.key:
            self.new[table.name] = _since(table)
            return
        after = _rows(table, self.case_id)
        identity = "id" if table.has_id else "case_id"
        known = {row[identity]: (place, row) for place, row in enumerate(table.before)}
        kept = {row[identity] for row in after}
        self.gone += [Change(table, p, {}) for key, (p, _) in known.items() if key not in kept]
        for row in after:
            if row[identity] not in known:
                self.new[table.name].append(row)
                continue
            place, before = known[row[identity]]
            values = {c: row[c] for c in table.columns if row[c] != before[c]}
            if values:
                self.changes.append(Change(table, place, values))

    def _change(self, cursor: Any, change: Change, case_id: int) -> None:
        table, names = change.table, [c for c in change.values if c != "event_count"]
        turned = [f'"{name}" = r."{name}"' for name in names]
        if "event_count" in change.values:
            turned.append(f"event_count = t.event_count + {self.events}")
        cursor.execute(
            f"UPDATE {table.name} t SET {', '.join(turned)}"
            f" FROM jsonb_populate_record(NULL::{table.name}, %s) r WHERE t.ctid = {_nth(change)}",
            [json.dumps(change.values), case_id],
        )

    def _add(self, cursor: Any, table: Table, rows: Sequence[Row], case_id: int) -> None:
        if not rows:
            return
        names = [c for c in table.columns if c != "id"]
        written = [self._renewed(table, place, row, case_id) for place, row in enumerate(rows)]
        listed = ", ".join(f'"{name}"' for name in names)
        known = f"SELECT event_count - {self.events} FROM cases_case WHERE id = {int(case_id)}"
        picked = ", ".join(
            f"({known}) + r.seq" if table.name == NUMBERED and name == "seq" else f'r."{name}"'
            for name in names
        )
        if table.counted:
            listed, picked = f'"id", {listed}', f"nextval('{table.name}_id_seq'), {picked}"
        cursor.execute(
            f"INSERT INTO {table.name} ({listed}) SELECT {picked}"
            f" FROM jsonb_populate_recordset(NULL::{table.name}, %s) r"
            " ON CONFLICT DO NOTHING",  # a case that came this way before has its clock
            [json.dumps(written)],
        )

    def _renewed(self, table: Table, place: int, row: Row, case_id: int) -> Row:
        changed = dict(row)
        if table.key == "case_id":
            changed["case_id"] = case_id
        if table.name == NUMBERED:
            changed["seq"] = place + 1
        for name in FRESH:
            if changed.get(name):
                changed[name] = uuid.uuid4().hex
        return changed


def _tables() -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [
            Table(name, columns, _key(name, of_case=of_case), has_id, counted)
            for name, columns, has_id, of_case, counted in cursor.fetchall()
        ]


def _key(name: str, *, of_case: bool) -> str:
    if name == "cases_case":
        return "id"
    return "case_id" if of_case else ""


def _rows(table: Table, case_id: int) -> list[Row]:
    order = "id" if table.has_id else "case_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(t) FROM {table.name} t WHERE {table.key} = %s ORDER BY {order}",
            [case_id],
        )
        return [_data(row[0]) for row in cursor.fetchall()]


def _newest(table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}")
        (newest,) = cursor.fetchone()
    return int(newest)


def _since(table: Table) -> list[Row]:
    if not table.has_id:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(t) FROM {table.name} t WHERE id > %s ORDER BY id", [table.newest]
        )
        return [_data(row[0]) for row in cursor.fetchall()]


def _data(value: Any) -> Row:
    return dict(json.loads(value) if isinstance(value, str) else value)


def _nth(change: Change) -> str:
    table = change.table
    order = "id" if table.has_id else "case_id"
    return (
        f"(SELECT ctid FROM {table.name} WHERE {table.key} = %s"
        f" ORDER BY {order} OFFSET {change.place} LIMIT 1)"
    )


def _watching(named: set[str]) -> Callable[..., Any]:
    def watch(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        named.update(_WRITES.findall(str(sql)))
        if _DEFERS in str(sql):
            named.add(JOBS)
        return execute(sql, params, many, context)

    return watch
