"""Interval data taken in: a load is a file or what a program sends, block by block.

A block is one transaction: the files of the lake that were written for it, what the days of its
registers come to, the rows that were set aside, and how far the load is. One that was killed goes
on after its last block. The same interval told again by a later load is a correction.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.ahead import made_ahead
from qiao.core.sheets import SheetRefused
from qiao.core.table_uploads import UploadFolder, digest_of, failure_of, name_of
from qiao.core.transactions import acting, outside, required
from qiao.metering.models import IntervalLoad
from qiao.metering.operations.interval_blocks import (
    FilesAndDays,
    known_for,
    meet,
    set_aside,
    tell_block,
    write_block,
)
from qiao.metering.operations.interval_files import Block, Unreadable, blocks_of
from qiao.metering.operations.interval_rows import Judged, judge_block
from qiao.metering.operations.taking import READ
from qiao.metering.queries.interval_meters import Meters
from qiao.metering.rules.interval_columns import MissingColumns
from qiao.metering.rules.intervals import Clock

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

AHEAD: Final = 2  # blocks that are made ready at once
TAKE_TASK: Final = "metering.take_intervals"
FOLDER: Final = UploadFolder("intervals")
FILE: Final = "file"
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
    clock, meters = known_for(load.organisation_id, actor)

    def ready(block: Block) -> tuple[Block, Judged, FilesAndDays]:
        judged = judge_block(block, meters, clock, minutes=load.minutes, now=now)
        return block, judged, write_block(judged, clock)

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
            meet(block, meters, now)
        yield block


def _tell(
    load: IntervalLoad, block: Block, judged: Judged, written: FilesAndDays, clock: Clock,
    now: datetime,
) -> IntervalLoad:  # fmt: skip
    """Let the rows of a block be there: one transaction."""
    held = IntervalLoad.objects.select_for_update().get(pk=load.pk)
    if held.read_count != block.before or held.state != State.RUNNING:
        raise LoadMovedOn(held.pk)
    tell_block(written, load_id=load.pk, clock=clock, now=now)
    set_aside([(held, row) for row in judged.refused])
    held.read_count += len(block)
    held.taken_count += sum(each.row_count for each in written.files)
    held.save()
    return held


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
        FOLDER.let_go(load.pk)
    load.is_on_disk = False
    load.save()


def sweep_loads(now: datetime) -> None:
    """Remove uploaded files that have long belonged to nothing."""
    FOLDER.sweep(now, IntervalLoad)
