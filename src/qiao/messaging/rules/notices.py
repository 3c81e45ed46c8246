"""Whether the texts of a notice can stand."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from qiao.messaging.rules.words import Words, check

ALWAYS: Final[Mapping[str, str]] = {"name": "王女士", "organisation": "滨湖分公司"}
LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en")
TITLE_LENGTH: Final = 120
BODY_LENGTH: Final = 8_000


class TextMissing(Exception):  # noqa: N818 - names the finding
    """A notice needs title and text in every language; `language` names the one without."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language


def checked(
    places: Collection[str], texts: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """The texts of an occasion with these places in stored form.

    Raises `TextMissing`, `words.BadPlace`.
    """
    known = frozenset({*ALWAYS, *places})
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        own = texts.get(language, {})
        title, body = (str(own.get(key) or "").strip() for key in ("title", "body"))
        if not title or not body:
            raise TextMissing(language)
        for text in (title, body):
            check(text, known)
        found[language] = {"title": title[:TITLE_LENGTH], "body": body[:BODY_LENGTH]}
    return found


def words_of(texts: Mapping[str, Mapping[str, str]]) -> dict[str, Words]:
    """Stored texts as a sending takes them."""
    return {language: Words(text["title"], text["body"]) for language, text in texts.items()}
