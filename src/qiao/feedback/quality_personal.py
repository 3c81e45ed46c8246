"""What judgements of work hold of a customer: comments about a case of theirs."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select

_OWN: Final = (
    "FROM feedback_evaluation v JOIN cases_case c ON c.id = v.subject_id"
    " WHERE v.subject_kind = 'case' AND (c.customer_id = ANY(%(ids)s)"
    " OR (c.customer_id IS NULL AND c.caller_phone = ANY(%(phones)s)))"
)
_JUDGED: Final = f"""
SELECT v.number AS case_number, v.finished_at, v.comment,
       (SELECT jsonb_agg(a.comment ORDER BY a.id) FROM feedback_evaluationanswer a
         WHERE a.evaluation_id = v.id AND a.comment <> '') AS remarks,
       (SELECT p.points FROM feedback_appeal p WHERE p.evaluation_id = v.id) AS objections,
       (SELECT jsonb_agg(jsonb_build_array(k.topic, k.plan, k.result) ORDER BY k.id)
          FROM feedback_coaching k WHERE k.evaluation_id = v.id) AS coaching
  {_OWN} ORDER BY v.id
"""  # noqa: S608 - this module's own pieces
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


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def collect(person: Person) -> Sequence[Held]:
    """Judgements of how the person's cases were handled."""
    return [Held(_("Quality of handling"), select(_JUDGED, _values(person)))]


def erase(person: Person, erasing: Erasing) -> None:
    """Scores stay as figures; words go."""
    judged = ids_of(f"SELECT v.id {_OWN}", _values(person))
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


PERSONAL = (
    PersonalData(
        key="feedback.quality",
        order=11,
        collect=collect,
        erase=erase,
        counted={
            "feedback.judged": _("What was written when handling was judged"),
            "feedback.judged_trail": _("Entries of the audit trail without values"),
        },
    ),
)
