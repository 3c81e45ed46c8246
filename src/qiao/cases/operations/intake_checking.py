"""What the dry run of a log finds: a whole log is read as it would be taken in."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qiao.cases.operations.intake_plan import code_of
from qiao.cases.rules.intake_rows import LogRow
from qiao.core.table_findings import EXAMPLES, FaultCount

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
    faults: FaultCount = field(default_factory=FaultCount)
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
            self.refused += 1
            self.faults.add(number, row.faults)
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

    def compare(self, *, is_new: bool, is_same: bool) -> None:
        """Count a good row by what is here of its number."""
        self.new += is_new
        self.known += is_same
        self.changed += not is_new and not is_same

    def data(self) -> dict[str, Any]:
        """As it is kept with the file."""
        counters = ("codes", "statuses", "priorities", "channels", "areas")
        return {
            **{key: getattr(self, key) for key in ("rows", "new", "known", "changed", "refused",
                                                   "closed")},
            **{key: getattr(self, key).most_common(MOST_WORDS) for key in counters},
            "different": {key: len(getattr(self, key)) for key in counters},
            "notes": [[n, count, self.noted[n]] for n, count in self.notes.most_common()],
            "faults": self.faults.data(),
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
        }  # fmt: skip
