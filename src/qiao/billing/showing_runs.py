"""Runs of bills in words: states, why a bill is looked at, why an account is held up."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.operations.running import (
    CANNOT_RATE,
    CHANGED,
    CORRECTED_BELOW,
    NO_FINAL,
    NOTHING_READ,
    READ_APART,
)
from qiao.billing.operations.runs import UNDECIDED
from qiao.billing.rules.bills import reviewing as r

FINDINGS: Final[Mapping[str, tuple[Promise, str]]] = {
    r.MORE: (pgettext_lazy("bill in a run", "Much more than usual"), "bad"),
    r.LESS: (pgettext_lazy("bill in a run", "Much less than usual"), "warn"),
    r.NOTHING: (pgettext_lazy("bill in a run", "Nothing used"), "warn"),
    r.UNLIKE: (pgettext_lazy("bill in a run", "Unlike its neighbours"), "warn"),
    r.CREDIT: (pgettext_lazy("bill in a run", "Credit"), "info"),
    r.LARGE: (pgettext_lazy("bill in a run", "Large amount"), "bad"),
    r.LONG: (pgettext_lazy("bill in a run", "Unusually many days"), "warn"),
    r.SHORT: (pgettext_lazy("bill in a run", "Unusually few days"), "info"),
    r.ESTIMATED: (pgettext_lazy("bill in a run", "Estimated again"), "warn"),
}
"""By code: in words, and the tone."""
CODES: Final[Mapping[str, Promise]] = {
    "exception": _("A reading waits for a decision"),
    "backwards": _("The register went back"),
    "no_start": _("Never read: nothing to reckon from"),
    "no_closing": _("The meter was taken down and not read"),
    "no_register": _("No meter is known at its service point"),
    NOTHING_READ: _("Not read since its last bill"),
    NO_FINAL: _(
        "It was handed over, or is billed no more, from a day up to which its meter was not read"
    ),
    READ_APART: _("The registers of its meter were read up to different days"),
    CORRECTED_BELOW: _("A correction is more than what was used since"),
    CANNOT_RATE: _("Its terms do not reach over its days, or say too little for its tariff"),
    CHANGED: _("Its readings or prices changed after it was looked at"),
    UNDECIDED: _("Nobody had decided when the others were issued"),
}
TONES: Final[Mapping[str, str]] = {
    "reckoning": "info",
    "review": "warn",
    "issuing": "info",
    "issued": "ok",
    "dropped": "line",
}


def code_words(code: str) -> str:
    """Why an account is held up or left out; empty for nothing that is known."""
    return str(CODES.get(code, ""))
