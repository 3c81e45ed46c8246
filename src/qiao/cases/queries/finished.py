"""Archived cases as finished work of the person who answered for them."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import connection

from qiao.core.manifest import FinishedWork

# A case that was merged into another was worked on there; one without anybody's hand on it was
# taken in already archived.
_POOL: Final = """
SELECT c.id, c.number, c.organisation_id, c.team_id, c.responsible_id, t.key,
       t.group = 'complaint', c.reopened_count > 0,
       array_remove(array_agg(DISTINCT e.actor_id), NULL)
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN cases_caseevent e ON e.case_id = c.id
 WHERE c.closed_date BETWEEN %(since)s AND %(until)s
   AND c.organisation_id = ANY(%(organisations)s) AND c.merged_into_id IS NULL
 GROUP BY c.id, t.key, t.group
HAVING bool_or(e.actor_id = c.responsible_id)
 ORDER BY c.id
"""


def finished_cases(
    *, organisation_ids: Iterable[int], since: date, until: date
) -> list[FinishedWork]:
    """Cases of these units archived within days, both inclusive, on which the first person
    worked."""
    with connection.cursor() as cursor:
        cursor.execute(
            _POOL,
            {"organisations": list(organisation_ids), "since": since, "until": until},
        )
        return [FinishedWork(*[*row[:8], frozenset(row[8])]) for row in cursor.fetchall()]
