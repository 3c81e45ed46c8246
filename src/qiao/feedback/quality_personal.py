"""What judgements of work hold of a customer: comments about a case of theirs."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of
from qiao.feedback.operations import forget_judgements
from qiao.feedback.queries import judgements_of

_CASES: Final = (
    "SELECT c.id FROM cases_case c WHERE c.customer_id = ANY(%(ids)s)"
    " OR (c.customer_id IS NULL AND c.caller_phone = ANY(%(phones)s))"
)


def _cases(person: Person) -> list[int]:
    values: dict[str, Any] = {"ids": list(person.customer_ids), "phones": list(person.phones)}
    return ids_of(_CASES, values)


def collect(person: Person) -> Sequence[Held]:
    """Judgements of how the person's cases were handled."""
    rows = judgements_of(kind="case", subject_ids=_cases(person))
    return [Held(_("Quality of handling"), rows)]


def erase(person: Person, erasing: Erasing) -> None:
    """Scores stay as figures; words go."""
    forget_judgements(kind="case", subject_ids=_cases(person), erasing=erasing)


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
