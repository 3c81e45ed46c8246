"""What registers used by days out of their intervals, many at once, as columns."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from qiao.core.columns import fetch_columns, numbers
from qiao.core.prepared import fetch_all
from qiao.metering.rules.interval_sums import NOTHING, IntervalDays
from qiao.metering.rules.intervals import SCALE

_FIRST: Final = date(1, 1, 1).toordinal()
# Most registers have no intervals: files of the lake say of which ones there may be some.
_SPANS: Final = """
SELECT DISTINCT first_register_id, last_register_id FROM metering_lakefile
 WHERE replaced_at IS NULL AND month >= %(month)s::date
"""
_DAYS: Final = """
SELECT d.register_id, (d.day - DATE '0001-01-01' + %(first)s)::int, (d.used * %(scale)s)::bigint,
       (bit_count(d.slots) = length(d.slots))::int
  FROM unnest(%(registers)s::bigint[], %(since)s::int[]) AS asked (register_id, since)
  JOIN metering_dayuse d
    ON d.register_id = asked.register_id
   AND d.day BETWEEN DATE '0001-01-01' + (asked.since - %(first)s) AND %(until)s::date
"""


def interval_days(since: Mapping[int, int], *, until: date) -> IntervalDays:
    """The days of registers, of each from a day on (an ordinal), to a last one."""
    if not since:
        return NOTHING
    month = date.fromordinal(max(min(since.values()), _FIRST)).replace(day=1)
    spans = fetch_all(_SPANS, {"month": month})
    asked = np.array(sorted(since), dtype=np.int64)
    may = np.zeros(len(asked), dtype=bool)
    for first, last in spans:
        may |= (asked >= first) & (asked <= last)
    ids = asked[may].tolist()
    if not ids:
        return NOTHING
    values = {
        "registers": numbers(ids), "since": numbers(since[pk] for pk in ids), "until": until,
        "first": _FIRST, "scale": SCALE,
    }  # fmt: skip
    columns = fetch_columns(_DAYS, values, ("bigint", "int", "bigint", "int"))
    order = np.lexsort((columns[1], columns[0]))
    register, day, used, whole = (each[order] for each in columns)
    return IntervalDays(register, day.astype(np.int64), used, whole != 0)
