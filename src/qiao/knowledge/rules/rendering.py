"""Markdown as pages show it: CommonMark with tables, without raw HTML, pictures or odd schemes.

Raw HTML is escaped by the renderer itself (markdown-it's ``html: false``), and links may only
lead to http, https, mailto, tel or an address of the product.
"""

from collections.abc import Sequence
from functools import lru_cache
from re import compile as pattern
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

EXCERPT_LENGTH: Final = 600
_LINK = pattern(r"(?:https?://|mailto:|tel:|/(?!/)|#)[^\s]*")


def _is_allowed(url: str) -> bool:
    return _LINK.fullmatch(url.strip().casefold()) is not None


def _open_link(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any
) -> str:
    token = tokens[place]
    if not str(token.attrs.get("href", "")).startswith(("/", "#")):
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, place, options, env)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable("table").disable("image")
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _open_link)
    return parser


_PARSER: Final = _parser()


@lru_cache(maxsize=512)
def to_html(source: str) -> str:
    """HTML that is safe to put into a page."""
    return str(_PARSER.render(source))


@lru_cache(maxsize=2048)
def excerpt(source: str) -> str:
    """The words to say: the article's first quotation, else its first paragraph, as plain text."""
    tokens = _PARSER.parse(source)
    quoted = _within(tokens, "blockquote_open", "blockquote_close")
    text = quoted or _within(tokens, "paragraph_open", "paragraph_close")
    return text[:EXCERPT_LENGTH]


def _within(tokens: Sequence[Token], opening: str, closing: str) -> str:
    lines: list[str] = []
    inside = False
    for token in tokens:
        if token.type == opening:
            inside = True
        elif token.type == closing and inside:
            break
        elif inside and token.type == "inline":
            lines.append(_plain(token))
    return "\n".join(lines)


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(child.content)
    return "".join(parts)
