"""A log of another call centre: what becomes of its rows, and that the figures are the log's."""

import csv
import gzip
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company
from qiao.telephony.forms.periods import start_of
from qiao.telephony.models import Call, CallEntry, CallTurn
from qiao.telephony.operations import (
    Imported,
    UnknownProfile,
    WrongColumns,
    import_acd_log,
    rebuild_turns,
)
from qiao.telephony.operations import acd_log as operation
from qiao.telephony.queries import Wanted, resolved_at_once, tallies
from qiao.telephony.rules.acd_log import PROFILES, RowFaulty, read_call

BANK = PROFILES["anonymous_bank"]
ZONE = timezone.get_current_timezone()
ROW = {
    "vru+line": "AA0101", "call_id": "34540", "customer_id": "48178511.0", "priority": "2",
    "type": "PS", "date": "990201", "vru_entry": "8:19:42", "vru_exit": "8:19:47",
    "vru_time": "5", "q_start": "8:19:47", "q_exit": "8:20:21", "q_time": "34",
    "outcome": "AGENT", "ser_start": "8:20:20", "ser_exit": "8:22:04", "ser_time": "104",
    "server": "MICHAL",
}  # fmt: skip
NO_QUEUE = {"q_start": "0:00:00", "q_exit": "0:00:00", "q_time": "0"}
NOBODY = {"ser_start": "0:00:00", "ser_exit": "0:00:00", "ser_time": "0", "server": "NO_SERVER"}


def read(**changes: str) -> Any:
    return read_call(ROW | changes, BANK, ZONE)


def test_a_row_is_a_call_with_the_times_that_it_tells() -> None:
    call = read()
    assert (call.waited, call.talked, call.queue) == (34, 104, "anonymous_bank.ps")
    assert f"{call.queued_at:%H:%M:%S}" == "08:19:47"
    assert call.ended_at - call.queued_at == timedelta(seconds=34 + 104)
    assert "48178511" not in str(call.entries(1, 1))  # whose account it was is nobody's business


def test_who_was_in_no_queue_was_answered_at_once_or_left_before_it() -> None:
    assert (read(**NO_QUEUE).waited, read(**NO_QUEUE).talked) == (0, 104)
    left = read(**NO_QUEUE, **NOBODY, outcome="HANG")
    assert (left.waited, left.talked) == (None, None)


def test_midnight_comes_between_and_nobody_waits_a_day() -> None:
    late = read(
        vru_entry="23:59:17", vru_exit="23:59:17", q_start="23:59:26", q_exit="0:00:27",
        q_time="61", outcome="HANG", **NOBODY,
    )  # fmt: skip
    assert late.waited == 61
    assert late.ended_at - late.queued_at == timedelta(seconds=61)
    assert (late.ended_at.date() - late.arrived_at.date()).days == 1
    over = read(vru_entry="23:59:50", vru_exit="0:00:02", q_start="0:00:02", q_exit="0:00:36")
    assert (over.queued_at - over.arrived_at).total_seconds() == 12


def test_what_the_system_made_by_itself_is_no_call() -> None:
    assert read(outcome="PHANTOM") is None


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("outcome", "BUSY", "one of AGENT, HANG, PHANTOM"),
        ("type", "ZZ", "one of PS"),
        ("date", "31.2.99", "a day"),
        ("vru_entry", "8:61:00", "a time"),
        ("q_exit", "", "a text"),
        ("q_time", "33", "34, the time from q_start to q_exit"),
        ("ser_time", "-1", "104"),
        ("call_id", "", "a text"),
    ],
)
def test_each_fault_names_its_field_and_what_was_expected(
    field: str, value: str, expected: str
) -> None:
    with pytest.raises(RowFaulty) as caught:
        read(**{field: value})
    assert caught.value.field == field
    assert expected in caught.value.expected
    assert caught.value.found == value


@pytest.fixture
def world(own_database: str) -> Company:
    del own_database
    with transaction.atomic():
        return make_company()


@pytest.fixture
def log(shared_data: Path) -> Path:
    return shared_data / "calls_anonymous_bank_feb1999" / "calls.csv.gz"


def rows_of(log: Path, *days: str) -> list[dict[str, str]]:
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not days or row["date"] in days]


def write(target: Path, rows: list[dict[str, str]]) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return target


def take_in(world: Company, file: Path, **more: Any) -> Imported:
    return import_acd_log(
        file=file, profile="anonymous_bank", organisation_id=world.company.pk, zone=ZONE,
        now=timezone.now(), **more,
    )  # fmt: skip


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def counted(rows: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """The figures by kind of call as the file alone tells them."""
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"offered": 0, "answered": 0, "abandoned": 0, "wait": [], "service": []}
    )
    for row in rows:
        queued = row["q_time"] != "0" or row["q_start"] != "0:00:00"
        kind = found[f"anonymous_bank.{row['type'].lower()}"]
        if row["outcome"] == "AGENT":
            kind["offered"] += 1
            kind["answered"] += 1
            kind["wait"].append(int(row["q_time"]))
            kind["service"].append(int(row["ser_time"]))
        elif row["outcome"] == "HANG" and queued:
            kind["offered"] += 1
            kind["abandoned"] += 1
    return dict(found)


def profile_of(rows: list[dict[str, str]]) -> dict[str, int]:
    """Calls that came to a queue by the half hour in which they did, of any day."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        queued = row["q_time"] != "0" or row["q_start"] != "0:00:00"
        if row["outcome"] == "PHANTOM" or (row["outcome"] == "HANG" and not queued):
            continue
        into = seconds(row["q_start"]) if queued else seconds(row["vru_exit"])
        if not queued:
            into = max(into, seconds(row["vru_entry"]))
        found[f"{into // 3600:02}:{into % 3600 // 1800 * 30:02}"] += 1
    return dict(found)


def check(world: Company, rows: list[dict[str, str]]) -> None:
    """The page's figures are those of the file."""
    chief = actor_for(world.chief_staff, day=TODAY)
    start = start_of(timezone.localdate().replace(year=1999, month=2, day=1))
    wanted = Wanted(start, start + timedelta(days=28))
    figures = tallies(actor=chief, wanted=wanted, by="queue")
    figures.pop("", None)
    expected = counted(rows)
    assert set(figures) == set(expected)
    for queue, told in expected.items():
        held = figures[queue]
        assert (held.offered, held.answered, held.abandoned) == (
            told["offered"], told["answered"], told["abandoned"],
        )  # fmt: skip
        assert held.answer_speed == pytest.approx(mean(told["wait"]))
        assert held.handle_time == pytest.approx(mean(told["service"]))
        assert held.in_time == sum(1 for wait in told["wait"] if wait <= 20)
    by_hour = tallies(actor=chief, wanted=wanted, by="hour")
    assert {key: t.offered for key, t in by_hour.items() if t.offered} == profile_of(rows)
    left = sum(t.left_early for t in tallies(actor=chief, wanted=wanted, by="all").values())
    assert left == sum(
        row["outcome"] == "HANG" and row["q_time"] == "0" and row["q_start"] == "0:00:00"
        for row in rows
    )
    assert resolved_at_once(actor=chief, wanted=wanted, by="all") == {}


def test_the_figures_are_those_of_the_log(world: Company, log: Path, tmp_path: Path) -> None:
    rows = rows_of(log, "990205", "990213")
    done = take_in(world, write(tmp_path / "two.csv", rows))
    phantoms = sum(row["outcome"] == "PHANTOM" for row in rows)
    assert (done.read, done.new, done.no_calls, done.faults) == (
        len(rows), len(rows) - phantoms, phantoms, [],
    )  # fmt: skip
    check(world, rows)
    rebuild_turns(now=timezone.now())
    check(world, rows)
    assert not Staff.objects.filter(number__startswith="ab-", is_active=True).exists()


@pytest.mark.slow
def test_the_whole_month_is_taken_in(world: Company, log: Path) -> None:
    done = take_in(world, log)
    assert (done.read, done.faults) == (17_456, [])
    assert done.new + done.no_calls == done.read
    check(world, rows_of(log))


def test_a_killed_import_goes_on_and_none_comes_twice(
    world: Company, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(log, "990205")
    file = write(tmp_path / "day.csv", rows)
    monkeypatch.setattr(operation, "PORTION", 100)

    def dies(so_far: Imported) -> None:
        if so_far.read > 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(world, file, progress=dies)
    half = Call.objects.count()
    assert 0 < half < len(rows)
    done = take_in(world, file)
    assert done.known == half
    assert done.new == Call.objects.count() - half
    entries, turns = CallEntry.objects.count(), CallTurn.objects.count()
    again = take_in(world, file)
    assert (again.new, again.known) == (0, Call.objects.count())
    assert (CallEntry.objects.count(), CallTurn.objects.count()) == (entries, turns)
    check(world, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM telephony_call c WHERE entry_count <>"
            " (SELECT count(*) FROM telephony_callentry e WHERE e.call_id = c.id)"
        )
        assert cursor.fetchone() == (0,)


def test_faulty_rows_are_told_and_the_others_are_taken_in(world: Company, tmp_path: Path) -> None:
    rows = [ROW, ROW | {"call_id": "2", "outcome": "BUSY"}, ROW | {"call_id": "3", "q_time": "x"}]
    done = take_in(world, write(tmp_path / "some.csv", rows))
    assert (done.read, done.new) == (3, 1)
    assert [(f.row, f.field, f.found) for f in done.faults] == [
        (3, "outcome", "BUSY"), (4, "q_time", "x"),
    ]  # fmt: skip
    with pytest.raises(WrongColumns) as caught:
        take_in(world, write(tmp_path / "other.csv", [{"a": "1", "type": "PS"}]))
    assert "call_id" in caught.value.missing
    with pytest.raises(UnknownProfile):
        import_acd_log(
            file=tmp_path / "some.csv", profile="x", organisation_id=1, zone=ZONE,
            now=timezone.now(),
        )  # fmt: skip
