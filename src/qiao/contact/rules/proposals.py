"""What a contact was probably about, from the words of the note. A person decides."""

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Reason:
    """A matter a contact may be about: its key, and words that point to it."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed reason and the words in the text that speak for it."""

    key: str
    because: tuple[str, ...]


def propose(text: str, reasons: Iterable[Reason]) -> Proposal | None:
    """The reason for which most characters of the text speak; None if no word occurs.

    A longer word tells more than a short one, so words count by their length; the first of
    equals wins, which is the order of the pack.
    """
    folded = text[:LONGEST_TEXT].casefold()
    best: Proposal | None = None
    best_weight = 0
    for reason in reasons:
        found = _found(folded, reason.words)
        weight = sum(len(word) for word in found)
        if weight > best_weight:
            best, best_weight = Proposal(reason.key, found), weight
    return best


def _found(folded: str, words: Iterable[str]) -> tuple[str, ...]:
    """The words that occur, without those that are part of a longer one that occurs."""
    here = {word for word in words if word and word.casefold() in folded}
    parts = {w for w in here for other in here if w != other and w in other}
    return tuple(sorted(here - parts, key=lambda word: (-len(word), word)))
