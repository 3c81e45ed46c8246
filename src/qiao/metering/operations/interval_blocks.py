"""A block of interval data on its way in: its meters known, its good rows written to the lake and
told to the database, its other rows set aside."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.metering.models import IntervalLoad, LakeFile
from qiao.metering.operations import lake
from qiao.metering.operations.day_uses import DayRows, day_rows, keep_days
from qiao.metering.operations.interval_files import Block
from qiao.metering.operations.interval_rows import Judged, Refused
from qiao.metering.operations.registers import ensure_registers
from qiao.metering.operations.taking import READ
from qiao.metering.queries.interval_meters import Meters
from qiao.metering.rules.intervals import Clock, Rows, days_of, in_order
from qiao.staff.queries import organisation


def known_for(organisation_id: int, actor: Actor) -> tuple[Clock, Meters]:
    """The clock of the unit, and the meters that the actor knows."""
    zone = ZoneInfo(organisation(organisation_id).timezone)
    return Clock(zone), Meters(actor.organisations(READ))


def meet(block: Block, meters: Meters, now: datetime) -> None:
    """Have all meters of a block known. Those that came with a file of customers today have no
    registers before the night."""
    names = pc.unique(block.columns["meter"]).to_pylist()
    unknown = meters.unknown([str(name or "") for name in names])
    if unknown and ensure_registers(now=now, meter_numbers=unknown):
        meters.forget(unknown)
        meters.find(unknown)


@dataclass(frozen=True, slots=True)
class FilesAndDays:
    """Files that hold the good rows of a block, and what their days come to, by unit."""

    files: list[lake.Written]
    days: list[DayRows]


def write_block(judged: Judged, clock: Clock) -> FilesAndDays:
    """Write the good rows of a block to the lake; no row of the database tells of them yet."""
    parts = list(_parts(judged))
    return FilesAndDays(
        [
            lake.write(rows, organisation_id=unit, month=month)
            for unit, own in parts
            for month, rows in lake.months_of(own, clock)
        ],
        day_rows([(unit, days_of(rows, clock)) for unit, rows in parts]),
    )


def _parts(judged: Judged) -> Iterator[tuple[int, Rows]]:
    """Good rows in order, by unit."""
    units = judged.units
    if len(units) and (units == units[0]).all():
        yield int(units[0]), in_order(judged.rows)
        return
    changes = np.flatnonzero(np.diff(units, prepend=-1))  # the rows of a meter stand together
    for unit in np.unique(units[changes]):
        yield int(unit), in_order(judged.rows.take(units == unit))


def tell_block(written: FilesAndDays, *, load_id: int, clock: Clock, now: datetime) -> None:
    """Let what was written be there, as told by this load and after all before it."""
    LakeFile.objects.bulk_create(each.row(now, load_id, load_id) for each in written.files)
    keep_days(written.days, clock=clock)


def set_aside(refused: Sequence[tuple[IntervalLoad, Refused]]) -> None:
    """Keep rows that could not be taken in with their loads, and count them there; the loads are
    saved by the caller."""
    lines = [(load.pk, r.number, r.field, r.code, r.meter, r.at, r.value) for load, r in refused]
    with connection.cursor() as cursor:
        copy_rows(
            cursor, "metering_refusedinterval",
            "load_id, row_number, field, code, meter, at, value", lines,
        )  # fmt: skip
    of_load: dict[int, tuple[IntervalLoad, list[Refused]]] = {}
    for load, row in refused:
        of_load.setdefault(load.pk, (load, []))[1].append(row)
    for load, rows in of_load.values():
        counts = Counter({(name, code): n for name, code, n in load.faults})
        counts.update((each.field, each.code) for each in rows)
        load.faults = [[name, code, n] for (name, code), n in counts.most_common()]
        load.refused_count += len(rows)
