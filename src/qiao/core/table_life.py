"""The one life of a table that somebody uploads; see ADR 45.

It is received and kept on the disk, its columns are named, it is checked in the background while
nothing is written, started, taken in, and let go of. Each step locks its row and asks for the
state that it needs. What takes long (reading, hashing, a batch) runs as a job under the table's
own lock and opens its own transactions; a job that runs twice does no harm. What is the same for
every kind is here; what a kind adds, it says by the attributes and methods of its own `TableLife`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.rules.columns import FieldTable
from qiao.core.sheets import open_sheet
from qiao.core.table_models import WAITING, WORKING, KeptTable, TableState
from qiao.core.table_uploads import (
    GONE,
    READ_AT_ONCE,
    UNREADABLE,
    BadMapping,
    FileMovedOn,
    UploadFolder,
    failure_of,
    name_of,
    samples_of,
)
from qiao.core.transactions import acting, outside, required

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

K = TypeVar("K", bound=KeptTable)
S: Final = TableState


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to: how many rows it read, and the fields of the row that tell of it."""

    rows: int
    fields: Mapping[str, Any]


class TableLife(ABC, Generic[K]):
    """What one kind of uploaded table is: its rows, its folder, who may, which jobs.

    `subject` names it in locks and in the record of exports, `tasks` gives the task for a state:
    with one for ``reading``, a large file is read by a job. `argument` is what its jobs call the
    id. `goes_by` are the fields by which a check reads: it ends where one was changed meanwhile.
    What a staged kind checks lies in rows of its own, so that its file goes when it is started.
    """

    model: type[K]
    folder: UploadFolder
    permission: str
    subject: str
    tasks: Mapping[str, str]
    exported: tuple[str, ...] = ()
    argument: str = "file_id"
    goes_by: tuple[str, ...] = ("mapping",)
    is_staged: bool = False
    is_checked_at_once: bool = True

    @abstractmethod
    def table_of(self, file: K) -> FieldTable:
        """The fields that its columns may fill."""

    def look_through(
        self, file: K, actor: Actor, now: datetime, goes_on: Callable[[int], bool]
    ) -> Checked:
        """Read the whole file as it would be taken in, and write nothing; `goes_on` is told after
        every batch how many rows were read, and the check ends where it says no. A staged kind
        has a `check` of its own instead."""
        raise NotImplementedError(self.subject)

    def unit_of(self, file: K) -> int:
        """The unit for which it is taken in, by which the permission is asked for."""
        return file.organisation_id

    def propose(self, file: K) -> dict[int, str]:
        """What its columns seem to mean: a field, or nothing, for each. What else a kind proposes
        it puts into the row."""
        return {each.column: each.field for each in self.table_of(file).propose(file.header)}

    def mark(self, file: K, path: Path) -> None:
        """Keep by what a file that was changed, or one like it, is known again."""

    def keep(self, file: K) -> None:
        """Keep the row of a file that has just come, in the transaction of its receipt."""
        file.save()

    def forget(self, file: K) -> None:
        """Remove what a staged check left in rows of its own."""

    def fresh(self) -> dict[str, Any]:
        """The fields that tell of a check, as they are before it."""
        return {"findings": {}, "checked_rows": 0}

    # What somebody does with it.

    def receive(
        self, *, actor: Actor, upload: "UploadedFile[Any]", now: datetime, **about: Any
    ) -> K:
        """Keep an uploaded file and read its columns; where all are known it is checked at once.

        The bytes are moved or copied in blocks, never held, before the transaction that this
        opens. `about` are the kind's own fields, its unit among them. Raises `FileTooLarge`,
        `SheetRefused`, `BadText`, `qiao.core.uploads.NoRoom`, `Forbidden`.
        """
        outside()
        file = self.model(created_at=now, created_by_id=actor.person_id, **about)
        actor.require(self.permission, self.unit_of(file))
        file.file_name, file.size_bytes = name_of(upload), upload.size or 0
        file.state, file.is_on_disk = S.MAPPING, True
        with self.folder.keep(upload) as kept:
            if S.READING in self.tasks and file.size_bytes > READ_AT_ONCE:
                file.state = S.READING
            else:
                self.describe(file, kept)
                if self.is_checked_at_once and not self._faults(file):
                    file.state = S.CHECKING
            with acting(actor):
                self.keep(file)
                if file.state in self.tasks:
                    self.defer(file, actor)
                # Its own name last: a row has its file.
                kept.replace(self.path_of(file.pk))
        return file

    def name_columns(
        self, *, actor: Actor, file_id: int, mapping: Mapping[int, str], **told: Any
    ) -> K:
        """Say what every column means, and what else is told of the file, and have it checked.

        Raises `BadMapping`, `FileMovedOn`, `Forbidden`.
        """
        file = self.locked(actor, file_id, S.MAPPING, S.CHECKED)
        whole = {column: mapping.get(column, "") for column in range(len(file.header))}
        faults = self.table_of(file).faults(whole)
        if faults:
            raise BadMapping(faults)
        for name, value in told.items():
            setattr(file, name, value)
        file.mapping = {str(column): key for column, key in whole.items()}
        return self.check_anew(file, actor)

    def reopen_columns(self, *, actor: Actor, file_id: int) -> K:
        """Go back to the columns; a check that runs ends at its next batch.

        Raises `FileMovedOn`, `Forbidden`.
        """
        file = self.locked(actor, file_id, S.CHECKING, S.CHECKED)
        file.state = S.MAPPING
        if self.is_staged:
            self._clear(file)
            file.save()
        else:
            file.save(update_fields=["state"])
        return file

    def start(self, *, actor: Actor, file_id: int) -> K:
        """Have a checked file taken in. Raises `FileMovedOn`, `Forbidden`."""
        file = self.locked(actor, file_id, S.CHECKED)
        return self.begin(file, actor)

    def resume(self, *, actor: Actor, file_id: int) -> K:
        """Have work go on whose job was lost. Raises `FileMovedOn`, `Forbidden`."""
        file = self.locked(actor, file_id, *self.tasks)
        is_read = file.state in WORKING and not (self.is_staged and file.state == S.RUNNING)
        if is_read and not file.is_on_disk:
            raise FileMovedOn(GONE)
        file.failure = file.failure_detail = ""
        file.save(update_fields=["failure", "failure_detail"])
        self.defer(file, actor)
        return file

    def discard(self, *, actor: Actor, file_id: int) -> K:
        """Throw a file away before it was started. Raises `FileMovedOn`, `Forbidden`."""
        file = self.locked(actor, file_id, *WAITING)
        self.forget(file)
        file.state = S.DISCARDED
        self.drop(file)
        return file

    def record_rows(
        self, file: K, *, actor: Actor, form: str, now: datetime, row_count: int,
        what: str = "refused rows",
    ) -> None:  # fmt: skip
        """Keep that somebody took rows of it away as a file. Raises `Forbidden`."""
        required()
        unit = self.unit_of(file)
        actor.require(self.permission, unit)
        disclosure.record(
            kind="export", subject=self.subject, subject_id=file.pk, fields=self.exported,
            row_count=row_count, organisation_id=unit, actor=actor, now=now,
            reason=f"{what} as {form}",
        )  # fmt: skip

    # What jobs do.

    def run_reading(self, *, actor: Actor, file_id: int) -> K:
        """Read the columns of a large file. Opens its own transaction."""
        outside()
        file = self.rows().get(pk=file_id)
        if file.state != S.READING:
            return file
        try:
            self.describe(file, self.path_of(file_id))
            file.state = S.MAPPING
            with acting(actor):
                self.locked(actor, file_id, S.READING)
                file.save()
        except UNREADABLE as refusal:
            return self._fail(actor, file_id, refusal)
        return file

    def run_check(self, *, actor: Actor, file_id: int, now: datetime) -> K:
        """The dry run of the whole file; what it finds is kept with it.

        Opens its own transactions; ends quietly when somebody went on with the file meanwhile.
        Raises `Forbidden`.
        """
        file = self.rows().get(pk=file_id)
        if file.state != S.CHECKING:
            return file
        actor.require(self.permission, self.unit_of(file))
        try:
            self.check(file, actor, now)
        except FileMovedOn:
            pass
        except UNREADABLE as refusal:
            return self._fail(actor, file_id, refusal)
        file.refresh_from_db()
        return file

    def check(self, file: K, actor: Actor, now: datetime) -> None:
        """The dry run, and what it found kept; raises as reading does, and `FileMovedOn`."""
        read_by = {name: getattr(file, name) for name in self.goes_by}
        still = self.model._default_manager.filter(pk=file.pk, state=S.CHECKING, **read_by)  # noqa: SLF001 - Django's own way for any model
        found = self.look_through(
            file, actor, now, lambda rows: bool(still.update(checked_rows=rows))
        )
        still.update(state=S.CHECKED, checked_rows=found.rows, **found.fields)

    def sweep(self, now: datetime) -> None:
        """Remove files on the disk that have long belonged to nothing."""
        self.folder.sweep(now, self.model)

    # Of what the steps above, and those that a kind adds, are made.

    def rows(self) -> "QuerySet[K]":
        """All rows of the kind."""
        return self.model._default_manager.all()  # noqa: SLF001 - Django's own way for any model

    def to_lock(self) -> "QuerySet[K]":
        """Rows that are locked as they are read."""
        return self.rows().select_for_update()

    def path_of(self, file_id: int) -> Path:
        """Where a file lies."""
        return self.folder.path_of(file_id)

    def lock_of(self, file_id: int) -> str:
        """The lock of the jobs of a file."""
        return f"{self.subject}:{file_id}"

    def locked(self, actor: Actor, file_id: int, *states: str) -> K:
        """A file in one of these states, its row locked. Raises `FileMovedOn`, `Forbidden`."""
        required()
        file = self.to_lock().get(pk=file_id)
        actor.require(self.permission, self.unit_of(file))
        if file.state not in states:
            raise FileMovedOn(file.state)
        return file

    def describe(self, file: K, path: Path) -> None:
        """Put into a row what its file begins with, and what its columns seem to mean."""
        sheet = open_sheet(path)
        file.format, file.header = sheet.format, list(sheet.header)
        file.samples = samples_of(sheet)
        file.mapping = {str(column): key for column, key in self.propose(file).items()}
        self.mark(file, path)

    def check_anew(self, file: K, actor: Actor) -> K:
        """Have a locked file checked from its beginning."""
        file.state = S.CHECKING
        self._clear(file)
        file.save()
        self.defer(file, actor)
        return file

    def begin(self, file: K, actor: Actor) -> K:
        """Have a locked file taken in."""
        file.state, file.samples = S.RUNNING, []
        if self.is_staged:
            self.drop(file)
        else:
            file.save()
        self.defer(file, actor)
        return file

    def defer(self, file: K, actor: Actor) -> None:
        """Have the job of its state work on a file once this is committed."""
        background.defer(
            self.tasks[file.state], lock=self.lock_of(file.pk), staff_id=actor.person_id,
            **{self.argument: file.pk},
        )  # fmt: skip

    def is_lost(self, file: K) -> bool:
        """Whether a job should be at work on a file and none is, nor waits for a worker."""
        return file.state in WORKING and not background.state_of(self.lock_of(file.pk))

    def drop(self, file: K) -> None:
        """Let a file go, with the values that were read out of it; it leaves the disk once that
        is committed."""
        file.is_on_disk, file.samples = False, []
        file.save()
        self.folder.let_go(file.pk)

    def _fail(self, actor: Actor, file_id: int, refusal: Exception) -> K:
        """Keep why a file cannot be read, unless somebody went on with it meanwhile."""
        try:
            with acting(actor):
                file = self.locked(actor, file_id, S.READING, S.CHECKING)
                file.state = S.FAILED
                file.failure, file.failure_detail = failure_of(refusal)
                self.drop(file)
        except FileMovedOn:
            return self.rows().get(pk=file_id)
        return file

    def _clear(self, file: K) -> None:
        self.forget(file)
        for name, value in self.fresh().items():
            setattr(file, name, value)

    def _faults(self, file: K) -> list[tuple[str, str]]:
        return self.table_of(file).faults(mapping_of(file))


def mapping_of(file: KeptTable) -> dict[int, str]:
    """The field of every column."""
    return {int(column): key for column, key in file.mapping.items()}
