"""Which commands a typed text may mean: in the reader's words, in English, or in pinyin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from qiao.core.rules import names

T = TypeVar("T")
SHORTEST_PINYIN = 2


@dataclass(frozen=True, slots=True)
class Findable(Generic[T]):
    """A thing with the words that find it: labels in small letters, and their spellings."""

    thing: T
    labels: tuple[str, ...]
    spellings: tuple[str, ...]


def findable(thing: T, labels: Iterable[str]) -> Findable[T]:
    """Prepare a thing for searching by its labels in any languages."""
    folded = tuple(dict.fromkeys(label.casefold() for label in labels if label))
    spellings = [s for label in folded for s in names.spell(label, is_person=False) if s]
    return Findable(thing, folded, tuple(dict.fromkeys(spellings)))


def match(text: str, offered: Iterable[Findable[T]], *, limit: int) -> list[T]:
    """The things a text may mean, the likeliest first; with an empty text the first ones.

    ``tqxx`` finds 停气信息 by its initials, ``tingqi`` by its sound, 停气 and ``gas`` by a part.
    """
    folded = text.strip().casefold()
    if not folded:
        return [item.thing for item in offered][:limit]
    typed = names.typed_pinyin(folded) if folded.isascii() else ""
    ranked = [
        (rank, place, item.thing)
        for place, item in enumerate(offered)
        if (rank := _rank(folded, typed, item)) is not None
    ]
    return [thing for _, _, thing in sorted(ranked, key=lambda row: row[:2])[:limit]]


def _rank(folded: str, typed: str, item: Findable[T]) -> int | None:
    """0 for a label from its start, 1 for a spelling from its start, 2 for a word or part."""
    if any(label.startswith(folded) for label in item.labels):
        return 0
    spelled = len(typed) >= SHORTEST_PINYIN
    if spelled and any(spelling.startswith(typed) for spelling in item.spellings):
        return 1
    if any(folded in label for label in item.labels):
        return 2
    if spelled and any(typed in spelling for spelling in item.spellings):
        return 3
    return None
