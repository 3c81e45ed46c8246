"""What a hand-over of an account says of readings: where the meter stood on the day."""

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.db import connection

from qiao.core.prepared import fetch_all
from qiao.core.transactions import required
from qiao.metering.operations.taking import NewReading, Taken, take_readings
from qiao.staff.queries import system_actor

SOURCE: Final = "move"

# The meter that hung before the day and hangs on it: of an exchange on that very day it is told
# what stood on both. Of several registers of a point the total is meant.
_FINAL: Final = """
SELECT r.id, r.decimals, m.hand_over_date, m.final_reading
  FROM customers_move m
  JOIN customers_account a ON a.id = m.account_id
  JOIN metering_register r
    ON r.service_point_id = a.service_point_id AND r.kind = 'total' AND r.removed_at IS NULL
  JOIN customers_meterinstallation i ON i.id = r.installation_id
   AND (lower(i.period) IS NULL OR lower(i.period) < m.hand_over_date)
   AND (upper(i.period) IS NULL OR upper(i.period) > m.hand_over_date)
 WHERE m.id = %(move)s AND m.undone_at IS NULL AND m.final_reading IS NOT NULL
"""


def follow_hand_over(*, move_id: int, organisation_id: int, now: datetime) -> list[Taken]:
    """Take in what the meter of an account stood at on the day on which it was handed over.

    What the register does not show of the value (its decimals) is left off. Harmless when run
    again.
    """
    required()
    found: list[tuple[int, int, date, Decimal]] = fetch_all(_FINAL, {"move": move_id})
    readings = [
        NewReading(
            key=str(move_id),
            raw=str(value.quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR)),
            read_at=day,
            register_id=register_id,
            reason=SOURCE,
        )
        for register_id, decimals, day, value in found
    ]
    actor = system_actor(organisation_id=organisation_id)
    return take_readings(actor=actor, now=now, source=SOURCE, readings=readings)


# It was read for a hand-over that never was: somebody looks at it.
_DOUBT: Final = """
UPDATE metering_reading SET state = 'exception'
 WHERE source = %s AND key = %s AND state IN ('valid', 'final') AND superseded_by_id IS NULL
"""


def follow_undone_hand_over(*, move_id: int) -> None:
    """A reading that came with a hand-over that was taken back waits for a decision, unless a bill
    rests on it."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_DOUBT, [SOURCE, str(move_id)])
