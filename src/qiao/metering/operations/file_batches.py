"""The rows of a file of readings: what becomes of each, and what a dry run found."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.rules.columns import RowFault
from qiao.core.sheets import SheetRow
from qiao.core.table_batches import Work
from qiao.core.table_findings import FaultCount
from qiao.core.table_life import mapping_of
from qiao.metering.models import ReadingFile
from qiao.metering.operations.taking import (
    KNOWN,
    REFUSED,
    NewReading,
    Taken,
    foresee_readings,
    take_readings,
)
from qiao.metering.queries.neighbours import Neighbours
from qiao.metering.rules.file_rows import FileRow, read_row
from qiao.staff.queries import ids_by_number, organisation

SOURCE: Final = "file"
_FIELD_OF: Final = {"time": "day", "meter": "meter", "value": "value"}


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


@dataclass(slots=True)
class Findings:
    """What a dry run found, in counts, with a few examples of every fault."""

    rows: int = 0
    new: int = 0
    exceptions: int = 0
    known: int = 0
    refused: int = 0
    faults: FaultCount = field(default_factory=FaultCount)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, each: Told) -> None:
        """Count one row."""
        self.rows += 1
        if each.faults:
            self.refused += 1
            self.faults.add(each.number, each.faults)
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
            "faults": self.faults.data(),
        }


class FileWork(Work[ReadingFile, Told]):
    """The rows of one file become readings; neighbours are looked up once for all batches."""

    def __init__(self, file: ReadingFile, actor: Actor, now: datetime) -> None:
        self.unit, self.actor, self.now = file.organisation_id, actor, now
        self.mapping = mapping_of(file)
        self.zone = ZoneInfo(organisation(file.organisation_id).timezone)
        self.neighbours, self.findings = Neighbours(), Findings()

    def read(self, row: SheetRow) -> Told:
        """A row, and its reading where it can be one."""
        read = read_row(row.cells, self.mapping, self.zone)
        reading = None if read.faults else _reading(read, self.unit)
        return Told(row.number, read, list(read.faults), reading)

    def check(self, batch: list[Told]) -> None:
        """Count what would become of rows."""
        self._put(batch, foresee_readings)
        for each in batch:
            self.findings.add(each)

    def found(self) -> dict[str, Any]:
        """What was found, in counts."""
        return {"findings": self.findings.data()}

    def take(self, batch: list[Told], file: ReadingFile) -> None:
        """Take rows in, and keep the refused ones with what is wrong."""
        self._put(batch, take_readings)
        lines = [
            (file.pk, each.number, each.row.meter[:40], Jsonb([asdict(f) for f in each.faults]))
            for each in batch
            if each.faults
        ]
        with connection.cursor() as cursor:
            copy_rows(cursor, "metering_refusedrow", "file_id, row_number, meter, faults", lines)
        good = [each.taken for each in batch if each.taken is not None and not each.faults]
        file.refused_count += len(lines)
        file.known_count += sum(each.outcome == KNOWN for each in good)
        file.taken_count += sum(each.outcome != KNOWN for each in good)
        file.exception_count += sum(each.state == "exception" for each in good)

    def _put(self, told: Sequence[Told], run: Callable[..., Sequence[Taken]]) -> None:
        """Take rows in, or foresee it, as far as they can be; note what became of each."""
        readers = ids_by_number({each.row.reader for each in told if each.row.reader})
        good = [each for each in told if each.reading is not None]
        readings = [each.reading_by(readers) for each in good]
        found = run(
            actor=self.actor, now=self.now, source=SOURCE, readings=readings,
            neighbours=self.neighbours,
        )  # fmt: skip
        for each, taken in zip(good, found, strict=True):
            each.taken = taken
            if taken.outcome == REFUSED:
                each.faults = [_fault(each.row, finding) for finding in taken.findings]


def _fault(row: FileRow, finding: Any) -> RowFault:
    return RowFault(
        _FIELD_OF.get(finding.rule, "value"),
        finding.seen.get("code", finding.rule),
        row.meter if finding.rule == "meter" else row.raw,
        finding.expected.get("day", ""),
    )


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
