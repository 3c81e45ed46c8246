"""The journals of many cases at once: what happens to all of them is written in few statements.

For an incident's reports, and for the cases that were merged into one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qiao.cases.journal.clocks import CLOCK_KINDS, fold, kept_clocks, known_calendars
from qiao.cases.journal.mirrors import mirror
from qiao.cases.journal.rows import (
    MIRRORED,
    Folded,
    write_cases,
    write_clocks,
    write_entries,
)
from qiao.cases.journal.tellings import keep_tellings
from qiao.cases.models import Case, CaseEvent
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.levels import standing
from qiao.core.actor import Actor
from qiao.core.rows import remember
from qiao.core.transactions import required

SYSTEM: Final = CaseEvent.Visibility.SYSTEM
WRITTEN: Final = {
    "step": "text",
    "phase": "text",
    "closed_at": "timestamptz",
    "closed_date": "date",
    "outcome": "text",
    **MIRRORED,
    "ladder_at": "timestamptz",
    "answered_at": "timestamptz",
    "reopened_count": "smallint",
    "event_count": "int",
    "merged_into_id": "bigint",
    "parent_id": "bigint",
}


@dataclass(slots=True)
class _Sheet:
    """One case with the entries that are still to be written."""

    case: Case
    entries: list[Entry] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        return any(entry.kind in CLOCK_KINDS for entry in self.entries)


class ManyJournals:
    """New entries of many locked cases, written together.

    The caller holds their locks and sets what else changes on the cases, of the fields in
    `WRITTEN`; nothing else of them is written.
    """

    def __init__(self, cases: Iterable[Case], *, actor: Actor | None, now: datetime) -> None:
        required()
        self.now = now
        self._staff_id = actor.staff_id if actor else None
        self._sheets = {case.pk: _Sheet(case) for case in cases}

    def add(
        self,
        case: Case,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        visibility: CaseEvent.Visibility = SYSTEM,
        at: datetime | None = None,
    ) -> int:
        """Add an entry to one of the cases, as `Journal.add` does. Returns its place."""
        case.event_count += 1
        entry = Entry(
            case_id=case.pk,
            seq=case.event_count,
            kind=kind,
            at=at or self.now,
            recorded_at=self.now,
            actor_id=self._staff_id,
            visibility=visibility,
            data=dict(data or {}),
        )
        self._sheets[case.pk].entries.append(entry)
        return case.event_count

    def write(self) -> None:
        """Fold the clocks and write everything."""
        written = [sheet for sheet in self._sheets.values() if sheet.entries]
        folded = self._fold([sheet for sheet in written if sheet.counts])
        for sheet in written:
            if sheet.case.closed_at is None:
                sheet.case.ladder_at = self.now  # what happened may move its rungs
        rows = [
            (sheet.case.pk, *(getattr(sheet.case, name) for name in WRITTEN)) for sheet in written
        ]
        write_cases(WRITTEN, rows)
        write_entries(entry for sheet in written for entry in sheet.entries)
        keep_tellings([(sheet.case, sheet.entries) for sheet in written], self.now)
        write_clocks(folded)
        for sheet in written:
            remember(sheet.case, WRITTEN)
            sheet.entries = []

    def _fold(self, sheets: Sequence[_Sheet]) -> list[Folded]:
        if not sheets:
            return []
        versions = known_calendars()
        kept = kept_clocks([sheet.case.pk for sheet in sheets], versions)
        folded = []
        for sheet in sheets:
            case_id = sheet.case.pk
            before = kept[case_id]
            after = fold(sheet.case, before.state, sheet.entries, versions)
            mirror(sheet.case, standing(after, self.now, versions))
            folded.append(Folded(case_id, before.state, after, before.stored))
        return folded
