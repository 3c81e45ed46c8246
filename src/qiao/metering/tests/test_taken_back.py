"""Customers who came with a file and are taken back: registers go along, what was read stays."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qiao.customers.models import ServicePoint
from qiao.customers.tests.import_setting import NOW, Importing, line
from qiao.metering.models import Register
from qiao.metering.operations import (
    NewReading,
    ensure_registers,
    set_multiplier,
    take_readings,
)
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


def test_registers_go_with_their_meters_unless_somebody_read_one(tmp_path: Path) -> None:
    importing = Importing(make_company(), tmp_path / "users.csv")
    job = importing.take(line(1), line(2))
    actor = importing.company.agent
    assert ensure_registers(now=NOW) == 2
    bare = Register.objects.get(service_point__meter_number="W-00000001")
    set_multiplier(
        actor=actor, now=NOW, register_id=bare.pk, day=date(2026, 1, 1), factor=Decimal(2),
        source="换互感器",
    )  # fmt: skip
    given = [NewReading("one", "7", date(2026, 11, 1), "W-00000002")]
    taken = take_readings(actor=actor, now=NOW, source="test", readings=given)
    assert taken[0].outcome == "taken"
    importing.take_back(job)
    left = ServicePoint.objects.values_list("meter_number", flat=True)
    assert list(left) == ["W-00000002"]
    assert Register.objects.get().service_point.meter_number == "W-00000002"
