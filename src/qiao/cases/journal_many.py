"""The journals of many cases at once: what happens to all of them is written in few statements.

It writes exactly what `qiao.cases.journal.Journal` writes for each one: entries, folded clocks,
the mirrored state. For an incident's reports, and for the cases that were merged into one.
"""

import json
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case, CaseEvent, ClockRecord
from qiao.cases.rules.clock_rows import state_data, state_from_data
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clocks import apply
from qiao.cases.rules.joining import CARRIED, CARRIED_TO_SAME_CUSTOMER, Due
from qiao.cases.rules.levels import standing
from qiao.cases.rules.process import Process
from qiao.cases.rules.promises import EVENT_KINDS, ClockEvent
from qiao.cases.rules.working_time import Calendars
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.queries import organisation

SYSTEM = CaseEvent.Visibility.SYSTEM
COUNTED: Final = frozenset(EVENT_KINDS) - {"undone"}

_ENTRIES: Final = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r
       (case_id bigint, seq int, kind text, at timestamptz, recorded_at timestamptz,
        actor_id bigint, visibility text, data jsonb)
"""
_RECORDS: Final = """
INSERT INTO cases_clockrecord (case_id, state)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r (case_id bigint, state jsonb)
ON CONFLICT (case_id) DO UPDATE SET state = EXCLUDED.state
"""
_CLOCKS: Final = """
INSERT INTO cases_caseclock (case_id, promise, round, started_at, target_seconds, due_at,
       stopped_at, breached_at, elapsed_seconds, paused_seconds, state)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r
       (case_id bigint, promise text, round smallint, started_at timestamptz, target_seconds int,
        due_at timestamptz, stopped_at timestamptz, breached_at timestamptz, elapsed_seconds int,
        paused_seconds int, state text)
ON CONFLICT (case_id, promise, round) DO UPDATE SET
    target_seconds = EXCLUDED.target_seconds, due_at = EXCLUDED.due_at,
    stopped_at = EXCLUDED.stopped_at, breached_at = EXCLUDED.breached_at,
    elapsed_seconds = EXCLUDED.elapsed_seconds, paused_seconds = EXCLUDED.paused_seconds,
    state = EXCLUDED.state
"""
_WRITTEN: Final = {
    "step": "text",
    "phase": "text",
    "closed_at": "timestamptz",
    "closed_date": "date",
    "outcome": "text",
    "due_at": "timestamptz",
    "due_promise": "text",
    "level": "text",
    "level_changes_at": "timestamptz",
    "is_paused": "boolean",
    "promise_kept": "boolean",
    "answered_at": "timestamptz",
    "reopened_count": "smallint",
    "event_count": "int",
    "merged_into_id": "bigint",
    "parent_id": "bigint",
}
_CASES: Final = (
    f"UPDATE cases_case c SET {', '.join(f'{name} = r.{name}' for name in _WRITTEN)}"  # noqa: S608 - names of this module
    " FROM jsonb_to_recordset(%s::jsonb) AS r (id bigint, "
    + ", ".join(f"{name} {kind}" for name, kind in _WRITTEN.items())
    + ") WHERE c.id = r.id"
)


@dataclass(slots=True)
class _Sheet:
    """One case with the entries that are still to be written."""

    case: Case
    entries: list[dict[str, Any]] = field(default_factory=list)
    counted: list[ClockEvent] = field(default_factory=list)


class ManyJournals:
    """New entries of many locked cases, written together.

    The caller holds their locks and sets what else changes on the cases, of the fields in
    `_WRITTEN`; nothing else of them is written.
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
        sheet, moment = self._sheets[case.pk], at or self.now
        case.event_count += 1
        sheet.entries.append(
            {
                "case_id": case.pk,
                "seq": case.event_count,
                "kind": kind,
                "at": moment.isoformat(),
                "recorded_at": self.now.isoformat(),
                "actor_id": self._staff_id,
                "visibility": str(visibility),
                "data": dict(data or {}),
            }
        )
        if kind in COUNTED:
            sheet.counted.append(ClockEvent(case.event_count, kind, moment, dict(data or {})))
        return case.event_count

    def write(self) -> None:
        """Fold the clocks and write everything."""
        written = [sheet for sheet in self._sheets.values() if sheet.entries]
        if not written:
            return
        records, clocks = self._fold([sheet for sheet in written if sheet.counted])
        with connection.cursor() as cursor:
            cursor.execute(_CASES, [_json([_row(sheet.case) for sheet in written])])
            entries = [entry for sheet in written for entry in sheet.entries]
            cursor.execute(_ENTRIES, [_json(entries)])
            if records:
                cursor.execute(_RECORDS, [_json(records)])
            if clocks:
                cursor.execute(_CLOCKS, [_json(clocks)])
        for sheet in written:
            sheet.entries, sheet.counted = [], []

    def _fold(self, sheets: Sequence[_Sheet]) -> tuple[list[Any], list[Any]]:
        from qiao.cases.journal import known_calendars, mirror, recount  # noqa: PLC0415 - its sister

        if not sheets:
            return [], []
        calendars = known_calendars()
        kept = dict(
            ClockRecord.objects.filter(case__in=[sheet.case.pk for sheet in sheets]).values_list(
                "case_id", "state"
            )
        )
        records, clocks = [], []
        for sheet in sheets:
            stored = kept.get(sheet.case.pk)
            before = state_from_data(stored) if stored else recount(sheet.case.pk)
            after = _applied(before, sheet.counted, calendars)
            mirror(sheet.case, standing(after, self.now, calendars))
            records.append({"case_id": sheet.case.pk, "state": state_data(after)})
            old = set(before.clocks)
            clocks += [_clock(sheet.case.pk, clock) for clock in after.clocks if clock not in old]
        return records, clocks


def keep_clocks(cursor: Any, states: Mapping[int, ClockState]) -> None:
    """Write the folded clocks of cases that are new, by their ids."""
    if states:
        records = [{"case_id": pk, "state": state_data(state)} for pk, state in states.items()]
        clocks = [_clock(pk, clock) for pk, state in states.items() for clock in state.clocks]
        cursor.execute(_RECORDS, [_json(records)])
        if clocks:
            cursor.execute(_CLOCKS, [_json(clocks)])


def _applied(state: ClockState, events: Sequence[ClockEvent], calendars: Calendars) -> ClockState:
    for event in events:
        state = apply(state, event, calendars)
    return state


def _row(case: Case) -> dict[str, Any]:
    return {"id": case.pk, **{name: getattr(case, name) for name in _WRITTEN}}


def _clock(case_id: int, clock: Clock) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "promise": clock.promise,
        "round": clock.round,
        "started_at": clock.started_at,
        "target_seconds": clock.target_seconds,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "breached_at": clock.breached_at,
        "elapsed_seconds": clock.elapsed_seconds,
        "paused_seconds": clock.paused_seconds,
        "state": clock.state,
    }


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=str)


def final_step(process: Process) -> str:
    """The step in which cases of a process end that are closed by another case."""
    return next(step.key for step in process.steps if step.final)


def close_apart(journal: ManyJournals, case: Case, *, why: str, at: datetime) -> None:
    """Close a case beside its process, because the case that it waited for was closed.

    `why` is what its last step is said to have been left by. The step is kept in the entry, so
    that a reopening finds it again.
    """
    process = definitions.process_of(case.process)
    landed = final_step(process)
    journal.add(case, "step_left", {"step": case.step, "to": landed, "by": why}, at=at)
    journal.add(case, "step_entered", {"step": landed}, at=at)
    journal.add(
        case, "closed", {"outcome": case.outcome, "from_step": case.step, "by": why}, at=at
    )
    case.step, case.phase = landed, "closed"
    case.closed_at = max(at, case.opened_at)
    zone = zoneinfo.ZoneInfo(organisation(case.organisation_id).timezone)
    case.closed_date = case.closed_at.astimezone(zone).date()


def reopen_apart(journal: ManyJournals, case: Case, *, step: str, at: datetime, data: Any) -> None:
    """Open a case again in `step`, the one it was closed from, with a new round of its clocks."""
    process = definitions.process_of(case.process)
    case.closed_at = case.closed_date = case.answered_at = None
    case.outcome = ""
    case.reopened_count += 1
    case.step, case.phase = step, process.step(step).phase
    journal.add(case, "reopened", {"n": case.reopened_count, **data}, at=at)
    journal.add(case, "step_entered", {"step": step}, at=at)


def closed_from(case: Case) -> str:
    """The step that a case was in when it was closed beside its process; its first one if that
    is not known."""
    data = (
        case.events.filter(kind="closed").order_by("-seq").values_list("data", flat=True).first()
    )
    process = definitions.process_of(case.process)
    step = str((data or {}).get("from_step", ""))
    return step if step in process.index else process.start


def lock_many(case_ids: Sequence[int]) -> list[Case]:
    """These cases, locked in the order of their ids, with type and process at hand."""
    required()
    cases = list(Case.objects.select_for_update().filter(id__in=case_ids).order_by("id"))
    for case in cases:
        definitions.attach(case)
        case.organisation = organisation(case.organisation_id)
    return cases


def merged_ids(case_id: int) -> list[int]:
    """The cases that a case stands for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_merged_in(%s) ORDER BY 1", [case_id])
        return [pk for (pk,) in cursor.fetchall()]


def dues_of_merged(case_id: int) -> list[Due]:
    """Where the open cases that a case stands for stand by their own clocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at, due_promise, level, level_changes_at FROM cases_case"
            " WHERE id IN (SELECT cases_merged_in(%s)) AND closed_at IS NULL",
            [case_id],
        )
        return [Due(*row) for row in cursor.fetchall()]


def carry(
    survivor: Case, entries: Sequence[CaseEvent], *, actor: Actor | None, now: datetime
) -> None:
    """Write into the merged cases what happened to the one that stands for them.

    An arrival and finished work concern them all, the end and a reopening too. That the customer
    was answered concerns only cases of the same customer: another one has his own answer to get.
    """
    carried = [entry for entry in entries if entry.kind in CARRIED_TO_SAME_CUSTOMER]
    if not carried:
        return
    cases = lock_many(merged_ids(survivor.pk))
    journal = ManyJournals(cases, actor=actor, now=now)
    for case in cases:
        kinds = CARRIED_TO_SAME_CUSTOMER if is_same_customer(survivor, case) else CARRIED
        for entry in carried:
            if entry.kind in kinds:
                _carry(journal, case, entry, survivor)
    journal.write()


def is_same_customer(one: Case, other: Case) -> bool:
    """Whether two cases are one customer's, or of one caller whom nobody knows."""
    if one.customer_id is not None or other.customer_id is not None:
        return one.customer_id == other.customer_id
    return bool(one.caller_phone) and one.caller_phone == other.caller_phone


def _carry(journal: ManyJournals, case: Case, entry: CaseEvent, survivor: Case) -> None:
    by = {"through": survivor.pk, "number": survivor.number}
    if entry.kind == "closed":
        if case.closed_at is None:
            case.outcome = survivor.outcome
            close_apart(journal, case, why="merged", at=entry.at)
    elif entry.kind == "reopened":
        if case.closed_at is not None:
            reopen_apart(journal, case, step=closed_from(case), at=entry.at, data=by)
    elif case.closed_at is None:
        journal.add(case, entry.kind, by, at=entry.at)
        if entry.kind == "answered":
            case.answered_at = entry.at
