"""Who is late now: open cases past their deadline by team and by who works on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.queries.filters import WORK
from qiao.core.actor import Actor
from qiao.core.wording import reader_key

MOST: Final = 300
COUNTED_TO: Final = 20_000
"""How many late cases are looked at; one more says that there are more."""


@dataclass(frozen=True, slots=True)
class LateLine:
    """What one person of a team has past its deadline; `person_id` is None for nobody yet."""

    team_id: int
    team: str
    person_id: int | None
    person: str
    late: int
    complaints: int
    due_at: datetime


# The same cases as the list's view “late”, which each line opens.
_LATE: Final = f"""
SELECT c.team_id, coalesce(nullif(o.names ->> %(language)s, ''), o.name), c.assignee_id,
       coalesce(s.name, ''), count(*), count(*) FILTER (WHERE t."group" = 'complaint'),
       min(c.due_at)
  FROM (SELECT c.team_id, c.assignee_id, c.case_type_id, c.due_at
          FROM cases_case c
         WHERE {WORK} AND c.level = 'late' AND c.due_at <= %(now)s
           AND c.organisation_id = ANY(%(units)s::bigint[])
         LIMIT {COUNTED_TO + 1}) AS c
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN staff_organisation o ON o.id = c.team_id
  LEFT JOIN staff_staff s ON s.id = c.assignee_id
 GROUP BY c.team_id, o.id, c.assignee_id, s.id
 ORDER BY sum(count(*)) OVER (PARTITION BY c.team_id) DESC, c.team_id, count(*) DESC, c.assignee_id
 LIMIT {MOST}
"""  # noqa: S608 - this module's own pieces


def late_now(*, actor: Actor, now: datetime) -> Sequence[LateLine]:
    """Open cases past their deadline that the actor may see: the latest team first, its people
    together. No more than `COUNTED_TO` and one are looked at."""
    values: dict[str, Any] = {
        "now": now,
        "units": list(actor.organisations("cases.view")),
        "language": reader_key(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATE, values)
        return [LateLine(*row) for row in cursor.fetchall()]
