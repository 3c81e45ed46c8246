"""Uploaded files of customers: kept on the disk, read, and checked in the background.

A file lies under the media folder by the id of its row until its import has ended. What takes
long runs as a job that opens its own short transactions; a job that runs twice does no harm.
"""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.columns import signature
from qiao.core.sheets import Sheet, SheetRefused, open_sheet
from qiao.core.table_uploads import (
    READ_AT_ONCE,
    FileMovedOn,
    UploadFolder,
    failure_of,
    name_of,
    samples_of,
)
from qiao.core.transactions import acting, outside, required
from qiao.core.uploads import NoRoom
from qiao.customers.models import CustomerImport, ImportFile, ImportMapping
from qiao.customers.operations.import_checking import Findings, check_file
from qiao.customers.operations.import_reading import PERMISSION, BadMapping
from qiao.customers.operations.importing import proposed_mapping
from qiao.customers.rules import import_columns
from qiao.customers.rules.import_adding import CHOICES, LEAVE

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

READ_TASK: Final = "customers.read_import_file"
CHECK_TASK: Final = "customers.check_import_file"
FOLDER: Final = UploadFolder("imports")
_State = ImportFile.State
WAITING: Final = (
    _State.READING, _State.MAPPING, _State.CHECKING, _State.CHECKED, _State.FAILED,
)  # fmt: skip


def lock_of_file(file_id: int) -> str:
    """The lock of the jobs that read and check a file."""
    return f"customers.import_file:{file_id}"


def path_of(file_id: int) -> Path:
    """Where one file lies."""
    return FOLDER.path_of(file_id)


def receive_file(
    *, actor: Actor, organisation_id: int, upload: "UploadedFile[Any]", now: datetime
) -> ImportFile:
    """Keep an uploaded file and read its columns; a large one is read by the worker.

    The bytes are moved or copied in blocks, never held, before the transaction that this opens;
    where the disk is full, or no table can be read, nothing of them stays. Raises `FileTooLarge`,
    `SheetRefused`, `qiao.core.uploads.NoRoom` and `Forbidden`.
    """
    outside()
    actor.require(PERMISSION, organisation_id)
    name = name_of(upload)
    file = ImportFile(
        organisation_id=organisation_id,
        file_name=name,
        size_bytes=upload.size or 0,
        created_at=now,
        created_by_id=actor.person_id,
    )
    with FOLDER.keep(upload) as kept:
        _begin(file, kept, actor)
    return file


def _begin(file: ImportFile, kept: Path, actor: Actor) -> None:
    """Keep the row of a file; the file gets its own name last, so that a row has its file."""
    is_large = file.size_bytes > READ_AT_ONCE
    if not is_large:
        _describe(file, open_sheet(kept))
    with acting(actor):
        file.save()
        if is_large:
            _defer(READ_TASK, file, actor)
        kept.replace(path_of(file.pk))


def _defer(task: str, file: ImportFile, actor: Actor) -> None:
    background.defer(task, lock=lock_of_file(file.pk), file_id=file.pk, staff_id=actor.person_id)


def locked_file(actor: Actor, file_id: int, *states: str) -> ImportFile:
    """The row, locked. Raises `FileMovedOn` unless it is in one of these states."""
    required()
    file = ImportFile.objects.select_for_update().get(id=file_id)
    actor.require(PERMISSION, file.organisation_id)
    if file.state not in states:
        raise FileMovedOn(file.state)
    return file


def read_file(*, actor: Actor, file_id: int) -> ImportFile:
    """Find header and samples, and propose what the columns mean. Opens its own transaction."""
    outside()
    file = ImportFile.objects.get(id=file_id)
    if file.state != _State.READING:
        return file
    try:
        _describe(file, open_sheet(path_of(file_id)))
    except (SheetRefused, FileNotFoundError) as refusal:
        return _fail(actor, file_id, refusal)
    with acting(actor):
        locked_file(actor, file_id, _State.READING)
        file.save()
    return file


def _describe(file: ImportFile, sheet: Sheet) -> None:
    """Put header, samples and the proposed columns of a file into its row."""
    file.header, file.samples = list(sheet.header), samples_of(sheet)
    file.state, file.format = _State.MAPPING, sheet.format
    mapping = proposed_mapping(organisation_id=file.organisation_id, header=sheet.header)
    file.mapping = {str(column): key for column, key in mapping.items()}
    file.is_mapping_kept = ImportMapping.objects.filter(
        organisation_id=file.organisation_id, signature=signature(sheet.header)
    ).exists()


def _fail(actor: Actor, file_id: int, refusal: Exception) -> ImportFile:
    with acting(actor):
        file = locked_file(actor, file_id, _State.READING, _State.CHECKING)
        file.state = _State.FAILED
        file.failure, file.failure_detail = failure_of(refusal)
        drop_file(file)
    return file


def map_columns(
    *, actor: Actor, file_id: int, mapping: dict[int, str], known: str = LEAVE
) -> ImportFile:
    """Say what every column means, and have the file checked in the background.

    `known` says what becomes of customers who are known already: ``leave`` or ``add``.

    Raises `BadMapping`, `FileMovedOn` and `Forbidden`.
    """
    file = locked_file(actor, file_id, _State.MAPPING, _State.CHECKED)
    whole = {column: mapping.get(column, "") for column in range(len(file.header))}
    faults = import_columns.mapping_faults(whole)
    if faults:
        raise BadMapping(faults)
    file.mapping = {str(column): key for column, key in whole.items()}
    file.known = known if known in CHOICES else LEAVE
    file.state, file.findings, file.checked_rows = _State.CHECKING, {}, 0
    file.save()
    _defer(CHECK_TASK, file, actor)
    return file


def reopen_columns(*, actor: Actor, file_id: int) -> ImportFile:
    """Go back to the columns; a check that runs ends at its next batch."""
    file = locked_file(actor, file_id, _State.CHECKING, _State.CHECKED)
    file.state = _State.MAPPING
    file.save(update_fields=["state"])
    return file


def check_again(*, actor: Actor, file_id: int) -> None:
    """Have a file checked whose job was lost. Raises `FileMovedOn` and `Forbidden`."""
    file = locked_file(actor, file_id, _State.CHECKING)
    _defer(CHECK_TASK, file, actor)


def run_check(*, actor: Actor, file_id: int, now: datetime) -> ImportFile:
    """Check a whole file by its mapping and keep what was found. Opens its own transactions.

    Ends quietly when somebody went back to the columns meanwhile.
    """
    file = ImportFile.objects.get(id=file_id)
    if file.state != _State.CHECKING:
        return file
    still = ImportFile.objects.filter(
        pk=file_id, state=_State.CHECKING, mapping=file.mapping, known=file.known
    )
    try:
        found = check_file(
            actor=actor,
            path=path_of(file_id),
            mapping=mapping_of(file),
            organisation_id=file.organisation_id,
            now=now,
            known=file.known,
            goes_on=lambda found: bool(still.update(checked_rows=found.rows)),
        )
    except (SheetRefused, FileNotFoundError, NoRoom) as refusal:
        return _fail(actor, file_id, refusal)
    still.update(state=_State.CHECKED, findings=_stored(found), checked_rows=found.rows)
    file.refresh_from_db()
    return file


def mapping_of(file: ImportFile | CustomerImport) -> dict[int, str]:
    """The field of every column."""
    return {int(column): key for column, key in file.mapping.items()}


def _stored(found: Findings) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "new": found.new,
        "known": found.known,
        "refused": found.refused,
        "added": found.added,
        "differing": found.differing,
        "additions": found.additions.most_common(),
        "differences": found.differences.most_common(),
        "faults": [
            [field, code, count, found.examples.get((field, code), [])]
            for (field, code), count in found.faults.most_common()
        ],
    }


def discard_file(*, actor: Actor, file_id: int) -> ImportFile:
    """Throw an uploaded file away before it was started. Raises `FileMovedOn` and `Forbidden`."""
    file = locked_file(actor, file_id, *WAITING)
    file.state = _State.DISCARDED
    drop_file(file)
    return file


def drop_file(file: ImportFile) -> None:
    """Let a file go, with the values that were read out of it; it leaves the disk once that is
    committed. What a crash in between leaves there is removed by `sweep_files`."""
    file.is_on_disk, file.samples = False, []
    file.save()
    transaction.on_commit(partial(path_of(file.pk).unlink, missing_ok=True))


def sweep_files(now: datetime) -> None:
    """Remove files on the disk that have belonged to nothing for `STRANGE_FOR`."""
    for path in FOLDER.strangers(now, _needed):
        path.unlink(missing_ok=True)


def _needed(ids: list[int]) -> set[int]:
    rows = ImportFile.objects.filter(pk__in=ids, is_on_disk=True)
    return set(rows.values_list("pk", flat=True))
