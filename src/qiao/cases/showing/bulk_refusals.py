"""Why a change of one of many cases is refused, in words."""

from typing import Final

from django.utils.translation import gettext as _

from qiao.cases import operations
from qiao.cases.models import Case
from qiao.cases.operations.bulk import Refusals
from qiao.cases.operations.bulk_kinds import ChangedSince
from qiao.cases.operations.setting_aside import NotSnoozable
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.rules.values import BadFact
from qiao.cases.showing.refusals import known_refusals, refusal_words
from qiao.core.actor import Forbidden
from qiao.core.rules.text import BadText


def _words(error: Exception) -> str:
    if isinstance(error, Forbidden):
        return _("You do not have the right to do this.")
    if isinstance(error, ChangedSince):
        return _("Somebody has changed it since.")
    if isinstance(error, Case.DoesNotExist):
        return _("This is not possible for this case.")
    if isinstance(error, BadFact | BadText):
        return _("Some required fields are empty.")
    return refusal_words(error)


BULK_REFUSALS: Final = Refusals(
    kinds=(
        Forbidden,
        ChangedSince,
        Case.DoesNotExist,
        BadFact,
        BadText,
        ProcessRefusal,
        NotSnoozable,
        *(
            getattr(operations, name)
            for name in sorted(known_refusals() - {NotSnoozable.__name__})
        ),
    ),
    words=_words,
)
"""What refuses a change of one of many cases; anything else is a fault of ours and is raised."""
