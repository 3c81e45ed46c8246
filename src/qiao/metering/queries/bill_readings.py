"""The readings that bills rest on, as a bill shows them; many bills at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from qiao.core.prepared import fetch_all


@dataclass(frozen=True, slots=True)
class BilledDays:
    """A bill: its number, where it was used, and its days, the end exclusive."""

    bill_number: str
    service_point_id: int
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True)
class BilledReading:
    """What a register stood at when the days of a bill began and ended, in its unit; `used` is
    the difference times the multiplier, None where the register went back or the multiplier
    changed in between. `period` names the
    hours of a register of time-of-use."""

    meter_number: str
    unit: str
    kind: str
    period: str
    start_date: date
    start_value: Decimal
    start_estimated: bool
    end_date: date
    end_value: Decimal
    end_estimated: bool
    multiplier: Decimal
    used: Decimal | None


# What was billed stands for ever, also where a later reading has corrected it since.
_USABLE: Final = (
    "(r.state = 'billed' OR (r.superseded_by_id IS NULL AND r.state IN ('valid', 'final')))"
)


def _factor_on(day: str) -> str:
    return f"""
      SELECT coalesce((SELECT trim_scale(f.factor) FROM metering_registermultiplier f
                        WHERE f.register_id = g.id AND f.valid_from <= {day}
                        ORDER BY f.valid_from DESC LIMIT 1), 1) AS factor"""  # noqa: S608 - ours


_READINGS: Final = f"""
SELECT w.number, coalesce(m.meter_number, ''), g.unit, g.kind, g.period,
       b.read_date, trim_scale(b.value), b.method = 'estimated',
       e.read_date, trim_scale(e.value), e.method = 'estimated', x.factor,
       CASE WHEN x.factor <> y.factor THEN NULL
            WHEN e.value >= b.value THEN trim_scale((e.value - b.value) * x.factor)
            WHEN e.is_rolled
            THEN trim_scale((e.value - b.value + power(10::numeric, g.digits)) * x.factor) END
  FROM unnest(%(numbers)s::text[], %(points)s::bigint[], %(starts)s::date[], %(ends)s::date[])
       WITH ORDINALITY AS w (number, point, since, until, place)
  JOIN metering_register g
    ON g.service_point_id = w.point AND g.removed_at IS NULL AND g.kind <> 'demand'
  LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
 CROSS JOIN LATERAL (
      SELECT r.* FROM metering_reading r
       WHERE r.register_id = g.id AND {_USABLE}
         AND r.read_date > w.since AND r.read_date <= w.until
       ORDER BY r.bill_number = w.number DESC, r.read_date DESC, r.id DESC LIMIT 1) e
 CROSS JOIN LATERAL (
      SELECT r.* FROM metering_reading r
       WHERE r.register_id = g.id AND {_USABLE} AND r.read_date < e.read_date
       ORDER BY r.read_date <= w.since DESC, abs(r.read_date - w.since),
             r.state = 'billed' DESC, r.id DESC LIMIT 1) b
 CROSS JOIN LATERAL ({_factor_on("e.read_date")}) x
 CROSS JOIN LATERAL ({_factor_on("b.read_date")}) y
 ORDER BY w.place, array_position(ARRAY['total','period'], g.kind), g.period, b.read_date, g.id
"""  # noqa: S608 - put together from this file's own pieces; values are bound


def readings_of_bills(bills: Sequence[BilledDays]) -> dict[str, list[BilledReading]]:
    """The readings behind bills, by number, in the order of registers: of a meter that was
    exchanged meanwhile both. One statement; billing asks for its own rights."""
    values: dict[str, Any] = {
        "numbers": [each.bill_number for each in bills],
        "points": [each.service_point_id for each in bills],
        "starts": [each.start_date for each in bills],
        "ends": [each.end_date for each in bills],
    }
    found: dict[str, list[BilledReading]] = defaultdict(list)
    for number, *reading in fetch_all(_READINGS, values):
        found[number].append(BilledReading(*reading))
    return dict(found)
