"""Which places the texts of notices have, and whether texts can stand."""

from collections.abc import Mapping
from typing import Any, Final

from qiao.messaging.rules.words import Words, check

ALWAYS: Final = frozenset({"name", "organisation"})
_CASE: Final = ALWAYS | {"case", "title"}
PLACES: Final[Mapping[str, frozenset[str]]] = {
    "case_received": _CASE,
    "case_step": _CASE | {"step"},
    "case_answer": _CASE | {"answer"},
    "case_closed": _CASE,
    "broadcast": ALWAYS | {"title", "text", "place", "case"},
    "reminder": ALWAYS | {"title", "text", "place", "case"},
}
LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en")
TITLE_LENGTH: Final = 120
BODY_LENGTH: Final = 8_000
SAMPLE: Final[Mapping[str, str]] = {
    "name": "王女士",
    "organisation": "滨湖分公司",
    "case": "GD2611220001237",
    "title": "厨房水龙头出水发黄",
    "step": "现场处理",
    "answer": "经现场检测，水质符合标准，已冲洗管道。",
    "text": "因管网检修，您所在区域将于今晚22:00至次日6:00停水，请提前储水。",
    "place": "翠湖花园",
}


class TextMissing(Exception):  # noqa: N818 - names the finding
    """A notice needs title and text in every language; `language` names the one without."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language


def checked(occasion: str, texts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The texts in stored form. Raises `TextMissing`, `words.BadPlace`."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        own = texts.get(language, {})
        title, body = (str(own.get(key) or "").strip() for key in ("title", "body"))
        if not title or not body:
            raise TextMissing(language)
        for text in (title, body):
            check(text, PLACES[occasion])
        found[language] = {"title": title[:TITLE_LENGTH], "body": body[:BODY_LENGTH]}
    return found


def words_of(texts: Mapping[str, Mapping[str, str]]) -> dict[str, Words]:
    """Stored texts as a sending takes them."""
    return {language: Words(text["title"], text["body"]) for language, text in texts.items()}
