"""Files of the lake: written whole before a row tells of them, merged by night, let go later.

What no row tells of is nobody's: a job that was killed between the two leaves a file that is
swept.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from qiao.core.transactions import acting
from qiao.metering.models import LakeFile
from qiao.metering.queries.lake import SCHEMA, folder, path_of, read_rows
from qiao.metering.rules.intervals import Clock, Rows, day_of, in_order, latest, number_of

GROUP: Final = 1 << 17  # rows that a reader of one register has to look through
PARQUET: Final[dict[str, Any]] = {
    "row_group_size": GROUP,
    "compression": "zstd",
    "use_dictionary": ["register_id", "minutes"],
    "column_encoding": {"start": "DELTA_BINARY_PACKED", "amount": "DELTA_BINARY_PACKED"},
}
MERGED_FROM: Final = 8  # files of a month that are worth one
MERGED_ROWS: Final = 8_000_000  # rows that are held at once
KEPT_FOR: Final = timedelta(hours=24)  # longer than any reader holds a file, or a job writes one
_NEW: Final = ".new"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on the disk for certain and that no row tells of yet."""

    name: str
    organisation_id: int
    month: date
    row_count: int
    size_bytes: int
    first: int
    last: int

    def row(self, now: datetime, load_id: int | None, rank: int) -> LakeFile:
        """The row that tells of it; `rank` says after which others it was told."""
        return LakeFile(
            organisation_id=self.organisation_id,
            month=self.month,
            name=self.name,
            load_id=load_id,
            rank=rank,
            row_count=self.row_count,
            size_bytes=self.size_bytes,
            first_register_id=self.first,
            last_register_id=self.last,
            written_at=now,
        )


def write(rows: Rows, *, organisation_id: int, month: date) -> Written:
    """Write rows, by register and start, each once, of one unit and local month."""
    name = f"{organisation_id}/{month:%Y-%m}/{uuid4().hex}.parquet"
    target = path_of(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    coming = target.with_suffix(_NEW)
    table = pa.table(
        {
            "register_id": rows.register,
            "start": pa.array(rows.start).cast(SCHEMA.field("start").type),
            "minutes": rows.minutes.astype(np.int16),
            "amount": rows.amount,
            "estimated": rows.estimated,
        },
        schema=SCHEMA,
    )
    with coming.open("wb") as file:
        pq.write_table(table, file, **PARQUET)
        file.flush()
        os.fsync(file.fileno())
    coming.replace(target)
    _keep_for_certain(target.parent)
    first, last = int(rows.register[0]), int(rows.register[-1])
    size = target.stat().st_size
    return Written(name, organisation_id, month, len(rows), size, first, last)


def _keep_for_certain(folder_of: Path) -> None:
    """The name of a file outlives a power cut once its folder is on the disk."""
    handle = os.open(folder_of, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def months_of(rows: Rows, clock: Clock) -> Iterator[tuple[date, Rows]]:
    """Rows by local month, the earliest first."""
    ends = clock.days(np.array([rows.start.min(), rows.start.max()]))
    month, last = day_of(int(ends[0])).replace(day=1), day_of(int(ends[1]))
    following = (month + timedelta(days=32)).replace(day=1)
    if last < following:
        yield month, rows
        return
    days = clock.days(rows.start)
    while month <= last:
        following = (month + timedelta(days=32)).replace(day=1)
        own = (days >= number_of(month)) & (days < number_of(following))
        if own.any():
            yield month, rows.take(own)
        month = following


def merge_months(now: datetime) -> int:
    """Make one file, or a few, of the many of a unit's month; how many months were merged.

    What several files tell otherwise is told once, as the latest of them. A transaction a month;
    what is loaded meanwhile stays beside the merged file, and holds.
    """
    merged = 0
    for organisation_id, month in _crowded():
        files = list(_current(organisation_id, month))
        written = list(_merged(files, organisation_id, month))
        with acting(None):
            held = LakeFile.objects.filter(pk__in=[e.pk for e in files], replaced_at__isnull=True)
            if len(held.select_for_update().values_list("pk")) != len(files):
                continue  # somebody else merged them; what was written here is swept
            rank = max(each.rank for each in files)  # what was loaded since comes after them
            held.update(replaced_at=now)
            LakeFile.objects.bulk_create(each.row(now, None, rank) for each in written)
        merged += 1
    return merged


def _crowded() -> list[tuple[int, date]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, month FROM metering_lakefile WHERE replaced_at IS NULL"
            " GROUP BY 1, 2 HAVING count(*) >= %s ORDER BY 1, 2",
            [MERGED_FROM],
        )
        return list(cursor.fetchall())


def _current(organisation_id: int, month: date) -> Iterator[LakeFile]:
    rows = LakeFile.objects.filter(
        organisation=organisation_id, month=month, replaced_at__isnull=True
    )
    yield from rows.order_by("rank", "pk")


def _merged(files: Sequence[LakeFile], organisation_id: int, month: date) -> Iterator[Written]:
    """The rows of files in the order of registers, a span of registers at a time."""
    for first, last in _spans(files):
        versions = [
            read_rows(each, first=first, last=last)
            for each in files
            if each.first_register_id <= last and each.last_register_id >= first
        ]
        rows = in_order(latest([each for each in versions if len(each)])) if versions else None
        if rows is not None and len(rows):
            yield write(rows, organisation_id=organisation_id, month=month)


def _spans(files: Sequence[LakeFile]) -> Iterator[tuple[int, int]]:
    """Spans of registers of about `MERGED_ROWS`."""
    first = min(each.first_register_id for each in files)
    last = max(each.last_register_id for each in files)
    parts = -(-sum(each.row_count for each in files) // MERGED_ROWS)
    width = -(-(last - first + 1) // parts)
    for start in range(first, last + 1, width):
        yield start, min(last, start + width - 1)


def sweep_lake(now: datetime) -> int:
    """Let go of replaced files, and of what no row tells of, once nobody can hold them; how
    many."""
    gone = LakeFile.objects.filter(replaced_at__lt=now - KEPT_FOR)
    names = list(gone.values_list("name", flat=True))
    for name in names:
        path_of(name).unlink(missing_ok=True)
    with acting(None):
        gone.filter(name__in=names).delete()
    return len(names) + _sweep_strays(now)


def _sweep_strays(now: datetime) -> int:
    old = (now - KEPT_FOR).timestamp()
    count = 0
    for path in folder().glob("*/*/*"):
        name = str(path.relative_to(folder()))
        if path.stat().st_mtime < old and not LakeFile.objects.filter(name=name).exists():
            path.unlink(missing_ok=True)
            count += 1
    return count
