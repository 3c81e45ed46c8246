"""Files of readings, of half hours, and days at the counter: killed or not, they end alike.

Of two branches alike one is left in peace; the jobs of the other are killed at seeded points.
"""

import io
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from qiao.billing import operations as ops
from qiao.billing.models import CashierShift, ClosedDay, Payment
from qiao.billing.tests.lives import NOW, a_tariff, audit
from qiao.billing.tests.reading import a_read_account
from qiao.core.actor import Actor
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.metering.models import IntervalLoad, ReadingFile
from qiao.metering.operations import ensure_registers, intervals
from qiao.metering.operations.files import FILES
from qiao.metering.queries.day_uses import days_of_point, slots_of
from qiao.staff.models import Organisation
from qiao.staff.tests.cast import Company, make_company
from tests.kills.loader import INTERVALS, READINGS

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
Job = Callable[[str, int, int], int]


@pytest.fixture
def job(own_database: str, media: Path, tmp_path: Path) -> Job:
    """Runs a job in a process of its own, which may kill itself; its exit code."""
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        "QIAO_MEDIA": str(media),
    }  # fmt: skip

    def once(what: str, pk: int, statement: int) -> int:
        words = [sys.executable, "-m", "tests.kills.loader", what, str(pk), str(statement)]
        with (tmp_path / "runs.log").open("ab") as log:
            return subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode

    return once


def end(job: Job, what: str, pk: int, *, kills: int, reach: int, rng: Random) -> int:
    """Run a job to its end, killed so many times at most before; how often it was."""
    for died in range(kills):
        code = job(what, pk, rng.randint(3, reach))
        if code == 0:
            return died
        assert code == -signal.SIGKILL
    assert job(what, pk, 0) == 0
    return kills


def rows_of(sql: str, **values: Any) -> Counter[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Counter(cursor.fetchall())


@pytest.fixture
def company(job: Job) -> Company:
    del job
    with transaction.atomic():
        return make_company()


def points(actor: Actor, count: int) -> list[tuple[int, str]]:
    """Points of a branch with meters, by id and the number of the meter."""
    with transaction.atomic():
        made = [make_service_point(actor) for _ in range(count)]
        for point in made:
            make_account(actor, service_point=point)
        ensure_registers(now=NOW, service_point_ids=[point.pk for point in made])
    return [(point.pk, point.meter_number) for point in made]


def readings_of(meters: Sequence[str], months: int) -> str:
    """Months of readings: some jump, some come twice, some cannot be."""
    rng = Random(5)
    lines = ["表号,抄表日期,本期示数"]
    stands = {meter: rng.randrange(100, 900) for meter in meters}
    for month in range(months):
        day = date(2025 + month // 12, 1 + month % 12, 5)
        for place, meter in enumerate(meters):
            stands[meter] += rng.randrange(5, 25) * (12 if (place + month) % 11 == 9 else 1)
            shown = "x1" if (place + month) % 13 == 4 else stands[meter]
            lines.append(f"{meter},{day},{shown}")
            if (place + month) % 7 == 2:
                lines.append(lines[-1])
    lines.append("W-NOWHERE,2026-01-05,7")
    return "\n".join(lines)


READ = """
SELECT t.n, r.read_date, r.raw, r.value, r.state, r.is_rolled, r.method,
       (SELECT string_agg(f.rule || f.severity, ' ' ORDER BY f.rule)
          FROM metering_readingfinding f WHERE f.reading_id = r.id)
  FROM metering_reading r
  JOIN unnest(%(points)s::bigint[]) WITH ORDINALITY AS t (id, n) ON t.id = r.service_point_id
"""
REFUSED = """
SELECT row_number, jsonb_path_query_array(faults, '$[*].code')::text FROM metering_refusedrow
 WHERE file_id = %(file)s
"""


def read_in_peace_and_killed(job: Job, company: Company, *, meters: int, months: int,
                             kills: int) -> int:  # fmt: skip
    rng, told, died = Random(41), [], 0
    for actor, most in ((company.agent, kills), (company.outsider, 0)):
        made = points(actor, meters)
        text = readings_of([meter for _pk, meter in made], months)
        file = FILES.receive(
            actor=actor, organisation_id=actor.organisation_id, now=NOW,
            upload=SimpleUploadedFile("抄表.csv", text.encode()),
        )  # fmt: skip
        FILES.run_check(actor=actor, file_id=file.pk, now=NOW)
        with acting(actor):
            FILES.start(actor=actor, file_id=file.pk)
        died += end(job, "readings", file.pk, kills=most, reach=45, rng=rng)
        file = ReadingFile.objects.get(pk=file.pk)
        assert file.state == "done"
        assert file.read_count == len(text.split("\n")) - 1 > 3 * READINGS
        ids = [pk for pk, _meter in made]
        counts = (file.taken_count, file.exception_count, file.known_count, file.refused_count)
        told.append((counts, rows_of(READ, points=ids), rows_of(REFUSED, file=file.pk)))
    assert told[0] == told[1]
    assert all(told[0][0])
    return died


def test_a_file_of_readings_killed_twice_is_taken_in_whole(job: Job, company: Company) -> None:
    assert read_in_peace_and_killed(job, company, meters=8, months=8, kills=2) == 2


@pytest.mark.slow
def test_a_file_of_readings_killed_at_twenty_points_is_taken_in_whole(
    job: Job, company: Company
) -> None:
    assert read_in_peace_and_killed(job, company, meters=40, months=14, kills=20) == 20


def half_hours(meters: Sequence[str], days: int) -> str:
    """Some days of half hours, a day of all meters after the other; some rows cannot be."""
    rng = Random(6)
    lines = ["表号,开始时间,用电量"]
    for day in range(days):
        for place, meter in enumerate(meters):
            for slot in range(48):
                at = datetime(2026, 10, 28) + timedelta(days=day, minutes=30 * slot)  # noqa: DTZ001
                value = "-1" if (place + slot + day) % 61 == 7 else f"{rng.random():.3f}"
                lines.append(f"{meter},{at:%Y-%m-%d %H:%M},{value}")
    return "\n".join(lines)


def loaded_in_peace_and_killed(job: Job, company: Company, *, meters: int, days: int,
                               kills: int) -> int:  # fmt: skip
    rng, told, died = Random(42), [], 0
    for actor, most in ((company.agent, kills), (company.outsider, 0)):
        made = points(actor, meters)
        text = half_hours([meter for _pk, meter in made], days)
        load = intervals.receive_intervals(
            actor=actor, organisation_id=actor.organisation_id, minutes=30, now=NOW,
            upload=SimpleUploadedFile("load.parquet", parquet(text)),
        )  # fmt: skip
        died += end(job, "intervals", load.pk, kills=most, reach=40, rng=rng)
        load = IntervalLoad.objects.get(pk=load.pk)
        assert load.state == "done"
        assert load.read_count == len(text.split("\n")) - 1 > 5 * INTERVALS
        since, until = date(2026, 10, 28), date(2026, 10, 27) + timedelta(days=days)
        kept = [
            (days_of_point(pk, since=since, until=until), slots_of(pk, day=until, zone=ZONE))
            for pk, _meter in made
        ]
        refused = rows_of(
            "SELECT row_number, field, code, value FROM metering_refusedinterval"
            " WHERE load_id = %(load)s", load=load.pk,
        )  # fmt: skip
        told.append(((load.taken_count, load.refused_count, load.faults), kept, refused))
    assert told[0] == told[1]
    assert all(told[0][0])
    return died


def parquet(text: str) -> bytes:
    """The same rows as a file of columns: of these blocks are as small as a test wants them."""
    rows = [line.split(",") for line in text.split("\n")]
    columns = {name: [row[n] for row in rows[1:]] for n, name in enumerate(rows[0])}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_half_hours_whose_load_is_killed_twice_are_told_once(job: Job, company: Company) -> None:
    assert loaded_in_peace_and_killed(job, company, meters=3, days=6, kills=2) == 2


@pytest.mark.slow
def test_half_hours_whose_load_is_killed_at_twenty_points_are_told_once(
    job: Job, company: Company
) -> None:
    assert loaded_in_peace_and_killed(job, company, meters=9, days=9, kills=20) == 20


ENTRIES = """
SELECT p.event, p.booked_date, e.ledger, e.minor, e.owner, e.kind
  FROM billing_entry e JOIN billing_posting p ON p.id = e.posting_id
 WHERE p.organisation_id = %(unit)s
"""


def days_at_the_counter(
    job: Job, unit: Organisation, actor: Actor, account: int, *, days: int, kills: int, rng: Random
) -> int:
    """Days on which somebody pays cash, the drawer is counted and the day is closed; how often
    that was killed."""
    died = 0
    for number in range(days):
        day = date(2026, 11, 1) + timedelta(days=number)
        with acting(actor):
            shift = ops.open_shift(
                organisation_id=unit.pk, currency="CNY", float_minor=10_000, day=day,
                actor=actor, now=NOW,
            )  # fmt: skip
            ops.take_payment(
                payment=ops.NewPayment(
                    account_id=account, minor=700 + number, currency="CNY",
                    channel=Payment.Channel.COUNTER, means=Payment.Means.CASH,
                    reference=f"{unit.code}{number}", booked_date=day, shift_id=shift.pk,
                    received_at=NOW,
                ),
                actor=actor, now=NOW,
            )  # fmt: skip
        died += end(job, "drawer", shift.pk, kills=kills, reach=25, rng=rng)
    return died


def counted_in_peace_and_killed(job: Job, company: Company, *, days: int, kills: int) -> int:
    rng, told, died = Random(43), [], 0
    with transaction.atomic():
        tariff = a_tariff()
        accounts = [
            a_read_account(actor, tariff=tariff)[0] for actor in (company.agent, company.outsider)
        ]
    for actor, unit, account, most in (
        (company.agent, company.lake, accounts[0], kills),
        (company.outsider, company.river, accounts[1], 0),
    ):
        died += days_at_the_counter(job, unit, actor, account, days=days, kills=most, rng=rng)
        closed = ClosedDay.objects.filter(organisation=unit).order_by("day")
        shifts = CashierShift.objects.filter(organisation=unit).order_by("booked_date")
        told.append(
            (
                list(closed.values_list("day", "totals")),
                list(shifts.values_list("booked_date", "expected_minor", "counted_minor")),
                rows_of(ENTRIES, unit=unit.pk),
            )
        )
    assert told[0] == told[1]
    assert len(told[0][0]) == days
    assert {(counted or 0) - (expected or 0) for _, expected, counted in told[0][1]} == {-20}
    assert not audit()
    return died


def test_a_day_at_the_counter_whose_close_is_killed_is_closed_once(
    job: Job, company: Company
) -> None:
    assert counted_in_peace_and_killed(job, company, days=2, kills=2) >= 2


@pytest.mark.slow
def test_days_at_the_counter_whose_close_is_killed_at_twenty_points_are_closed_once(
    job: Job, company: Company
) -> None:
    assert counted_in_peace_and_killed(job, company, days=10, kills=3) >= 20
