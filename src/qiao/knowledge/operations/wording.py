"""Texts by language as they are stored: cleaned, empty languages left out, folded for search."""

from collections.abc import Mapping
from typing import Final

from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge.models import Article, TextModule
from qiao.knowledge.rules.finding import searchable

TITLE_LENGTH: Final = 80


class NoWords(Exception):  # noqa: N818 - names the finding
    """There is no language that has both a title and a text."""


class NotOffered(LookupError):  # noqa: N818 - names the finding
    """There is no such text or article for this person."""


def by_language(
    titles: Mapping[str, str], bodies: Mapping[str, str], *, body_length: int
) -> tuple[dict[str, str], dict[str, str]]:
    """Titles and bodies of the languages that have both.

    Raises `NoWords`, also where a language has one without the other; `BadText`.
    """
    heads, texts = {}, {}
    for language in DATA_KEYS:
        title = clean(
            titles.get(language, ""),
            field=f"title_{_field(language)}",
            max_length=TITLE_LENGTH,
            one_line=True,
        )
        body = clean(
            bodies.get(language, ""), field=f"body_{_field(language)}", max_length=body_length
        )
        if bool(title) != bool(body):
            raise NoWords(language)
        if title:
            heads[language], texts[language] = title, body
    if not heads:
        raise NoWords("")
    return heads, texts


def _field(language: str) -> str:
    return language.replace("-", "_").lower()


def keep_findable(row: TextModule | Article, *more: str) -> None:
    """Set the search columns of a row from its words."""
    found = searchable(row.titles, row.bodies, *filter(None, more))
    row.title_search, row.search_text = found.title_search, found.search_text
    row.spellings, row.grams = found.spellings, found.grams
