"""Half-hourly rows of a month into the lake, beside the bare write of the same files.

A Parquet file as a head-end sends it: meter, start, use. What is taken in is judged row by row,
written to the lake, and summed by register and day in the database; the floor does the same
durable work: it writes the rows of the lake's files again, from memory, and COPYs the same days
into an equal table. `bare` is that of the files alone, in milliseconds.
"""

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from customers_parts.world import copy
from measuring.databases import connected_to, drop, say, set_up, url_of, work_on
from measuring.timing import Limits, Result, once

from billing_parts import world
from billing_parts.run import CLERK

LIMITS = Limits(ratio=2, most={"refused": 0})
MADE = "billing_interval"
DEMO_DAYS = 70  # whose files lie where the world was built
LEAST = 1_440  # half hours of a meter: thirty days, more where there are few meters
# What was kept before are the days of the demo world, which the file ends before.
_LOADED = f"""SELECT * FROM metering_dayuse WHERE day <= current_date - {DEMO_DAYS}
 ORDER BY register_id, day"""
_EQUAL = f"""
CREATE TABLE bare_dayuse (LIKE metering_dayuse INCLUDING ALL) PARTITION BY RANGE (day);
DO $$
DECLARE
    month date;
BEGIN
    FOR month IN SELECT DISTINCT date_trunc('month', day)::date FROM ({_LOADED}) AS loaded LOOP
        EXECUTE format('CREATE TABLE bare_dayuse_%s PARTITION OF bare_dayuse FOR VALUES FROM (%L) TO (%L)',
            to_char(month, 'YYYYMM'), month, (month + interval '1 month')::date);
    END LOOP;
END $$;
"""  # noqa: E501 - as above
_METERS = """
SELECT i.meter_number FROM customers_meterinstallation i
  JOIN metering_register g ON g.installation_id = i.id AND g.kind = 'total'
 WHERE upper(i.period) IS NULL AND lower(i.period) < %(since)s::date AND g.removed_at IS NULL
 ORDER BY g.id LIMIT %(count)s
"""


def measure(args: Namespace) -> Iterator[Result]:
    """Take a file in, then write its rows bare."""
    due = world.ensure_due(args.due)
    work_on(due)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    copy(due, MADE)
    with tempfile.TemporaryDirectory(prefix="qiao-lake-") as name, connected_to(MADE):
        yield _taken(args.intervals, Path(name))
    drop(MADE)


def _taken(count: int, folder: Path) -> Result:
    from django.conf import settings
    from django.utils import timezone

    from qiao.metering.operations import intervals
    from qiao.staff.queries import actor_by_number, company_id

    settings.MEDIA_ROOT = folder / "media"
    now = timezone.now()
    _write(folder / "sent.parquet", count, now)
    clerk = actor_by_number(CLERK, day=timezone.localdate(now))
    began = time.monotonic()
    load = intervals.take_file(
        actor=clerk, organisation_id=company_id(), path=folder / "sent.parquet", minutes=30,
        now=now,
    )  # fmt: skip
    seconds = time.monotonic() - began
    assert load.state == "done", (load.failure, load.failure_detail, load.faults)
    bare, size = _bare(folder)
    days, copied = _days_copied()
    say(f"  {load.taken_count:,} rows in {seconds:.2f} s; floor {bare:.2f} s for files, {size:,}"
        f" bytes, {copied:.2f} s for {days:,} days")  # fmt: skip
    return once(
        "interval", seconds, bare + copied, limits=LIMITS, rows=load.read_count,
        refused=load.refused_count, bytes=size, bare=round(bare * 1000),
        per_second=round(load.read_count / seconds),
    )  # fmt: skip


def _write(path: Path, count: int, now: Any) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from django.db import connection

    chance = np.random.default_rng(20261130)
    values = {"count": -(-count // LEAST), "since": now.date().replace(year=now.year - 1)}
    with connection.cursor() as cursor:
        cursor.execute(_METERS, values)
        meters = [number for (number,) in cursor.fetchall()]
    slots = -(-count // len(meters))
    begins = (int(now.timestamp()) // 86_400 - slots // 48 - DEMO_DAYS) * 86_400
    which = np.repeat(np.arange(len(meters), dtype=np.int32), slots)[:count]
    start = np.tile(begins + 1_800 * np.arange(slots), len(meters))[:count]
    table = pa.table(
        {
            "meter": pa.DictionaryArray.from_arrays(which, meters),
            "start": pa.array(start).cast(pa.timestamp("s", tz="UTC")),
            "value": np.round(chance.gamma(1.5, 0.25, count), 3),
        }
    )
    pq.write_table(table, path, row_group_size=1 << 20)


def _bare(folder: Path) -> tuple[float, int]:
    """Read the files of the lake, then write the same rows, as durably; only this is timed."""
    import pyarrow.parquet as pq

    from qiao.metering.operations.lake import PARQUET
    from qiao.metering.queries.lake import folder as lake

    files = sorted(lake().glob("*/*/*.parquet"))
    tables = [pq.read_table(path).combine_chunks() for path in files]
    began = time.monotonic()
    for place, table in enumerate(tables):
        with (folder / f"bare{place}").open("wb") as file:
            pq.write_table(table, file, **PARQUET)
            file.flush()
            os.fsync(file.fileno())
    return time.monotonic() - began, sum(path.stat().st_size for path in files)


def _days_copied() -> tuple[int, float]:
    """The days of the load, copied into an equal table; how many, and the seconds."""
    with psycopg.connect(url_of(MADE)) as owner, owner.cursor() as cursor:
        cursor.execute(_EQUAL.encode())
        with cursor.copy(f"COPY ({_LOADED}) TO STDOUT".encode()) as copy:
            data = b"".join(bytes(part) for part in copy)
        owner.commit()
        began = time.monotonic()
        with cursor.copy("COPY bare_dayuse FROM STDIN") as copy:
            copy.write(data)
        count = cursor.rowcount
        owner.commit()
        return count, time.monotonic() - began
