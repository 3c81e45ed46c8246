"""Readings in effect of many registers at once, as columns; one register's as rules read them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np

from qiao.core.columns import fetch_columns, numbers
from qiao.metering.queries.interval_sums import interval_days
from qiao.metering.rules.screen import STEPS, Held, from_steps
from qiao.metering.rules.spans import Past

_FIRST: Final = date(1, 1, 1).toordinal()
_HELD = """
SELECT r.register_id, r.id, (r.read_date - DATE '0001-01-01' + %(first)s)::int,
       (r.value * %(steps)s)::bigint, (r.method = 'estimated')::int + 2 * r.is_rolled::int
  FROM metering_reading r
 WHERE r.register_id = ANY(%(registers)s::bigint[]) AND r.superseded_by_id IS NULL
   AND r.state IN ('valid', 'final', 'billed') AND r.read_date >= %(since)s::date
"""


def held_of(register_ids: Collection[int], *, since: date) -> Held:
    """Readings in effect from a day on."""
    values: dict[str, Any] = {
        "registers": numbers(register_ids), "since": since, "first": _FIRST, "steps": STEPS,
    }  # fmt: skip
    kinds = ("bigint", "bigint", "int", "bigint", "int")
    columns = fetch_columns(_HELD, values, kinds)
    order = np.lexsort((columns[2], columns[0]))
    register, reading, day, value, marks = (each[order] for each in columns)
    return Held(register, reading, day, value, marks & 1 != 0, marks & 2 != 0)


def with_intervals(held: Held, days: Mapping[int, date], *, until: date) -> Held:
    """The same with what registers used by their intervals to a last day: since they were last
    read before a day, of each its own; from that day on where they were not."""
    first = {pk: day.toordinal() for pk, day in days.items()}
    return replace(held, intervals=interval_days(first | held.real_before(first), until=until))


class Pasts:
    """The past of registers out of columns, each register's made when it is asked for."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._made: dict[int, dict[date, tuple[int, Past]]] = {}
        self._added: dict[int, tuple[int, Past]] = {}

    def of(self, register_id: int) -> dict[date, tuple[int, Past]]:
        """Readings of a register in effect, by day, each with its id; what is put in is kept."""
        found = self._made.get(register_id)
        if found is None:
            found = self._made[register_id] = self._read(register_id)
            added = self._added.get(register_id)
            if added is not None:
                found[added[1].day] = added
        return found

    def by_intervals(self, register_id: int, day: date) -> tuple[Decimal, Decimal] | None:
        """Between what the use of a register must lie by its intervals, from its real reading
        before a day on; None where not all that is needed was told."""
        past = [each for _pk, each in self.of(register_id).values() if not each.is_estimated]
        before = max((each.day for each in past if each.day < day), default=None)
        if before is None:
            return None
        ends = (register_id, before.toordinal(), day.toordinal())
        known, low, high = self._held.intervals.between(*(np.array([each]) for each in ends))
        return (from_steps(int(low[0])), from_steps(int(high[0]))) if known[0] else None

    def add(self, register_id: int, reading_id: int, past: Past) -> None:
        """Add the one reading that a register has beyond those that are held."""
        self._added[register_id] = (reading_id, past)
        if register_id in self._made:
            self._made[register_id][past.day] = (reading_id, past)

    def _read(self, register_id: int) -> dict[date, tuple[int, Past]]:
        held = self._held
        first, stop = np.searchsorted(held.register, [register_id, register_id + 1])
        rows = zip(
            held.reading[first:stop].tolist(), held.day[first:stop].tolist(),
            held.value[first:stop].tolist(), held.is_estimated[first:stop].tolist(),
            held.is_rolled[first:stop].tolist(), strict=True,
        )  # fmt: skip
        found = {}
        for pk, ordinal, steps, is_estimated, is_rolled in rows:
            day = date.fromordinal(ordinal)
            found[day] = (pk, Past(day, from_steps(steps), is_estimated, is_rolled))
        return found
