"""What the journals hear that a customer is told of: kept beside the entry, told by a job.

Whatever happens to one case or to thousands passes here: `keep_tellings` is one statement.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.telling import LATE, occasion_of
from qiao.core.prepared import execute

OLD: Final = timedelta(days=1)  # what is written down later than that is no news any more

_KEEP: Final = """
INSERT INTO cases_casetelling (case_id, occasion, mark, noted_at, state, reason)
SELECT r.case_id, r.occasion, r.mark, %(now)s, 'pending', ''
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (case_id bigint, occasion text, mark text)
ON CONFLICT DO NOTHING
"""
_TAKE_BACK: Final = """
DELETE FROM cases_casetelling
 WHERE case_id = %s AND state = 'pending' AND mark ~ '^[0-9]+$' AND mark::int >= %s
"""


def is_told(case: Case) -> bool:
    """Whether anybody is told of this case by itself.

    Not where nobody is known; not of a report to a common cause, which is told with all others;
    not of what concerns somebody of the house, where a message may meet the wrong eyes.
    """
    return case.customer_id is not None and case.parent_id is None and case.about_unit_id is None


def keep_tellings(written: Iterable[tuple[Case, Sequence[Entry]]], now: datetime) -> None:
    """Keep what of these new entries the customers are told, until the job looks at it.

    What was not told yet and is undone by one of them is not told at all.
    """
    rows: list[dict[str, Any]] = []
    for case, entries in written:
        for entry in entries:
            if entry.kind == "undone":
                _take_back(case.pk, int(entry.data["since"]))
        rows += _occasions(case, entries, now) if is_told(case) else ()
    _keep(rows, now)


def keep_late(cases: Iterable[Case], now: datetime) -> None:
    """Cases whose promised time is nearly used up, or has run out; told once for each due time."""
    rows = [
        {
            "case_id": case.pk,
            "occasion": LATE,
            "mark": f"{case.level}:{case.due_promise}:{case.due_at:%Y-%m-%dT%H:%M}",
        }
        for case in cases
        if case.level in (Case.Level.BAD, Case.Level.LATE) and case.due_at and is_told(case)
    ]
    _keep(rows, now)


def _occasions(case: Case, entries: Sequence[Entry], now: datetime) -> list[dict[str, Any]]:
    process = definitions.process_of(case.process)
    found = [
        (entry.seq, occasion_of(entry.kind, entry.data, process))
        for entry in entries
        if entry.at > now - OLD
    ]
    return [
        {"case_id": case.pk, "occasion": occasion, "mark": str(seq)}
        for seq, occasion in found
        if occasion
    ]


def _keep(rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        execute(_KEEP, {"rows": json.dumps(rows), "now": now})


def _take_back(case_id: int, since: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [case_id, since])
