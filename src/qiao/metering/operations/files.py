"""Files of readings: uploaded, their columns named, checked in a dry run, taken in by batches.

A reading is known again by what it says: the same file, or one that overlaps it, takes nothing in
twice.
"""

from datetime import datetime
from typing import Final

from qiao.core.actor import Actor
from qiao.core.rules.columns import FieldTable
from qiao.core.table_batches import BatchedLife
from qiao.core.table_uploads import UploadFolder
from qiao.metering.models import ReadingFile
from qiao.metering.operations.file_batches import FileWork
from qiao.metering.operations.taking import READ
from qiao.metering.rules.file_rows import TABLE

CHECK_TASK: Final = "metering.check_file"
TAKE_TASK: Final = "metering.take_file"
_State = ReadingFile.State


class ReadingFiles(BatchedLife[ReadingFile]):
    """The life of a file of readings."""

    model = ReadingFile
    folder = UploadFolder("readings")
    permission = READ
    subject = "metering.file"
    tasks = {_State.CHECKING: CHECK_TASK, _State.RUNNING: TAKE_TASK}
    exported = ("row", "meter", "field", "found", "expected")

    def table_of(self, file: ReadingFile) -> FieldTable:
        """The fields of a reading."""
        del file
        return TABLE

    def work(self, file: ReadingFile, actor: Actor, now: datetime) -> FileWork:
        """Its rows become readings."""
        return FileWork(file, actor, now)


FILES: Final = ReadingFiles()
