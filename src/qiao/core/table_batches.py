"""Tables that are checked and taken in batch by batch, a transaction for each; see ADR 45.

A kind says by its `Work` how a row is read, what a batch of rows comes to in a dry run, and how it
is taken in. The row of the table is locked by every batch that is taken in and tells how far it
is, so that a run that was killed goes on after its last batch, and two runs of one table cannot do
the same batch.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from qiao.core.actor import Actor
from qiao.core.ahead import ahead
from qiao.core.memory import uncollected
from qiao.core.sheets import SheetRow, open_sheet
from qiao.core.table_life import Checked, S, TableLife
from qiao.core.table_models import UploadedTable
from qiao.core.table_uploads import UNREADABLE, FileChanged, FileMovedOn, digest_of, failure_of
from qiao.core.transactions import acting

U = TypeVar("U", bound=UploadedTable)
R = TypeVar("R")


class Work(ABC, Generic[U, R]):
    """What is done with the rows of one table, from one end to the other.

    It keeps what its batches share: how rows are read, what was looked up, what was found.
    """

    @abstractmethod
    def read(self, row: SheetRow) -> R:
        """A row as it is worked on, with its faults; runs in a thread of its own, without the
        database."""

    def pass_over(self, row: SheetRow) -> None:
        """A row that an earlier run took in: what it says to those behind it, in that thread."""

    @abstractmethod
    def check(self, batch: list[R]) -> None:
        """Find out what would become of rows, in a transaction, and write nothing."""

    @abstractmethod
    def found(self) -> dict[str, Any]:
        """What was found of all batches that were checked, by the fields in which it is kept."""

    @abstractmethod
    def take(self, batch: list[R], file: U) -> None:
        """Take rows in and keep the refused ones, in the transaction of the batch. The row of the
        table is locked; its counts are set here, but for ``read_count``, and saved afterwards."""


class BatchedLife(TableLife[U]):
    """The life of a kind of table that is taken in by batches of `size` rows."""

    size: int = 10_000

    @abstractmethod
    def work(self, file: U, actor: Actor, now: datetime) -> Work[U, Any]:
        """What is done with its rows; one for each check or run."""

    def mark(self, file: U, path: Path) -> None:
        """Its digest, by which a file that was changed is known."""
        file.digest = digest_of(path)

    def look_through(
        self, file: U, actor: Actor, now: datetime, goes_on: Callable[[int], bool]
    ) -> Checked:
        """The dry run, a transaction for every batch.

        Rows are held to what is here already, batch by batch: what an earlier batch of the same
        file would bring is not.
        """
        work, count = self.work(file, actor, now), 0
        for batch in self._batches(file, work, skip=0):
            with uncollected(), acting(actor):
                work.check(batch)
            count += len(batch)
            if not goes_on(count):
                break
        return Checked(count, work.found())

    def run(self, *, actor: Actor, file_id: int, now: datetime) -> U:
        """Take in what is left of a started file, a transaction for every batch.

        Opens its own transactions. A file that cannot be read further stays where it is, with the
        failure told beside it; ends quietly where another run is ahead of this one.
        """
        file = self.rows().get(pk=file_id)
        if file.state != S.RUNNING:
            return file
        try:
            return self._run(file, actor, now)
        except FileMovedOn:
            pass
        except UNREADABLE as refusal:
            failure, detail = failure_of(refusal)
            running = self.rows().filter(pk=file_id, state=S.RUNNING)
            running.update(failure=failure, failure_detail=detail)
        return self.rows().get(pk=file_id)

    def _run(self, file: U, actor: Actor, now: datetime) -> U:
        work = self.work(file, actor, now)
        for batch in self._batches(file, work, skip=file.read_count):
            with uncollected(), acting(actor):
                file = self._as_left(file, actor)
                work.take(batch, file)
                file.read_count += len(batch)
                file.save()
        with acting(actor):
            file = self._as_left(file, actor)
            file.state, file.finished_at = S.DONE, now
            self.drop(file)
        return file

    def _as_left(self, file: U, actor: Actor) -> U:
        """The locked row of a run, as its last batch left it. Raises `FileMovedOn`."""
        held = self.locked(actor, file.pk, S.RUNNING)
        if held.read_count != file.read_count:
            raise FileMovedOn(held.state)
        return held

    def _batches(self, file: U, work: Work[U, R], *, skip: int) -> Iterator[list[R]]:
        """The rows of a file, read; the next batch is, while one is worked on."""
        path = self.path_of(file.pk)
        if file.digest and digest_of(path) != file.digest:
            raise FileChanged(file.file_name)
        rows = iter(open_sheet(path).rows())

        def read() -> Iterator[list[R]]:
            for row in islice(rows, skip):
                work.pass_over(row)
            while batch := [work.read(row) for row in islice(rows, self.size)]:
                yield batch

        yield from ahead(read())
