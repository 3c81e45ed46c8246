"""Registers follow meters: made where one is missing, out of use with an exchange taken back."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.models import Register, RegisterMultiplier
from qiao.metering.operations.refusals import DayBilled, NotVisible
from qiao.metering.queries.pack_readings import register_forms

SOURCE_LENGTH: Final = 200

# The account that runs decides whose the register is; a point without account has none yet.
_MAKE = """
INSERT INTO metering_register
       (installation_id, service_point_id, organisation_id, service, kind, period, digits,
        decimals, unit, created_at)
SELECT m.id, s.id, a.organisation_id, s.service, f.kind, f.period, f.digits, f.decimals, f.unit,
       %(now)s
  FROM customers_meterinstallation m
  JOIN customers_servicepoint s ON s.id = m.service_point_id
  JOIN LATERAL (SELECT a.organisation_id FROM customers_account a
                 WHERE a.service_point_id = s.id
                 ORDER BY a.status = 'closed', a.opened_date DESC, a.id DESC LIMIT 1) a ON true
  JOIN jsonb_to_recordset(%(forms)s::jsonb) AS f (
       service text, size text, kind text, period text, digits int, decimals int, unit text)
    ON f.service = s.service
   AND f.size = CASE WHEN EXISTS (
           SELECT FROM jsonb_to_recordset(%(forms)s::jsonb) AS e (service text, size text)
            WHERE e.service = s.service AND e.size = m.meter_size) THEN m.meter_size ELSE '' END
 WHERE NOT EXISTS (SELECT FROM metering_register r WHERE r.installation_id = m.id)
   {which}
ON CONFLICT DO NOTHING
"""


# A statement that begins with an empty table reads for each row all that it has written itself, so
# that a million meters would take hours; later ones know how large the table is.
_NEXT = """
SELECT max(id) FROM (
    SELECT id FROM customers_meterinstallation WHERE id > %(after)s ORDER BY id LIMIT %(limit)s) n
"""
BATCH: Final = 5_000  # meters of one statement


def ensure_registers(
    *,
    now: datetime,
    service_point_ids: Iterable[int] | None = None,
    meter_numbers: Iterable[str] | None = None,
) -> int:
    """Make the registers of meters that have none: of these points, of these meters (numbers as
    they are searched), or of all; how many are new."""
    required()
    if service_point_ids is not None:
        which = "AND m.service_point_id = ANY(%(points)s::bigint[])"
        return _make(now, which, points=list(service_point_ids))
    if meter_numbers is not None:
        which = "AND m.meter_search = ANY(%(meters)s::text[])"
        return _make(now, which, meters=list(meter_numbers))
    made = after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, {"after": after, "limit": BATCH})
            (last,) = cursor.fetchone()
        if last is None:
            return made
        made += _make(now, "AND m.id > %(after)s AND m.id <= %(last)s", after=after, last=last)
        after = last


def _make(now: datetime, which: str, **values: Any) -> int:
    forms = json.dumps([form.data() for form in register_forms()])
    with connection.cursor() as cursor:
        cursor.execute(_MAKE.format(which=which), {"now": now, "forms": forms, **values})
        return int(cursor.rowcount)


_REMOVE = """
UPDATE metering_register r SET removed_at = %(now)s
 WHERE r.service_point_id = %(point)s AND r.removed_at IS NULL
   AND NOT EXISTS (SELECT FROM customers_meterinstallation m WHERE m.id = r.installation_id)
"""


def remove_registers(*, service_point_id: int, now: datetime) -> int:
    """Set registers out of use whose meter was never hung at the point after all."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, {"point": service_point_id, "now": now})
        return int(cursor.rowcount)


def set_multiplier(
    *, actor: Actor, now: datetime, register_id: int, day: date, factor: Decimal, source: str
) -> RegisterMultiplier:
    """Let differences of a register count `factor` times from a day on.

    Raises `DayBilled` for a day before the last bill, `ValueError` for a factor that is none,
    `qiao.core.rules.text.BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    register = locked_register(actor, register_id, "metering.validate")
    if not factor.is_finite() or factor <= 0:
        raise ValueError("a multiplier is above nought")
    refuse_billed(register, day)
    words = clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True)
    found, _new = RegisterMultiplier.objects.update_or_create(
        register=register,
        valid_from=day,
        defaults={
            "factor": factor,
            "source": words,
            "created_at": now,
            "created_by_id": actor.staff_id,
        },
    )
    return found


def locked_register(actor: Actor, register_id: int, permission: str) -> Register:
    """A register, locked. Raises `NotVisible` and `qiao.core.actor.Forbidden`."""
    found = Register.objects.visible_to(actor).select_for_update(no_key=True)
    register = found.filter(pk=register_id, removed_at__isnull=True).first()
    if register is None:
        raise NotVisible(f"register {register_id}")
    actor.require(permission, register.organisation_id)
    return register


def refuse_billed(register: Register, day: date) -> None:
    """Raises `DayBilled` where a bill covers that day."""
    billed = register.readings.filter(state="billed").order_by("-read_date").first()
    if billed is not None and day < billed.read_date:
        raise DayBilled(billed.read_date.isoformat())
