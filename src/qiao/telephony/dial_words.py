"""Why somebody may not be called now, in words for whoever wants to call."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.telephony.operations import DialRefused

REFUSALS: Final[Mapping[str, Promise]] = {
    "no_number": gettext_lazy("There is no number that can be called."),
    "service_number": gettext_lazy(
        "Emergency and service numbers are not called from the screen: dial by hand."
    ),
    "abroad": gettext_lazy("Numbers abroad are not called from here."),
    "do_not_call": gettext_lazy("This customer does not want to be called for this."),
    "off": gettext_lazy("Sign on with your telephone first, then call."),
    "reserved": gettext_lazy("A call rings at your telephone: take it or decline it first."),
    "busy": gettext_lazy("You have a call at this moment."),
    "no_switch": gettext_lazy("No switch is connected: call by hand."),
}


def refusal_words(refusal: DialRefused) -> str:
    """A refusal in a sentence, with the moment until which it holds."""
    if refusal.reason == "quiet" and refusal.until is not None:
        return _("They are not to be disturbed before {time}.").format(
            time=f"{refusal.until:%H:%M}"
        )
    return str(REFUSALS.get(refusal.reason, refusal.reason))
