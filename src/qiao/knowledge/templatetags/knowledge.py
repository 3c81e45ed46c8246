"""``{% load knowledge %}``: texts by language, shelves, Markdown."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe

from qiao.knowledge import words
from qiao.knowledge.rules.rendering import excerpt, to_html

register = template.Library()
register.filter("best", words.best)
register.filter("category_name", words.category_name)
register.filter("category_icon", words.category_icon)


@register.filter
def rendered(source: str) -> SafeString:
    """Markdown as HTML; the renderer escapes what is not Markdown."""
    return mark_safe(to_html(source))  # noqa: S308 - raw HTML and odd links are escaped there


@register.filter
def languages(texts: Mapping[str, str]) -> str:
    """The languages that a text has, as short marks."""
    marks = {"en": "EN", "zh-Hans": "简", "zh-Hant": "繁"}
    return " ".join(mark for key, mark in marks.items() if texts.get(key))


@register.filter
def said_words(source: str) -> str:
    """The words to say of an article, on one line."""
    return " ".join(excerpt(source).split())
