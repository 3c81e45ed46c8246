"""New cases of a log, written set by set: COPY into a staging table, then INSERT … SELECT.

A case taken in has the entries that its log tells of: opened, its first step, answered, closed,
each at its time; and last that it was taken in, at the time of the file, with the log's own words.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.cases.events import StepEntered
from qiao.cases.journal import (
    Folded,
    as_clock_event,
    calendars_told,
    count_entries,
    floor_told,
    known_calendars,
    write_clocks,
)
from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_deciding import Decided, Deciding
from qiao.cases.operations.opening import PREFIX
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.clocks import is_unclocked
from qiao.cases.rules.levels import standing
from qiao.cases.rules.promises import ClockEvent
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.numbering import bulk_numbers

STAGE: Final = {
    "case_id": "bigint",
    "number": "text",
    "type_id": "bigint",
    "process_id": "bigint",
    "step": "text",
    "phase": "text",
    "start": "text",
    "duty": "text",
    "priority": "text",
    "channel": "text",
    "area": "text",
    "title": "text",
    "description": "text",
    "place": "text",
    "customer_id": "bigint",
    "account_id": "bigint",
    "caller_name": "text",
    "caller_phone": "text",
    "opened_at": "timestamptz",
    "answered_at": "timestamptz",
    "closed_at": "timestamptz",
    "cause_id": "bigint",
    "due_at": "timestamptz",
    "due_promise": "text",
    "level": "text",
    "level_changes_at": "timestamptz",
    "opened": "jsonb",
    "floor": "jsonb",
    "said": "jsonb",
    "log_number": "text",
    "category_id": "bigint",
    "log_status": "text",
    "log_area": "text",
    "agency": "text",
    "outcome": "text",
    "log_due_at": "timestamptz",
    "latitude": "float8",
    "longitude": "float8",
    "digest": "text",
}
_CREATE: Final = (
    "CREATE TEMP TABLE IF NOT EXISTS intake_stage ("
    + ", ".join(f"{name} {kind}" for name, kind in STAGE.items())
    + ") ON COMMIT DELETE ROWS"
)
_ENTRIES = """
(2 + (answered_at IS NOT NULL)::int + CASE WHEN closed_at IS NULL THEN 0 ELSE 3 END
 + (floor IS NOT NULL)::int + 1)
"""
_CASES: Final = f"""
INSERT INTO cases_case (id, number, organisation_id, case_type_id, process_id, step, phase,
       priority, channel, area, title, description, facts, customer_id, account_id, place,
       caller_name, caller_phone, responsible_id, team_id, opened_at, opened_date, closed_at,
       closed_date, outcome, main_cause_id, due_at, due_promise, level, level_changes_at,
       ladder_at, is_paused, answered_at, chase_count, reopened_count, escalated, event_count,
       version, changed_at)
SELECT case_id, number, %(unit)s, type_id, process_id, step, phase, priority, channel, area,
       title, description, '{{}}', customer_id, account_id, place, caller_name, caller_phone,
       %(responsible)s, %(team)s, opened_at, (opened_at AT TIME ZONE %(zone)s)::date, closed_at,
       (closed_at AT TIME ZONE %(zone)s)::date, '', cause_id, due_at, due_promise, level,
       level_changes_at, CASE WHEN due_at IS NOT NULL THEN %(now)s::timestamptz END, false,
       answered_at, 0, 0, false, {_ENTRIES}, 1, %(now)s
  FROM intake_stage
"""  # noqa: S608 - this module's own pieces
_EVENTS: Final = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT s.case_id, row_number() OVER (PARTITION BY s.case_id ORDER BY e.place), e.kind, e.at,
       %(now)s, CASE WHEN e.kind = 'taken_in' THEN %(actor)s::bigint END, e.visibility, e.data
  FROM intake_stage s
 CROSS JOIN LATERAL (VALUES
       (1, 'opened', s.opened_at, 'system', s.opened),
       (2, 'step_entered', s.opened_at, 'system', jsonb_build_object('step', s.start)),
       (3, 'answered', s.answered_at, 'system', '{}'::jsonb),
       (4, 'step_left', s.closed_at, 'system',
        jsonb_build_object('step', s.start, 'to', s.step, 'by', 'log')),
       (5, 'step_entered', s.closed_at, 'system', jsonb_build_object('step', s.step)),
       (6, 'closed', s.closed_at, 'system',
        jsonb_build_object('outcome', '', 'from_step', s.start, 'by', 'log')),
       (7, 'promise_set', CASE WHEN s.floor IS NOT NULL THEN %(now)s::timestamptz END, 'system',
        s.floor),
       (8, 'taken_in', %(now)s, 'internal', s.said)
       ) AS e (place, kind, at, visibility, data)
 WHERE e.at IS NOT NULL
"""
_SOURCES: Final = f"""
INSERT INTO cases_casesource (case_id, organisation_id, source, number, intake_id,
       last_intake_id, category_id, status, area, agency, outcome, due_at, latitude, longitude,
       datum, digest, entry_count)
SELECT case_id, %(unit)s, %(source)s, log_number, %(intake)s, %(intake)s, category_id,
       log_status, log_area, agency, outcome, log_due_at, latitude, longitude,
       CASE WHEN latitude IS NULL THEN '' ELSE %(datum)s END, digest, {_ENTRIES}
  FROM intake_stage
"""  # noqa: S608 - as above
_CAUSES: Final = """
INSERT INTO cases_casecause (case_id, cause_id, role, coded_at)
SELECT case_id, cause_id, 'main', %(now)s FROM intake_stage WHERE cause_id IS NOT NULL
"""
_DUTIES: Final = """
INSERT INTO cases_caseduty (case_id, duty, entered_seq, entered_at, result)
SELECT case_id, duty, 2, opened_at, '{}' FROM intake_stage WHERE duty <> '' AND closed_at IS NULL
"""
_dumps: Final = partial(json.dumps, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Written:
    """New cases in the order of their rows: their ids."""

    case_ids: Sequence[int]


def write_cases(
    decided: Sequence[Decided],
    *,
    job: CaseIntake,
    deciding: Deciding,
    actor: Actor,
    now: datetime,
) -> Written:
    """Write new cases of a log with their histories, in the caller's transaction."""
    if not decided:
        return Written(())
    first = reserve_ids("cases_case", len(decided))
    numbers = bulk_numbers(prefix=PREFIX, count=len(decided))
    clocks: list[Folded] = []
    lines = [
        _line(each, first + place, next(numbers), job, deciding, clocks, now)
        for place, each in enumerate(decided)
    ]
    values = {
        "unit": job.organisation_id,
        "zone": deciding.unit.timezone,
        "team": int(job.settings["team"] or job.organisation_id),
        "responsible": job.created_by_id,
        "source": job.source,
        "intake": job.pk,
        "datum": job.settings["datum"],
        "actor": actor.staff_id,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
        cursor.execute("TRUNCATE intake_stage")
        copy_rows(cursor, "intake_stage", ", ".join(STAGE), lines)
        for sql in (_CASES, _EVENTS, _SOURCES, _CAUSES, _DUTIES):
            cursor.execute(sql, values)
        write_clocks(clocks)
    _tell_duties(decided, first, job, actor, now)
    return Written(range(first, first + len(decided)))


def _line(
    each: Decided, case_id: int, number: str, job: CaseIntake, deciding: Deciding,
    clocks: list[Folded], now: datetime,
) -> tuple[Any, ...]:  # fmt: skip
    row, kind = each.row, each.kind
    promise_set = deciding.promise_set(each)
    opened = {
        "priority": each.priority,
        "channel": each.channel,
        "promise_set": promise_set,
        "calendars": calendars_told(promise_set),
        "log": job.source,
    }
    due: tuple[Any, ...] = (None, "", "ok", None)
    floor: dict[str, Any] | None = None
    if row.closed_at is None:
        told = _clocked(row, kind.step, opened)
        state = count_entries(told)
        if is_unclocked(state):  # the log's promises do not count: the house's do, from now on
            floor = floor_told(state, kind.row.pk, known_calendars())
            state = count_entries(
                [*told, as_clock_event(len(told) + 1, "promise_set", now, floor)]
            )
        clocks.append(Folded(case_id, ClockState(), state, stored=False))
        seen = standing(state, deciding.now, known_calendars())
        due = (seen.due_at, seen.promise, seen.level, seen.changes_at)
    over = row.closed_at is not None
    answered = row.answered_at
    if answered and row.closed_at:
        answered = min(answered, row.closed_at)
    return (
        case_id, number, kind.row.pk, kind.version.pk,
        kind.final if over else kind.step, "closed" if over else kind.phase, kind.step,
        "" if over else kind.duty, each.priority, each.channel, each.area, each.title,
        row.description, each.place, each.customer_id, each.account_id, row.name, row.phone,
        row.opened_at, answered, row.closed_at, each.cause_id, *due,
        Jsonb(opened, dumps=_dumps), floor and Jsonb(floor, dumps=_dumps),
        Jsonb(said_of(row, job), dumps=_dumps), row.number, each.category_id,
        row.status, row.area, row.agency, row.outcome, row.due_at,
        row.latitude, row.longitude, row.digest(),
    )  # fmt: skip


def _clocked(row: Any, step: str, opened: dict[str, Any]) -> list[ClockEvent]:
    told = [
        as_clock_event(1, "opened", row.opened_at, opened),
        as_clock_event(2, "step_entered", row.opened_at, {"step": step}),
    ]
    if row.answered_at:
        told.append(as_clock_event(3, "answered", row.answered_at, {}))
    return told


def said_of(row: Any, job: CaseIntake) -> dict[str, Any]:
    """The log's own words, as the history keeps them; `text` is what it says of the end."""
    words = {
        "log": job.source,
        "number": row.number,
        "type": row.type,
        "sub_type": row.sub_type,
        "status": row.status,
        "priority": row.priority,
        "channel": row.channel,
        "agency": row.agency,
        "outcome": row.outcome,
        "account": row.account_number,
        "text": row.resolution,
    }
    return {key: word for key, word in words.items() if word}


def _tell_duties(
    decided: Sequence[Decided], first: int, job: CaseIntake, actor: Actor, now: datetime
) -> None:
    """Work of other modules that the first step of an open case waits for is asked for."""
    for place, each in enumerate(decided):
        if each.kind.duty and not each.row.is_closed:
            told = StepEntered(
                first + place, each.kind.step, each.kind.phase, each.kind.duty, 2, None
            )
            events.publish(told, organisation_id=job.organisation_id, actor=actor, now=now)
