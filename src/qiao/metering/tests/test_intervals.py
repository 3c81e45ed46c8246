"""Interval data: taken in once, corrected, summed by days, killed and gone on with, merged."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.actor import Forbidden
from qiao.core.transactions import acting
from qiao.metering.models import DayUse, IntervalLoad, LakeFile, RefusedInterval
from qiao.metering.operations import interval_calls, interval_files, intervals, lake
from qiao.metering.operations.interval_calls import NewInterval
from qiao.metering.operations.taking import NewReading, Taken, take_readings
from qiao.metering.queries.day_uses import days_of_point, slots_of
from qiao.metering.queries.lake import folder, path_of
from qiao.metering.rules.interval_columns import MissingColumns
from qiao.metering.tests.cast import NOW, Metered, make_metered

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 10, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def metered(media: Path) -> Metered:
    return make_metered()


def starts(day: date = DAY, count: int = 48) -> list[datetime]:
    begin = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return [begin + timedelta(minutes=30 * place) for place in range(count)]


def table(metered: Metered, which: int = 0, value: str = "0.25", **more: Any) -> list[list[str]]:
    meter = metered.points[which].meter_number
    return [[meter, f"{start:%Y-%m-%d %H:%M}", value] for start in starts(**more)]


def text_of(rows: list[list[str]], header: str = "表号,开始时间,用电量") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue().encode()


def bring(metered: Metered, data: bytes, name: str = "负荷.csv") -> IntervalLoad:
    load = intervals.receive_intervals(
        actor=metered.company.agent, organisation_id=metered.company.lake.pk, minutes=30, now=NOW,
        upload=SimpleUploadedFile(name, data),
    )  # fmt: skip
    return intervals.run_load(actor=metered.company.agent, load_id=load.pk, now=NOW)


def send(metered: Metered, key: str, told: list[NewInterval]) -> IntervalLoad:
    with acting(metered.company.agent):
        return interval_calls.take_intervals(
            actor=metered.company.agent, organisation_id=metered.company.lake.pk, source="api.1",
            key=key, intervals=told, now=NOW,
        )  # fmt: skip


def kept() -> dict[tuple[int, date], tuple[Decimal, str, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT register_id, day, used, slots::text, peak FROM metering_dayuse")
        return {(r, d): (used, slots, peak) for r, d, used, slots, peak in cursor.fetchall()}


def faults(load: IntervalLoad) -> list[tuple[int, str, str]]:
    rows = RefusedInterval.objects.filter(load=load).order_by("row_number")
    return list(rows.values_list("row_number", "field", "code"))


def test_a_day_by_the_half_hour_is_seen_as_a_sum_and_as_a_curve(metered: Metered) -> None:
    load = bring(metered, text_of(table(metered) + table(metered, 1, "0.5")))
    assert (load.state, load.read_count, load.taken_count, load.refused_count) == (
        "done", 96, 96, 0,
    )  # fmt: skip
    point = metered.points[0].pk
    (line,) = days_of_point(point, since=DAY, until=DAY)
    assert (line.used, line.peak, line.told, line.slots) == (Decimal(12), Decimal("0.5"), 48, 48)
    curve = slots_of(point, day=DAY, zone=ZONE)
    assert [slot.start for slot in curve] == starts()
    assert {slot.used for slot in curve} == {Decimal("0.25")}
    assert slots_of(point, day=DAY + timedelta(days=1), zone=ZONE) == []


def test_a_reading_is_held_to_the_sum_of_its_intervals(metered: Metered) -> None:
    """Ten days of 12 between two readings, each of some hour of its day: 120 to 144."""
    since, until = DAY, DAY + timedelta(days=11)
    for which in range(2):
        read(metered, which, since, "100")
        rows = [row for n in range(12) for row in table(metered, which, day=since + timedelta(n))]
        assert bring(metered, text_of(rows)).refused_count == 0
    assert read(metered, 0, until, "246").state == "valid"
    taken = read(metered, 1, until, "217")
    assert taken.state == "exception"
    (finding,) = taken.findings
    assert (finding.rule, dict(finding.expected)) == ("intervals", {"least": "120", "most": "144"})


def read(metered: Metered, which: int, day: date, value: str) -> Taken:
    meter = metered.points[which].meter_number
    given = NewReading(f"{which}.{day}", value, day, meter)
    with acting(metered.company.agent):
        (taken,) = take_readings(
            actor=metered.company.agent, now=NOW, source="test", readings=[given]
        )
    return taken


def test_parquet_with_numbers_and_moments_is_taken_as_text_is(metered: Metered) -> None:
    meter = metered.points[0].meter_number
    for name, moments in (
        ("utc", pa.array([each.astimezone(UTC) for each in starts()], pa.timestamp("us", "UTC"))),
        ("local", pa.array([each.replace(tzinfo=None) for each in starts()])),
    ):
        DayUse.objects.all().delete()
        columns = {"meter": [meter] * 48, "start": moments, "value": [0.25] * 48,
                   "quality": ["E"] + ["A"] * 47}  # fmt: skip
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out)
        load = bring(metered, out.getvalue(), f"{name}.parquet")
        assert (load.state, load.taken_count) == ("done", 48), load.failure_detail
        (line,) = days_of_point(metered.points[0].pk, since=DAY, until=DAY)
        assert (line.used, line.estimated) == (Decimal(12), 1)


def test_a_wrong_row_is_told_with_its_number_and_keeps_no_other_from_being_taken(
    metered: Metered,
) -> None:
    rows = table(metered, count=6)
    rows[0][0] = "W-NOWHERE"
    rows[1][1] = "soon"
    rows[2][2] = "much"
    rows[3][2] = "-1"
    rows.insert(2, ["too", "few"])
    load = bring(metered, text_of(rows))
    assert (load.state, load.taken_count, load.refused_count) == ("done", 2, 5)
    assert faults(load) == [
        (2, "meter", "meter"), (3, "at", "moment"), (4, "row", "columns"),
        (5, "value", "number"), (6, "value", "negative"),
    ]  # fmt: skip
    row = RefusedInterval.objects.get(load=load, row_number=5)
    assert (row.meter, row.value) == (metered.points[0].meter_number, "much")
    assert sorted(code for _field, code, _n in load.faults) == [
        "columns", "meter", "moment", "negative", "number",
    ]  # fmt: skip


def test_the_same_file_is_taken_once_and_another_corrects(metered: Metered) -> None:
    data = text_of(table(metered))
    first = bring(metered, data)
    with pytest.raises(intervals.LoadKnown) as known:
        bring(metered, data)
    assert known.value.load_id == first.pk
    before = kept()
    bring(metered, text_of(table(metered, value="0.250")))
    assert kept() == before
    bring(metered, text_of(table(metered, value="1", count=2)))
    (line,) = days_of_point(metered.points[0].pk, since=DAY, until=DAY)
    assert (line.used, line.peak) == (Decimal("13.5"), Decimal(2))
    curve = slots_of(metered.points[0].pk, day=DAY, zone=ZONE)
    assert [slot.used for slot in curve[:3]] == [1, 1, Decimal("0.25")]


def test_a_day_in_pieces_comes_to_the_same_as_whole(metered: Metered) -> None:
    rows = table(metered)
    bring(metered, text_of(rows))
    whole = kept()
    DayUse.objects.all().delete()
    LakeFile.objects.all().delete()
    for place in (2, 0, 1):
        bring(metered, text_of(rows[place::3]))
    assert kept() == whole


def test_intervals_of_another_length_take_the_place_of_those_before(metered: Metered) -> None:
    bring(metered, text_of(table(metered)))
    meter = metered.points[0].meter_number
    hours = [[meter, f"{each:%Y-%m-%d %H:%M}", "1", "60"] for each in starts()[::2]]
    bring(metered, text_of(hours, "表号,开始时间,用电量,间隔"))
    (line,) = days_of_point(metered.points[0].pk, since=DAY, until=DAY)
    assert line.day == DAY
    assert line.used == 24 + 24 * Decimal("0.25")  # the half hours that nobody told anew stay


def test_ends_of_intervals_and_other_months_are_taken_where_they_belong(metered: Metered) -> None:
    meter = metered.points[0].meter_number
    begin = datetime(2026, 9, 30, 23, tzinfo=ZONE)
    ends = [begin + timedelta(minutes=30 * place) for place in range(1, 5)]
    rows = [[meter, f"{each:%Y-%m-%d %H:%M}", "1"] for each in ends]
    bring(metered, text_of(rows, "表号,结束时间,用电量"))
    assert {day: used for (_r, day), (used, _s, _p) in kept().items()} == {
        date(2026, 9, 30): 2, date(2026, 10, 1): 2,
    }  # fmt: skip
    months = LakeFile.objects.order_by("month").values_list("month", "row_count")
    assert list(months) == [(date(2026, 9, 1), 2), (date(2026, 10, 1), 2)]


def test_a_load_that_was_killed_goes_on_after_its_last_block(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interval_files, "BLOCK", 20)
    monkeypatch.setattr(interval_files, "_TEXT_BLOCK", 700)
    data = text_of(table(metered) + table(metered, 1, "0.5"))
    bring(metered, data)
    whole = kept()
    DayUse.objects.all().delete()
    IntervalLoad.objects.all().update(key="before")
    load = intervals.receive_intervals(
        actor=metered.company.agent, organisation_id=metered.company.lake.pk, minutes=30, now=NOW,
        upload=SimpleUploadedFile("again.csv", data),
    )  # fmt: skip
    deaths = iter(range(100))

    def dies(execute: Any, sql: str, *more: Any) -> Any:
        if "metering_ensure_months" in sql and next(deaths) % 2:
            raise DatabaseError("killed")
        return execute(sql, *more)

    for _ in range(20):
        try:
            with connection.execute_wrapper(dies):
                intervals.run_load(actor=metered.company.agent, load_id=load.pk, now=NOW)
            break
        except DatabaseError:
            continue
    load.refresh_from_db()
    assert (load.state, load.read_count, load.taken_count) == ("done", 96, 96)
    assert next(deaths) > 4  # there were several blocks, and several deaths
    assert kept() == whole


def test_a_program_is_answered_and_its_key_counts_once(metered: Metered) -> None:
    meter = metered.points[0].meter_number
    told = [NewInterval(meter, start, "0.5", 30) for start in starts(count=3)]
    load = send(metered, "k1", [*told, NewInterval("NOWHERE", starts()[0], "1", 30)])
    assert (load.state, load.taken_count, load.refused_count) == ("done", 3, 1)
    assert faults(load) == [(4, "meter", "meter")]
    assert send(metered, "k1", told).pk == load.pk
    assert LakeFile.objects.count() == 1
    outside = metered.company.outsider
    with acting(outside), pytest.raises(Forbidden):
        interval_calls.take_intervals(
            actor=outside, organisation_id=metered.company.lake.pk, source="x", key="k",
            intervals=told, now=NOW,
        )  # fmt: skip
    with acting(outside):  # its own unit knows no such meter
        theirs = interval_calls.take_intervals(
            actor=outside, organisation_id=metered.company.river.pk, source="x", key="k",
            intervals=told, now=NOW,
        )  # fmt: skip
    assert (theirs.taken_count, theirs.refused_count) == (0, 3)


def test_a_file_without_its_columns_or_damaged_is_refused_at_once(metered: Metered) -> None:
    with pytest.raises(MissingColumns) as missing:
        bring(metered, text_of([["1", "2", "3"]], "表号,甲,乙"))
    assert missing.value.fields == ["value", "start"]
    with pytest.raises(interval_files.Unreadable):
        bring(metered, b"PAR1 and nothing of the kind")
    assert not IntervalLoad.objects.exists()


def test_a_file_that_is_wrong_throughout_is_stopped(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intervals, "MOST_REFUSED", 10)
    load = bring(metered, text_of([["X", "2026-10-05 00:00", "1"]] * 11))
    assert (load.state, load.failure, load.read_count) == ("failed", "too_many", 0)


def test_many_files_of_a_month_become_one_and_say_the_same(metered: Metered) -> None:
    meter = metered.points[0].meter_number
    for place in range(lake.MERGED_FROM):
        told = [
            NewInterval(meter, start, str(place + 1), 30) for start in starts(count=48 - place)
        ]
        send(metered, f"k{place}", told)
    point = metered.points[0].pk
    before, days = slots_of(point, day=DAY, zone=ZONE), kept()
    old = list(LakeFile.objects.values_list("name", flat=True))
    today = timezone.now()  # of files the machine says how old they are
    assert lake.merge_months(today) == 1
    assert LakeFile.objects.filter(replaced_at__isnull=True).count() == 1
    assert slots_of(point, day=DAY, zone=ZONE) == before
    assert kept() == days
    assert lake.merge_months(NOW) == 0
    send(metered, "later", [NewInterval(meter, starts()[0], "9", 30)])
    assert slots_of(point, day=DAY, zone=ZONE)[0].used == 9
    assert all(path_of(name).exists() for name in old)
    stray = folder() / "1" / "2026-10" / "left.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"")
    assert lake.sweep_lake(today) == 0
    gone = today + timedelta(days=2)
    LakeFile.objects.filter(replaced_at__isnull=False).update(replaced_at=NOW)
    assert lake.sweep_lake(gone) == len(old) + 1
    assert not any(path_of(name).exists() for name in old)
    assert slots_of(point, day=DAY, zone=ZONE)[1:] == before[1:]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example cleans up
)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(0, 60), st.integers(0, 40)),
            min_size=1, max_size=8, unique_by=lambda row: row[:2],
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_days_are_always_what_the_lake_says(
    metered: Metered, loads: list[list[tuple[int, int, int]]]
) -> None:
    """Whatever came in whichever order: the kept days equal the sum of what holds."""
    begin = datetime(DAY.year, DAY.month, DAY.day, tzinfo=ZONE)
    DayUse.objects.all().delete()
    LakeFile.objects.all().delete()
    IntervalLoad.objects.all().delete()
    holds: dict[tuple[int, int], int] = {}
    for key, told in enumerate(loads):
        send(
            metered, str(key),
            [
                NewInterval(
                    metered.points[which].meter_number, begin + timedelta(minutes=30 * slot),
                    f"{amount / 10}", 30,
                )
                for which, slot, amount in told
            ],
        )  # fmt: skip
        holds |= {(which, slot): amount for which, slot, amount in told}
    expected: dict[tuple[int, date], tuple[Decimal, int, Decimal]] = {}
    for (which, slot), amount in holds.items():
        place = metered.registers[which].pk, DAY + timedelta(days=slot // 48)
        used, count, peak = expected.get(place, (Decimal(0), 0, Decimal(0)))
        own = Decimal(amount) / 10
        expected[place] = used + own, count + 1, max(peak, own * 2)
    assert {
        place: (used, slots.count("1"), peak) for place, (used, slots, peak) in kept().items()
    } == expected
