"""The one way in which a case's history grows: events are added, clocks folded, mirrors set.

A journal belongs to one locked (or new) case and one transaction. Operations add entries and
write once; nothing else inserts into ``cases_caseevent`` or ``cases_caseclock``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.cases import definitions, risk_watch
from qiao.cases.events import ParentMarked
from qiao.cases.journal_many import carry, dues_of_merged
from qiao.cases.models import Case, CaseClock, CaseEvent, ClockRecord
from qiao.cases.rules.clock_rows import state_data, state_from_data
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clocks import apply, recompute
from qiao.cases.rules.joining import together
from qiao.cases.rules.levels import Standing, standing
from qiao.cases.rules.promises import EVENT_KINDS, ClockEvent
from qiao.cases.rules.working_time import Calendars, CalendarVersion
from qiao.core import calendars, events
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.queries import organisation

INTERNAL = CaseEvent.Visibility.INTERNAL
CUSTOMER = CaseEvent.Visibility.CUSTOMER
SYSTEM = CaseEvent.Visibility.SYSTEM
FOR_REPORTS: Final = frozenset({"arrived", "work_done", "closed"})
CLOCK_KINDS: Final = frozenset(EVENT_KINDS)


_ENTRIES: Final = (
    "INSERT INTO cases_caseevent"
    " (case_id, seq, kind, at, recorded_at, actor_id, visibility, data) VALUES "
)
_ENTRY: Final = "(%s, %s, %s, %s, %s, %s, %s, %s)"
_RECORD: Final = (
    "INSERT INTO cases_clockrecord (case_id, state) VALUES (%s, %s)"
    " ON CONFLICT (case_id) DO UPDATE SET state = EXCLUDED.state"
)
_CLOCK_KEY: Final = ("promise", "round")
_CLOCK_STANDING: Final = (
    "target_seconds",
    "due_at",
    "stopped_at",
    "breached_at",
    "elapsed_seconds",
    "paused_seconds",
    "state",
)
_CLOCK_FIELDS: Final = (*_CLOCK_KEY, "started_at", *_CLOCK_STANDING)
_CLOCKS: Final = f"INSERT INTO cases_caseclock (case_id, {', '.join(_CLOCK_FIELDS)}) VALUES "  # noqa: S608 - names of this module
_CLOCK: Final = f"({', '.join(['%s'] * (1 + len(_CLOCK_FIELDS)))})"
_CLOCK_AGAIN: Final = " ON CONFLICT (case_id, promise, round) DO UPDATE SET " + ", ".join(
    f"{name} = EXCLUDED.{name}" for name in _CLOCK_STANDING
)
_CLOCK_GONE: Final = (
    "DELETE FROM cases_caseclock WHERE case_id = %s AND promise = %s AND round = %s"
)
_dumps: Final = partial(json.dumps, ensure_ascii=False)


def known_calendars() -> dict[str, tuple[CalendarVersion, ...]]:
    """All calendars in the form that the clock rules take; the same objects until one changes."""
    global _calendars  # noqa: PLW0603 - the cache belongs to the process
    kept = calendars.all_versions()
    if _calendars is None or _calendars[0] is not kept:
        _calendars = (kept, {key: as_rules(versions) for key, versions in kept.items()})
    return _calendars[1]


def as_rules(versions: Sequence[calendars.Version]) -> tuple[CalendarVersion, ...]:
    """Versions of a calendar as the clock rules take them."""
    return tuple(
        CalendarVersion(v.number, v.effective_from, v.calendar, v.known_years) for v in versions
    )


_calendars: tuple[Any, dict[str, tuple[CalendarVersion, ...]]] | None = None


class Journal:
    """New entries of one case, written together."""

    def __init__(self, case: Case, *, actor: Actor | None, now: datetime) -> None:
        required()
        self.case = case
        self.now = now
        self._staff_id = actor.staff_id if actor else None
        self._actor = actor
        self._entries: list[CaseEvent] = []
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
            CaseEvent(
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
        if self.case.merged_count:
            carry(self.case, self._entries, actor=self._actor, now=self.now)
        if folded is not None or self._regrouped:
            state = folded[1] if folded else self._stored_state()
            mirror(self.case, standing(state, self.now, known_calendars()))
        if self.case.closed_at is None:
            self.case.ladder_at = self.now  # what happened may move its rungs
        self.case.changed_at = self.now
        self.case.save()
        if self.case.is_parent:
            self._tell_reports()
        self._keep_entries()
        if heard is not None:
            heard.keep(self.case, self.now)
        if folded is not None:
            self._keep_clocks(*folded)
        self._entries = []
        return self.case

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

    def _fold(self) -> tuple[ClockState, ClockState] | None:
        counted = [e for e in self._entries if e.kind in CLOCK_KINDS]
        if not counted:
            return None
        before = ClockState() if self._is_new else self._stored_state()
        if any(entry.kind == "undone" for entry in counted):
            return before, recount(self.case.pk, counted)
        versions = known_calendars()
        state = before
        for entry in counted:
            _name_calendars(entry, versions)
            state = apply(state, as_clock_event(entry), versions)
        return before, state

    def _stored_state(self) -> ClockState:
        record = ClockRecord.objects.filter(case=self.case).values_list("state", flat=True).first()
        return state_from_data(record) if record else recount(self.case.pk)

    def _keep_entries(self) -> None:
        """Insert the entries in one statement; every opening and every step passes here."""
        rows = [
            (
                self.case.pk,
                entry.seq,
                entry.kind,
                entry.at,
                entry.recorded_at,
                entry.actor_id,
                entry.visibility,
                Jsonb(entry.data, dumps=_dumps),
            )
            for entry in self._entries
        ]
        if rows:
            places = ", ".join([_ENTRY] * len(rows))
            with connection.cursor() as cursor:
                cursor.execute(_ENTRIES + places, [value for row in rows for value in row])

    def _keep_clocks(self, before: ClockState, after: ClockState) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, [self.case.pk, Jsonb(state_data(after), dumps=_dumps)])
            standing_keys = {(clock.promise, clock.round) for clock in after.clocks}
            gone = [c for c in before.clocks if (c.promise, c.round) not in standing_keys]
            for clock in gone:
                cursor.execute(_CLOCK_GONE, [self.case.pk, clock.promise, clock.round])
            old = set(before.clocks)
            rows = [_clock_values(self.case, c) for c in after.clocks if c not in old]
            if rows:
                places = ", ".join([_CLOCK] * len(rows))
                values = [value for row in rows for value in row]
                cursor.execute(_CLOCKS + places + _CLOCK_AGAIN, values)


def _name_calendars(entry: CaseEvent, versions: Calendars) -> None:
    """Write down which versions of the calendars a case is told of with its promises: what is
    planned already counts for it too, and what is decided later does not."""
    if "promise_set" in entry.data and "calendars" not in entry.data:
        keys = {item["calendar"] for item in definitions.promises_in(entry.data["promise_set"])}
        entry.data["calendars"] = {key: versions[key][-1].number for key in sorted(keys)}


def _clock_values(case: Case, clock: Clock) -> list[Any]:
    row = clock_row(case, clock)
    return [row.case_id, *(getattr(row, name) for name in _CLOCK_FIELDS)]


def recount(case_id: int, more: Sequence[CaseEvent] = ()) -> ClockState:
    """The clocks counted anew from the case's whole history, and from entries still to be
    written; what is stored must equal it."""
    rows = CaseEvent.objects.filter(case=case_id, kind__in=CLOCK_KINDS)
    entries = [*rows.order_by("seq"), *more]
    return recompute(map(as_clock_event, entries), (), known_calendars())


def as_clock_event(row: CaseEvent) -> ClockEvent:
    """A row in the form that the clock rules take, its promises read from the kept set."""
    data = row.data
    if "promise_set" in data:
        data = {**data, "promises": definitions.promises_in(data["promise_set"])}
    return ClockEvent(row.seq, row.kind, row.at, data)


def clock_row(case: Case, clock: Clock) -> CaseClock:
    """The row of one clock."""
    return CaseClock(
        case=case,
        promise=clock.promise,
        round=clock.round,
        target_seconds=clock.target_seconds,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        elapsed_seconds=clock.elapsed_seconds,
        paused_seconds=clock.paused_seconds,
        state=clock.state,
    )


def mirror(case: Case, seen: Standing) -> None:
    """Copy onto the case what lists sort and filter by; a survivor is due when the first of the
    cases merged into it is."""
    if case.merged_count:
        seen = together(seen, dues_of_merged(case.pk))
    case.due_at = seen.due_at
    case.due_promise = seen.promise
    case.level = seen.level
    case.level_changes_at = seen.changes_at
    case.is_paused = seen.paused
    case.promise_kept = seen.kept


class CaseClosedAlready(Exception):  # noqa: N818 - names the finding
    """The case is archived; reopen it first."""


class MergedAway(CaseClosedAlready):
    """The case was merged: `survivor_id` stands for it, and is the one to work on."""

    def __init__(self, survivor_id: int) -> None:
        super().__init__(f"case {survivor_id} stands for it")
        self.survivor_id = survivor_id


def lock_case(case_id: int) -> Case:
    """The case, locked for this transaction, with what operations need beside it.

    Type, process and unit come out of what the server keeps: only the case itself is read.
    Whoever locks several locks those that stand for themselves first, in the order of their ids,
    then those merged into them: so nobody waits for another in a circle.

    Raises `Case.DoesNotExist`, `MergedAway` for one that another stands for.
    """
    required()
    case = Case.objects.select_for_update().get(id=case_id)
    if case.merged_into_id is not None:
        raise MergedAway(case.merged_into_id)
    return prepared(case)


def prepared(case: Case) -> Case:
    """The case with type, process and unit at its side."""
    definitions.attach(case)
    case.organisation = organisation(case.organisation_id)
    return case
