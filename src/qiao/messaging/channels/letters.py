"""Printed letters: PDF by Typst, addressed for a window envelope, in the reader's language."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from qiao.core.typesetting import draw_pages, look_of, typeset

TEMPLATE: Final = Path(__file__).with_name("letter.typ")
PREVIEW_PPI: Final = 72


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


def _data(letter: Letter) -> dict[str, Any]:
    look = look_of(letter.language)
    return asdict(letter) | {
        "id": letter.message_id,
        "lang": look.lang,
        "region": look.region,
        "large": letter.is_large,
        "fonts": look.fonts,
        "return": letter.return_line,
        "paragraphs": [part for part in letter.body.split("\n") if part.strip()],
    }


def _inputs(letters: Sequence[Letter]) -> dict[str, Any]:
    return {
        "letters": [_data(letter) for letter in letters],
        "words": {"title": letters[0].title if len(letters) == 1 else letters[0].house},
    }


def compose_pdf(letters: Sequence[Letter]) -> bytes:
    """One PDF of all letters, each beginning on a page of its own; outside a transaction.

    Raises `core.typesetting.NoFont`.
    """
    return typeset(TEMPLATE, _inputs(letters))


def compose_pages(letter: Letter) -> list[bytes]:
    """The pages of one letter as PNG, to be looked at; outside a transaction. Raises
    `core.typesetting.NoFont`."""
    return draw_pages(TEMPLATE, _inputs([letter]), ppi=PREVIEW_PPI)
