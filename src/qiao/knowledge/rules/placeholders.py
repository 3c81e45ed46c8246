"""Places for values in a text: ``{customer.title}``, ``{due}``; listed, checked, filled.

A place without a value is never left out silently: the filled text says in marks what is missing,
so that whoever writes sees it before the customer does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from re import Match
from re import compile as pattern
from typing import Final

KEYS: Final = (
    "customer.title",
    "customer.name",
    "customer.number",
    "case.number",
    "case.type",
    "case.title",
    "case.place",
    "case.opened",
    "due",
    "agent.name",
    "agent.number",
    "team.name",
    "organisation.name",
    "organisation.phone",
    "today",
)
OPEN, CLOSE = "⟦", "⟧"
_PLACE = pattern(r"\{([^{}\n]{0,60})\}")
_MARK = pattern(f"{OPEN}[^{OPEN}{CLOSE}\n]*{CLOSE}")


class UnknownPlaces(ValueError):  # noqa: N818 - a finding about a text
    """A text has places that nothing fills; `places` names them as they stand there."""

    def __init__(self, places: tuple[str, ...]) -> None:
        super().__init__(", ".join(places))
        self.places = places


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values; `missing` are the keys that had none, in their order."""

    text: str
    missing: tuple[str, ...]


def places(text: str) -> tuple[str, ...]:
    """All places of a text, once each, in their order, known or not."""
    return tuple(dict.fromkeys(match[1] for match in _PLACE.finditer(text)))


def check(text: str) -> None:
    """Raises `UnknownPlaces` for a text that names what is not in `KEYS`."""
    unknown = tuple(place for place in places(text) if place not in KEYS)
    if unknown:
        raise UnknownPlaces(unknown)


def fill(text: str, values: Mapping[str, str], names: Mapping[str, str]) -> Filled:
    """Put values into the places; what has none is marked by its name: ``⟦Customer's name⟧``."""
    missing: list[str] = []

    def put(match: Match[str]) -> str:
        key = match[1]
        value = values.get(key, "")
        if value:
            return value
        if key not in missing:
            missing.append(key)
        return f"{OPEN}{names.get(key, key)}{CLOSE}"

    return Filled(_PLACE.sub(put, text), tuple(missing))


def marks(text: str) -> tuple[str, ...]:
    """What a filled text still lacks, as its marks say it."""
    return tuple(dict.fromkeys(match[0] for match in _MARK.finditer(text)))
