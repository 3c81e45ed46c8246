"""When the next promise in words is due, as the row of a case says it for heads and lists."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

# Promises of a merged case are owed by the one that stands for it: its head shows them too. Their
# rows stay with the case that they were given on, so that a merge is undone in one step.
_MIRROR: Final = """
UPDATE cases_case c SET word_due_at = w.due_at
  FROM (SELECT k.id, (SELECT min(o.due_at) FROM cases_caseword o
                       WHERE o.state = 'open' AND (o.case_id = k.id
                             OR o.case_id IN (SELECT cases_merged_in(k.id)))) AS due_at
          FROM (SELECT u FROM unnest(%(cases)s::bigint[]) u
                UNION SELECT cases_survivor(u) FROM unnest(%(cases)s::bigint[]) u) AS k (id)) w
 WHERE c.id = w.id AND c.word_due_at IS DISTINCT FROM w.due_at
"""


def mirror_words(case_ids: Iterable[int]) -> None:
    """Copy onto cases, and those that stand for them, when the next promise in words is due."""
    with connection.cursor() as cursor:
        cursor.execute(_MIRROR, {"cases": list(case_ids)})
