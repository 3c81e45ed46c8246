"""What packs bring as tariffs: read with every fault told, kept once, never changed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from qiao.billing.models import Tariff, TariffVersion
from qiao.billing.operations import VersionStands, install_tariffs
from qiao.billing.queries.pack_tariffs import load_tariffs, tariffs_of_packs
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.formulas import Number
from qiao.billing.rules.tariffs.inputs import Rows
from qiao.billing.rules.tariffs.model import Fixed, Table
from qiao.billing.rules.tariffs.rating import rate
from qiao.core.packs import SHIPPED, PackInvalid

D = Decimal
WORDS = '{en = "x", zh-Hans = "x", zh-Hant = "x"}'
PLAIN = f"""
[[tariff]]
key = "plain"
service = "water"
name = {WORDS}

[[tariff.version]]
valid_from = 2026-01-01
source = {WORDS}

[tariff.version.definition]
currency = "CNY"
unit = "m3"

[[tariff.version.definition.charges]]
key = "water"
names = {WORDS}
kind = "per_unit"
price = PRICE
"""


def pack(folder: Path, text: str) -> Path:
    (folder / "tariffs.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(PackInvalid) as refused:
        load_tariffs(pack(folder, text))
    return [str(each) for each in refused.value.problems]


def test_the_water_pack_bills_a_household_by_hand() -> None:
    """30 m³ after 170 in the year, four people: 10 at 2.00, 20 at 3.00; resource fee 30 × 0.20;
    sewage 30 × 0.95. Tax within the 80.00 of the water: 80 × 3 ÷ 103 = 2.33."""
    household = next(each for each in load_tariffs(SHIPPED / "water") if each.key == "household")
    tariff = household.versions[-1].tariff
    rated = rate(tariff, Rows.one({}, {"usage": D(30)}, {"usage": D(170)}))
    lines = {line.charge.key: line.minor for line in explain(tariff, rated, 0).lines}
    assert lines == {"water": 8_000, "resource": 600, "sewage": 2_850, "tax": 233}
    six = rate(tariff, Rows.one({}, {"usage": D(30), "people": D(6)}, {"usage": D(240)}))
    walk = explain(tariff, six, 0).lines[0].steps
    assert [(step.quantity, step.price) for step in walk] == [(D(12), D(2)), (D(18), D(3))]


def test_a_price_written_with_a_point_is_exact(tmp_path: Path) -> None:
    (plain,) = load_tariffs(pack(tmp_path, PLAIN.replace("PRICE", "0.1")))
    rated = rate(plain.versions[0].tariff, Rows.one({}, {"usage": D("0.3")}, {}))
    assert rated.totals[0] == 3


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("PRICE", '"2 +"'), "tariff[plain].version[0].definition.charges[0].price: '2 +' is no"),
        (("PRICE", '"2 * people"'), "people is asked for by 2026-01-01 and has no name"),
        (("PRICE", '{by = ["size"], rows = [[["15"], 1]]}'), "size: the value 15 has no name"),
        (('kind = "per_unit"', 'kind = "per_unit"\nowner = "city"'), "city is owed water"),
        (('"water"\nname =', '"steam"\nname ='), "steam"),
        (("2026-01-01", '"soon"'), "expected a day such as 2026-01-01, found 'soon'"),
    ],
)
def test_every_fault_is_told_with_its_place(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    text = PLAIN.replace(*change).replace("PRICE", "2")
    told = faults(tmp_path, text)
    assert any(fault in each for each in told), told


def test_two_versions_of_a_day_are_refused(tmp_path: Path) -> None:
    version = PLAIN[PLAIN.index("[[tariff.version]]") :]
    assert any(
        "two versions hold from one day" in each
        for each in faults(tmp_path, (PLAIN + version).replace("PRICE", "2"))
    )


@pytest.mark.django_db
def test_tariffs_are_kept_once_and_a_price_that_stands_is_not_changed() -> None:
    now = timezone.now()
    brought = list(tariffs_of_packs())
    before = TariffVersion.objects.count()
    with transaction.atomic():
        assert install_tariffs(tariffs=brought, now=now) == 0
    assert (TariffVersion.objects.count(), Tariff.objects.count()) == (before, len(brought))
    first = brought[0]
    version = first.versions[0]
    dearer = replace(version.tariff.charges[0], how=Fixed(Table((), {(): (Number(D(9)),)})))
    changed = replace(version, tariff=replace(version.tariff, charges=(dearer,)))
    stands = pytest.raises(VersionStands, match=f"{first.key}: {version.valid_from}")
    with stands, transaction.atomic():
        install_tariffs(tariffs=[replace(first, versions=(changed,))], now=now)
    later = replace(changed, valid_from=date(2030, 1, 1))
    with transaction.atomic():
        assert install_tariffs(tariffs=[replace(first, versions=(later,))], now=now) == 1
