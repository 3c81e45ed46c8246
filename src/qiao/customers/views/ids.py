"""Ids as they come in an address."""

from typing import Final

LARGEST_ID: Final = 2**63 - 1


def read_id(text: str) -> int | None:
    """The id that a text is; None for none and for what no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID else None
