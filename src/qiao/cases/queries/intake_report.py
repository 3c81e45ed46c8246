"""What came in by a log: counted from its cases as they stand, by what the log called them.

A case counts under the file that brought it; merged ones count too, since the log tells them
apart. Moments are days and months in the log's own time zone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.models import CaseIntake
from qiao.core.actor import Actor

MOST: Final = 500
_OF: Final = """
  FROM cases_casesource s
  JOIN cases_case c ON c.id = s.case_id
  LEFT JOIN cases_intakecategory g ON g.id = s.category_id
  LEFT JOIN cases_intakecategory p ON p.id = g.parent_id
 WHERE s.intake_id = %(intake)s AND c.organisation_id = ANY(%(organisations)s)
"""
_SECONDS: Final = "extract(epoch FROM c.closed_at - c.opened_at)"
_FIGURES: Final = f"""
       count(*), count(c.closed_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY {_SECONDS}),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY {_SECONDS})
"""
BY: Final = {
    "type": "coalesce(p.code, g.code, '')",
    "sub_type": "CASE WHEN p.id IS NULL THEN '' ELSE p.code || ' › ' || g.code END",
    "month": "to_char(c.opened_at AT TIME ZONE %(zone)s, 'YYYY-MM')",
    "area": "s.area",
    "status": "s.status",
}


@dataclass(frozen=True, slots=True)
class Came:
    """How many cases came under one word of the log, and how long those that closed took.

    `median` and `p90` are seconds from opening to closing, None where none closed.
    """

    word: str
    count: int
    closed: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class CameIn:
    """All that came in, whole and by each of `BY`; the most frequent first, months in order."""

    whole: Came
    first: datetime | None
    last: datetime | None
    by: dict[str, list[Came]]


def what_came_in(*, actor: Actor, job: CaseIntake) -> CameIn:
    """Figures of the cases of one log that the actor may see; one statement for each table."""
    values = {
        "intake": job.pk,
        "zone": job.settings["zone"],
        "organisations": list(actor.organisations("cases.view")),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '', {_FIGURES}, min(c.opened_at), max(c.opened_at) {_OF}", values)
        *whole, first, last = cursor.fetchone()
        by = {key: _table(cursor, key, values) for key in BY}
    return CameIn(Came(*whole), first, last, by)


def _table(cursor: Any, key: str, values: dict[str, Any]) -> list[Came]:
    order = "1" if key == "month" else "2 DESC, 1"
    cursor.execute(
        f"SELECT {BY[key]}, {_FIGURES} {_OF} GROUP BY 1 ORDER BY {order} LIMIT %(most)s",
        values,
    )
    found = [Came(*row) for row in cursor.fetchall()]
    return [came for came in found if came.word or key != "sub_type"]
