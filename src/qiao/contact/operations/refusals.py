"""Why an operation refuses. Views turn these into messages beside the field."""

from qiao.core.rules.phones import BadPhone
from qiao.core.rules.text import BadText

__all__ = [
    "BadMoment",
    "BadPhone",
    "BadText",
    "HasCases",
    "InteractionRefusal",
    "NotYours",
    "OtherTextKept",
    "TooLate",
    "Unfinished",
    "UnknownChoice",
    "WrongState",
]


class InteractionRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """An operation on contacts that is refused; nothing was changed."""


class WrongState(InteractionRefusal):
    """The contact is closed, or not yet."""


class NotYours(InteractionRefusal):
    """A colleague has this contact at hand; it has to be taken over first."""


class BadMoment(InteractionRefusal):
    """A contact cannot have been in the future, nor have ended before it began."""


class UnknownChoice(InteractionRefusal):
    """No such channel, outcome or reason; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Unfinished(InteractionRefusal):
    """Something must be said before the contact can be closed; `missing` names the fields.

    `subject`, `outcome`, or `traceable`: neither customer, nor number, place or stated reason.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class OtherTextKept(InteractionRefusal):
    """Another window holds text that this one has not seen; closing would lose it."""


class HasCases(InteractionRefusal):
    """The contact led to cases, so it was none by mistake."""


class TooLate(InteractionRefusal):
    """A contact is opened again on the day it was closed, not later."""
