"""What is done with the rows of one log: read by its plan, foreseen, taken in."""

from datetime import datetime
from typing import Any

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_checking import Findings
from qiao.cases.operations.intake_deciding import Deciding
from qiao.cases.operations.intake_known import find_known
from qiao.cases.operations.intake_plan import (
    Reader,
    plan_of,
    proposed_channels,
    proposed_types,
    types_at,
)
from qiao.cases.operations.intake_taking import take_batch
from qiao.cases.rules.intake_rows import CLOSED, OPEN, PRIORITIES, LogRow, is_closed_word
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold
from qiao.core.sheets import SheetRow
from qiao.core.table_batches import Work

_Row = tuple[int, LogRow]


class LogWork(Work[CaseIntake, _Row]):
    """The rows of one log, with their numbers."""

    def __init__(self, job: CaseIntake, actor: Actor, now: datetime) -> None:
        self.job, self.actor, self.now = job, actor, now
        self.reader, self.deciding = Reader(plan_of(job), now), Deciding(job, now)
        self.findings = Findings()

    def read(self, row: SheetRow) -> _Row:
        """A row by the plan; the second of a number is refused."""
        return row.number, self.reader.read(row)

    def pass_over(self, row: SheetRow) -> None:
        """Its number is taken."""
        self.reader.read(row)

    def check(self, batch: list[_Row]) -> None:
        """Count rows, and which of them are here already, as they are or otherwise."""
        for number, row in batch:
            self.findings.add(number, row)
        good = [row for _number, row in batch if not row.faults]
        held = find_known(self.job.organisation_id, self.job.source, [row.number for row in good])
        for row in good:
            known = held.get(row.number)
            self.findings.compare(
                is_new=known is None, is_same=known is not None and known.digest == row.digest()
            )

    def found(self) -> dict[str, Any]:
        """What was found, and what the words of the log seem to mean, under what somebody said
        before."""
        return {"findings": self.findings.data(), "choices": self._proposed()}

    def take(self, batch: list[_Row], file: CaseIntake) -> None:
        """Open cases, update those that nobody worked on here, and tell of both."""
        take_batch(file, batch, self.deciding, self.actor, self.now)

    def _proposed(self) -> dict[str, dict[str, str]]:
        found = self.findings
        proposed = {
            "types": proposed_types(list(found.codes), types_at(self.job.organisation_id)),
            "statuses": {w: CLOSED if is_closed_word(w) else OPEN for w in found.statuses},
            "priorities": {
                word: PRIORITIES[fold(word)]
                for word in found.priorities
                if fold(word) in PRIORITIES
            },
            "channels": proposed_channels(list(found.channels)),
            "causes": {},
        }
        return {key: words | self.job.choices.get(key, {}) for key, words in proposed.items()}
