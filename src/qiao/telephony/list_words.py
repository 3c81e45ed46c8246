"""Lists of calls in words: why something cannot be done, where people come from."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiao.core.registry import registry
from qiao.customers.queries import name_in
from qiao.telephony.models import CallList, CallListEntry

REFUSED: Final[Mapping[str, Promise]] = {
    "stopped": _("This list does not run at this moment."),
    "hours": _("The list does not call at that hour."),
    "none": _("Nobody is to be called at this moment. Whoever was not reached comes again later."),
    "elsewhere": _("You have somebody of another list at hand: finish that call first."),
    "not_yours": _("A colleague has them now."),
    "calling": _("The call goes on: hang up first."),
    "code": _("This result is not one of the list."),
    "moment": _("Choose a moment within the next 60 days."),
    "list_hours": _("The list must begin before it ends."),
    "state": _("The list has been turned otherwise meanwhile."),
    "empty": _("Nobody in this list can be called."),
    "source": _("Choose who is called."),
    "mode": _("Choose how it is dialled."),
    "purpose": _("Choose what it is for."),
    "tries": _("Between 1 and 10 attempts."),
    "waits": _("Waits are between a minute and a week."),
    "quiet_days": _("Between 0 and 365 days."),
}
CODES: Final[Mapping[str, Promise]] = {
    "none": _("A list needs results."),
    "many": _("A list has nine results at most."),
    "key": _("A result has a name that cannot be used."),
    "name": _("Name each result in all three languages, with at most 40 signs."),
    "kind": _("Choose of which kind each result is."),
    "twice": _("Two results are the same."),
    "no_reached": _("One result must say that they were reached."),
    "no_unreached": _("One result must say that they were not reached."),
}


def people_words(found: CallList) -> str:
    """Where the people of a list come from."""
    if found.segment is not None:
        return name_in(found.segment, get_language() or "en")
    source = registry.call_sources().get(found.source)
    return str(source.label) if source else found.source


def skip_words(why: str) -> str:
    """Why somebody was left out."""
    known = dict(CallListEntry.Skip.choices)
    return str(known.get(why, why))
