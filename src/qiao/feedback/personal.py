"""What follow-ups hold of a person: their own words, and attempts to reach them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select

_OWN = (
    "FROM feedback_followup f JOIN cases_case c ON c.id = f.case_id"
    " WHERE (c.customer_id = ANY(%(ids)s)"
    " OR (c.customer_id IS NULL AND c.caller_phone = ANY(%(phones)s)))"
)
_FOLLOW_UPS = f"""
SELECT c.number AS case_number, f.opened_at, f.finished_at, f.state, f.rating, f.resolved, f.words
  {_OWN} ORDER BY f.id
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def collect(person: Person) -> Sequence[Held]:
    """Follow-ups with what the person said."""
    return [Held(_("Follow-ups"), select(_FOLLOW_UPS, _values(person)))]


def erase(person: Person, erasing: Erasing) -> None:
    """Ratings stay as figures; words go."""
    ids = ids_of(f"SELECT f.id {_OWN}", _values(person))
    erasing.run(
        "feedback.words",
        "UPDATE feedback_followup SET words = '', version = version + 1"
        " WHERE id = ANY(%(ids)s) AND words <> ''",
        {"ids": ids},
    )
    erasing.redact(
        "feedback.attempts",
        table="feedback_followupattempt",
        by="follow_up_id",
        ids=ids,
        fields=["note"],
    )


PERSONAL = (
    PersonalData(
        key="feedback",
        order=10,
        collect=collect,
        erase=erase,
        counted={
            "feedback.words": _("What was said in follow-ups"),
            "feedback.attempts": _("Notes of attempts to reach the person"),
        },
    ),
)
