"""What registers used in a day by their intervals: kept with every load."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from qiao.core.transactions import required
from qiao.metering.queries.lake import files_of, rows_of
from qiao.metering.rules.intervals import (
    PLACES,
    Clock,
    Days,
    Flags,
    Ints,
    day_of,
    days_of,
    number_of,
)

AGAIN: Final = 2_000  # registers whose days are reckoned from the lake at once
LOOKED_AT: Final = 50
MANY: Final = 500  # rows that are worth counting before they are joined with others
_COLUMNS: Final = (
    "register_id, day, organisation_id, minutes, slots, used, peak, peak_at, estimated_count"
)
_INCOMING: Final = """
CREATE TEMP TABLE IF NOT EXISTS incoming_dayuse (LIKE metering_dayuse) ON COMMIT DELETE ROWS
"""
# Days of which other intervals were told before are added up; where the same are told again, or
# intervals of another length, nothing is done here and the day is reckoned from the lake.
_MERGE: Final = f"""
WITH kept AS (
    INSERT INTO metering_dayuse AS d ({_COLUMNS})
    SELECT {_COLUMNS} FROM incoming_dayuse ORDER BY register_id, day
    ON CONFLICT (register_id, day) DO UPDATE
       SET slots = d.slots | excluded.slots, used = d.used + excluded.used,
           peak = greatest(d.peak, excluded.peak),
           peak_at = CASE WHEN excluded.peak > d.peak THEN excluded.peak_at
                          WHEN excluded.peak < d.peak THEN d.peak_at
                          ELSE least(d.peak_at, excluded.peak_at) END,
           estimated_count = d.estimated_count + excluded.estimated_count
     WHERE CASE WHEN d.minutes = excluded.minutes AND length(d.slots) = length(excluded.slots)
                THEN bit_count(d.slots & excluded.slots) = 0 ELSE false END
    RETURNING register_id, day)
SELECT i.organisation_id, i.register_id, i.day FROM incoming_dayuse i
 WHERE NOT EXISTS (SELECT FROM kept k WHERE k.register_id = i.register_id AND k.day = i.day)
 ORDER BY 2, 3
"""  # noqa: S608 - put together from this file's own pieces
_ANY: Final = """
SELECT 1 FROM unnest(%s::bigint[], %s::date[]) AS asked (register_id, day)
  JOIN metering_dayuse d USING (register_id, day) LIMIT 1
"""
_AGAIN: Final = """
UPDATE metering_dayuse d
   SET minutes = i.minutes, slots = i.slots, used = i.used, peak = i.peak, peak_at = i.peak_at,
       estimated_count = i.estimated_count
  FROM incoming_dayuse i WHERE d.register_id = i.register_id AND d.day = i.day
"""


@dataclass(frozen=True, slots=True)
class DayRows:
    """Rows of days, and the same as the text in which they are copied into a table."""

    columns: pa.Table
    text: pa.Buffer

    def __len__(self) -> int:
        return len(self.columns)


def day_rows(told: Sequence[tuple[int, Days]]) -> list[DayRows]:
    """The rows of the days of units; the database is not asked.

    Days of the first and the last register of each unit come apart from those between: a block of
    a file ends in the midst of a day, which alone is known when the next block comes.
    """
    own = [_columns(days, unit) for unit, days in told if len(days)]
    if not own:
        return []
    columns = pa.concat_tables(own)
    is_end = np.concatenate([_is_end(each["register_id"].to_numpy()) for each in own])
    parts = (columns.filter(pa.array(some)) for some in (is_end, ~is_end) if some.any())
    return [_rows(part) for part in parts]


def _is_end(registers: Ints) -> Flags:
    found: Flags = (registers == registers[0]) | (registers == registers[-1])
    return found


def _rows(columns: pa.Table) -> DayRows:
    text = pa.BufferOutputStream()
    pa_csv.write_csv(columns, text, pa_csv.WriteOptions(include_header=False))
    return DayRows(columns, text.getvalue())


def keep_days(told: Sequence[DayRows], *, clock: Clock) -> None:
    """Keep what the days of units come to by a load whose files are told of already."""
    required()
    for rows in told:
        ends = pc.min_max(rows.columns["day"]).as_py()
        with connection.cursor() as cursor:
            cursor.execute("SELECT metering_ensure_months(%s, %s)", [ends["min"], ends["max"]])
        if not (_seem_new(rows.columns) and _are_new(rows)):
            _merge(rows, clock)


def _merge(rows: DayRows, clock: Clock) -> None:
    with connection.cursor() as cursor:
        _bring(rows)
        cursor.execute(_MERGE)
        again: dict[int, dict[int, set[int]]] = {}
        for unit, register_id, day in cursor.fetchall():
            again.setdefault(unit, {}).setdefault(register_id, set()).add(number_of(day))
    for unit, own in again.items():
        ids = sorted(own)
        for start in range(0, len(ids), AGAIN):
            some = {pk: own[pk] for pk in ids[start : start + AGAIN]}
            _reckon_again(some, unit, clock)


def _seem_new(columns: pa.Table) -> bool:
    """Whether none of some days is kept, all over the load: the others are likely new as well."""
    places = np.unique(np.linspace(0, len(columns) - 1, LOOKED_AT).astype(np.int64))
    some = columns.select(["register_id", "day"]).take(places).to_pydict()
    with connection.cursor() as cursor:
        cursor.execute(_ANY, [some["register_id"], some["day"]])
        return cursor.fetchone() is None


def _are_new(rows: DayRows) -> bool:
    """Keep days of which nothing was told before, as they are; False, and nothing done, where
    there is one of which something was."""
    try:
        with transaction.atomic():
            _copy("metering_dayuse", rows)
    except IntegrityError as refusal:
        if not isinstance(refusal.__cause__, UniqueViolation):
            raise
        return False
    return True


def _reckon_again(told: dict[int, set[int]], unit: int, clock: Clock) -> None:
    every = {day_of(day) for days in told.values() for day in days}
    months = sorted({day.replace(day=1) for day in every})
    files = files_of(organisation_ids=[unit], months=months)
    days = days_of(rows_of(files, list(told)), clock)
    pairs = zip(days.register.tolist(), days.day.tolist(), strict=True)
    asked = np.array([day in told.get(register, ()) for register, day in pairs], dtype=bool)
    _bring(_rows(_columns(days.take(asked), unit)))
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN)


def _bring(rows: DayRows) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        cursor.execute("DELETE FROM incoming_dayuse")
        _copy("incoming_dayuse", rows)
        if len(rows) > MANY:
            cursor.execute("ANALYZE incoming_dayuse")


def _columns(days: Days, unit: int) -> pa.Table:
    """Days as the table has them; a load has a hundred thousand and more."""
    return pa.table(
        {
            "register_id": days.register,
            "day": pa.array(days.day.astype(np.int32)).cast(pa.date32()),
            "organisation_id": np.full(len(days), unit),
            "minutes": days.minutes,
            "slots": pa.array(days.slots, pa.string()),
            "used": _decimals(days.used),
            "peak": _decimals(days.peak),
            "peak_at": _moments(days.peak_at),
            "estimated_count": days.estimated,
        }
    )


def _copy(table: str, rows: DayRows) -> None:
    names = ", ".join(rows.columns.column_names)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(memoryview(rows.text))


def _moments(seconds: Ints) -> pa.Array:
    """Moments in words: moments with a zone are written ten times as slowly."""
    local = pa.array(seconds).cast(pa.timestamp("s")).cast(pa.string())
    return pc.binary_join_element_wise(local, "Z", "")


def _decimals(amounts: Ints) -> pa.Array:
    """Ten-thousandths as decimal numbers: the same digits, read with four places."""
    words = np.empty((len(amounts), 2), dtype=np.int64)
    words[:, 0] = amounts
    words[:, 1] = amounts >> 63
    kind = pa.decimal128(18, PLACES)
    return pa.Array.from_buffers(kind, len(amounts), [None, pa.py_buffer(words)])
