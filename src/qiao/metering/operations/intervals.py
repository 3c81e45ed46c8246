"""Interval data taken in: a load is a file or what a program sends, block by block.

A block is one transaction: the files of the lake that were written for it, what the days of its
registers come to, the rows that were set aside, and how far the load is. One that was killed goes
on after its last block. The same interval told again by a later load is a correction.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.ahead import made_ahead
from qiao.core.copying import copy_rows
from qiao.core.rules.text import clean
from qiao.core.sheets import SheetRefused
from qiao.core.table_uploads import UploadFolder, digest_of, failure_of, name_of
from qiao.core.transactions import acting, outside, required
from qiao.metering.models import IntervalLoad, LakeFile
from qiao.metering.operations import lake
from qiao.metering.operations.day_uses import keep_days
from qiao.metering.operations.interval_files import Block, Unreadable, blocks_of
from qiao.metering.operations.interval_rows import Judged, Refused, judge_block
from qiao.metering.operations.registers import ensure_registers
from qiao.metering.operations.taking import READ
from qiao.metering.queries.interval_meters import Meters
from qiao.metering.rules.interval_columns import MissingColumns
from qiao.metering.rules.intervals import Clock, Days, Rows, days_of, in_order
from qiao.staff.queries import organisation

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

AHEAD: Final = 2  # blocks that are made ready at once
TAKE_TASK: Final = "metering.take_intervals"
FOLDER: Final = UploadFolder("intervals")
FILE: Final = "file"
KEY_LENGTH: Final = 120
MOST_REFUSED: Final = 100_000
"""Rows that are set aside at most; a load of which more are wrong is the wrong file."""
TOO_MANY: Final = "too_many"
COLUMNS: Final = "columns"
DAMAGED: Final = "damaged"
State = IntervalLoad.State


class LoadKnown(Exception):  # noqa: N818 - a refusal, not a fault
    """The same was brought before; `load_id` says by which load."""

    def __init__(self, load_id: int) -> None:
        super().__init__(str(load_id))
        self.load_id = load_id


class LoadMovedOn(Exception):  # noqa: N818 - names the finding
    """Another job has gone on with this load."""


@dataclass(frozen=True, slots=True)
class NewInterval:
    """The use of a meter from a moment on, `minutes` long, as decimal text."""

    meter_number: str
    start: datetime
    value: str
    minutes: int
    is_estimated: bool = False


def lock_of(load_id: int) -> str:
    """The lock of the job of a load."""
    return f"metering.intervals:{load_id}"


def receive_intervals(
    *, actor: Actor, organisation_id: int, upload: "UploadedFile[Any]", minutes: int, now: datetime
) -> IntervalLoad:
    """Keep an uploaded file of a unit and have it taken in by a job.

    Raises `FileTooLarge`, `BadText`, `LoadKnown`, `MissingColumns`, `SheetRefused`, `Unreadable`,
    `qiao.core.uploads.NoRoom`, `Forbidden`.
    """
    outside()
    actor.require(READ, organisation_id)
    with FOLDER.keep(upload) as kept:
        next(blocks_of(kept, skip=0), None)  # what cannot be read is told at once
        new = IntervalLoad(
            organisation_id=organisation_id, source=FILE, key=digest_of(kept), minutes=minutes,
            file_name=name_of(upload), size_bytes=upload.size or 0, is_on_disk=True,
            created_at=now, created_by_id=actor.person_id,
        )  # fmt: skip
        with acting(actor):
            load = _begun(new)
            background.defer(
                TAKE_TASK, lock=lock_of(load.pk), load_id=load.pk, staff_id=actor.person_id
            )
            kept.replace(FOLDER.path_of(load.pk))
    return load


def take_file(
    *, actor: Actor, organisation_id: int, path: Path, minutes: int, now: datetime
) -> IntervalLoad:
    """Take a file that lies on this machine in, here and now; it stays where it is.

    One that was begun before and not ended goes on. Raises as `receive_intervals`.
    """
    outside()
    actor.require(READ, organisation_id)
    new = IntervalLoad(
        organisation_id=organisation_id, source=FILE, key=digest_of(path), minutes=minutes,
        file_name=path.name[:200], size_bytes=path.stat().st_size, created_at=now,
        created_by_id=actor.person_id,
    )  # fmt: skip
    held = _held(new)
    if held is None:
        with acting(actor):
            held = _begun(new)
    elif held.state == State.DONE:
        raise LoadKnown(held.pk)
    return _run(held, path, actor, now)


def run_load(*, actor: Actor, load_id: int, now: datetime) -> IntervalLoad:
    """Take in what is left of an uploaded file. Opens its own transactions; ends quietly where
    that is done."""
    load = IntervalLoad.objects.get(pk=load_id)
    if load.state != State.RUNNING:
        return load
    return _run(load, FOLDER.path_of(load.pk), actor, now)


def take_intervals(
    *, actor: Actor, organisation_id: int, source: str, key: str,
    intervals: Sequence[NewInterval], now: datetime,
) -> IntervalLoad:  # fmt: skip
    """Take in what a program sends, at once and whole; the same `key` again is the load that is
    known. What a refused transaction leaves of files in the lake is swept.

    Raises `BadText`, `Forbidden`.
    """
    required()
    actor.require(READ, organisation_id)
    new = IntervalLoad(
        organisation_id=organisation_id, minutes=30, created_at=now,
        source=clean(source, field="source", max_length=40, required=True),
        key=clean(key, field="key", max_length=KEY_LENGTH, one_line=True, required=True),
        created_by_id=actor.staff_id,
    )  # fmt: skip
    held = _held(new)
    if held is not None:
        return held
    load = _begun(new)
    clock, meters = _known(load, actor)
    if intervals:
        block = _block_of(intervals)
        _meet(block, meters, now)
        judged = judge_block(block, meters, clock, minutes=load.minutes, now=now)
        load = _tell(load, block, judged, _written(judged, clock), clock, now)
    load.state, load.finished_at = State.DONE, now
    load.save()
    return load


def _block_of(intervals: Sequence[NewInterval]) -> Block:
    columns: dict[str, Any] = {
        "meter": [each.meter_number for each in intervals],
        "start": pa.array(
            [int(each.start.timestamp()) for each in intervals], pa.timestamp("s", tz="UTC")
        ),
        "value": [each.value for each in intervals],
        "minutes": [each.minutes for each in intervals],
        "quality": ["estimated" if each.is_estimated else "" for each in intervals],
    }
    table = pa.table(columns)
    return Block(0, {name: table.column(name) for name in columns}, "start", [], [], False)  # noqa: FBT003 - a field of a record


def _held(new: IntervalLoad) -> IntervalLoad | None:
    rows = IntervalLoad.objects.exclude(state=State.FAILED)
    return rows.filter(organisation=new.organisation_id, source=new.source, key=new.key).first()


def _begun(new: IntervalLoad) -> IntervalLoad:
    held = _held(new)
    if held is not None:
        raise LoadKnown(held.pk)
    new.save()
    return new


def _run(load: IntervalLoad, path: Path, actor: Actor, now: datetime) -> IntervalLoad:
    try:
        return _all_of(load, blocks_of(path, skip=load.read_count), actor, now)
    except MissingColumns as missing:
        return _stop(load, COLUMNS, str(missing))
    except Unreadable as damage:
        return _stop(load, DAMAGED, str(damage))
    except (SheetRefused, FileNotFoundError) as refusal:
        if path.exists() and isinstance(refusal, FileNotFoundError):
            raise  # a file of the lake is missing: that is no fault of what was brought
        return _stop(load, *failure_of(refusal))
    except LoadMovedOn:
        load.refresh_from_db()
        return load


def _all_of(
    load: IntervalLoad, blocks: Iterator[Block], actor: Actor, now: datetime
) -> IntervalLoad:
    clock, meters = _known(load, actor)

    def ready(block: Block) -> tuple[Block, Judged, _Written]:
        judged = judge_block(block, meters, clock, minutes=load.minutes, now=now)
        return block, judged, _written(judged, clock)

    for block, judged, written in made_ahead(
        _met(blocks, meters, actor, now), ready, workers=AHEAD
    ):
        refused = load.refused_count + len(judged.refused)
        if refused > MOST_REFUSED:
            first = judged.refused[0]
            return _stop(load, TOO_MANY, f"{refused}, {first.number}: {first.field} {first.code}")
        with acting(actor):
            load = _tell(load, block, judged, written, clock, now)
    with acting(actor):
        load = IntervalLoad.objects.select_for_update().get(pk=load.pk)
        load.state, load.finished_at = State.DONE, now
        _drop(load)
    return load


def _met(blocks: Iterator[Block], meters: Meters, actor: Actor, now: datetime) -> Iterator[Block]:
    for block in blocks:
        with acting(actor):
            _meet(block, meters, now)
        yield block


def _known(load: IntervalLoad, actor: Actor) -> tuple[Clock, Meters]:
    zone = ZoneInfo(organisation(load.organisation_id).timezone)
    return Clock(zone), Meters(actor.organisations(READ))


def _meet(block: Block, meters: Meters, now: datetime) -> None:
    """Have all meters of a block known. Those that came with a file of customers today have no
    registers before the night."""
    names = pc.unique(block.columns["meter"]).to_pylist()
    unknown = meters.unknown([str(name or "") for name in names])
    if unknown and ensure_registers(now=now, meter_numbers=unknown):
        meters.forget(unknown)
        meters.find(unknown)


@dataclass(frozen=True, slots=True)
class _Written:
    """Files that hold the good rows of a block, and what their days come to, by unit."""

    files: list[lake.Written]
    days: list[tuple[int, Days]]


def _written(judged: Judged, clock: Clock) -> _Written:
    parts = list(_parts(judged))
    return _Written(
        [
            lake.write(rows, organisation_id=unit, month=month)
            for unit, own in parts
            for month, rows in lake.months_of(own, clock)
        ],
        [(unit, days_of(rows, clock)) for unit, rows in parts],
    )


def _tell(
    load: IntervalLoad, block: Block, judged: Judged, written: _Written, clock: Clock,
    now: datetime,
) -> IntervalLoad:  # fmt: skip
    """Let the rows of a block be there: one transaction."""
    held = IntervalLoad.objects.select_for_update().get(pk=load.pk)
    if held.read_count != block.before or held.state != State.RUNNING:
        raise LoadMovedOn(held.pk)
    LakeFile.objects.bulk_create(each.row(now, load.pk, load.pk) for each in written.files)
    keep_days(written.days, clock=clock)
    _set_aside(held, judged.refused)
    held.read_count += len(block)
    held.taken_count += sum(each.row_count for each in written.files)
    held.save()
    return held


def _parts(judged: Judged) -> Iterator[tuple[int, Rows]]:
    """Good rows in order, by unit."""
    for unit in np.unique(judged.units):
        own = judged.units == unit
        yield int(unit), in_order(judged.rows if own.all() else judged.rows.take(own))


def _set_aside(load: IntervalLoad, refused: Sequence[Refused]) -> None:
    lines = [(load.pk, r.number, r.field, r.code, r.meter, r.at, r.value) for r in refused]
    with connection.cursor() as cursor:
        copy_rows(
            cursor, "metering_refusedinterval",
            "load_id, row_number, field, code, meter, at, value", lines,
        )  # fmt: skip
    counts = Counter({(name, code): n for name, code, n in load.faults})
    counts.update((each.field, each.code) for each in refused)
    load.faults = [[name, code, n] for (name, code), n in counts.most_common()]
    load.refused_count += len(lines)


def _stop(load: IntervalLoad, failure: str, detail: str) -> IntervalLoad:
    with transaction.atomic():
        held = IntervalLoad.objects.select_for_update().get(pk=load.pk)
        held.state, held.failure, held.failure_detail = State.FAILED, failure, detail[:300]
        _drop(held)
    return held


def resume_load(*, actor: Actor, load_id: int) -> IntervalLoad:
    """Have a load go on whose job was lost. Raises `Forbidden`."""
    required()
    load = IntervalLoad.objects.visible_to(actor).get(pk=load_id)
    actor.require(READ, load.organisation_id)
    background.defer(TAKE_TASK, lock=lock_of(load.pk), load_id=load.pk, staff_id=actor.person_id)
    return load


def record_rows(*, actor: Actor, load: IntervalLoad, form: str, now: datetime) -> None:
    """Keep that somebody took the rows that were set aside away. Raises `Forbidden`."""
    required()
    actor.require(READ, load.organisation_id)
    disclosure.record(
        kind="export",
        subject="metering.intervals",
        subject_id=load.pk,
        fields=("row", "field", "meter", "moment", "value"),
        row_count=load.refused_count,
        organisation_id=load.organisation_id,
        actor=actor,
        now=now,
        reason=f"rows set aside as {form}",
    )


def _drop(load: IntervalLoad) -> None:
    """Let the uploaded file go once that is committed."""
    if load.is_on_disk:
        path = FOLDER.path_of(load.pk)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
    load.is_on_disk = False
    load.save()


def sweep_loads(now: datetime) -> None:
    """Remove uploaded files that have long belonged to nothing."""
    for path in FOLDER.strangers(now, _needed):
        path.unlink(missing_ok=True)


def _needed(ids: list[int]) -> set[int]:
    rows = IntervalLoad.objects.filter(pk__in=ids, is_on_disk=True)
    return set(rows.values_list("pk", flat=True))
