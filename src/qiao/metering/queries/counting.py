"""What counts beside the figures of a meter: its multipliers, and use added or taken off."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.metering.queries.history import VIEW

MOST: Final = 100  # adjustments that are shown, the latest first


@dataclass(frozen=True, slots=True)
class CountingRegister:
    """A register of the meter that hangs at a point. `billed_until` is the day up to which it is
    billed, None before its first bill."""

    register_id: int
    kind: str
    period: str
    unit: str
    billed_until: date | None


@dataclass(frozen=True, slots=True)
class MultiplierLine:
    """How many times the differences of a register count from a day on."""

    meter_number: str
    kind: str
    period: str
    valid_from: date
    factor: Decimal
    source: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """A use added on a day, or taken off (below nought), in the unit that is billed."""

    meter_number: str
    kind: str
    period: str
    unit: str
    day: date
    amount: Decimal
    why: str
    at: datetime
    by: str


_REGISTERS: Final = """
SELECT g.id, g.kind, g.period, g.unit,
       (SELECT max(r.read_date) FROM metering_reading r
         WHERE r.register_id = g.id AND r.state = 'billed')
  FROM metering_register g
  JOIN customers_meterinstallation m ON m.id = g.installation_id AND upper_inf(m.period)
 WHERE g.service_point_id = %(point)s AND g.removed_at IS NULL
   AND g.organisation_id = ANY(%(organisations)s::bigint[])
 ORDER BY array_position(ARRAY['total', 'period', 'demand'], g.kind), g.id
"""
_MULTIPLIERS: Final = """
SELECT coalesce(m.meter_number, ''), g.kind, g.period, x.valid_from, trim_scale(x.factor),
       x.source, x.created_at, coalesce(s.name, '')
  FROM metering_register g
  JOIN metering_registermultiplier x ON x.register_id = g.id
  LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
  LEFT JOIN staff_staff s ON s.id = x.created_by_id
 WHERE g.service_point_id = %(point)s AND g.removed_at IS NULL
   AND g.organisation_id = ANY(%(organisations)s::bigint[])
 ORDER BY x.valid_from DESC, g.id LIMIT %(limit)s
"""
_ADJUSTMENTS: Final = """
SELECT coalesce(m.meter_number, ''), g.kind, g.period, g.unit, x.day, trim_scale(x.amount),
       x.why, x.at, coalesce(s.name, '')
  FROM metering_register g
  JOIN metering_usageadjustment x ON x.register_id = g.id
  LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
  LEFT JOIN staff_staff s ON s.id = x.by_id
 WHERE g.service_point_id = %(point)s AND g.removed_at IS NULL
   AND g.organisation_id = ANY(%(organisations)s::bigint[])
 ORDER BY x.day DESC, x.id DESC LIMIT %(limit)s
"""


def counting_registers(*, actor: Actor, service_point_id: int) -> list[CountingRegister]:
    """The registers of the meter that hangs at a point, the total first; within the actor's
    sight."""
    rows = fetch_all(_REGISTERS, _values(actor, service_point_id))
    return [CountingRegister(*row) for row in rows]


def multipliers_of(*, actor: Actor, service_point_id: int) -> list[MultiplierLine]:
    """The multipliers of all meters that hung at a point, the latest first."""
    return [
        MultiplierLine(*row) for row in fetch_all(_MULTIPLIERS, _values(actor, service_point_id))
    ]


def adjustments_of(*, actor: Actor, service_point_id: int) -> list[AdjustmentLine]:
    """The use that was added at a point or taken off, the latest days first."""
    return [
        AdjustmentLine(*row) for row in fetch_all(_ADJUSTMENTS, _values(actor, service_point_id))
    ]


def _values(actor: Actor, service_point_id: int) -> dict[str, Any]:
    return {
        "point": service_point_id,
        "organisations": list(actor.organisations(VIEW)),
        "limit": MOST,
    }
