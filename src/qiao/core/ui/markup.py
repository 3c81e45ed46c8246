"""Markup put together out of parts."""

from collections.abc import Iterable
from html import escape

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def markup(shape: str, *parts: object, **named: object) -> SafeString:
    """`shape` with each part in its place, escaped unless it is markup itself.

    The same as Django's `format_html`, for what is drawn hundreds of times on a page: texts and
    markup, nearly all there is, do not go through the handling of lazy texts.
    """
    by_name = {name: _escaped(part) for name, part in named.items()}
    return SafeString(shape.format(*[_escaped(part) for part in parts], **by_name))


def joined(parts: Iterable[SafeString], between: str = "") -> SafeString:
    """Markup one after the other."""
    return SafeString(between.join(parts))


def _escaped(part: object) -> str:
    if type(part) is SafeString:
        return part
    if type(part) is str:
        return escape(part)
    return conditional_escape(part)  # type: ignore[arg-type] # takes anything that has words
