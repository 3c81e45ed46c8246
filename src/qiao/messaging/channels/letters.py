"""Printed letters: PDF by Typst, addressed for a window envelope, in the reader's language."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings

from qiao.core.transactions import outside

TEMPLATE: Final = Path(__file__).with_name("letter.typ")
FAMILIES: Final = {
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "Microsoft JhengHei"),
}
LATIN: Final = ("Noto Sans", "Libertinus Serif")
REGIONS: Final = {"zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "TW"), "en": ("en", "GB")}
PREVIEW_PPI: Final = 72


class NoFont(Exception):  # noqa: N818 - names the finding
    """This machine has no font for Chinese: a letter would be a row of boxes."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is set. `return_line` stands above the address, for the post."""

    message_id: int
    language: str
    house: str
    phone: str
    return_line: str
    foot: str
    name: str
    address: str
    date: str
    reference: str
    title: str
    body: str
    is_large: bool = False


@cache
def families() -> frozenset[str]:
    """The font families that this machine has, read once: it takes a quarter of a second."""
    return frozenset(typst.Fonts(include_system_fonts=True, font_paths=_paths()).families())


def _paths() -> list[str]:
    return [settings.QIAO_FONTS] if settings.QIAO_FONTS else []


def chinese_font(language: str = "zh-Hans") -> str:
    """The font for Chinese. Raises `NoFont`."""
    found = families()
    wanted = FAMILIES.get(language, FAMILIES["zh-Hans"])
    for name in (*wanted, *FAMILIES["zh-Hans"], *FAMILIES["zh-Hant"]):
        if name in found:
            return name
    raise NoFont(", ".join(wanted))


def _data(letter: Letter) -> dict[str, Any]:
    told = asdict(letter)
    lang, region = REGIONS.get(letter.language, REGIONS["en"])
    told |= {
        "id": letter.message_id,
        "lang": lang,
        "region": region,
        "large": letter.is_large,
        "fonts": [LATIN[0], chinese_font(letter.language), LATIN[1]],
        "return": letter.return_line,
        "paragraphs": [part for part in letter.body.split("\n") if part.strip()],
    }
    return told


def _inputs(letters: Sequence[Letter]) -> dict[str, str]:
    words = {"title": letters[0].title if len(letters) == 1 else letters[0].house}
    return {
        "letters": json.dumps([_data(letter) for letter in letters], ensure_ascii=False),
        "words": json.dumps(words, ensure_ascii=False),
    }


def compose_pdf(letters: Sequence[Letter]) -> bytes:
    """One PDF of all letters, each beginning on a page of its own; outside a transaction.

    Raises `NoFont`.
    """
    outside()
    found: bytes = typst.compile(
        str(TEMPLATE), format="pdf", sys_inputs=_inputs(letters), font_paths=_paths()
    )
    return found


def compose_pages(letter: Letter) -> list[bytes]:
    """The pages of one letter as PNG, to be looked at; outside a transaction. Raises `NoFont`."""
    outside()
    found = typst.compile(
        str(TEMPLATE),
        format="png",
        ppi=PREVIEW_PPI,
        sys_inputs=_inputs([letter]),
        font_paths=_paths(),
    )
    return [found] if isinstance(found, bytes) else list(found)
