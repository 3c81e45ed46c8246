"""How texts and articles are found: folded words, fragments, pinyin and its initials."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from qiao.core.rules import names
from qiao.core.rules.grams import grams, normalise, term_grams

BAR: Final = "|"
MOST_TERMS: Final = 5
SHORTEST_SPELLING: Final = 2


@dataclass(frozen=True, slots=True)
class Searchable:
    """What is stored beside a text so that it is found: see the columns of its table."""

    title_search: str
    search_text: str
    spellings: str
    grams: list[str]


def searchable(titles: Mapping[str, str], bodies: Mapping[str, str], *more: str) -> Searchable:
    """Fold titles, bodies and further words of any language."""
    folded_titles = _folded((*titles.values(), *more))
    text = BAR.join(dict.fromkeys((*folded_titles, *_folded(bodies.values()))))
    spelled = [part for title in (*titles.values(), *more) for part in _spelled(title)]
    pieces = {piece for part in text.split(BAR) for piece in grams(part, singles=False)}
    return Searchable(
        BAR + BAR.join(folded_titles) + BAR,
        text,
        BAR + BAR.join(dict.fromkeys(spelled)) + BAR,
        sorted(pieces),
    )


def _folded(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(normalise, texts))))


def _spelled(title: str) -> list[str]:
    """Initials and pinyin of a Chinese title; others are found by their letters."""
    if not any(map(names.is_chinese, title)):
        return []
    return [part for part in names.spell(title[:200], is_person=False) if part]


@dataclass(frozen=True, slots=True)
class Term:
    """One typed word: as text with the grams it needs, and as pinyin if it may be some."""

    text: str
    grams: list[str]
    spelling: str


def terms(typed: str) -> list[Term]:
    """The words of a search; all of them must be found. At most `MOST_TERMS` count."""
    found = []
    for word in typed.split()[:MOST_TERMS]:
        text = normalise(word)
        if not text:
            continue
        spelled = text.isascii() and text.isalpha() and len(text) >= SHORTEST_SPELLING
        pieces = term_grams(text, singles=False) if len(text) > 1 else []
        found.append(Term(text, pieces, names.typed_pinyin(text) if spelled else ""))
    return found
