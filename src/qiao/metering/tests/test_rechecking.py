"""Readings whose intervals come after them: held to them by night, each once."""

from datetime import timedelta
from pathlib import Path

import pytest

from qiao.core.transactions import acting
from qiao.metering.models import Reading, ReadingChange, ReadingFinding
from qiao.metering.operations import accept_reading, mark_billed
from qiao.metering.operations.rechecking import TOLD_WITHIN, recheck_readings
from qiao.metering.tests.cast import NOW, Metered, make_metered
from qiao.metering.tests.test_intervals import DAY, bring, read, table, text_of

pytestmark = pytest.mark.django_db
UNTIL = DAY + timedelta(days=11)
AGREES, DIFFERS = "230", "400"  # ten whole days of 12 and two in part: 120 to 144 from 100 on


@pytest.fixture
def metered(media: Path) -> Metered:
    return make_metered()


def read_twice(metered: Metered, which: int, value: str) -> int:
    read(metered, which, DAY, "100")
    taken = read(metered, which, UNTIL, value)
    assert taken.state == "valid"
    assert taken.reading_id is not None
    return taken.reading_id


def tell(metered: Metered, which: int, days: int = 12) -> None:
    rows = [row for n in range(days) for row in table(metered, which, day=DAY + timedelta(n))]
    assert bring(metered, text_of(rows)).refused_count == 0


def state_of(reading_id: int) -> str:
    return Reading.objects.values_list("state", flat=True).get(pk=reading_id)


def test_intervals_told_later_stop_a_reading_that_says_otherwise(metered: Metered) -> None:
    agrees, differs = read_twice(metered, 0, AGREES), read_twice(metered, 1, DIFFERS)
    assert recheck_readings(now=NOW) == 0  # nothing is told of them yet
    tell(metered, 0)
    tell(metered, 1)
    assert recheck_readings(now=NOW) == 1
    assert (state_of(agrees), state_of(differs)) == ("valid", "exception")
    finding = ReadingFinding.objects.get(reading=differs, rule="intervals")
    assert (finding.severity, finding.seen["usage"], finding.expected) == (
        "stop", "300", {"least": "120", "most": "144"},
    )  # fmt: skip
    change = ReadingChange.objects.get(reading=differs)
    assert (change.action, change.by_id, change.at) == ("stopped", None, NOW)
    assert recheck_readings(now=NOW) == 0


def test_what_somebody_decided_or_billed_stays(metered: Metered) -> None:
    decided, billed = read_twice(metered, 0, DIFFERS), read_twice(metered, 1, DIFFERS)
    with acting(metered.company.agent):
        mark_billed(bill_number="ZD1", reading_ids=[billed], now=NOW)
    tell(metered, 0)
    tell(metered, 1)
    assert recheck_readings(now=NOW) == 1
    with acting(metered.company.agent):
        accept_reading(actor=metered.company.agent, now=NOW, reading_id=decided, why="实地核过")
    assert recheck_readings(now=NOW) == 0
    assert (state_of(decided), state_of(billed)) == ("final", "billed")


def test_part_of_the_intervals_and_old_files_say_nothing(metered: Metered) -> None:
    waiting, old = read_twice(metered, 0, DIFFERS), read_twice(metered, 1, DIFFERS)
    tell(metered, 0, days=5)
    tell(metered, 1)
    assert recheck_readings(now=NOW + TOLD_WITHIN) == 0
    assert recheck_readings(now=NOW) == 1
    assert (state_of(waiting), state_of(old)) == ("valid", "exception")


def test_batches_of_one_reading_each_find_all(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiao.metering.operations.rechecking.BATCH", 1)
    found = [read_twice(metered, which, DIFFERS) for which in range(2)]
    read(metered, 0, UNTIL + timedelta(days=3), "412")
    for which in range(2):
        tell(metered, which, days=14)
    recheck_readings(now=NOW)
    assert {state_of(pk) for pk in found} == {"exception"}
