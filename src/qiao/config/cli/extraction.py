"""Find the texts to translate in Python files and Django templates."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

_PLAIN: list[Any] = [1]
_PLURAL: list[Any] = [1, 2]
_CONTEXT: list[Any] = [(1, "c"), 2]
_KEYWORDS: dict[str, Any] = {
    "_": _PLAIN,
    "gettext": _PLAIN,
    "gettext_lazy": _PLAIN,
    "gettext_noop": _PLAIN,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _CONTEXT,
    "pgettext_lazy": _CONTEXT,
    "npgettext": [(1, "c"), 2, 3],
    "npgettext_lazy": [(1, "c"), 2, 3],
}
_CONSTANT = re.compile(r"""(?<![\w])_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
_LITERAL = re.compile(r"""^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:\||$)""")
_LEFT_OUT = {"tests", "migrations", "static", "locale"}


@dataclass(frozen=True, order=True)
class Text:
    """A text to translate, as gettext knows it; `plural` and `context` may be empty."""

    singular: str
    plural: str = ""
    context: str = ""


def texts_of_module(module: Path) -> set[Text]:
    """Return every text of one module's Python files and templates."""
    found: set[Text] = set()
    for path in sorted(module.rglob("*")):
        if _LEFT_OUT.intersection(path.relative_to(module).parts[:-1]):
            continue
        if path.suffix == ".py":
            found.update(texts_of_python(path.read_text(encoding="utf-8")))
        elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
            found.update(texts_of_template(path.read_text(encoding="utf-8")))
    return found


def texts_of_python(source: str) -> Iterator[Text]:
    """Yield the texts in calls of `_`, `gettext`, `ngettext`, `pgettext` and their lazy kin."""
    rows = extract("python", BytesIO(source.encode()), keywords=_KEYWORDS)
    for _line, message, _comments, context in rows:
        words = [message] if isinstance(message, str) else [word or "" for word in message]
        plural = words[1] if len(words) > 1 else ""
        if words[0]:
            yield Text(words[0], plural, context or "")


def texts_of_template(source: str) -> Iterator[Text]:
    """Yield the texts of `translate`, `blocktranslate` and `_("…")` in a Django template."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type not in {TokenType.BLOCK, TokenType.VAR}:
            continue
        tag = token.contents.split(None, 1)[0] if token.contents else ""
        if token.token_type is TokenType.BLOCK and tag == "comment":
            _skip_to(tokens, "endcomment")
            continue
        for literal in _CONSTANT.findall(token.contents):
            yield Text(_unquote(literal).replace("%", "%%"))
        if token.token_type is not TokenType.BLOCK:
            continue
        if tag in {"translate", "trans"}:
            yield from _plain(token)
        elif tag in {"blocktranslate", "blocktrans"}:
            yield _block(token, tokens)


def _plain(token: Token) -> Iterator[Text]:
    bits = list(smart_split(token.contents))
    literal = _LITERAL.match(bits[1]) if len(bits) > 1 else None
    if literal:
        text = _unquote(literal[1]).replace("%", "%%")
        yield Text(text, "", _context(bits))


def _block(token: Token, tokens: Iterator[Token]) -> Text:
    bits = list(smart_split(token.contents))
    singular: list[Token] = []
    plural: list[Token] = []
    target = singular
    for inner in tokens:
        words = inner.contents.split()
        if inner.token_type is TokenType.BLOCK:
            if words[:1] == ["plural"]:
                target = plural
                continue
            break
        target.append(inner)
    trimmed = "trimmed" in bits
    return Text(_render(singular, trimmed), _render(plural, trimmed), _context(bits))


def _render(tokens: Iterable[Token], trimmed: bool) -> str:  # noqa: FBT001
    parts = []
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            parts.append(token.contents.replace("%", "%%"))
        elif token.token_type is TokenType.VAR:
            parts.append(f"%({token.contents})s")
    text = "".join(parts)
    return trim_whitespace(text) if trimmed else text


def _context(bits: list[str]) -> str:
    if "context" not in bits:
        return ""
    return _unquote(bits[bits.index("context") + 1])


def _unquote(literal: str) -> str:
    quote = literal[0]
    return literal[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\")


def _skip_to(tokens: Iterator[Token], name: str) -> None:
    for token in tokens:
        if token.token_type is TokenType.BLOCK and token.contents.split()[:1] == [name]:
            return
