"""Texts of voice menus taken apart: words, and the names of the values that they say."""

import re
from typing import Final

from qiao.telephony.rules.menus import Menu

_VALUE: Final = re.compile(r"\{([^{}]*)\}")


def split_text(text: str) -> list[str]:
    """A text taken apart: words at even places, between them the names of values that it says.

    Whoever reads texts of menus reads them so; a brace that stands alone is a sign like others.
    """
    return _VALUE.split(text)


def names_in(text: str) -> tuple[str, ...]:
    """Names of the values that a text says."""
    return tuple(split_text(text)[1::2])


def has_stray_brace(text: str) -> bool:
    """Whether a brace stands alone, which somebody meant to say a value with."""
    return any(brace in words for words in split_text(text)[::2] for brace in "{}")


def names_of(menu: Menu, prompt: str) -> frozenset[str]:
    """Names of the values that a prompt says in any language."""
    return frozenset(
        name for text in menu.texts.get(prompt, {}).values() for name in names_in(text)
    )
