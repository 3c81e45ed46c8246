"""Refusals of the customers module in the reader's words, where one sentence does for a page."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from qiao.core.rules.periods import BadPeriod
from qiao.customers.operations import (
    AlreadyOwned,
    BadPhone,
    ChangedMeanwhile,
    LaterChange,
    MeterElsewhere,
    NothingMoves,
    NotYet,
    OwnerMissing,
    WrongState,
)
from qiao.customers.queries import NotVisible
from qiao.customers.views.changes import refusal_text

_WORDS: dict[type[Exception], Callable[[Any], str]] = {
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
    return words(refusal) if words else refusal_text(refusal)
