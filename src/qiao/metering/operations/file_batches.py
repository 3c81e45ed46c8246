"""The rows of a file of readings by batches, what became of each, and what a dry run found."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.core.ahead import ahead
from qiao.core.rules.columns import RowFault
from qiao.core.sheets import SheetRow, open_sheet
from qiao.core.table_uploads import FileChanged, UploadFolder, digest_of
from qiao.metering.models import ReadingFile
from qiao.metering.operations.taking import KNOWN, REFUSED, NewReading, Taken
from qiao.metering.rules.file_rows import FileRow, read_row
from qiao.staff.queries import organisation

FOLDER: Final = UploadFolder("readings")
EXAMPLES: Final = 3


def mapping_of(file: ReadingFile) -> dict[int, str]:
    """The field of every column."""
    return {int(column): key for column, key in file.mapping.items()}


@dataclass(slots=True)
class Told:
    """A row, its reading where it can be one, and what became of it."""

    number: int
    row: FileRow
    faults: list[RowFault]
    reading: NewReading | None
    taken: Taken | None = None

    def reading_by(self, readers: Mapping[str, int]) -> NewReading:
        """The reading, with the id of who read it by the number of staff."""
        assert self.reading is not None
        reader = readers.get(self.row.reader)
        return self.reading if reader is None else self.reading._replace(reader_id=reader)


def batches(file: ReadingFile, *, skip: int, size: int) -> Iterator[list[Told]]:
    """The rows of a file, read; the next batch is, while one is taken in."""
    path = FOLDER.path_of(file.pk)
    if digest_of(path) != file.digest:
        raise FileChanged(file.file_name)
    mapping = mapping_of(file)
    zone = ZoneInfo(organisation(file.organisation_id).timezone)
    rows = islice(open_sheet(path).rows(), skip, None)

    def told(sheet: SheetRow) -> Told:
        row = read_row(sheet.cells, mapping, zone)
        reading = None if row.faults else _reading(row, file.organisation_id)
        return Told(sheet.number, row, list(row.faults), reading)

    def read() -> Iterator[list[Told]]:
        while batch := [told(sheet) for sheet in islice(rows, size)]:
            yield batch

    yield from ahead(read())


def _reading(row: FileRow, organisation_id: int) -> NewReading:
    assert row.at is not None
    return NewReading(
        key=row.key(organisation_id),
        raw=row.raw,
        read_at=row.at,
        meter_number=row.meter,
        kind=row.kind,
        period=row.period,
        method=row.method,
        reason=row.reason,
    )


@dataclass(slots=True)
class Findings:
    """What a dry run found, in counts, with a few examples of every fault."""

    rows: int = 0
    new: int = 0
    exceptions: int = 0
    known: int = 0
    refused: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, each: Told) -> None:
        """Count one row."""
        self.rows += 1
        self.refused += bool(each.faults)
        for fault in each.faults:
            kind = (fault.field, fault.code)
            self.faults[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append((each.number, fault.found))
        if each.faults or each.taken is None:
            return
        self.known += each.taken.outcome == KNOWN
        self.new += each.taken.outcome not in (KNOWN, REFUSED)
        self.exceptions += each.taken.state == "exception"
        self.rules.update(found.rule for found in each.taken.findings)

    def data(self) -> dict[str, Any]:
        """As it is kept with the file."""
        return {
            "rows": self.rows,
            "new": self.new,
            "exceptions": self.exceptions,
            "known": self.known,
            "refused": self.refused,
            "rules": self.rules.most_common(),
            "faults": [
                [name, code, count, self.examples[name, code]]
                for (name, code), count in self.faults.most_common()
            ],
        }
