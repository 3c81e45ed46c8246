"""Accounts whose meters were read, for tests of what is billed of readings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from qiao.billing import operations as ops
from qiao.billing.models import Tariff
from qiao.billing.tests.lives import NOW, a_tariff
from qiao.core.actor import Actor
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.metering.models import Reading
from qiao.metering.operations import (
    NewReading,
    accept_reading,
    ensure_registers,
    take_readings,
)

SINCE, UNTIL = date(2026, 6, 1), date(2026, 8, 1)
READINGS: Mapping[date, str] = {
    date(2026, 6, 1): "100", date(2026, 7, 1): "112", date(2026, 8, 1): "130",
}  # fmt: skip


def read_again(actor: Actor, point_id: int, meter: str, values: Mapping[date, str]) -> None:
    """Take readings of a meter; what a check stops is let stand."""
    now = timezone.now()  # no day that the clock has reached is one to come
    take_readings(
        actor=actor,
        now=now,
        source="test",
        readings=[
            NewReading(f"{point_id}:{day}", value, day, meter_number=meter)
            for day, value in values.items()
        ],
    )
    for pk in Reading.objects.filter(service_point=point_id, state="exception").values_list(
        "pk", flat=True
    ):
        accept_reading(reading_id=pk, why="seen", is_rolled=False, actor=actor, now=now)


def a_read_account(
    actor: Actor,
    *,
    values: Mapping[date, str] = READINGS,
    tariff: Tariff | None = None,
    months: int = 2,
) -> tuple[int, int, str]:
    """An account of the branch of somebody, billed from the first reading on: its id, that of its
    point, and the number of its meter."""
    point = make_service_point(actor)
    account = make_account(actor, service_point=point)
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    read_again(actor, point.pk, point.meter_number, values)
    ops.open_billing(
        [
            ops.NewAccount(
                account.pk, actor.organisation_id, "CNY", min(values), (tariff or a_tariff()).pk,
                numbers={"people": Decimal(4)}, months=months,
            )
        ],
        now=NOW,
    )  # fmt: skip
    return account.pk, point.pk, point.meter_number
