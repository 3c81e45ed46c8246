"""What was written when work was judged goes with the person whom the work was for."""

from collections.abc import Sequence
from typing import Final

from qiao.core.personal import Erasing, ids_of

_CLEAR: Final = (
    "UPDATE feedback_evaluation SET comment = '', draft = '{}', version = version + 1"
    " WHERE id = ANY(%(judged)s) AND (comment <> '' OR draft <> '{}')",
    "UPDATE feedback_evaluationanswer SET comment = ''"
    " WHERE evaluation_id = ANY(%(judged)s) AND comment <> ''",
    "UPDATE feedback_appeal SET points = qiao_redacted(points)"
    " WHERE evaluation_id = ANY(%(judged)s)",
    "UPDATE feedback_coaching SET topic = '–', plan = '', result = ''"
    " WHERE evaluation_id = ANY(%(judged)s)",
)
_OF_JUDGED: Final = "SELECT id FROM {} WHERE evaluation_id = ANY(%(judged)s)"


def forget_judgements(*, kind: str, subject_ids: Sequence[int], erasing: Erasing) -> None:
    """Scores stay as figures; what was written about these pieces of work goes. Counted under
    ``feedback.judged`` and ``feedback.judged_trail``."""
    judged = ids_of(
        "SELECT id FROM feedback_evaluation"
        " WHERE subject_kind = %(kind)s AND subject_id = ANY(%(ids)s)",
        {"kind": kind, "ids": list(subject_ids)},
    )
    for statement in _CLEAR:
        erasing.run("feedback.judged", statement, {"judged": judged})
    erasing.redact(
        "feedback.judged",
        table="feedback_evaluationevent",
        by="evaluation_id",
        ids=judged,
        fields=["data"],
    )
    _clear_trail(judged, erasing)


def _clear_trail(judged: Sequence[int], erasing: Erasing) -> None:
    rows = {
        "feedback_evaluation": judged,
        "feedback_appeal": ids_of(_OF_JUDGED.format("feedback_appeal"), {"judged": judged}),
        "feedback_coaching": ids_of(_OF_JUDGED.format("feedback_coaching"), {"judged": judged}),
    }
    for table, ids in rows.items():
        erasing.redact_trail("feedback.judged_trail", table=table, ids=ids)
