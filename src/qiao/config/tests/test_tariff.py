"""The command that reckons one bill by a tariff in a file, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qiao.config.cli.__main__ import main
from qiao.config.cli.environment import PROJECT

OWRS = """
metadata:
  effective_date: 2016-03-01
  utility_name: City of Example
  bill_frequency: bimonthly
rate_structure:
  HOME:
    service_charge:
      depends_on: meter_size
      values:
        5/8": 11
        1_1/2": 22.50
    tier_starts: [0, 15, 41]
    tier_prices: [2.87, 4.29, 6.44]
    commodity_charge: Tiered
    fixed_drought_surcharge: 3
    bill: service_charge + commodity_charge
  GARDEN:
    indoor: hhsize*60*days_in_period/748
    budget: indoor
    tier_starts: [0, "100%"]
    tier_prices: [1, 2]
    commodity_charge: Budget
    bill: commodity_charge
  BROKEN:
    bill: nothing_known
"""
OWN = {
    "currency": "CNY",
    "unit": "m3",
    "charges": [
        {"key": "water", "kind": "tiered", "period": "year", "starts": [0, 180],
         "prices": ["2.07", 4.07]},
        {"key": "vat", "kind": "share", "of": ["water"], "rate": "0.03", "included": True,
         "owner": "tax office"},
        {"key": "meter", "kind": "fixed", "amount": "2.50", "per": "month"},
    ],
}  # fmt: skip


@pytest.fixture
def owrs(tmp_path: Path) -> str:
    file = tmp_path / "example.owrs"
    file.write_text(OWRS, encoding="utf-8")
    return str(file)


@pytest.fixture
def own(tmp_path: Path) -> str:
    file = tmp_path / "own.json"
    file.write_text(json.dumps(OWN), encoding="utf-8")
    return str(file)


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["tariff", "bill", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_bill_is_told_part_by_part(owrs: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(capsys, owrs, "HOME", "--usage", "23.5", "--set", 'meter_size=1|1/2"')
    service, use = told.pop("components")
    assert (service["key"], service["amount"], service["in_total"]) == (
        "service_charge", "22.50", True,
    )  # fmt: skip
    assert (use["key"], use["quantity"], use["amount"]) == ("commodity_charge", "23.5", "80.94")
    assert use["tiers"] == [
        {"begins": "0", "ends": "14", "quantity": "14", "price": "2.87", "amount": "40.18"},
        {"begins": "14", "ends": "40", "quantity": "9.5", "price": "4.29", "amount": "40.76"},
    ]
    assert told == {
        "utility": "City of Example",
        "class": "HOME",
        "effective": "2016-03-01",
        "months": 2,
        "conventions": [
            "a start of a tier is its first unit",
            "a drought's surcharge adds to the charge of its kind",
        ],
        "currency": "USD",
        "unit": "ccf",
        "quantities": {},
        "total": "103.44",
    }


def test_conventions_are_chosen_and_said(owrs: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--usage", "23", "--set", 'meter_size=5/8"', "--tier-start", "threshold"]
    words += ["--set", "drought=on", "--surcharge", "replaces"]
    told = _told(capsys, owrs, "HOME", *words)
    # 15 at 2.87 and 8 at 4.29 = 77.37; 3 instead of the 11 of the meter
    assert told["total"] == "80.37"
    assert [each["key"] for each in told["components"]] == [
        "commodity_charge", "fixed_drought_surcharge",
    ]  # fmt: skip
    assert told["conventions"] == [
        "a start of a tier is the threshold above which it begins",
        "a drought's surcharge replaces the charge of its kind",
    ]


def test_numbers_of_a_budget_are_given_too(owrs: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(capsys, owrs, "GARDEN", "--usage", "12", "--days", "31", "--set", "hhsize=4")
    # 4 * 60 * 31 / 748 = 9.95, so 10 at 1 and 2 at 2
    assert told["quantities"] == {"indoor": "10", "budget": "10", "budget_100_percent": "10"}
    assert told["total"] == "14.00"


def test_a_tariff_of_our_own_is_billed(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(capsys, own, "--usage", "25", "--before", "170", "--months", "1")
    # 10 at 2.07 and 15 at 4.07 = 81.75, which contains 2.38 of tax; 2.50 for the meter
    assert told["total"] == "84.25"
    assert [(each["key"], each["owner"], each["amount"], each["in_total"])
            for each in told["components"]] == [
        ("water", "company", "81.75", True),
        ("vat", "tax office", "2.38", False),
        ("meter", "company", "2.50", True),
    ]  # fmt: skip
    assert "conventions" not in told


def test_a_person_reads_the_bill(owrs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tariff", "bill", owrs, "HOME", "--usage", "50", "--set", 'meter_size=5/8"']) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "City of Example, HOME, from 2016-03-01" in said
    assert "commodity_charge: 50 ccf 216.12" in said
    assert "from 40 on: 10 at 6.44 = 64.40" in said
    assert "total 227.12 USD" in said
    assert "(a start of a tier is its first unit)" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["HOME", "--usage", "5"], 'meter_size: a value is needed, one of 5/8", 1 1/2"'),
        (["HOME", "--set", 'meter_size=5/8"'], "usage: a number is needed"),
        (["HOME", "--usage", "5", "--set", "meter_size=9"], "meter_size: '9' is none of 5/8\", 1"),
        (["HOME", "--usage", "5", "--set", "size=9"], "size: this tariff does not ask for it; it"),
        (
            ["HOME", "--usage", "5", "--set", "meter_size"],
            "--set meter_size: NAME=VALUE is needed",
        ),
        (["HOME", "--usage", "5", "--set", "meter_size="], "NAME=VALUE is needed"),
        (["HOME", "--usage", "5", "--set", "drought=on", "--set", "drought=none"], "given twice"),
        (["HOME", "--usage", "five"], "usage: 'five' is no decimal number"),
        (["HOME", "--usage", "NaN"], "usage: 'NaN' is no decimal number"),
        (["HOME", "--usage", "1e99999"], "usage: '1e99999' is no decimal number"),
        (["HOME", "--usage", "-1", "--set", 'meter_size=5/8"'], "less than nothing"),
        (["GARDEN", "--usage", "5", "--days", "30"], "hhsize: a number is needed"),
        (["home", "--usage", "5"], "has the classes HOME, GARDEN; 'home' is none of them"),
        ([], "has the classes HOME, GARDEN; one is needed"),
    ],
)
def test_what_is_lacking_is_named(
    words: list[str], said: str, owrs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tariff", "bill", owrs, *words]) == 2
    assert said in capsys.readouterr().err


def test_what_a_file_does_not_say_is_told(
    owrs: str, own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tariff", "bill", owrs, "BROKEN", "--usage", "5"]) == 1
    assert "nothing_known: is named in bill" in capsys.readouterr().err
    assert main(["tariff", "bill", str(tmp_path / "none.owrs"), "HOME"]) == 1
    assert "none.owrs cannot be read" in capsys.readouterr().err
    assert main(["tariff", "bill", own, "HOME", "--usage", "5"]) == 2
    assert "holds one tariff, without classes" in capsys.readouterr().err
    for text, said in (("{", "Expecting property name"), ("[]", "tariff: a table of names")):
        Path(own).write_text(text, encoding="utf-8")
        assert main(["tariff", "bill", own, "--usage", "5"]) == 1
        assert said in capsys.readouterr().err


def test_a_folder_is_surveyed(
    owrs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "whole.yaml").write_text(OWRS.partition("  BROKEN")[0], encoding="utf-8")
    (tmp_path / "wrong.yml").write_text("metadata: [", encoding="utf-8")
    (tmp_path / "readme.md").write_text("no tariff", encoding="utf-8")
    assert main(["tariff", "survey", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 of 3 files are expressed whole (33.3%)\n")
    assert "example.owrs\n  BROKEN: nothing_known: is named in bill, and not said what" in said
    assert "wrong.yml\n  line 1: " in said
    assert main(["tariff", "survey", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["expressed"]) == (3, 1)
    assert set(told["left_out"]) == {"example.owrs", "wrong.yml"}
    assert main(["tariff", "survey", str(tmp_path / "nowhere")]) == 1
    (tmp_path / "empty").mkdir()
    assert main(["tariff", "survey", str(tmp_path / "empty")]) == 1
    assert "has no file that ends in .owrs, .yaml, .yml" in capsys.readouterr().err


def test_the_command_needs_no_database(owrs: str, tmp_path: Path) -> None:
    kept = {"PATH", "HOME", "LANG", "PYTHONPATH"}
    environment = {key: value for key, value in os.environ.items() if key in kept}
    done = subprocess.run(
        [sys.executable, "-m", "qiao.config.cli", "tariff", "bill", owrs, "HOME",
         "--usage", "23", "--set", 'meter_size=5/8"'],
        env=environment | {"PYTHONPATH": str(PROJECT / "src")},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "89.79 USD" in done.stdout
