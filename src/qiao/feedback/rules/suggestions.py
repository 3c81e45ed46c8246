"""Suggestions: which steps follow which, what two of them share, and what must not be public."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qiao.core.rules.grams import grams, normalise
from qiao.core.rules.masks import mask_bank_card, mask_email, mask_id_number, mask_phone

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("examined", "planned"),
    "examined": ("planned",),
    "planned": ("examined",),
}
"""What may follow without an answer; everything may end with one: done, declined, answered."""
OUTCOMES: Final = ("done", "declined", "answered", "planned")

LIKE: Final = 0.15
"""From this share of its weight on, another suggestion is shown as perhaps the same. Proposals
are for a person to decide: rather one too many than one missed."""

_PIECES: Final = (
    ("identity", re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")),
    ("card", re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){14,18}(?![0-9])")),
    (
        "phone",
        re.compile(
            r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"
            r"|(?<![0-9])0[0-9]{2,3}[ -]?[2-8][0-9]{6,7}(?![0-9])"
        ),
    ),
    ("account", re.compile(r"(?<![0-9])[0-9]{8,14}(?![0-9])")),
    ("email", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    (
        "door",
        re.compile(
            r"[0-9]{1,3}\s*(?:号楼|號樓|幢|栋|棟|座)\s*(?:[0-9]{1,2}\s*(?:单元|單元)\s*)?"
            r"[0-9]{3,4}\s*(?:室|房)?|[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?![0-9])"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that tells who somebody is: its kind, and what stands for it instead."""

    kind: str
    start: int
    end: int
    masked: str


def telling_pieces(text: str) -> list[Piece]:
    """Numbers and addresses in a text that should not be public, in their order."""
    found: list[Piece] = []
    for kind, shape in _PIECES:
        for match in shape.finditer(text):
            if all(match.end() <= each.start or match.start() >= each.end for each in found):
                found.append(Piece(kind, match.start(), match.end(), _mask(kind, match.group())))
    return sorted(found, key=lambda each: each.start)


def _mask(kind: str, text: str) -> str:
    if kind == "identity":
        return mask_id_number(text)
    if kind == "phone":
        return mask_phone(text)
    if kind == "email":
        return mask_email(text)
    return mask_bank_card(text) if kind == "card" else "***"


def masked(text: str) -> str:
    """The text with everything that tells who somebody is covered; the proposal for the public."""
    kept, place = [], 0
    for piece in telling_pieces(text):
        kept += [text[place : piece.start], piece.masked]
        place = piece.end
    return "".join([*kept, text[place:]])


def pieces_of(title: str, text: str) -> list[str]:
    """The two-character pieces by which likeness is measured."""
    return grams(f"{title} {text}", singles=False)


def likeness(shared: Sequence[int], asked: Sequence[int], *, every: int) -> float:
    """How much of one text is in another, 0 to 1: the weights of the pieces that both have over
    those of the one that is asked about.

    `shared` and `asked` say in how many of `every` texts each piece occurs; a piece that stands
    everywhere (我们) weighs next to nothing. Inverse document frequency as in Spärck Jones (1972).
    """
    whole = sum(_weight(n, every) for n in asked)
    return sum(_weight(n, every) for n in shared) / whole if whole else 0.0


def _weight(n: int, every: int) -> float:
    return math.log((every + 1) / (n + 0.5)) if n <= every else 0.0


def shared_words(one: str, other: str, *, most: int = 6) -> list[str]:
    """The longest runs of two characters and more that both texts hold, the longest first."""
    left, right = normalise(one), normalise(other)
    runs: set[str] = set()
    place = 0
    while place < len(left) - 1:
        size = 0
        while place + size < len(left) and left[place : place + size + 1] in right:
            size += 1
        if size >= (2 if not left[place].isascii() else 5):
            runs.add(left[place : place + size])
        place += max(size, 1)
    return sorted(runs, key=lambda run: (-len(run), run))[:most]
