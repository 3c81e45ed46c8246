"""Refusals about customer managers in the reader's words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from qiao.customers.operations import NotYet, ReasonMissing, TooEarly, WrongState
from qiao.customers.operations.managing import (
    NotAManager,
    NothingToAssign,
    SameManager,
    TooManyCustomers,
)
from qiao.customers.operations.visiting import NoManager, NotTheManager, VisitAhead
from qiao.customers.views.words import refusal_words

_WORDS: dict[type[Exception], Callable[[Any], str]] = {
    NotAManager: lambda _refusal: _("This person does not look after customers (any more)."),
    NothingToAssign: lambda _refusal: _(
        "Nothing would change: none of these customers can pass to this manager on that day."
    ),
    SameManager: lambda _refusal: _("A hand-over is between two people."),
    TooManyCustomers: lambda _refusal: _("These are too many customers at once."),
    NoManager: lambda _refusal: _("Nobody looks after this customer. Assign a manager first."),
    NotTheManager: lambda refusal: _("{name} looks after this customer.").format(name=refusal),
    VisitAhead: lambda refusal: _(
        "A visit on {day} is planned already. Move it or record it."
    ).format(day=refusal.day),
    ReasonMissing: lambda _refusal: _("Say why."),
    WrongState: lambda _refusal: _("No visit is planned any more."),
    NotYet: lambda refusal: _("The latest day is {day}.").format(day=refusal.latest),
    TooEarly: lambda refusal: _("The earliest day is {day}.").format(day=refusal.began),
}


def manager_words(refusal: Exception) -> str:
    """Why something about managers and visits is refused, as a sentence."""
    words = _WORDS.get(type(refusal))
    return words(refusal) if words else refusal_words(refusal)


def left_words(kind: str) -> str:
    """Why a customer would not pass to the manager; `kind` as `Foreseen.kinds` has it."""
    return {
        "same": _("has this manager already"),
        "taken": _("stays with another manager"),
        "later": _("was assigned after that day"),
    }.get(kind, _("not for this manager to see, or not yours to assign"))
