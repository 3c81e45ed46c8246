"""What boxes offer while somebody writes: texts with their places filled, words of articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qiao.core.actor import Actor
from qiao.knowledge import words
from qiao.knowledge.queries.finding import find_articles, find_texts
from qiao.knowledge.rules.placeholders import fill
from qiao.knowledge.rules.rendering import excerpt


@dataclass(frozen=True, slots=True)
class OfferedText:
    """A text module in the reader's language, filled; `missing` are names of places without a
    value."""

    id: int
    key: str
    title: str
    text: str
    missing: tuple[str, ...]
    fits_type: bool


@dataclass(frozen=True, slots=True)
class OfferedArticle:
    """An article in the reader's language with its words to say."""

    id: int
    title: str
    said: str
    category: str
    icon: str
    emergency_first: bool


def fill_text(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """A text with its places filled, and the keys of those that had no value."""
    filled = fill(text, values, {key: str(label) for key, label in words.PLACES.items()})
    return filled.text, filled.missing


def offer_texts(
    *,
    actor: Actor,
    today: date,
    typed: str,
    case_type: str,
    values: Mapping[str, str],
    limit: int,
) -> list[OfferedText]:
    """Texts that fit what was typed; `values` fill their places, see `rules.placeholders`."""
    labels = {key: str(label) for key, label in words.PLACES.items()}
    offered = []
    for item in find_texts(actor=actor, today=today, text=typed, case_type=case_type, limit=limit):
        filled = fill(words.best(item.bodies), values, labels)
        missing = tuple(labels[key] for key in filled.missing)
        title = words.best(item.titles)
        offered.append(OfferedText(item.id, item.key, title, filled.text, missing, item.fits_type))
    return offered


def offer_articles(
    *, actor: Actor, today: date, typed: str, case_type: str, limit: int
) -> list[OfferedArticle]:
    """Articles that fit what was typed, emergencies first."""
    found = find_articles(actor=actor, today=today, text=typed, case_type=case_type, limit=limit)
    return [
        OfferedArticle(
            item.id,
            words.best(item.titles),
            excerpt(words.best(item.bodies)),
            words.category_name(item.category),
            "urgent" if item.emergency_first else words.category_icon(item.category),
            item.emergency_first,
        )
        for item in found
    ]
