"""Files of readings: uploaded, their columns named, checked in a dry run, taken in by batches.

Each batch is one transaction; the file's row is locked and tells how far it is, so that a run that
was killed goes on after its last batch. A reading is known again by what it says: the same file,
or one that overlaps it, takes nothing in twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.memory import uncollected
from qiao.core.rules.columns import RowFault
from qiao.core.sheets import SheetRefused, open_sheet
from qiao.core.table_uploads import (
    FileChanged,
    FileMovedOn,
    digest_of,
    failure_of,
    name_of,
    samples_of,
)
from qiao.core.transactions import acting, outside, required
from qiao.metering.models import ReadingFile
from qiao.metering.operations.file_batches import FOLDER, Findings, Told, batches, mapping_of
from qiao.metering.operations.taking import (
    KNOWN,
    READ,
    REFUSED,
    foresee_readings,
    take_readings,
)
from qiao.metering.queries.neighbours import Neighbours
from qiao.metering.rules.file_rows import TABLE
from qiao.staff.queries import ids_by_number

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

CHECK_TASK: Final = "metering.check_file"
TAKE_TASK: Final = "metering.take_file"
SOURCE: Final = "file"
BATCH: Final = 10_000
_State = ReadingFile.State
WAITING: Final = (_State.MAPPING, _State.CHECKING, _State.CHECKED, _State.FAILED)


class BadMapping(Exception):  # noqa: N818 - a refusal, not a fault
    """The columns cannot be read like this; `faults` are pairs of a code and a field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


def lock_of(file_id: int) -> str:
    """The lock of the jobs that check and take in."""
    return f"metering.file:{file_id}"


def receive_file(
    *, actor: Actor, organisation_id: int, upload: "UploadedFile[Any]", now: datetime
) -> ReadingFile:
    """Keep an uploaded file and read its columns; it is checked at once where all are known.

    Raises `FileTooLarge`, `SheetRefused`, `BadText`, `qiao.core.uploads.NoRoom`, `Forbidden`.
    """
    outside()
    actor.require(READ, organisation_id)
    file = ReadingFile(
        organisation_id=organisation_id,
        file_name=name_of(upload),
        size_bytes=upload.size or 0,
        state=_State.MAPPING,
        created_at=now,
        created_by_id=actor.person_id,
    )
    with FOLDER.keep(upload) as kept:
        sheet = open_sheet(kept)
        file.format, file.header = sheet.format, list(sheet.header)
        file.samples = samples_of(sheet)
        file.mapping = {str(p.column): p.field for p in TABLE.propose(sheet.header)}
        file.digest = digest_of(kept)
        with acting(actor):
            if not TABLE.faults(mapping_of(file)):
                file.state = _State.CHECKING
            file.save()
            if file.state == _State.CHECKING:
                _defer(CHECK_TASK, file, actor)
            kept.replace(FOLDER.path_of(file.pk))
    return file


def name_columns(*, actor: Actor, file_id: int, mapping: Mapping[int, str]) -> ReadingFile:
    """Say what every column means, and have the file checked.

    Raises `BadMapping`, `FileMovedOn`, `Forbidden`.
    """
    file = _locked(actor, file_id, _State.MAPPING, _State.CHECKED)
    whole = {column: mapping.get(column, "") for column in range(len(file.header))}
    faults = TABLE.faults(whole)
    if faults:
        raise BadMapping(faults)
    file.mapping = {str(column): key for column, key in whole.items()}
    file.state, file.findings, file.checked_rows = _State.CHECKING, {}, 0
    file.save()
    _defer(CHECK_TASK, file, actor)
    return file


def reopen_columns(*, actor: Actor, file_id: int) -> ReadingFile:
    """Go back to the columns; a check that runs ends at its next batch."""
    file = _locked(actor, file_id, _State.CHECKING, _State.CHECKED)
    file.state = _State.MAPPING
    file.save(update_fields=["state"])
    return file


def run_check(*, actor: Actor, file_id: int, now: datetime) -> ReadingFile:
    """The dry run: the whole file as it would be taken in; no reading is written.

    Rows are held to what is here already, batch by batch: what an earlier batch of the same file
    would bring is not. Opens its own transactions; ends quietly when somebody went back to the
    columns meanwhile.
    """
    file = ReadingFile.objects.get(pk=file_id)
    if file.state != _State.CHECKING:
        return file
    still = ReadingFile.objects.filter(pk=file_id, state=_State.CHECKING, mapping=file.mapping)
    found, neighbours = Findings(), Neighbours()
    try:
        for batch in batches(file, skip=0, size=BATCH):
            with uncollected(), acting(actor):
                _put(batch, actor, now, neighbours, dry=True)
            for each in batch:
                found.add(each)
            if not still.update(checked_rows=found.rows):
                break
    except (SheetRefused, FileNotFoundError, FileChanged) as refusal:
        with acting(actor):
            file = _locked(actor, file_id, _State.CHECKING)
            file.state = _State.FAILED
            file.failure, file.failure_detail = failure_of(refusal)
            _drop(file)
        return file
    still.update(state=_State.CHECKED, findings=found.data(), checked_rows=found.rows)
    file.refresh_from_db()
    return file


def start_file(*, actor: Actor, file_id: int) -> ReadingFile:
    """Have a checked file taken in. Raises `FileMovedOn`, `Forbidden`."""
    file = _locked(actor, file_id, _State.CHECKED)
    file.state, file.samples = _State.RUNNING, []
    file.save()
    _defer(TAKE_TASK, file, actor)
    return file


def resume_file(*, actor: Actor, file_id: int) -> ReadingFile:
    """Have a check or a run go on whose job was lost. Raises `FileMovedOn`, `Forbidden`."""
    file = _locked(actor, file_id, _State.RUNNING, _State.CHECKING)
    if not file.is_on_disk:
        raise FileMovedOn("gone")
    file.failure = file.failure_detail = ""
    file.save(update_fields=["failure", "failure_detail"])
    _defer(TAKE_TASK if file.state == _State.RUNNING else CHECK_TASK, file, actor)
    return file


def discard_file(*, actor: Actor, file_id: int) -> ReadingFile:
    """Throw a file away before it was started. Raises `FileMovedOn`, `Forbidden`."""
    file = _locked(actor, file_id, *WAITING)
    file.state = _State.DISCARDED
    _drop(file)
    return file


def run_file(*, actor: Actor, file_id: int, now: datetime) -> ReadingFile:
    """Take in what is left of a started file, a transaction for every batch.

    Opens its own transactions. A file that cannot be read further stays where it is, with the
    failure told beside it.
    """
    file = ReadingFile.objects.get(pk=file_id)
    if file.state != _State.RUNNING:
        return file
    neighbours = Neighbours()
    try:
        for batch in batches(file, skip=file.read_count, size=BATCH):
            with uncollected(), acting(actor):
                file = _locked(actor, file_id, _State.RUNNING)
                _take_batch(batch, file, actor, now, neighbours)
    except (SheetRefused, FileNotFoundError, FileChanged) as refusal:
        failure, detail = failure_of(refusal)
        ReadingFile.objects.filter(pk=file_id).update(failure=failure, failure_detail=detail)
        file.refresh_from_db()
        return file
    with acting(actor):
        file = _locked(actor, file_id, _State.RUNNING)
        file.state, file.finished_at = _State.DONE, now
        _drop(file)
    return file


def _take_batch(
    told: Sequence[Told], file: ReadingFile, actor: Actor, now: datetime, neighbours: Neighbours
) -> None:
    _put(told, actor, now, neighbours, dry=False)
    lines = [
        (file.pk, each.number, each.row.meter[:40], Jsonb([asdict(f) for f in each.faults]))
        for each in told
        if each.faults
    ]
    with connection.cursor() as cursor:
        copy_rows(cursor, "metering_refusedrow", "file_id, row_number, meter, faults", lines)
    good = [each.taken for each in told if each.taken is not None and not each.faults]
    file.read_count += len(told)
    file.refused_count += len(lines)
    file.known_count += sum(each.outcome == KNOWN for each in good)
    file.taken_count += sum(each.outcome != KNOWN for each in good)
    file.exception_count += sum(each.state == "exception" for each in good)
    file.save()


def _put(
    told: Sequence[Told], actor: Actor, now: datetime, neighbours: Neighbours, *, dry: bool
) -> None:
    """Take rows in as far as they can be, and note what became of each."""
    readers = ids_by_number({each.row.reader for each in told if each.row.reader})
    good = [each for each in told if each.reading is not None]
    readings = [each.reading_by(readers) for each in good]
    run = foresee_readings if dry else take_readings
    found = run(actor=actor, now=now, source=SOURCE, readings=readings, neighbours=neighbours)
    for each, taken in zip(good, found, strict=True):
        each.taken = taken
        if taken.outcome == REFUSED:
            each.faults = [
                RowFault(
                    _FIELD_OF.get(finding.rule, "value"),
                    finding.seen.get("code", finding.rule),
                    each.row.meter if finding.rule == "meter" else each.row.raw,
                    finding.expected.get("day", ""),
                )
                for finding in taken.findings
            ]


_FIELD_OF: Final = {"time": "day", "meter": "meter", "value": "value"}


def _locked(actor: Actor, file_id: int, *states: str) -> ReadingFile:
    required()
    file = ReadingFile.objects.select_for_update().get(pk=file_id)
    actor.require(READ, file.organisation_id)
    if file.state not in states:
        raise FileMovedOn(file.state)
    return file


def _defer(task: str, file: ReadingFile, actor: Actor) -> None:
    background.defer(task, lock=lock_of(file.pk), file_id=file.pk, staff_id=actor.person_id)


def _drop(file: ReadingFile) -> None:
    """Let a file go; it leaves the disk once that is committed."""
    file.is_on_disk, file.samples = False, []
    file.save()
    transaction.on_commit(partial(FOLDER.path_of(file.pk).unlink, missing_ok=True))


def record_rows(*, actor: Actor, file: ReadingFile, form: str, now: datetime) -> None:
    """Keep that somebody took the refused rows of a file away. Raises `Forbidden`."""
    required()
    actor.require(READ, file.organisation_id)
    disclosure.record(
        kind="export",
        subject="metering.file",
        subject_id=file.pk,
        fields=("row", "meter", "field", "found", "expected"),
        row_count=file.refused_count,
        organisation_id=file.organisation_id,
        actor=actor,
        now=now,
        reason=f"refused rows as {form}",
    )


def sweep_files(now: datetime) -> None:
    """Remove files on the disk that have long belonged to nothing."""
    for path in FOLDER.strangers(now, _needed):
        path.unlink(missing_ok=True)


def _needed(ids: list[int]) -> set[int]:
    rows = ReadingFile.objects.filter(pk__in=ids, is_on_disk=True)
    return set(rows.values_list("pk", flat=True))
