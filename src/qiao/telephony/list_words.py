"""Lists of calls in words: why something cannot be done, where people come from, results."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiao.core.registry import registry
from qiao.customers.queries import name_in
from qiao.telephony.dial_words import refusal_words
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.operations import CallListRefusal, DialRefused, ListWorkRefused
from qiao.telephony.rules.call_lists import LATER, CodesWrong, read_codes

Refusal = DialRefused | CodesWrong | CallListRefusal | ListWorkRefused

_WORK: Final[Mapping[str, Promise]] = {
    "stopped": _("This list does not run at this moment."),
    "hours": _("The list does not call at that hour."),
    "elsewhere": _("You have somebody of another list at hand: finish that call first."),
    "break": _("You are on a break, or wished one: be ready again to go on with this list."),
    "not_yours": _("A colleague has them now."),
    "calling": _("The call goes on: hang up first."),
    "result": _("Say first what came of the call."),
    "code": _("This result is not one of the list."),
    "moment": _("Choose a moment within the next 60 days."),
}
_LISTS: Final[Mapping[str, Promise]] = {
    "hours": _("The list must begin before it ends."),
    "state": _("The list has been turned otherwise meanwhile."),
    "empty": _("Nobody in this list can be called."),
    "source": _("Choose who is called."),
    "mode": _("Choose how it is dialled."),
    "purpose": _("Choose what it is for."),
    "tries": _("Between 1 and 10 attempts."),
    "waits": _("Waits are between a minute and a week."),
    "quiet_days": _("Between 0 and 365 days."),
}
_CODES: Final[Mapping[str, Promise]] = {
    "none": _("A list needs results."),
    "many": _("A list has nine results at most."),
    "key": _("A result has a name that cannot be used."),
    "name": _("Name each result in all three languages, with at most 40 signs."),
    "kind": _("Choose of which kind each result is."),
    "twice": _("Two results are the same."),
    "no_reached": _("One result must say that they were reached."),
    "no_unreached": _("One result must say that they were not reached."),
}
NOBODY: Final = _(
    "Nobody is to be called at this moment. Whoever was not reached comes again later."
)
MORE: Final = _("Many were put aside, since they may not be called now. Press again to look on.")


def refused_words(refusal: Refusal) -> str:
    """Why something cannot be done with a list, or with somebody in it."""
    match refusal:
        case DialRefused():
            return refusal_words(refusal)
        case CodesWrong():
            return str(_CODES[refusal.reason])
        case CallListRefusal():
            return str(_LISTS[refusal.reason])
        case ListWorkRefused():
            return str(_WORK[refusal.reason])


def result_names(found: CallList) -> Mapping[str, str]:
    """The results that calls of a list may have, by key, in the reader's language."""
    language = get_language() or "en"
    return {code.key: code.name_in(language) for code in (*read_codes(found.codes), LATER)}


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
