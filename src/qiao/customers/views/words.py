"""Refusals of the customers module in the reader's words, where one sentence does for a page."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from qiao.core.rules.periods import BadPeriod
from qiao.core.rules.text import BadText
from qiao.customers.operations import (
    AlreadyOwned,
    BadIdentityNumber,
    BadPhone,
    CardTaken,
    ChangedMeanwhile,
    LaterChange,
    MeterElsewhere,
    NothingMoves,
    NotOverridden,
    NotYet,
    OwnerMissing,
    PhoneKnown,
    WrongState,
)
from qiao.customers.queries import NotVisible

_WORDS: dict[type[Exception], Callable[[Any], str]] = {
    PhoneKnown: lambda _refusal: _("This customer already has this number."),
    BadIdentityNumber: lambda _refusal: _(
        "This cannot be a number of that document. Compare it with the document."
    ),
    CardTaken: lambda _refusal: _(
        "Somebody holds this card already. Take it out of use there first."
    ),
    NotOverridden: lambda _refusal: _("No tier is set by hand any more."),
    BadText: lambda refusal: _(refusal.message) % refusal.params,
    BadPeriod: lambda _refusal: _("The day does not lie within the period."),
    NotYet: lambda _refusal: _("This day still lies ahead."),
    LaterChange: lambda _refusal: _("Something later rests on it; it can no longer be undone."),
    MeterElsewhere: lambda refusal: _("This meter hangs at {address}.").format(
        address=refusal.address
    ),
    AlreadyOwned: lambda _refusal: _("Somebody already plays this part during that time."),
    BadPhone: lambda _refusal: _(
        "This is not a telephone number. Write a mobile number, or one with its area code."
    ),
    ChangedMeanwhile: lambda _refusal: _(
        "Somebody else has changed this account meanwhile. Look at it again."
    ),
    NothingMoves: lambda _refusal: _("Nobody leaves and nobody comes."),
    OwnerMissing: lambda _refusal: _("Nobody would own the account on that day."),
    NotVisible: lambda _refusal: _("No such customer, or none that you may see."),
    WrongState: lambda _refusal: _("This is no longer as you saw it. Look at it again."),
}


def refusal_words(refusal: Exception) -> str:
    """Why something is refused, as a sentence."""
    words = _WORDS.get(type(refusal))
    return words(refusal) if words else _("This change is not possible.")
