"""The history of a case together with that of the cases merged into it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case, CaseEvent
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.page import Entry, History
from qiao.core.actor import Actor

MOST_MERGED_ENTRIES: Final = 200
_DATA_AT: Final = 5  # the place of the data in a row

# What was said and done for their customers; how they went through their process tells nothing.
_MERGED = """
SELECT e.seq, e.kind, e.at, e.recorded_at, e.visibility, e.data, e.actor_id, coalesce(s.name, ''),
       c.id, c.number
  FROM cases_merged_in(%(case_id)s) AS m (id)
  JOIN cases_case c ON c.id = m.id AND (c.organisation_id + 0) = ANY(%(organisations)s)
  JOIN cases_caseevent e ON e.case_id = c.id
  LEFT JOIN staff_staff s ON s.id = e.actor_id
 WHERE (e.visibility IN ('customer', 'internal') OR e.kind = 'opened')
   AND e.kind NOT IN ('merged_away', 'merge_undone', 'split_from', 'withdrawn')
   AND (%(side)s = '' OR e.visibility = %(side)s)
   AND NOT EXISTS (SELECT 1 FROM cases_caseevent w WHERE w.case_id = e.case_id
                      AND w.kind = 'withdrawn' AND (w.data ->> 'seq')::int = e.seq)
   AND (%(since)s::timestamptz IS NULL OR e.recorded_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR e.recorded_at < %(until)s)
 ORDER BY e.recorded_at DESC, e.case_id, e.seq DESC
 LIMIT %(limit)s
"""


def with_merged(
    history: History, *, actor: Actor, case: Case, side: str = "", before: int | None = None
) -> History:
    """A part of a case's history with the entries that merged cases have of the same time.

    `before` is the place in the case's own history from which the part goes back. Cases that the
    actor may not see give nothing.
    """
    if not case.merged_count:
        return history
    since = history.entries[-1].recorded_at if history.before is not None else None
    until = None
    if before is not None:
        own = CaseEvent.objects.filter(case=case, seq=before)
        until = own.values_list("recorded_at", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(
            _MERGED,
            {
                "case_id": case.pk,
                "organisations": list(actor.organisations("cases.view")),
                "side": side,
                "since": since,
                "until": until,
                "limit": MOST_MERGED_ENTRIES,
            },
        )
        found = [_entry(row) for row in cursor.fetchall()]
    together = sorted([*history.entries, *found], key=lambda e: (e.recorded_at, e.seq))
    return replace(history, entries=together[::-1])


def _entry(row: Sequence[Any]) -> Entry:
    cells = list(row)
    cells[_DATA_AT] = plain(cells[_DATA_AT])
    return Entry(*cells)
