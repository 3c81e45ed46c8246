"""A structured address written the way people say it, region before house before room."""

from dataclasses import dataclass
from re import compile as pattern

_NOT_LATIN = pattern(r"[^0-9A-Za-z]+")
PARTS = ("district", "road", "house_number", "community", "building", "unit", "room")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address in mainland order; any may be empty, not all.

    `house_number`, `building`, `unit` and `room` are written with their own counting word (88 号,
    6 幢, 2 单元, 1203 室), since towns differ in it.
    """

    region: str
    district: str = ""
    road: str = ""
    house_number: str = ""
    community: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""

    def full_text(self) -> str:
        """滨湖区柳荫路88号翠湖花园6幢1203室, with spaces only where Latin letters would touch."""
        text = ""
        for part in (getattr(self, name) for name in PARTS):
            if text and part and _latin(text[-1]) and _latin(part[0]):
                text += " "
            text += part
        return text


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def short(community: str, building: str, room: str, full_text: str) -> str:
    """The address as a line of a list has room for: 翠湖花园 6-1203."""
    if not community:
        return full_text
    numbers = filter(None, (_NOT_LATIN.sub("", building), _NOT_LATIN.sub("", room)))
    return f"{community} {'-'.join(numbers)}".strip()
