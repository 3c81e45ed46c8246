"""Risk of a case in words: levels, and what made a rule hold. Never a bare score."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from qiao.customers.queries import flag_words

LEVELS: Final = {
    "watch": pgettext_lazy("risk of a case", "To watch"),
    "high": pgettext_lazy("risk of a case", "High"),
}
WRONG: Final = {
    "harmless": pgettext_lazy("wrong alarm", "The word is meant harmlessly"),
    "quoted": pgettext_lazy("wrong alarm", "Somebody else is quoted"),
    "settled": pgettext_lazy("wrong alarm", "Settled with the customer already"),
    "other_case": pgettext_lazy("wrong alarm", "Belongs to another matter"),
}


def because(sign: Mapping[str, Any]) -> str:
    """What was counted, in words; nothing for a rule about words."""
    count, terms = int(sign["count"]), sign["terms"]
    if sign["kind"] == "repeat":
        return _("%(n)d complaints within %(days)d days") % {"n": count, "days": terms["days"]}
    if sign["kind"] == "chased":
        return ngettext("asked again %(n)d time", "asked again %(n)d times", count) % {"n": count}
    if sign["kind"] == "reopened":
        return ngettext("reopened %(n)d time", "reopened %(n)d times", count) % {"n": count}
    if sign["kind"] == "vulnerable":
        return _(", ").join(flag_words(sign["protections"]))
    return ""
