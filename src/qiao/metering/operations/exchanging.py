"""What an exchange of meters says of readings: what stood on the old one, and on the new one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.db import connection

from qiao.core.prepared import fetch_all
from qiao.core.transactions import required
from qiao.metering.operations.registers import ensure_registers, remove_registers
from qiao.metering.operations.taking import NewReading, Taken, take_readings
from qiao.staff.queries import system_actor

SOURCE: Final = "exchange"

_ENDS: Final = """
SELECT r.id, r.decimals, 'open', lower(n.period), n.opening_reading
  FROM customers_meterinstallation n
  JOIN metering_register r ON r.installation_id = n.id AND r.kind = 'total'
 WHERE n.id = %(id)s AND n.opening_reading IS NOT NULL AND lower(n.period) IS NOT NULL
UNION ALL
SELECT r.id, r.decimals, 'close', upper(o.period), o.closing_reading
  FROM customers_meterinstallation n
  JOIN customers_meterinstallation o
    ON o.service_point_id = n.service_point_id AND upper(o.period) = lower(n.period)
  JOIN metering_register r ON r.installation_id = o.id AND r.kind = 'total'
 WHERE n.id = %(id)s AND o.closing_reading IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class _End:
    register_id: int
    decimals: int
    which: str
    day: date
    value: Decimal


def follow_exchange(
    *, service_point_id: int, installation_id: int, organisation_id: int, now: datetime
) -> list[Taken]:
    """Make the registers of a meter that was hung, and take in what stood on both that day.

    What a register does not show of a value (its decimals) is left off. Harmless when run again.
    """
    required()
    ensure_registers(now=now, service_point_ids=[service_point_id])
    ends = [_End(*row) for row in fetch_all(_ENDS, {"id": installation_id})]
    readings = [
        NewReading(
            key=f"{end.which}:{installation_id}",
            raw=str(end.value.quantize(Decimal(1).scaleb(-end.decimals), ROUND_FLOOR)),
            read_at=end.day,
            register_id=end.register_id,
            reason=SOURCE,
        )
        for end in ends
    ]
    actor = system_actor(organisation_id=organisation_id)
    return take_readings(actor=actor, now=now, source=SOURCE, readings=readings)


# The reading was taken for an exchange that never was: somebody looks at it.
_DOUBT: Final = """
UPDATE metering_reading r SET state = 'exception'
  FROM metering_register g
  JOIN customers_meterinstallation m ON m.id = g.installation_id AND upper(m.period) IS NULL
 WHERE g.id = r.register_id AND g.service_point_id = %s AND r.source = 'exchange'
   AND r.key LIKE 'close:%%' AND r.state IN ('valid', 'final') AND r.superseded_by_id IS NULL
"""


def follow_undone_exchange(*, service_point_id: int, now: datetime) -> None:
    """Registers of a meter that never hung count no more; the old meter's last reading waits for
    a decision, unless a bill rests on it."""
    required()
    remove_registers(service_point_id=service_point_id, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_DOUBT, [service_point_id])
