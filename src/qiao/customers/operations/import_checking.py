"""The dry run: a whole file is read as an import would read it, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from qiao.core.actor import Actor
from qiao.core.ahead import ahead
from qiao.core.rules.columns import RowFault
from qiao.core.sheets import SheetRow, open_sheet
from qiao.core.table_findings import FaultCount
from qiao.customers.operations.import_foreseeing import Foreseen, full_disk_told
from qiao.customers.operations.import_held import Held, look_up_held
from qiao.customers.operations.import_matching import look_up, match
from qiao.customers.operations.import_reading import PERMISSION, Reader, refuse_bad
from qiao.customers.rules.import_adding import ADD, LEAVE, Difference
from qiao.customers.rules.import_rows import ImportedRow

SAMPLES: Final = 20


@dataclass(slots=True)
class Findings:
    """What a dry run found: how many rows are new, known and refused, and the first faults.

    `samples` holds the first refused rows. Of the known rows `added` would add something;
    `differing` rows say otherwise than what is held, in the fields of `differences`.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0
    added: int = 0
    differing: int = 0
    faults: FaultCount = field(default_factory=FaultCount)
    samples: list[tuple[int, list[RowFault]]] = field(default_factory=list)
    additions: Counter[str] = field(default_factory=Counter)
    differences: Counter[str] = field(default_factory=Counter)

    def refuse(self, number: int, faults: list[RowFault]) -> None:
        """Count a refused row."""
        self.refused += 1
        self.faults.add(number, faults)
        if len(self.samples) < SAMPLES:
            self.samples.append((number, faults))

    def differ(self, differences: Sequence[Difference]) -> None:
        """Count a row that says otherwise than what is held."""
        self.differing += bool(differences)
        self.differences.update(told.field for told in differences)


def check_file(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping[int, str],
    organisation_id: int,
    now: datetime,
    known: str = LEAVE,
    goes_on: Callable[[Findings], bool] = lambda _: True,
) -> Findings:
    """Read the whole file as an import would, and write nothing.

    `known` is the choice about customers who are known already: ``leave`` or ``add``. `goes_on` is
    told the findings after every batch; the check ends where it says no.

    Raises `BadMapping`, `SheetRefused`, `Forbidden`, and `qiao.core.uploads.NoRoom` where the disk
    has no room for what a check keeps beside it.
    """
    actor.require(PERMISSION, organisation_id)
    refuse_bad(mapping)
    reader = Reader(mapping, organisation_id, now)
    findings = Findings()
    with closing(Foreseen()) as foreseen, full_disk_told():
        for batch, rows in ahead(reader.batches(open_sheet(path))):
            about = _Batch(reader, foreseen, findings, rows, adds=known == ADD,
                           organisation_id=organisation_id)  # fmt: skip
            about.foresee(batch)
            if not goes_on(findings):
                break
    return findings


class _Batch:
    """The rows of one batch, and what is held of whom they mean."""

    def __init__(
        self, reader: Reader, foreseen: Foreseen, findings: Findings,
        rows: Sequence[ImportedRow], *, adds: bool, organisation_id: int,
    ) -> None:  # fmt: skip
        self.foreseen, self.findings, self.rows = foreseen, findings, rows
        self.known = look_up(rows)
        foreseen.recall(rows, self.known)
        self.held: Held | None = None
        if adds:
            self.held = look_up_held(
                self.known, organisation_id=organisation_id, today=reader.today
            )
            foreseen.recall_held(rows, self.held)

    def foresee(self, batch: Sequence[SheetRow]) -> None:
        """Count what would become of every row."""
        for sheet_row, row in zip(batch, self.rows, strict=True):
            self._row(sheet_row.number, row)
        if self.held is not None:
            self.foreseen.keep_held(self.held)

    def _row(self, number: int, row: ImportedRow) -> None:
        customer, account = match(row, self.known)
        self.findings.rows += 1
        if row.faults:
            self.findings.refuse(number, row.faults)
            return
        is_new = customer is None or (bool(row.account_number) and account is None)
        owner, held_account = customer, account
        if is_new:
            self.findings.new += 1
            owner, held_account = self.foreseen.write(row, self.known, customer, account)
        else:
            self.findings.known += 1
        if self.held is None or owner is None:
            return
        if customer is None:
            self.held.new_person(row, owner)
        if account is None and held_account is not None:
            self.held.new_account(row, held_account)
        added = self.held.judge(
            row, owner, held_account, has_new_account=account is None and held_account is not None
        )
        if added.additions and not is_new:
            self.findings.added += 1
        self.findings.additions.update(addition.kind for addition in added.additions)
        self.findings.differ(added.differences)
        self.foreseen.lead(row, added.additions, owner)
