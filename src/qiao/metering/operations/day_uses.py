"""What registers used in a day by their intervals: kept with every load."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection

from qiao.core.copying import copy_rows
from qiao.core.transactions import required
from qiao.metering.queries.lake import files_of, rows_of
from qiao.metering.rules.intervals import SCALE, Clock, Day, days_of

AGAIN: Final = 2_000  # registers whose days are reckoned from the lake at once
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
SELECT i.register_id, i.day FROM incoming_dayuse i
 WHERE NOT EXISTS (SELECT FROM kept k WHERE k.register_id = i.register_id AND k.day = i.day)
 ORDER BY 1, 2
"""  # noqa: S608 - put together from this file's own pieces
_AGAIN: Final = """
UPDATE metering_dayuse d
   SET minutes = i.minutes, slots = i.slots, used = i.used, peak = i.peak, peak_at = i.peak_at,
       estimated_count = i.estimated_count
  FROM incoming_dayuse i WHERE d.register_id = i.register_id AND d.day = i.day
"""


def keep_days(days: Sequence[Day], *, organisation_id: int, clock: Clock) -> None:
    """Keep what days come to by a load whose files are told of already."""
    required()
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT metering_ensure_months(%s, %s)",
            [min(each.day for each in days), max(each.day for each in days)],
        )
        _bring(days, organisation_id)
        cursor.execute(_MERGE)
        again: dict[int, set[date]] = {}
        for register_id, day in cursor.fetchall():
            again.setdefault(register_id, set()).add(day)
    ids = sorted(again)
    for start in range(0, len(ids), AGAIN):
        some = {pk: again[pk] for pk in ids[start : start + AGAIN]}
        _reckon_again(some, organisation_id, clock)


def _reckon_again(told: dict[int, set[date]], organisation_id: int, clock: Clock) -> None:
    every = {day for days in told.values() for day in days}
    months = sorted({day.replace(day=1) for day in every})
    files = files_of(organisation_ids=[organisation_id], months=months)
    rows = rows_of(files, list(told))
    days = [each for each in days_of(rows, clock) if each.day in told.get(each.register, ())]
    _bring(days, organisation_id)
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN)


def _bring(days: Iterable[Day], organisation_id: int) -> None:
    lines = [
        (
            each.register, each.day, organisation_id, each.minutes, each.slots,
            _decimal(each.used), _decimal(each.peak),
            datetime.fromtimestamp(each.peak_at, UTC), each.estimated,
        )
        for each in days
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        cursor.execute("DELETE FROM incoming_dayuse")
        copy_rows(cursor, "incoming_dayuse", _COLUMNS, lines)
        cursor.execute("ANALYZE incoming_dayuse")


def _decimal(amount: int) -> str:
    whole, part = divmod(amount, SCALE)
    return f"{whole}.{part:04d}"
