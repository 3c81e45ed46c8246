"""Texts with places for values: ``{name}``, ``{case}``. Doubled braces stand for themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\{\{|\}\}|\{([a-z_]+)\}|[{}]")


class BadPlace(Exception):  # noqa: N818 - names the finding
    """A place for a value that nobody fills, or a stray brace; `place` is as it stands there."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True, slots=True)
class Words:
    """The title and text of a message in one language."""

    title: str
    body: str


def places(text: str) -> set[str]:
    """The names of all places. Raises `BadPlace` for a stray brace."""
    found = set()
    for match in _PLACE.finditer(text):
        if match.group(1):
            found.add(match.group(1))
        elif match.group(0) not in ("{{", "}}"):
            raise BadPlace(text[max(0, match.start() - 8) : match.start() + 8])
    return found


def check(text: str, known: frozenset[str]) -> None:
    """Raises `BadPlace` for a place that is not among `known`."""
    for place in sorted(places(text) - known):
        raise BadPlace(f"{{{place}}}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with values in its places. Raises `BadPlace` where a value is missing."""

    def put(match: "re.Match[str]") -> str:
        whole, name = match.group(0), match.group(1)
        if whole in ("{{", "}}"):
            return whole[0]
        if name is None or name not in values:
            raise BadPlace(whole)
        return values[name]

    return _PLACE.sub(put, text)
