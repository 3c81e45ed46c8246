"""Suggestions: which steps follow which, what two of them share, and what must not be public."""

import math
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize as unicode_normalize

from qiao.core.rules.grams import grams, normalise
from qiao.core.rules.masks import mask_bank_card, mask_email, mask_id_number, mask_phone

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("examined", "planned"),
    "examined": ("planned",),
    "planned": ("examined",),
}
"""What may follow without an answer; everything may end with one: done, declined, answered."""
OUTCOMES: Final = ("done", "declined", "answered", "planned")

LIKE: Final = 0.16
"""From this likeness on, another suggestion is shown as perhaps the same; a person decides, and
one too many does less harm than one missed. Of the 44 suggestions of the demo world (both scripts
of Chinese, and English) all six pairs that say the same reach 0.18, one of the 940 others 0.16."""

SHORTEST_WORD: Final = 4
"""Shorter words of other scripts (the, our) say nothing of what somebody wants."""
_RUN: Final = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")

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
    """The two-character pieces by which texts are found."""
    return grams(f"{title} {text}", singles=False)


def compared_pieces(title: str, text: str) -> frozenset[str]:
    """What of a text is compared: two-character pieces of Chinese, whole words of other scripts.

    Pieces of two letters are in nearly every English text and would make all of them alike.
    """
    found: set[str] = set()
    for run in _RUN.findall(unicode_normalize("NFKC", f"{title} {text}").casefold()):
        if not run.isascii():
            found.update(run[place : place + 2] for place in range(len(run) - 1))
        elif len(run) >= SHORTEST_WORD:
            found.add(run)
    return frozenset(found)


def likeness(one: Set[str], other: Set[str], *, often: Mapping[str, int], every: int) -> float:
    """How much of the shorter text is in the longer, 0 to 1, each piece by its rarity.

    `often` says in how many of `every` texts a piece stands, both of these among them. The two
    are left out of that count: otherwise just what they share would count as common, the more
    so the fewer texts there are. A piece that stands everywhere (希望) weighs next to nothing.
    Inverse document frequency as in Spärck Jones (1972); share of the shorter as for near
    duplicates of letters (`cases.rules.learning`).
    """
    others = max(every - 2, 0)

    def weight(pieces: Set[str]) -> float:
        return sum(
            math.log((others + 2) / (_elsewhere(often[piece], piece, one, other, others) + 1))
            for piece in pieces
        )

    whole = min(weight(one), weight(other))
    return weight(one & other) / whole if whole else 0.0


def _elsewhere(n: int, piece: str, one: Set[str], other: Set[str], others: int) -> int:
    return min(max(n - (piece in one) - (piece in other), 0), others)


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
