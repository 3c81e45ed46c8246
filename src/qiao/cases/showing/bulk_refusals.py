"""Why a change of one of many cases is refused, in words."""

from django.utils.translation import gettext as _

from qiao.cases.models import Case
from qiao.cases.operations.bulk_kinds import ChangedSince
from qiao.cases.rules.process import ProcessRefusal
from qiao.cases.rules.values import BadFact
from qiao.cases.showing.refusals import known_refusals, refusal_words
from qiao.core.actor import Forbidden
from qiao.core.rules.text import BadText


def bulk_words(error: Exception) -> str | None:
    """Why a change of one of many cases is refused; None for what is a fault of ours."""
    if isinstance(error, Forbidden):
        return _("You do not have the right to do this.")
    if isinstance(error, ChangedSince):
        return _("Somebody has changed it since.")
    if isinstance(error, Case.DoesNotExist):
        return _("This is not possible for this case.")
    if isinstance(error, BadFact | BadText):
        return _("Some required fields are empty.")
    known = isinstance(error, ProcessRefusal) or type(error).__name__ in known_refusals()
    return refusal_words(error) if known else None
