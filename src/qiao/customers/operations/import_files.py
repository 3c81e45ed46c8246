"""Uploaded files of customers: kept on the disk, read, and checked in the background.

A file lies on the disk until its import has ended: that is a row of its own, which the command
line begins without an upload too, see `import_runs`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.rules.columns import FieldTable, signature
from qiao.core.table_life import Checked, TableLife, mapping_of
from qiao.core.table_uploads import UploadFolder
from qiao.customers.models import ImportFile, ImportMapping
from qiao.customers.operations.import_checking import Findings, check_file
from qiao.customers.operations.import_reading import PERMISSION
from qiao.customers.operations.importing import proposed_mapping
from qiao.customers.rules import import_columns
from qiao.customers.rules.import_adding import CHOICES, LEAVE

READ_TASK: Final = "customers.read_import_file"
CHECK_TASK: Final = "customers.check_import_file"
_State = ImportFile.State


class ImportFiles(TableLife[ImportFile]):
    """The life of a file of customers until it is started."""

    model = ImportFile
    folder = UploadFolder("imports")
    permission = PERMISSION
    subject = "customers.import_file"
    tasks = {_State.READING: READ_TASK, _State.CHECKING: CHECK_TASK}
    goes_by = ("mapping", "known")
    is_checked_at_once = False

    def table_of(self, file: ImportFile) -> FieldTable:
        """The fields of a customer."""
        del file
        return import_columns.TABLE

    def propose(self, file: ImportFile) -> dict[int, str]:
        """As the unit named the columns of such a file before, else by names."""
        unit = file.organisation_id
        file.is_mapping_kept = ImportMapping.objects.filter(
            organisation_id=unit, signature=signature(file.header)
        ).exists()
        return proposed_mapping(organisation_id=unit, header=file.header)

    def look_through(
        self, file: ImportFile, actor: Actor, now: datetime, goes_on: Callable[[int], bool]
    ) -> Checked:
        """Foresee what the import would do with every row."""
        found = check_file(
            actor=actor,
            path=self.path_of(file.pk),
            mapping=mapping_of(file),
            organisation_id=file.organisation_id,
            now=now,
            known=file.known,
            goes_on=lambda found: goes_on(found.rows),
        )
        return Checked(found.rows, {"findings": _stored(found)})


FILES: Final = ImportFiles()


def map_columns(
    *, actor: Actor, file_id: int, mapping: dict[int, str], known: str = LEAVE
) -> ImportFile:
    """Say what every column means, and have the file checked in the background.

    `known` says what becomes of customers who are known already: ``leave`` or ``add``.

    Raises `BadMapping`, `FileMovedOn` and `Forbidden`.
    """
    choice = known if known in CHOICES else LEAVE
    return FILES.name_columns(actor=actor, file_id=file_id, mapping=mapping, known=choice)


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
        "faults": found.faults.data(),
    }
