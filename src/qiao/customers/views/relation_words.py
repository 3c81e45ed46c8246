"""Refusals about households, groups, contact persons and acting, in the reader's words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from qiao.core.actor import Forbidden
from qiao.customers.operations import (
    AlreadyOwned,
    BadPeriod,
    LaterChange,
    SameCustomer,
    refusals,
    speaking,
)
from qiao.customers.views.words import refusal_words

_WORDS: dict[type[Exception], Callable[[Any], str]] = {
    refusals.AlreadyMember: lambda refusal: (
        _("{name} belongs to a household or group during these days already.").format(
            name=refusal.name
        )
        if refusal.name
        else _("Somebody belongs to a household or group during these days already.")
    ),
    refusals.NotMember: lambda _refusal: _("They do not belong to it on that day."),
    refusals.HeadStays: lambda _refusal: _("The head leaves only when another takes the place."),
    refusals.HoldsOthers: lambda _refusal: _(
        "Companies stand under it. Place them under another one first."
    ),
    refusals.NotAbove: lambda _refusal: _(
        "The company above does not belong to the group during all these days."
    ),
    refusals.WouldCircle: lambda _refusal: _("A company cannot stand under itself."),
    refusals.OutsideGroup: lambda _refusal: _("It does not exist on these days."),
    refusals.WrongKind: lambda _refusal: _(
        "Persons make a household, organisations a group; this one is of the other kind."
    ),
    refusals.GroupFull: lambda _refusal: _("It holds no more members."),
    refusals.NameMissing: lambda _refusal: _("A company group has a name."),
    speaking.BadEmail: lambda _refusal: _("This is not an e-mail address."),
    speaking.WhoMissing: lambda _refusal: _("Choose somebody, or write a name."),
    speaking.UnknownScope: lambda _refusal: _("Choose at least one matter."),
    speaking.ForeignDocument: lambda _refusal: _("This paper is not of their file."),
    Forbidden: lambda _refusal: _("You may see this customer, but not change them."),
    SameCustomer: lambda _refusal: _("The two are the same customer."),
    LaterChange: lambda _refusal: _(
        "Something begins on that day or later and rests on it. Choose a later day."
    ),
    BadPeriod: lambda _refusal: _("The last day has to lie after the first."),
    AlreadyOwned: lambda _refusal: _("This holds already during these days."),
}


def relation_words(refusal: Exception) -> str:
    """Why it is refused, as a sentence."""
    words = _WORDS.get(type(refusal))
    return words(refusal) if words else refusal_words(refusal)
