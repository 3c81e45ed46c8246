"""The dry run: a whole log is read as it would be taken in, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_known import find_known
from qiao.cases.operations.intake_plan import PERMISSION, Reader, code_of, plan_of
from qiao.cases.rules.intake_rows import LogRow
from qiao.core.actor import Actor
from qiao.core.ahead import ahead
from qiao.core.sheets import open_sheet

EXAMPLES: Final = 3
MOST_WORDS: Final = 2_000  # different codes or words that are kept, the most frequent first


@dataclass(slots=True)
class Findings:
    """What a dry run found. `codes` and the words are counted over rows without a fault."""

    rows: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    refused: int = 0
    closed: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    noted: dict[str, list[int]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, number: int, row: LogRow) -> None:
        """Count one row."""
        self.rows += 1
        for note in row.notes.values():
            self.notes[note] += 1
            places = self.noted.setdefault(note, [])
            if len(places) < EXAMPLES:
                places.append(number)
        if row.faults:
            self._refuse(number, row)
            return
        self.closed += row.is_closed
        if row.type:
            self.codes[code_of(row.type, row.sub_type)] += 1
        for word, counter in (
            (row.status, self.statuses), (row.priority, self.priorities),
            (row.channel, self.channels), (row.area, self.areas),
        ):  # fmt: skip
            if word:
                counter[word] += 1
        at = row.opened_at
        assert at is not None
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)

    def _refuse(self, number: int, row: LogRow) -> None:
        self.refused += 1
        for fault in row.faults:
            kind = (fault.field, fault.code)
            self.faults[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append((number, fault.found))

    def data(self) -> dict[str, Any]:
        """As it is kept with the file."""
        counters = ("codes", "statuses", "priorities", "channels", "areas")
        return {
            **{key: getattr(self, key) for key in ("rows", "new", "known", "changed", "refused",
                                                   "closed")},
            **{key: getattr(self, key).most_common(MOST_WORDS) for key in counters},
            "different": {key: len(getattr(self, key)) for key in counters},
            "notes": [[n, count, self.noted[n]] for n, count in self.notes.most_common()],
            "faults": [
                [name, code, count, self.examples[name, code]]
                for (name, code), count in self.faults.most_common()
            ],
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
        }  # fmt: skip


def check_file(
    *,
    actor: Actor,
    path: Path,
    job: CaseIntake,
    now: datetime,
    goes_on: Callable[[Findings], bool] = lambda _: True,
) -> Findings:
    """Read the whole log as it would be taken in, and write nothing.

    `goes_on` is told the findings after every batch; the check ends where it says no. Raises
    `SheetRefused` and `Forbidden`.
    """
    actor.require(PERMISSION, job.organisation_id)
    found, reader = Findings(), Reader(plan_of(job), now)
    for numbers, rows in ahead(reader.batches(open_sheet(path))):
        for number, row in zip(numbers, rows, strict=True):
            found.add(number, row)
        _compare(found, job, rows)
        if not goes_on(found):
            break
    return found


def _compare(found: Findings, job: CaseIntake, rows: Sequence[LogRow]) -> None:
    good = [row for row in rows if not row.faults]
    held = find_known(job.organisation_id, job.source, [row.number for row in good])
    for row in good:
        known = held.get(row.number)
        if known is None:
            found.new += 1
        elif known.digest == row.digest():
            found.known += 1
        else:
            found.changed += 1
