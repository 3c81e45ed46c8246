"""The journal of one case: what happens to it is added and written once.

It belongs to one locked (or new) case and one transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from qiao.cases import risk_watch
from qiao.cases.events import ParentMarked
from qiao.cases.journal.apart import carry
from qiao.cases.journal.clocks import CLOCK_KINDS, Kept, fold, kept_clocks, known_calendars
from qiao.cases.journal.holding import Unwritten, hold_of
from qiao.cases.journal.mirrors import mirror
from qiao.cases.journal.rows import Folded
from qiao.cases.models import Case, CaseEvent
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.levels import standing
from qiao.cases.rules.working_time import Calendars
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.transactions import required

INTERNAL = CaseEvent.Visibility.INTERNAL
CUSTOMER = CaseEvent.Visibility.CUSTOMER
SYSTEM = CaseEvent.Visibility.SYSTEM
FOR_REPORTS: Final = frozenset({"arrived", "work_done", "closed"})

_NOTHING: Final = Kept(ClockState(), stored=False)


class Journal:
    """New entries of one case, written together."""

    def __init__(self, case: Case, *, actor: Actor | None, now: datetime) -> None:
        required()
        self.case = case
        self.now = now
        self._staff_id = actor.staff_id if actor else None
        self._actor = actor
        self._entries: list[Entry] = []
        self._is_new = case.pk is None
        self._regrouped = False

    def add(
        self,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        visibility: CaseEvent.Visibility = SYSTEM,
        at: datetime | None = None,
    ) -> int:
        """Add an entry that occurred `at` (default: now). Returns its place in the history."""
        self.case.event_count += 1
        self._entries.append(
            Entry(
                case_id=0,
                seq=self.case.event_count,
                kind=kind,
                at=at or self.now,
                recorded_at=self.now,
                actor_id=self._staff_id,
                visibility=visibility,
                data=dict(data or {}),
            )
        )
        return self.case.event_count

    def regroup(self) -> None:
        """Say that cases were merged into this one or are its own again: it stands anew."""
        self._regrouped = True

    def write(self) -> Case:
        """Weigh what was said, fold the clocks, save the case and the entries.

        What concerns the cases merged into this one is written into their histories as well.
        """
        heard = risk_watch.hear(self.case, self._entries, self.now)
        if heard is not None:
            self.add("risk_found", heard.data, visibility=INTERNAL)
        folded = self._fold()
        if self.case.closed_at is None:
            self.case.ladder_at = self.now  # what happened may move its rungs
        self.case.changed_at = self.now
        self._save(Unwritten(self.case, self.now, self._entries, folded))
        if self.case.is_parent:
            self._tell_reports()
        if heard is not None:
            heard.keep(self.case, self.now)
        self._entries = []
        return self.case

    def _save(self, unwritten: Unwritten) -> None:
        hold = None if self._is_new else hold_of(self.case.pk)
        if hold is None:
            unwritten.write()
        else:
            hold.take(unwritten)

    def _fold(self) -> Folded | None:
        """The clocks before and after, read only where they, or what is mirrored of them, may
        change; None where they stand as they stood."""
        turns = any(entry.kind in CLOCK_KINDS for entry in self._entries)
        before, after, versions = _NOTHING, _NOTHING.state, {}
        if turns or self._regrouped:
            versions = known_calendars()
            if not self._is_new:
                before = self._clocks(versions)
            after = fold(self.case, before.state, self._entries, versions)
        if self.case.merged_count:
            carry(self.case, self._entries, actor=self._actor, now=self.now)
        if after is not before.state or self._regrouped:
            mirror(self.case, standing(after, self.now, versions))
        if after is before.state:
            return None
        return Folded(self.case.pk, before.state, after, before.stored)

    def _clocks(self, versions: Calendars) -> Kept:
        """As they are kept, or as they wait to be."""
        hold = hold_of(self.case.pk)
        if hold is not None and hold.unwritten is not None and hold.unwritten.folded is not None:
            return Kept(hold.unwritten.folded.after, stored=hold.unwritten.folded.stored)
        return kept_clocks([self.case.pk], versions)[self.case.pk]

    def _tell_reports(self) -> None:
        """What a common cause's own case reaches counts for its reports: a job writes it there."""
        for entry in self._entries:
            if entry.kind in FOR_REPORTS:
                events.publish(
                    ParentMarked(self.case.pk, entry.kind, entry.at, 0),
                    organisation_id=self.case.organisation_id,
                    actor=self._actor,
                    now=self.now,
                )
