"""PDF and pictures by Typst: the one place for fonts and for compiling.

What varies is given as data to the typesetter, never as code: nothing that somebody is called or
has written can change a template.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings

from qiao.core.transactions import outside

FAMILIES: Final = {
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "Microsoft JhengHei"),
}
LATIN: Final = ("Noto Sans", "Libertinus Serif")
REGIONS: Final = {"zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "TW"), "en": ("en", "GB")}
LONG: Final = 24
"""So many signs without a place to break a line would leave the narrowest column."""
MAY_BREAK: Final = "\u200b"


class NoFont(Exception):  # noqa: N818 - names the finding
    """This machine has no font for Chinese: a page would be rows of boxes."""


@dataclass(frozen=True, slots=True)
class Look:
    """How pages of a language are set: fonts in the order in which they are tried, the language
    and the region that choose forms of signs."""

    fonts: tuple[str, ...]
    lang: str
    region: str


@cache
def _fonts(folder: str) -> typst.Fonts:
    """The fonts of this machine, read once: it takes a quarter of a second."""
    return typst.Fonts(include_system_fonts=True, font_paths=[folder] if folder else [])


@cache
def _families(folder: str) -> frozenset[str]:
    return frozenset(_fonts(folder).families())


def families() -> frozenset[str]:
    """The font families that this machine has."""
    return _families(settings.QIAO_FONTS)


def chinese_font(language: str = "zh-Hans") -> str:
    """The font for Chinese. Raises `NoFont`."""
    found = families()
    wanted = FAMILIES.get(language, FAMILIES["zh-Hans"])
    for name in (*wanted, *FAMILIES["zh-Hans"], *FAMILIES["zh-Hant"]):
        if name in found:
            return name
    raise NoFont(", ".join(wanted))


def look_of(language: str) -> Look:
    """How pages are set in a language (``en``, ``zh-Hans``, ``zh-Hant``); names in Chinese stand
    in all of them. Raises `NoFont`."""
    lang, region = REGIONS.get(language, REGIONS["en"])
    return Look((LATIN[0], chinese_font(language), LATIN[1]), lang, region)


def breakable(text: str) -> str:
    """The text with places to break a line in words of more than `LONG` signs, which would else
    run off the page."""
    words = (
        MAY_BREAK.join(word[at : at + LONG] for at in range(0, len(word), LONG))
        if len(word) > LONG and word.isascii()
        else word
        for word in text.split(" ")
    )
    return " ".join(words)


def typeset(template: Path, data: Mapping[str, Any], *, tagged: bool = True) -> bytes:
    """A PDF of a template and what stands in it: each value as text, or as JSON in
    ``sys.inputs``. `tagged` for screen readers. Outside a transaction; other threads go on
    meanwhile."""
    outside()
    made = typst.compile(
        str(template),
        format="pdf",
        sys_inputs=_inputs(data),
        font_paths=_fonts(settings.QIAO_FONTS),
        pdf_tags=tagged,
    )
    return bytes(made)


def draw_pages(template: Path, data: Mapping[str, Any], *, ppi: int) -> list[bytes]:
    """The same as pictures (PNG), one a page, to be looked at; outside a transaction."""
    outside()
    made = typst.compile(
        str(template),
        format="png",
        ppi=ppi,
        sys_inputs=_inputs(data),
        font_paths=_fonts(settings.QIAO_FONTS),
    )
    return [made] if isinstance(made, bytes) else list(made)


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in data.items()
    }
