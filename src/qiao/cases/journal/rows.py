"""The statements that write histories, clocks and mirrors: the same for one case and for many."""
# ruff: noqa: S608 - statements are put together from the names of this module

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case, CaseEvent
from qiao.cases.rules.clock_rows import changing_data, state_data
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.core.prepared import execute
from qiao.core.rows import remember

Columns = Mapping[str, str]
"""Names of columns with their types."""

FEW: Final = 20  # of one case or some: planning the statement anew takes longer than running it
_dumps: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))

_ENTRY: Final = {
    "case_id": "bigint",
    "seq": "int",
    "kind": "text",
    "at": "timestamptz",
    "recorded_at": "timestamptz",
    "actor_id": "bigint",
    "visibility": "text",
    "data": "jsonb",
}
_STANDING: Final = {
    "target_seconds": "int",
    "due_at": "timestamptz",
    "stopped_at": "timestamptz",
    "breached_at": "timestamptz",
    "elapsed_seconds": "int",
    "paused_seconds": "int",
    "state": "text",
}
_CLOCK_KEY: Final = {"case_id": "bigint", "promise": "text", "round": "smallint"}
_CLOCK: Final = {**_CLOCK_KEY, "started_at": "timestamptz", **_STANDING}
_values_of: Final = attrgetter("promise", "round", "started_at", *_STANDING)
_RECORD: Final = {"case_id": "bigint", "state": "jsonb"}
MIRRORED: Final = {
    "due_at": "timestamptz",
    "due_promise": "text",
    "level": "text",
    "level_changes_at": "timestamptz",
    "is_paused": "boolean",
    "promise_kept": "boolean",
}


def _rows(columns: Columns) -> str:
    """Arrays of columns as rows ``r``: quickest for many, and as quick as any for one."""
    arrays = ", ".join(_given(name, kind) for name, kind in columns.items())
    return f"unnest({arrays}) AS r ({', '.join(columns)})"


def _given(name: str, kind: str) -> str:
    """An array as `_array` hands it over: joined, but for texts. The driver quotes the elements
    of an array one by one, which took longer than all the counting."""
    if kind == "text":
        return f"%({name})s::text[]"
    return f"string_to_array(%({name})s, E'\\n', '')::{kind}[]"


def _insert(table: str, columns: Columns) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} AS t ({names}) SELECT {names} FROM {_rows(columns)}"


_ENTRIES: Final = _insert("cases_caseevent", _ENTRY)
_RECORDS: Final = (
    _insert("cases_clockrecord", _RECORD)
    + " ON CONFLICT (case_id) DO UPDATE SET state = t.state || EXCLUDED.state"
)
_CLOCKS: Final = (
    _insert("cases_caseclock", _CLOCK)
    + " ON CONFLICT (case_id, promise, round) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _STANDING)
)
_GONE: Final = (
    "DELETE FROM cases_caseclock c USING "
    + _rows(_CLOCK_KEY)
    + " WHERE c.case_id = r.case_id AND c.promise = r.promise AND c.round = r.round"
)


def _execute(statement: str, columns: Columns, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    arrays = zip(columns, zip(*rows, strict=True), strict=True)
    values = {name: _array(columns[name], array) for name, array in arrays}
    if len(rows) <= FEW:
        execute(statement, values)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _array(kind: str, values: Sequence[Any]) -> str | list[str]:
    """Values as their statement takes them. Only texts may hold a line break of their own: JSON
    writes it as two letters."""
    if kind == "text":
        return [str(value) for value in values]
    return "\n".join("" if value is None else str(value) for value in values)


def write_entries(entries: Iterable[CaseEvent]) -> None:
    """Insert entries of cases that have their ids."""
    rows = [
        (
            entry.case_id,
            entry.seq,
            entry.kind,
            entry.at,
            entry.recorded_at,
            entry.actor_id,
            entry.visibility,
            _dumps(entry.data),
        )
        for entry in entries
    ]
    _execute(_ENTRIES, _ENTRY, rows)


@dataclass(frozen=True, slots=True)
class Folded:
    """The clocks of a case before and after its new entries; `stored` where they were kept."""

    case_id: int
    before: ClockState
    after: ClockState
    stored: bool

    def turned(self) -> list[Clock]:
        """Clocks that are new or stand otherwise than before."""
        before = {(clock.promise, clock.round): clock for clock in self.before.clocks}
        return [c for c in self.after.clocks if before.get((c.promise, c.round)) != c]

    def gone(self) -> list[Clock]:
        """Clocks that are no more, since the entry that began them was taken back."""
        after = {(clock.promise, clock.round) for clock in self.after.clocks}
        return [c for c in self.before.clocks if (c.promise, c.round) not in after]

    def kept_data(self) -> dict[str, Any]:
        """What of the kept state changed; a case without one keeps it whole."""
        if self.stored and self.after.promises == self.before.promises:
            return changing_data(self.after)
        return state_data(self.after)


def write_clocks(cases: Sequence[Folded]) -> None:
    """Keep the folded clocks of cases, and the rows that lists read of them."""
    records = [(each.case_id, _dumps(each.kept_data())) for each in cases]
    _execute(_RECORDS, _RECORD, records)
    gone = [(each.case_id, c.promise, c.round) for each in cases for c in each.gone()]
    _execute(_GONE, _CLOCK_KEY, gone)
    clocks = [(each.case_id, *_values_of(clock)) for each in cases for clock in each.turned()]
    _execute(_CLOCKS, _CLOCK, clocks)


def write_cases(columns: Columns, rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of cases; each row holds a case's id and their values."""
    setting = ", ".join(f"{name} = r.{name}" for name in columns)
    given = {"id": "bigint", **columns}
    _execute(
        f"UPDATE cases_case c SET {setting} FROM {_rows(given)} WHERE c.id = r.id", given, rows
    )


def write_mirrors(cases: Iterable[Case]) -> None:
    """Keep what was mirrored on cases."""
    written = list(cases)
    rows = [(case.pk, *(getattr(case, name) for name in MIRRORED)) for case in written]
    write_cases(MIRRORED, rows)
    for case in written:
        remember(case, MIRRORED)
