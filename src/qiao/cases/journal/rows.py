"""The statements that write histories, clocks and mirrors: the same for one case and for many."""
# ruff: noqa: S608 - statements are put together from the names of this module

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.rules.clock_rows import changing_text, state_text
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.entries import Entry
from qiao.core.prepared import execute
from qiao.core.rows import remember

Columns = Mapping[str, str]
"""Names of columns with their types."""

FEW: Final = 20  # of one case or some: planning the statement anew takes longer than running it
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

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
    """Arrays of columns as rows ``r``: quickest for many, and as quick as any for one. JSON comes
    as texts, which `_picked` reads: an array of it took as long again to put together."""
    arrays = ", ".join(_given(name, kind) for name, kind in columns.items())
    return f"unnest({arrays}) AS r ({', '.join(columns)})"


def _given(name: str, kind: str) -> str:
    """An array as `_array` hands it over: joined, but for texts. The driver quotes the elements
    of an array one by one, which took longer than all the counting."""
    if kind == "text":
        return f"%({name})s::text[]"
    array = f"string_to_array(%({name})s, E'\\n', '')"
    return array if kind == "jsonb" else f"{array}::{kind}[]"


def _picked(columns: Columns) -> str:
    """The columns of ``r``, each of its type."""
    return ", ".join(f"{n}::jsonb" if kind == "jsonb" else n for n, kind in columns.items())


def _insert(table: str, columns: Columns) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} AS t ({names}) SELECT {_picked(columns)} FROM {_rows(columns)}"


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
    return "\n".join(_texts(values))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    last, text = None, ""
    for value in values:
        if value is not last:  # a moment stands in thousands of rows
            last, text = value, "" if value is None else str(value)
        yield text


def write_entries(entries: Iterable[Entry]) -> None:
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
            _encode(entry.data),
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
        return [clock for clock, before in self.beside() if before != clock]

    def beside(self) -> list[tuple[Clock, Clock | None]]:
        """Clocks that were written anew, each with what it was before."""
        before = {(clock.promise, clock.round): clock for clock in self.before.clocks}
        pairs = [(clock, before.get((clock.promise, clock.round))) for clock in self.after.clocks]
        return [(clock, was) for clock, was in pairs if clock is not was]

    def gone(self) -> list[Clock]:
        """Clocks that are no more, since the entry that began them was taken back."""
        after = {(clock.promise, clock.round) for clock in self.after.clocks}
        return [c for c in self.before.clocks if (c.promise, c.round) not in after]

    def kept_text(self) -> str:
        """What of the kept state changed; a case without one keeps it whole."""
        if self.stored and self.after.promises == self.before.promises:
            return changing_text(self.after)
        return state_text(self.after)


def write_clocks(cases: Sequence[Folded]) -> None:
    """Keep the folded clocks of cases, and the rows that lists read of them."""
    records = [(each.case_id, each.kept_text()) for each in cases]
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
