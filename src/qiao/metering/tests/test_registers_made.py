"""Registers of all meters are made batch by batch, each once."""

import pytest

from qiao.customers.models import MeterInstallation
from qiao.metering.models import Register
from qiao.metering.operations import ensure_registers
from qiao.metering.tests.cast import NOW, make_metered

pytestmark = pytest.mark.django_db


def test_all_meters_have_registers_after_batches_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_metered()
    before = Register.objects.count()
    assert before > 1
    Register.objects.all().delete()
    monkeypatch.setattr("qiao.metering.operations.registers.BATCH", 1)
    assert ensure_registers(now=NOW) == before
    meters = MeterInstallation.objects.values_list("pk", flat=True)
    assert set(Register.objects.values_list("installation_id", flat=True)) == set(meters)
    assert ensure_registers(now=NOW) == 0
