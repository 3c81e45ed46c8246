"""What a contact was probably about, from the words of the note. A person decides."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

LONGEST_TEXT = 4_000
PAIR = 2
LOOSE_WEIGHT = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """A matter a contact may be about: its key, and words that point to it."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed reason and what speaks for it: pieces of the text, or nothing but the way by
    which the contact came (`by`: ``menu`` or ``queue``)."""

    key: str
    because: tuple[str, ...] = ()
    by: Literal["note", "menu", "queue"] = "note"


def propose(text: str, reasons: Iterable[Reason]) -> Proposal | None:
    """The reason for which most characters of the text speak; None if no word occurs.

    A longer word tells more than a short one, so words count by their length; the first of
    equals wins, which is the order of the pack. People turn two Chinese characters round or put
    one between them (黄水: 水黄, 水是黄的): that speaks too, but less than the word itself.
    """
    folded = text[:LONGEST_TEXT].casefold()
    best: Proposal | None = None
    best_weight = 0
    for reason in reasons:
        exact = _exact(folded, reason.words)
        loose = () if exact else _loose(folded, reason.words)
        weight = sum(len(word) for word in exact) + LOOSE_WEIGHT * len(loose)
        if weight > best_weight:
            best, best_weight = Proposal(reason.key, exact or loose), weight
    return best


def _exact(folded: str, words: Iterable[str]) -> tuple[str, ...]:
    """The words that occur, without those that are part of a longer one that occurs."""
    here = {word for word in words if word and word.casefold() in folded}
    parts = {w for w in here for other in here if w != other and w in other}
    return tuple(sorted(here - parts, key=lambda word: (-len(word), word)))


def _loose(folded: str, words: Iterable[str]) -> tuple[str, ...]:
    """The first piece of the text for each pair of characters that stands in another order."""
    found = [_around(word).search(folded) for word in words if _is_pair(word)]
    return tuple(dict.fromkeys(match[0] for match in found if match))


def _is_pair(word: str) -> bool:
    return len(word) == PAIR and not word.isascii() and word[0] != word[1]


@lru_cache(maxsize=2048)
def _around(word: str) -> re.Pattern[str]:
    first, second = re.escape(word[0]), re.escape(word[1])
    return re.compile(f"{first}[^\\W\\d_]{second}|{second}[^\\W\\d_]?{first}")
