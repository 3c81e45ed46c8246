"""Which words customers use more than before: pieces of titles and texts, compared by period."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qiao.cases.rules.suggesting import pieces_of

LEAST_TEXTS: Final = 3
LEAST_SCORE: Final = 2.0
SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of two characters: in how many texts now and before, and how far beyond chance."""

    word: str
    now: int
    before: int
    score: float


def rising_terms(now: Sequence[str], before: Sequence[str]) -> list[Term]:
    """The words that more texts hold than before, by the share of texts, most striking first.

    The score is the difference of both shares in standard errors (two proportions, one added to
    each count); two or more is hardly chance. Pieces of one longer word are told as that word.
    """
    if not now:
        return []
    found_now, found_before = _texts_with(now), _texts_with(before)
    terms = []
    for word, count in found_now.items():
        if count < LEAST_TEXTS:
            continue
        score = _score(count, len(now), found_before.get(word, 0), len(before))
        if score >= LEAST_SCORE:
            terms.append(Term(word, count, found_before.get(word, 0), score))
    terms.sort(key=lambda term: (-term.score, term.word))
    return _joined(terms, now)[:SHOWN]


def _texts_with(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        words = {piece for piece in pieces_of(text) if len(piece) > 1}
        counts.update(word for word in words if not word.isascii())
    return counts


def _score(now: int, texts_now: int, before: int, texts_before: int) -> float:
    share_now = (now + 1) / (texts_now + 2)
    share_before = (before + 1) / (texts_before + 2)
    error = math.sqrt(
        share_now * (1 - share_now) / (texts_now + 2)
        + share_before * (1 - share_before) / (texts_before + 2)
    )
    return (share_now - share_before) / error if error else 0.0


def _joined(terms: Sequence[Term], texts: Sequence[str]) -> list[Term]:
    """Pieces that overlap and stand in the same texts are one longer word: ``有氯`` ``氯味``."""
    kept: list[Term] = []
    for term in terms:
        for place, other in enumerate(kept):
            longer = _overlapping(other.word, term.word)
            if term.now == other.now and sum(longer in text for text in texts) == other.now:
                kept[place] = replace(other, word=longer)
                break
        else:
            kept.append(term)
    return kept


def _overlapping(one: str, other: str) -> str:
    """Two words that share their end and beginning as one; else both, as no text has them."""
    if one[-1] == other[0]:
        return one + other[1:]
    if one[0] == other[-1]:
        return other[:-1] + one
    return f"{one}\n{other}"
