"""Cases that a later file of their log says more about, while nobody worked on them here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.events import CaseClosed
from qiao.cases.journal import ManyJournals, close_apart, lock_many
from qiao.cases.models import Case, CaseDuty, CaseEvent, CaseIntake
from qiao.cases.operations.intake_deciding import Decided
from qiao.cases.operations.intake_known import Known
from qiao.cases.operations.intake_writing import said_of
from qiao.core import events
from qiao.core.actor import Actor

INTERNAL = CaseEvent.Visibility.INTERNAL
_WORDS: Final = """
UPDATE cases_case c SET title = r.title, description = r.description, place = r.place,
       area = r.area, priority = r.priority, caller_name = r.name, caller_phone = r.phone,
       version = c.version + 1, changed_at = %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id bigint, title text, description text,
       place text, area text, priority text, name text, phone text)
 WHERE c.id = r.id
"""
_SOURCES: Final = """
UPDATE cases_casesource s SET last_intake_id = %(intake)s, status = r.status, area = r.log_area,
       agency = r.agency, outcome = r.outcome, due_at = r.due_at, digest = r.digest,
       category_id = r.category_id, entry_count = r.entries
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id bigint, status text, log_area text,
       agency text, outcome text, due_at timestamptz, digest text, category_id bigint,
       entries int)
 WHERE s.case_id = r.id
"""


@dataclass(frozen=True, slots=True)
class Update:
    """A case of a log as it stands, what the log says now, and where the two differ."""

    known: Known
    decided: Decided
    differs: Sequence[dict[str, str]]


def update_cases(
    updates: Sequence[Update],
    *,
    job: CaseIntake,
    actor: Actor,
    now: datetime,
) -> None:
    """Write what a log says now into its cases and their histories, in the caller's transaction.

    One that is over by now is closed at its time, and nobody works for it any more.
    """
    if not updates:
        return
    by_id = {each.known.case_id: each for each in updates}
    cases = lock_many(list(by_id))
    journal = ManyJournals(cases, actor=actor, now=now)
    for case in cases:
        _say(journal, case, by_id[case.pk], job)
    journal.write()
    rows = json.dumps(
        [_row(case, by_id[case.pk].decided) for case in cases],
        ensure_ascii=False,
        default=str,
    )
    with connection.cursor() as cursor:
        for sql in (_WORDS, _SOURCES):
            cursor.execute(sql, {"rows": rows, "now": now, "intake": job.pk})
    _end_work([case for case in cases if _is_over_now(case, by_id[case.pk])], actor, now)


def _is_over_now(case: Case, update: Update) -> bool:
    return case.closed_at is not None and update.known.closed_at is None


def _end_work(over: Sequence[Case], actor: Actor, now: datetime) -> None:
    """What other modules owe to cases that are over is owed no more; those modules are told."""
    owed = CaseDuty.objects.filter(case__in=over, done_at__isnull=True)
    ids = set(owed.values_list("case_id", flat=True))
    owed.update(done_at=now)
    for case in over:
        if case.pk in ids:
            closed = CaseClosed(case.pk, case.outcome, case.promise_kept)
            events.publish(closed, organisation_id=case.organisation_id, actor=actor, now=now)


def _say(journal: ManyJournals, case: Case, update: Update, job: CaseIntake) -> None:
    row = update.decided.row
    if row.answered_at and case.answered_at is None:
        journal.add(case, "answered", at=row.answered_at)
        case.answered_at = row.answered_at
    if row.closed_at and case.closed_at is None:
        close_apart(journal, case, why="log", at=row.closed_at)
    told = [change["field"] for change in update.differs]
    journal.add(case, "taken_in", {**said_of(row, job), "changed": told}, visibility=INTERNAL)


def _row(case: Case, decided: Decided) -> dict[str, Any]:
    row = decided.row
    return {
        "id": case.pk,
        "title": decided.title,
        "description": row.description,
        "place": decided.place,
        "area": decided.area,
        "priority": decided.priority,
        "name": row.name,
        "phone": row.phone,
        "status": row.status,
        "log_area": row.area,
        "agency": row.agency,
        "outcome": row.outcome,
        "due_at": row.due_at,
        "digest": row.digest(),
        "category_id": decided.category_id,
        "entries": case.event_count,
    }
