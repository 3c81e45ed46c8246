"""Real tariffs of water utilities, each class of each file billed a second way."""

import csv
import gzip
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.inputs import CannotRate, Labels, Rows
from qiao.billing.rules.tariffs.model import Tariff, labels_needed, numbers_needed
from qiao.billing.rules.tariffs.owrs import DROUGHT, OwrsFile
from qiao.billing.rules.tariffs.owrs_parts import NotExpressed
from qiao.billing.rules.tariffs.owrs_text import read_owrs_text
from qiao.billing.rules.tariffs.rating import rate
from qiao.billing.tests.inputs import Inputs, fractions_of, rows_of
from qiao.billing.tests.oracle_owrs import OwrsBill, parts_of

BILLS = 5
TRIES = 60
RANGES = {"usage": 1_000_000, "irr_area": 20_000_000, "days": 92_000}


@cache
def _files(folder: Path) -> dict[str, tuple[str, OwrsFile | str]]:
    """By the name of the file its text and what was read of it, or why nothing was."""
    found: dict[str, tuple[str, OwrsFile | str]] = {}
    for path in sorted(folder.glob("*.owrs")):
        text = path.read_text("utf-8", errors="replace")
        try:
            found[path.stem] = text, read_owrs_text(text)
        except NotExpressed as refusal:
            found[path.stem] = text, str(refusal)
    return found


@pytest.fixture
def files(shared_data: Path) -> dict[str, tuple[str, OwrsFile | str]]:
    """All files; the test is skipped without them."""
    folder = shared_data / "tariffs_owrs"
    if not folder.is_dir():
        pytest.skip("the tariffs of QIAO_SHARED are not here")
    return _files(folder)


def test_nineteen_of_twenty_files_are_expressed_whole(
    files: dict[str, tuple[str, OwrsFile | str]],
) -> None:
    read = [each for _text, each in files.values() if isinstance(each, OwrsFile)]
    whole = [each for each in read if not each.refused]
    assert len(files) == 313
    assert len(whole) >= 299
    assert len(whole) / len(files) >= 0.95


def _draw(chance: random.Random, tariff: Tariff) -> Inputs:
    labels = {
        name: chance.choice(sorted(values | ({"none"} if name == DROUGHT else set())))
        for name, values in sorted(labels_needed(tariff).items())
    }
    numbers = {
        name: str(Decimal(chance.randint(0, RANGES.get(name, 40_000))) / 1000)
        for name in sorted(numbers_needed(tariff) | {"usage"})
    }
    if chance.random() < 0.3:
        numbers["usage"] = str(chance.randint(0, 60))  # where tiers begin and end
    return Inputs(labels, numbers)


def _compared(
    chance: random.Random, tariff: Tariff, parts: dict[str, object], **conventions: Any
) -> int:
    """Bills by chance, by the engine all together and by the oracle one by one; how many."""
    known = []
    for nth in range(TRIES):
        bill = _draw(chance, tariff)
        numbers = fractions_of(bill.numbers)
        try:
            known.append((bill, OwrsBill(parts, bill.labels, numbers, **conventions).lines()))
        except KeyError:  # no row of a table is for these labels
            if nth == 0:
                with pytest.raises(CannotRate, match=r"is none of|all of them together"):
                    rate(tariff, rows_of([bill]))
        if len(known) == BILLS:
            break
    assert known
    rated = rate(tariff, rows_of([bill for bill, _lines in known]))
    for row, (bill, lines) in enumerate(known):
        found = {key: int(minor[row]) for key, minor in rated.amounts.items() if minor[row]}
        assert found == {key: int(each * 100) for key, each in lines.items() if each}, bill
        assert int(rated.totals[row]) == int(sum(lines.values()) * 100)
    return len(known)


def test_every_class_of_every_file_bills_what_the_file_says(
    files: dict[str, tuple[str, OwrsFile | str]],
) -> None:
    compared = 0
    for name, (text, file) in files.items():
        if isinstance(file, OwrsFile):
            chance, classes = random.Random(name), parts_of(text)
            for key, tariff in file.tariffs.items():
                compared += _compared(chance, tariff, classes[key])
    assert compared > 7_000


def test_other_conventions_bill_what_they_say(
    files: dict[str, tuple[str, OwrsFile | str]],
) -> None:
    compared = 0
    for name, (text, file) in list(files.items())[::6]:
        if isinstance(file, OwrsFile):
            other = read_owrs_text(text, start_is="threshold", surcharge="replaces")
            for key in set(file.tariffs) - set(other.tariffs):
                assert "thresholds begin with 0" in other.refused[key]
            chance, classes = random.Random(name), parts_of(text)
            for key, tariff in other.tariffs.items():
                compared += _compared(chance, tariff, classes[key], below=0, replaces=True)
    assert compared > 900


def test_the_bills_of_santa_monica(shared_data: Path) -> None:
    """All metered use of 2014 to 2016; what the meter is and what water, the file does not say:
    taken in turn by customer, so that every combination is billed."""
    folder = shared_data / "water_santamonica"
    if not folder.is_dir():
        pytest.skip("the metered use of QIAO_SHARED is not here")
    text = (folder / "smc-2016-03-01.owrs").read_text("utf-8")
    file, classes = read_owrs_text(text), parts_of(text)
    with gzip.open(folder / "usage.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        used = [(row["cust_class"], row["usage_ccf"], int(row["cust_id"]))
                for row in csv.DictReader(lines)]  # fmt: skip
    assert len(used) == 106_623
    told = Counter(cust_class for cust_class, _use, _who in used)
    assert {key: count for key, count in told.items() if key not in file.tariffs} == {"OTHER": 360}
    total = billed = 0
    for key, tariff in file.tariffs.items():
        own = [(Decimal(use), who) for cust_class, use, who in used if cust_class == key]
        billed += len(own)
        labels = {
            name: [sorted(values)[who % len(values)] for _use, who in own]
            for name, values in labels_needed(tariff).items()
        }
        columns = {name: Labels.of(values) for name, values in labels.items()}
        rated = rate(tariff, Rows(len(own), columns, {"usage": column(use for use, _who in own)}))
        total += int(rated.totals.sum())
        known: dict[tuple[object, ...], int] = {}
        for row, (use, _who) in enumerate(own):
            mine = {name: values[row] for name, values in labels.items()}
            case = (use, *sorted(mine.items()))
            if case not in known:
                made = OwrsBill(classes[key], mine, {"usage": Fraction(use)}).lines()
                known[case] = int(sum(made.values()) * 100)
            assert int(rated.totals[row]) == known[case], (key, case)
    assert billed == 106_623 - 360
    assert total == 3_172_556_471  # 31.7 million dollars, each bill the same to the cent
