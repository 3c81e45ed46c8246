"""What surveys hold of a person: invitations and answers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, select

_ANSWERS = """
SELECT w.names ->> 'en' AS survey, w.number AS wave, i.sent_at, a.at, a.question, a.value,
       a.importance, a.words
  FROM feedback_surveyinvitation i
  JOIN feedback_surveywave w ON w.id = i.wave_id
  LEFT JOIN feedback_surveyanswer a ON a.invitation_id = i.id
 WHERE i.customer_id = ANY(%(ids)s) ORDER BY i.id, a.id
"""


_CALLS = """
SELECT w.names ->> 'en' AS survey, w.number AS wave, c.points, c.state, c.opened_at,
       c.attempt_count, c.tried_at, c.finished_at, c.note
  FROM feedback_surveycall c
  JOIN feedback_surveyinvitation i ON i.id = c.invitation_id
  JOIN feedback_surveywave w ON w.id = i.wave_id
 WHERE i.customer_id = ANY(%(ids)s) ORDER BY c.id
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids)}


def collect(person: Person) -> Sequence[Held]:
    """Invitations to surveys, each with what was answered, and calls that followed."""
    values = _values(person)
    return [
        Held(_("Surveys"), select(_ANSWERS, values)),
        Held(_("Calls after surveys"), select(_CALLS, values)),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """Marks stay as figures; words go, and the link opens nothing any more."""
    values = _values(person)
    erasing.run(
        "surveys.words",
        "UPDATE feedback_surveyanswer a SET words = '–' FROM feedback_surveyinvitation i"
        " WHERE i.id = a.invitation_id AND i.customer_id = ANY(%(ids)s)"
        " AND a.words NOT IN ('', '–')",
        values,
    )
    erasing.run(
        "surveys.calls",
        "UPDATE feedback_surveycall c SET note = '–',"
        " state = CASE c.state WHEN 'open' THEN 'unreached' ELSE c.state END,"
        " finished_at = coalesce(c.finished_at, now())"
        " FROM feedback_surveyinvitation i"
        " WHERE i.id = c.invitation_id AND i.customer_id = ANY(%(ids)s)"
        " AND (c.note NOT IN ('', '–') OR c.finished_at IS NULL)",
        values,
    )
    erasing.run(
        "surveys.links",
        "UPDATE feedback_surveyinvitation SET token_hash = ''"
        " WHERE customer_id = ANY(%(ids)s) AND token_hash <> ''",
        values,
    )


SURVEYS = (
    PersonalData(
        key="surveys",
        order=13,
        collect=collect,
        erase=erase,
        counted={
            "surveys.words": _("Answers to surveys without words"),
            "surveys.calls": _("Calls after surveys without words"),
            "surveys.links": _("Personal links of surveys"),
        },
    ),
)
