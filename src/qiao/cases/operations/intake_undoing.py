"""Taking a log back: the cases that it brought go, whatever was worked on since stays.

A case stays where its history has grown since, or where anything refers to it; each is told with
the reason. What a file updated stays updated. Batches are transactions of their own; a run that
was killed goes on with the rows that carry no mark yet.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_files import LOGS
from qiao.cases.operations.intake_plan import PERMISSION
from qiao.core.actor import Actor
from qiao.core.transactions import acting, required
from qiao.customers.queries.references import used_by

BATCH: Final = 2_000
_State = CaseIntake.State
UNDOABLE: Final = (_State.DONE, _State.CANCELLED)
OWN: Final = (
    "cases_caseevent", "cases_caseclock", "cases_clockrecord", "cases_casesource",
    "cases_casesearch", "cases_opencasesearch", "cases_casecause", "cases_caseduty",
    "cases_caseviewer",
)  # fmt: skip
WORKED_ON, IN_USE = "worked_on", "in_use"
_NEXT: Final = """
SELECT r.row_number, r.case_id FROM cases_intakerow r
 WHERE r.intake_id = %s AND r.outcome = 'created' AND r.undone = ''
 ORDER BY r.row_number LIMIT %s
   FOR UPDATE
"""
_LOCK: Final = """
SELECT id FROM cases_case WHERE id = ANY(%s)
 ORDER BY merged_into_id IS NOT NULL, id FOR UPDATE
"""
# Asked once the cases are locked: what was written while the lock was awaited counts.
_GROWN: Final = """
SELECT w.id FROM unnest(%s::bigint[]) AS w (id)
  LEFT JOIN cases_case c ON c.id = w.id
  LEFT JOIN cases_casesource s ON s.case_id = w.id
 WHERE coalesce(c.event_count <> s.entry_count, true)
"""
_MARK: Final = """
UPDATE cases_intakerow r SET undone = v.undone, kept_because = v.reason,
       case_id = CASE WHEN v.undone = 'removed' THEN NULL ELSE r.case_id END
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS v (row_number, undone, reason)
 WHERE r.row_number = v.row_number AND r.intake_id = %s
"""


def begin_undoing(*, actor: Actor, intake_id: int) -> CaseIntake:
    """Decide that a log is taken back, and have the worker do it.

    Raises `FileMovedOn` unless it is done or cancelled, and `Forbidden`.
    """
    job = LOGS.locked(actor, intake_id, *UNDOABLE, _State.ROLLING_BACK)
    if job.state != _State.ROLLING_BACK:
        job.state, job.undone_by_id = _State.ROLLING_BACK, actor.person_id
        job.save()
    LOGS.defer(job, actor)
    return job


def undo_intake(*, actor: Actor, intake_id: int, now: datetime) -> CaseIntake:
    """Take back what is left of a log. Opens its own transactions. Raises `Forbidden`."""
    job = CaseIntake.objects.get(id=intake_id)
    actor.require(PERMISSION, job.organisation_id)
    while job.state == _State.ROLLING_BACK:
        with acting(actor):
            job = CaseIntake.objects.select_for_update().get(id=intake_id)
            if job.state == _State.ROLLING_BACK and not _undo_batch(job):
                job.state, job.undone_at = _State.ROLLED_BACK, now
            job.save()
    return job


def _undo_batch(job: CaseIntake) -> bool:
    """Take the next rows back; False when there are none."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [job.pk, BATCH])
        rows = cursor.fetchall()
        if not rows:
            return False
        case_ids = [case_id for _n, case_id in rows]
        cursor.execute(_LOCK, [case_ids])
        cursor.execute(_GROWN, [case_ids])
        kept = {case_id: WORKED_ON for (case_id,) in cursor.fetchall()}
        used = used_by("cases_case", [c for c in case_ids if c not in kept], without=OWN)
        kept |= dict.fromkeys(used, IN_USE)
        _remove(cursor, job, [c for c in case_ids if c not in kept])
        reasons = [kept.get(case_id, "") for case_id in case_ids]
        fates = ["kept" if reason else "removed" for reason in reasons]
        cursor.execute(_MARK, [[n for n, _c in rows], fates, reasons, job.pk])
    job.undone_count += fates.count("removed")
    job.kept_count += fates.count("kept")
    return True


def _remove(cursor: Any, job: CaseIntake, case_ids: Sequence[int]) -> None:
    if case_ids:  # that somebody looked at a case does not keep it
        cursor.execute("DELETE FROM cases_caseviewer WHERE case_id = ANY(%s)", [list(case_ids)])
        cursor.execute("SELECT cases_forget_taken_in(%s, %s)", [job.pk, list(case_ids)])
