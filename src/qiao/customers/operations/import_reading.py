"""Rows of a file read by its mapping, batch by batch; the dry run and the real one read alike."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final

from django.utils.translation import override

from qiao.core.rules.columns import RowFault
from qiao.core.sheets import Sheet, SheetRow
from qiao.core.table_uploads import BadMapping
from qiao.customers.models import ProtectedFlag
from qiao.customers.operations.access import local_day
from qiao.customers.queries.services import usual_service
from qiao.customers.rules import import_columns
from qiao.customers.rules.import_rows import Defaults, ImportedRow, read_row
from qiao.staff.queries import organisation

BATCH: Final = 2_000
PERMISSION: Final = "customers.import"


def refuse_bad(mapping: Mapping[int, str]) -> None:
    """Raises `BadMapping`."""
    faults = import_columns.mapping_faults(mapping)
    if faults:
        raise BadMapping(faults)


def cell_faults(row: SheetRow, mapping: Mapping[int, str]) -> list[RowFault]:
    """What is wrong with the cells of a row, for columns that are read."""
    return [
        RowFault(mapping[fault.column], str(fault.code))
        for fault in row.faults
        if mapping.get(fault.column)
    ]


class Reader:
    """Reads rows of one file by its mapping."""

    def __init__(self, mapping: Mapping[int, str], organisation_id: int, now: datetime) -> None:
        unit = organisation(organisation_id)
        self.mapping = dict(mapping)
        self.today: date = local_day(organisation_id=organisation_id, now=now)
        self.defaults = Defaults(usual_service(unit.packs), unit.region or "")
        self.flags = _flag_words()

    def batches(
        self, sheet: Sheet, *, skip: int = 0
    ) -> Iterator[tuple[list[SheetRow], list[ImportedRow]]]:
        """The rows of a file behind the first `skip`, in batches, beside what they say."""
        rows = islice(sheet.rows(), skip, None)
        while batch := list(islice(rows, BATCH)):
            yield batch, self.read(batch)

    def read(self, batch: Sequence[SheetRow]) -> list[ImportedRow]:
        """The rows of a batch; a faulty cell of a column that is read refuses its row."""
        rows = []
        for sheet_row in batch:
            row = read_row(
                sheet_row.cells,
                self.mapping,
                defaults=self.defaults,
                flag_words=self.flags,
                today=self.today,
            )
            row.faults += cell_faults(sheet_row, self.mapping)
            rows.append(row)
        return rows


def _flag_words() -> dict[str, str]:
    words = {}
    for flag in ProtectedFlag:
        for word in (flag.value, *_labels(flag)):
            words[word.casefold()] = flag.value
    return words


def _labels(flag: ProtectedFlag) -> Iterator[str]:
    for language in ("en", "zh-hans", "zh-hant"):
        with override(language):
            yield str(flag.label)
