"""Numbers outside the house: which may be dialled, and how they are dialled."""

from typing import Final, Literal

from qiao.core.rules import phones
from qiao.core.rules.phones import PhoneKind

Manner = Literal["answers", "mailbox", "silent", "busy", "declines", "off"]
Refusal = Literal["no_number", "service_number", "abroad"]
_SHORT: Final = frozenset({"400", "800"})


def refusal_of(number: str, *, abroad: bool) -> Refusal | None:
    """Why a number in the stored form may not be dialled; None where it may. An emergency or
    service number is dialled by a person's own hand, never by a press on a page."""
    if not number or phones.try_normalise(number) is None:
        return "no_number"
    kind = phones.kind_of(number)
    if kind is PhoneKind.SERVICE:
        return "service_number"
    return "abroad" if kind is PhoneKind.FOREIGN and not abroad else None


def to_dial(number: str) -> str:
    """A number in the stored form as it is dialled from China, without its extension."""
    plain, _extension = phones.split_extension(number)
    if not plain.startswith("+86"):
        return "00" + plain.removeprefix("+")
    national = plain[3:]
    is_landline = phones.kind_of(plain) is PhoneKind.LANDLINE and national[:3] not in _SHORT
    return "0" + national if is_landline else national


def played_manner(number: str) -> Manner:
    """What a played telephone outside does, by the last digit of its number: so whoever trains
    chooses it. 9 is silent, 8 busy, 7 switched off, 6 declines, 5 is a mailbox; all others answer.
    """
    last = number[-1:]
    if last == "9":
        return "silent"
    if last == "8":
        return "busy"
    if last == "7":
        return "off"
    if last == "6":
        return "declines"
    return "mailbox" if last == "5" else "answers"
