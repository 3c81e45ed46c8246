"""Registers and checks as data: what packs bring, what is told of a faulty file, what holds."""

from datetime import date
from pathlib import Path

import pytest

from qiao.core.packs import PackInvalid
from qiao.customers.models import MeterInstallation, ServicePoint
from qiao.metering.models import Check, Register
from qiao.metering.operations import ensure_registers, install_checks
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.pack_readings import checks_of_packs, load_readings
from qiao.metering.rules.checks import rules_on
from qiao.metering.tests.cast import NOW, make_metered


def test_a_faulty_file_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "readings.toml"
    path.write_text(
        """
[[register]]
service = "steam"
digits = 0
unit = "m³"

[[check]]
key = "colour"
severity = "stop"
valid_from = 2026-01-01
source = {en = "x", zh-Hans = "x", zh-Hant = "x"}

[[check]]
key = "high"
severity = "stop"
valid_from = "soon"
source = {en = "x", zh-Hans = "x", zh-Hant = "x"}
""",
        encoding="utf-8",
    )
    with pytest.raises(PackInvalid) as refused:
        load_readings(path)
    told = str(refused.value)
    for word in ("service", "digits", "colour", "valid_from"):
        assert word in told


@pytest.mark.django_db
def test_checks_are_installed_once_and_stay_as_they_were_set() -> None:
    assert install_checks(checks=checks_of_packs(), now=NOW) == 0
    Check.objects.filter(key="zeros").update(severity="off")
    assert install_checks(checks=checks_of_packs(), now=NOW) == 0
    assert Check.objects.get(key="zeros").severity == "off"


@pytest.mark.django_db
def test_a_check_of_the_service_goes_before_the_general_one_from_its_day() -> None:
    rules = checks_for(["water", "power"])

    def least(service: str, day: date) -> str:
        (rule,) = (each for each in rules_on(rules[service], day) if each.key == "high")
        return str(rule.number("least"))

    assert least("water", date(2022, 1, 1)) == "30"
    assert least("water", date(2026, 1, 1)) == "40"
    assert least("power", date(2026, 1, 1)) == "30"


@pytest.mark.django_db
def test_a_large_meter_shows_more_figures_and_every_meter_gets_its_register_once() -> None:
    metered = make_metered(1)
    point = metered.points[0]
    MeterInstallation.objects.filter(service_point=point).update(meter_size="DN80")
    Register.objects.all().delete()
    assert ensure_registers(now=NOW) == 1
    assert Register.objects.get().digits == 6
    assert ensure_registers(now=NOW) == 0
    assert ServicePoint.objects.count() == 1
