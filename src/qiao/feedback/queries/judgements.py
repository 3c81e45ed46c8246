"""What was written when work was judged, for whom the work was done."""

from collections.abc import Sequence
from typing import Any, Final

from qiao.core.personal import select

_JUDGED: Final = """
SELECT v.number, v.finished_at, v.comment,
       (SELECT jsonb_agg(a.comment ORDER BY a.id) FROM feedback_evaluationanswer a
         WHERE a.evaluation_id = v.id AND a.comment <> '') AS remarks,
       (SELECT p.points FROM feedback_appeal p WHERE p.evaluation_id = v.id) AS objections,
       (SELECT jsonb_agg(jsonb_build_array(k.topic, k.plan, k.result) ORDER BY k.id)
          FROM feedback_coaching k WHERE k.evaluation_id = v.id) AS coaching
  FROM feedback_evaluation v
 WHERE v.subject_kind = %(kind)s AND v.subject_id = ANY(%(ids)s) ORDER BY v.id
"""


def judgements_of(*, kind: str, subject_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Judgements of these pieces of work, with all that was written."""
    return select(_JUDGED, {"kind": kind, "ids": list(subject_ids)})
