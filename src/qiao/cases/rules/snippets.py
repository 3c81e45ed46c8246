"""Where words stand in a text: the place around the first of them, with all of them marked.

Words are compared as the search folds texts: width, case and everything but letters and digits do
not matter, so a word may have signs between its characters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from qiao.core.rules.grams import normalise

BEFORE: Final = 12
LENGTH: Final = 60
ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and whether it is one of the words."""

    text: str
    is_found: bool


def first_snippet(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """The snippet of the first line of `text` that holds one of the words."""
    asked = list(words)
    lines = (snippet(line, asked) for line in text.splitlines())
    return next(filter(None, lines), ())


def snippet(text: str, words: Iterable[str], *, length: int = LENGTH) -> tuple[Piece, ...]:
    """The part of `text` around the first word in it, at most about `length` characters, words
    marked; empty where it holds none of them."""
    spans = _spans(text, [folded for word in words if (folded := normalise(word))])
    if not spans:
        return ()
    start = max(0, spans[0][0] - BEFORE)
    end = min(len(text), max(start + length, spans[0][1]))
    pieces = [Piece(ELLIPSIS, is_found=False)] if start else []
    at = start
    for first, last in spans:
        if first >= end:
            break
        if first > at:
            pieces.append(Piece(text[at:first], is_found=False))
        pieces.append(Piece(text[max(first, at) : last], is_found=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], is_found=False))
    if max(at, end) < len(text):
        pieces.append(Piece(ELLIPSIS, is_found=False))
    return tuple(pieces)


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand in the text, in order, none within another."""
    folded, places = _folded(text)
    found = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = folded.find(word, at + len(word))
    spans: list[tuple[int, int]] = []
    for first, last in sorted(found, key=lambda span: (span[0], -span[1])):
        if not spans or first >= spans[-1][1]:
            spans.append((first, last))
    return spans


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded character by character, and where each folded one comes from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for each in normalize("NFKC", character).casefold():
            if each.isalnum():
                folded.append(each)
                places.append(place)
    return "".join(folded), places
